"""What a post's own page said, as it is stored: its text and the files it announces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from service.model import Article, Precision


@dataclass(frozen=True, slots=True)
class Filed:
    """A file that a post announces. ``place``: which document of the article it is, and its rank.

    Of a document's formats that of rank 0 is read, the next where it fails; None: it is not read.
    """

    name: str
    url: str
    place: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """What the post's own page added. None leaves what the list said."""

    text: str
    title: str | None = None
    publisher: str | None = None
    published_at: datetime | None = None
    precision: Precision | None = None
    files: tuple[Filed, ...] = ()


def said(opened: Opened, article: Article) -> dict[str, object]:
    """What the page said, by column; of what it does not say the article keeps its own."""
    values: dict[str, object] = {
        "text": opened.text,
        "title": opened.title or article.title,
        "publisher": opened.publisher or article.publisher,
    }
    if opened.published_at is not None:
        values |= {"published_at": opened.published_at, "precision": opened.precision}
    return values


def file_row(article_id: int, position: int, file: Filed) -> dict[str, object]:
    """The row of a file that nobody has fetched; the best format of each document is due."""
    document, rank = file.place or (None, None)
    return {
        "article_id": article_id,
        "position": position,
        "name": file.name,
        "url": file.url,
        "document": document,
        "rank": rank,
        "due_at": sa.func.now() if rank == 0 else None,
    }
