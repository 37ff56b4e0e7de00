"""What the page of one release shows, and the timeline of a series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from service.model import Change, JoinedAs, Kind, Mention, Precision, Reading
from service.store.database import Intentions
from service.store.embargo import HELD_UNTIL, Held, is_told
from service.store.rows import HEADLINE, PUBLISHED, PUBLISHERS, Named, reading_of, record, told_with
from service.store.tables import article, attachment, mention, revision

_ROWS = 1_000  # of a series, before copies are folded

State = Literal["read", "failed", "owed", "spare", "unread"]
"""Of a file: its text is there · it gave none · still to be read · kept in case another format
fails · not of a kind that is read."""


@dataclass(frozen=True, slots=True)
class File:
    """A file of a release. ``letters`` of its text; ``reason`` where it failed.

    ``detail`` says more of a failure, also of one that is tried again, or what the text lacks.
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
class Kin(Named):
    """Another article of the same event: a copy, the news made from it, what it corrects.

    ``joined_as`` says what of the two the later one is, None where only the story is known, with
    the ``share`` of the text and the reason ``why``. ``lead``: how long after the release it came
    out, of news whose hour is known.
    """

    kind: Kind | None
    joined_as: JoinedAs | None
    share: float | None
    why: str | None
    lead: timedelta | None


@dataclass(frozen=True, slots=True)
class Revision:
    """A later version: of the same page, or the article that corrects ``earlier_id``."""

    article_id: int
    earlier_id: int | None
    noticed_at: datetime
    changes: Sequence[Change]


@dataclass(frozen=True, slots=True)
class Release(Named):
    """An article whole. ``reading`` None: not read yet.

    ``held_until``: it is under embargo. ``topics`` are codes, the likeliest first.
    """

    story_id: int | None
    published_at: datetime | None
    precision: Precision | None
    discovered_at: datetime
    embargo_until: datetime | None
    held_until: datetime | None
    topics: Sequence[str]
    reading: Reading | None
    files: Sequence[File]
    kin: Sequence[Kin]
    revisions: Sequence[Revision]


@dataclass(frozen=True, slots=True)
class Appearance:
    """A release that names a series, as its timeline shows it: ``name`` as printed there.

    ``held_until``: it is under embargo.
    """

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
    held_until: datetime | None


class Releases(Intentions):
    """Reads only; a transaction each."""

    async def release(self, article_id: int, *, held: bool = False) -> Release | Held | None:
        """The article of that number with all that is known of it; None where there is none.

        Only with ``held`` what is under embargo is given, and named beside others.
        """
        async with self._database.transaction() as tx:
            found = await tx.execute(
                sa.select(article, *PUBLISHED, HELD_UNTIL.label("held_until")).where(
                    article.c.id == article_id
                )
            )
            row = found.one_or_none()
            if row is None:
                return None
            if row.held_until is not None and not held:
                return Held(row.held_until)
            reading = reading_of(row, await _mentions(tx, row.id)) if row.read_at else None
            return record(
                Release,
                row,
                title=row.read_title or row.title,
                publishers=row.publishers or (),
                published_at=row.out_at,
                precision=row.out_precision,
                topics=row.topics or (),
                reading=reading,
                files=await _files(tx, row.id),
                kin=await _kin(tx, row, held=held),
                revisions=await _revisions(tx, row.id, held=held),
            )

    async def series(self, name: str, *, held: bool = False) -> Sequence[Appearance]:
        """Every story that names the series, newest first, each by its first article.

        ``held``: also those under embargo.
        """
        query = (
            sa.select(
                article.c.id,
                HEADLINE,
                article.c.publisher,
                PUBLISHERS,
                article.c.source_id,
                *PUBLISHED,
                *mention.c["name", "round", "year", "parties"],
                HELD_UNTIL,
                article.c.story_id,
            )
            .join(mention, mention.c.article_id == article.c.id)
            .where(mention.c.series == name, *(() if held else (is_told(),)))
            .order_by(sa.text("out_at DESC NULLS LAST"), article.c.id)
            .limit(_ROWS)
        )
        rows = await self._rows(query)
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
            *attachment.c["name", "url", "container", "tables", "reason", "detail"],
            state.label("state"),
            sa.func.length(attachment.c.text).label("letters"),
        )
        .where(attachment.c.article_id == article_id)
        .order_by(attachment.c.position)
    )
    return [File(**row) for row in rows.mappings()]


async def _kin(tx: AsyncConnection, own: sa.Row[Any], *, held: bool) -> Sequence[Kin]:
    """Articles of its story, and news of it that was there first."""
    related = [article.c.twin_id == own.id, article.c.id == own.twin_id]
    if own.story_id is not None:
        related.append(told_with(article, own.story_id))
    rows = await tx.execute(
        sa.select(article, *PUBLISHED)
        .where(sa.or_(*related), article.c.id != own.id, *(() if held else (is_told(),)))
        .order_by(article.c.id)
    )
    return [_related(own, row) for row in rows]


def _related(own: sa.Row[Any], other: sa.Row[Any]) -> Kin:
    """What the tie says, on whichever of the two it stands."""
    tied = own if own.twin_id == other.id else other
    lead = None
    if tied.joined_as == "coverage" and "day" not in (own.out_precision, other.out_precision):
        news, release = (own, other) if tied is own else (other, own)
        if news.out_at is not None and release.out_at is not None:
            lead = news.out_at - release.out_at
    return record(
        Kin,
        other,
        title=other.read_title or other.title,
        publishers=other.publishers or (),
        joined_as=tied.joined_as,
        share=tied.share,
        why=tied.why,
        lead=lead,
    )


async def _revisions(tx: AsyncConnection, article_id: int, *, held: bool) -> Sequence[Revision]:
    """Those that were judged, newest first: of the article, and of others that correct it."""
    other = article.alias("other")
    both = (revision.c.article_id, revision.c.earlier_id)
    secret = sa.exists().where(other.c.id.in_(both), ~is_told(other))
    rows = await tx.execute(
        sa.select(
            *revision.c["article_id", "earlier_id", "noticed_at", "changes"],
        )
        .where(
            sa.or_(revision.c.article_id == article_id, revision.c.earlier_id == article_id),
            revision.c.changes.is_not(None),
            *(() if held else (~secret,)),
        )
        .order_by(revision.c.id.desc())
    )
    return [Revision(a, e, at, [Change(**each) for each in found]) for a, e, at, found in rows]
