"""What the page of one release shows, and the timeline of a series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from service.model import Mention, Precision, Reading
from service.store.database import Database
from service.store.rows import PUBLISHED, reading_of
from service.store.tables import article, attachment, mention

_HELD = sa.func.coalesce(article.c.embargo_until > sa.func.now(), sa.false()).label("held")
_ROWS = 1_000  # of a series, before copies are folded

State = Literal["read", "failed", "owed", "spare", "unread"]
"""Of a file: its text is there · it gave none · still to be read · kept in case another format
fails · not of a kind that is read."""


@dataclass(frozen=True, slots=True)
class File:
    """A file of a release. ``letters`` of its text; ``reason`` where it failed.

    ``detail`` says more of a failure, also of one that is tried again.
    """

    name: str
    url: str
    state: State
    container: str | None
    tables: int | None
    letters: int | None
    reason: str | None
    detail: str | None


@dataclass(frozen=True, slots=True)
class Copy:
    """Another article of the same story."""

    id: int
    source_id: str
    url: str


@dataclass(frozen=True, slots=True)
class Release:
    """An article whole. ``reading`` None: not read yet; ``publisher`` is the name as printed.

    ``held``: ``embargo_until`` is still ahead.
    """

    id: int
    source_id: str
    url: str
    title: str
    publisher: str | None
    publishers: Sequence[str]
    published_at: datetime | None
    precision: Precision | None
    discovered_at: datetime
    embargo_until: datetime | None
    held: bool
    reading: Reading | None
    files: Sequence[File]
    copies: Sequence[Copy]


@dataclass(frozen=True, slots=True)
class Appearance:
    """A release that names a series, as its timeline shows it: ``name`` as printed there."""

    article_id: int
    title: str
    publisher: str | None
    publishers: Sequence[str]
    source_id: str
    published_at: datetime | None
    precision: Precision | None
    name: str
    round: int | None
    year: int | None
    parties: Sequence[str]


class Releases:
    """Reads only; a transaction each."""

    def __init__(self, database: Database) -> None:
        """Work on ``database``."""
        self._database = database

    async def release(self, article_id: int) -> Release | None:
        """The article of that number with all that is known of it; None where there is none."""
        async with self._database.transaction() as tx:
            found = await tx.execute(
                sa.select(article, *PUBLISHED, _HELD).where(article.c.id == article_id)
            )
            row = found.one_or_none()
            if row is None:
                return None
            reading = reading_of(row, await _mentions(tx, row.id)) if row.read_at else None
            return Release(
                row.id,
                row.source_id,
                row.url,
                row.read_title or row.title,
                row.publisher,
                row.publishers or (),
                row.out_at,
                row.out_precision,
                row.discovered_at,
                row.embargo_until,
                row.held,
                reading,
                await _files(tx, row.id),
                await _copies(tx, row.id, row.story_id),
            )

    async def series(self, name: str) -> Sequence[Appearance]:
        """Every story that names the series, newest first, each by its first article."""
        query = (
            sa.select(
                article.c.id,
                sa.func.coalesce(article.c.read_title, article.c.title),
                article.c.publisher,
                sa.func.coalesce(article.c.publishers, sa.cast([], ARRAY(sa.Text))),
                article.c.source_id,
                *PUBLISHED,
                mention.c.name,
                mention.c.round,
                mention.c.year,
                mention.c.parties,
                article.c.story_id,
            )
            .join(mention, mention.c.article_id == article.c.id)
            .where(mention.c.series == name)
            .order_by(sa.text("out_at DESC NULLS LAST"), article.c.id)
            .limit(_ROWS)
        )
        async with self._database.transaction() as tx:
            rows = (await tx.execute(query)).all()
        first: dict[tuple[str, int], Appearance] = {}
        for *row, story_id in sorted(rows, key=lambda each: each.id):
            event = ("story", story_id) if story_id is not None else ("article", row[0])
            first.setdefault(event, Appearance(*row))
        kept = {each.article_id: each for each in first.values()}
        order = dict.fromkeys(row.id for row in rows)
        return [kept[each] for each in order if each in kept]


async def _mentions(tx: AsyncConnection, article_id: int) -> Sequence[Mention]:
    rows = await tx.execute(
        sa.select(mention).where(mention.c.article_id == article_id).order_by(mention.c.id)
    )
    return [Mention(row.name, row.series, row.round, row.year, tuple(row.parties)) for row in rows]


async def _files(tx: AsyncConnection, article_id: int) -> Sequence[File]:
    state = sa.case(
        (attachment.c.text.is_not(None), "read"),
        (attachment.c.settled_at.is_not(None), "failed"),
        (attachment.c.due_at.is_not(None), "owed"),
        (attachment.c.document.is_not(None), "spare"),
        else_="unread",
    )
    rows = await tx.execute(
        sa.select(
            attachment.c.name,
            attachment.c.url,
            state,
            attachment.c.container,
            attachment.c.tables,
            sa.func.length(attachment.c.text),
            attachment.c.reason,
            attachment.c.detail,
        )
        .where(attachment.c.article_id == article_id)
        .order_by(attachment.c.position)
    )
    return [File(*row) for row in rows]


async def _copies(tx: AsyncConnection, article_id: int, story_id: int | None) -> Sequence[Copy]:
    if story_id is None:
        return []
    rows = await tx.execute(
        sa.select(article.c.id, article.c.source_id, article.c.url)
        .where(article.c.story_id == story_id, article.c.id != article_id)
        .order_by(article.c.id)
    )
    return [Copy(*row) for row in rows]
