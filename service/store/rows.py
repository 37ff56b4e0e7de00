"""What several intentions ask of an article's rows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from service.model import Article, Change, Mention, Reading
from service.store.tables import article, attachment, revision, source

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_MOST_LINKS = 10
_READINGS = TypeAdapter(Reading)
_ELSEWHERE = frozenset(
    {"title", "text", "publishers", "kind", "published_at", "precision", "mentions"}
)
_Record = TypeVar("_Record", bound="DataclassInstance")

WITHDRAWN = Change("글이 내려감 (withdrawn)", "", "", weighty=False)
"""What a revision says of an article whose page is gone."""
GONE = {"withdrawn": json.dumps([{"what": WITHDRAWN.what}])}
"""The same, as ``:withdrawn`` of a statement."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an article said before its page was changed. ``files``: sha256 by name."""

    revision_id: int
    reading: Reading
    files: Mapping[str, bytes | None]


@dataclass(frozen=True, slots=True)
class Readable:
    """An article that was read and waits for judgement.

    ``given_title`` and ``given_text`` are those of its web page, ``documents`` the texts of its
    documents, the release first, ``files`` what came with it: sha256 by name.
    ``embargo_until``: from when it may be told, where it must wait. ``earlier``: it was judged
    before and changed since. ``links``: name and URL of its files, at most ten.
    """

    id: int
    source_id: str
    url: str
    publisher: str | None
    summary: str
    baseline: bool
    discovered_at: datetime
    given_title: str
    given_text: str
    documents: tuple[str, ...]
    reading: Reading
    embargo_until: datetime | None
    files: Mapping[str, bytes | None]
    read_at: datetime
    earlier: Earlier | None = None
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """What is said of an article wherever it is named.

    ``publisher`` is the name as printed, ``publishers`` the ids behind it.
    """

    id: int
    source_id: str
    url: str
    title: str
    publisher: str | None
    publishers: Sequence[str]


@dataclass(frozen=True, slots=True)
class Seen:
    """A stored article. ``came``: when it was published, else first seen; always known.

    ``publisher`` is the name as printed. ``story``: what it is told with. ``topics`` None: not
    judged.
    """

    id: int
    story: tuple[str, int]
    source_id: str
    url: str
    publisher: str | None
    came: datetime
    topics: tuple[str, ...] | None
    reading: Reading


def told_with(
    other: sa.FromClause, story_id: sa.ColumnElement[int] | int
) -> sa.ColumnElement[bool]:
    """Whether ``other`` is of a story, or news of it that was there first: that has its own."""
    mate = article.alias("mate")
    mates = sa.select(mate.c.id).where(mate.c.story_id == story_id).correlate(article)
    # As an array, so that the index of twins is asked: of so many more rows none is looked at.
    ids = sa.func.array(mates.scalar_subquery(), type_=ARRAY(sa.BigInteger))
    return sa.or_(other.c.story_id == story_id, other.c.twin_id == sa.any_(ids))


def still_open(day: str, clock: str) -> str:
    """Whether one may still apply, in SQL: until ``clock`` of the last day in Korea, or its end.

    ``day`` and ``clock`` are columns; 24:00 is a time of day. The day stands alone as well, so
    that its index is asked.
    """
    now = "timezone('Asia/Seoul', now())"
    closes = f"{day} + CAST(coalesce({clock}, '24:00') AS interval)"
    return f"({day} >= CAST({now} AS date) AND {closes} > {now})"


def still_owed(article_id: int | sa.ColumnElement[int]) -> sa.Exists:
    """Whether a file of the article is still to be read before the article itself may be."""
    return sa.exists().where(
        attachment.c.article_id == article_id,
        attachment.c.settled_at.is_(None),
        attachment.c.due_at.is_not(None),
    )


def paused(source_id: str) -> sa.Exists:
    """Whether nothing is asked of the source until somebody resumes it."""
    return sa.exists().where(source.c.id == source_id, source.c.paused_at.is_not(None))


def record(kind: type[_Record], row: sa.Row[Any] | SimpleNamespace, **given: Any) -> _Record:
    """A record of what is ``given``, its other fields from the columns of their names."""
    names = (each.name for each in fields(kind) if each.name not in given)
    return kind(**{each: getattr(row, each) for each in names}, **given)


def article_of(row: sa.Row[Any]) -> Article:
    """The article in a row of all its columns."""
    return record(Article, row, text=row.text or "")


HEADLINE = sa.func.coalesce(article.c.read_title, article.c.title)
"""As read; before it is read, as its source said."""
PUBLISHERS, TOPICS = (
    sa.func.coalesce(each, sa.cast([], ARRAY(sa.Text)))
    for each in (article.c.publishers, article.c.topics)
)
NAMED = (*article.c["id", "source_id", "url"], HEADLINE, article.c.publisher, PUBLISHERS)
"""The columns of ``Named``."""
OUT = sa.func.coalesce(article.c.read_published_at, article.c.published_at, article.c.discovered_at)
"""When it came out, else when it was first seen; always known."""
PUBLISHED = (
    sa.func.coalesce(article.c.read_published_at, article.c.published_at).label("out_at"),
    sa.case(
        (article.c.read_published_at.is_not(None), article.c.read_precision),
        else_=article.c.precision,
    ).label("out_precision"),
)
"""When it came out and how precisely, as read; before it is read, as its source said."""


def story_of(row: sa.Row[Any] | SimpleNamespace) -> tuple[str, int]:
    """What an article is told with: its story, itself where it has none yet."""
    return ("article", row.id) if row.story_id is None else ("story", row.story_id)


def reading_of(row: Any, mentions: Sequence[Mention] = ()) -> Reading:
    """The reading in a row of all the columns of a read article and PUBLISHED."""
    return _READINGS.validate_python(
        # What an older version has not stored is as if it had not been found.
        {"unknown_publisher": None}
        | (row.facts or {})
        | {
            "title": row.read_title or "",
            "text": row.read_text or "",
            "publishers": row.publishers or (),
            "kind": row.kind or "release",
            "published_at": row.out_at,
            "precision": row.out_precision,
            "mentions": tuple(mentions),
        }
    )


def facts_of(reading: Reading) -> dict[str, Any]:
    """What of a reading has no column or table of its own, as JSON; days are ``2026-05-28``."""
    dumped: dict[str, Any] = _READINGS.dump_python(reading, mode="json", exclude=set(_ELSEWHERE))
    return dumped


async def documents_of(tx: AsyncConnection, article_id: int) -> tuple[tuple[str, str], ...]:
    """Name and text of every document of the article that could be read, the release first."""
    rows = await tx.execute(
        sa.select(attachment.c.name, attachment.c.text)
        .where(attachment.c.article_id == article_id, attachment.c.text.is_not(None))
        .order_by(attachment.c.document, attachment.c.rank)
    )
    return tuple((row.name, row.text) for row in rows)


async def files_of(tx: AsyncConnection, article_id: int) -> dict[str, bytes | None]:
    """The files an article came with: by name the sha256 of what a file says, else of its bytes.

    Many a server packs a file anew at each download.
    """
    return {row.name: row.sha256 for row in await _files(tx, article_id)}


async def _files(
    tx: AsyncConnection, article_id: int
) -> Sequence[sa.Row[*tuple[str, str, bytes | None]]]:
    """Name, URL and sha256, as ``files_of`` has it, of each file as the article's page lists it."""
    text = sa.func.sha256(sa.func.convert_to(attachment.c.text, "UTF8"))
    sha256 = sa.func.coalesce(text, attachment.c.sha256).label("sha256")
    query = sa.select(attachment.c.name, attachment.c.url, sha256)
    its = query.where(attachment.c.article_id == article_id).order_by(attachment.c.position)
    return (await tx.execute(its)).all()


async def earlier_of(tx: AsyncConnection, article_id: int) -> Earlier | None:
    """The version whose changes are still to be told."""
    query = (
        sa.select(
            *revision.c["id", "publishers", "kind", "facts", "files"],
            revision.c.title.label("read_title"),
            revision.c.text.label("read_text"),
            revision.c.published_at.label("out_at"),
            revision.c.precision.label("out_precision"),
        )
        .where(revision.c.article_id == article_id, revision.c.changes.is_(None))
        .order_by(revision.c.id)
        .limit(1)
    )
    row = (await tx.execute(query)).one_or_none()
    if row is None:
        return None
    files = (row.files or {}).items()
    known = {name: sha and bytes.fromhex(sha) for name, sha in files}
    return Earlier(row.id, reading_of(row), known)


async def readable(
    tx: AsyncConnection, row: sa.Row[Any], earlier: Earlier | None = None
) -> Readable:
    """What is judged of an article, from a row of all its columns and PUBLISHED."""
    files = await _files(tx, row.id)
    return record(
        Readable,
        row,
        given_title=row.title,
        given_text=row.text or "",
        documents=tuple(text for _, text in await documents_of(tx, row.id)),
        reading=reading_of(row),
        files={each.name: each.sha256 for each in files},
        earlier=earlier,
        links=tuple((each.name, each.url) for each in files[:_MOST_LINKS]),
    )
