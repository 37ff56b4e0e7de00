"""The list of stories: filtered, cut into pages by a cursor, and the newest for who waits for more.

A story is shown by its face: the first of its releases, of news alone the first of these. It stands
where it came: when it was seen or, of what had been out for long by then, when it was published; no
earlier than its embargo ended for whom it was hidden until then. Of a time that has an end the
stories stand by when they were published.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from service.model import SEOUL, Kind, Precision
from service.store.database import TODAY, Intentions
from service.store.embargo import HELD_UNTIL, is_told
from service.store.rows import NAMED, OUT, PUBLISHED, TOPICS, Named, still_open, told_with
from service.store.tables import article, source

_DAY = timedelta(days=1)
_EPOCH, _TICK = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
_FIRST, _LAST = date(1900, 1, 1), date(2999, 12, 31)
_CAME: sa.ColumnElement[datetime] = sa.case(
    (sa.or_(article.c.baseline, article.c.late), sa.func.least(OUT, article.c.discovered_at)),
    else_=article.c.discovered_at,
)
"""As the index ``ix_article_listed`` has it."""
_PUBLIC: sa.ColumnElement[datetime] = sa.func.greatest(_CAME, article.c.embargo_until)
"""As the index ``ix_article_public`` has it: a NULL is passed over."""
_NEWS = sa.func.coalesce(article.c.kind == "news", sa.false())
_STRINGS = ARRAY(sa.Text)
_OPEN: sa.ColumnElement[bool] = sa.literal_column(
    still_open("article.call_end", "article.facts -> 'call' ->> 'end_clock'"), sa.Boolean
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to see; empty: everything.

    ``ministries`` are ids of publishers, any of which is enough; so with the other lists.
    ``since`` and ``until`` are days in Korea, both included. ``open``: what one can still apply
    for.
    """

    ministries: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    open: bool = False
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Watch:
    """What is looked at: ``sources`` that are not paused, how many answer and how many do not.

    ``last_ok_at``: when one last did.
    """

    sources: int
    answering: int
    failing: int
    last_ok_at: datetime | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a story stands in the list: what came later stands before it.

    ``ticks``: ``came`` as a number, in microseconds since 1970.
    """

    came: datetime
    id: int

    @classmethod
    def at(cls, ticks: int, number: int) -> Place:
        """The place again. Raises OverflowError for a time that there is not."""
        return cls(_EPOCH + ticks * _TICK, number)

    @property
    def ticks(self) -> int:  # noqa: D102 - as said above
        return (self.came - _EPOCH) // _TICK


@dataclass(frozen=True, slots=True)
class Face(Named):
    """A story as a list shows it, by one of its articles.

    ``copies`` and ``news`` are its further articles, with news of it that was there first.
    ``held_until``: its embargo, as long as it lasts; ``condition``: the event an embargo hangs on.
    ``apply_by``: the last day of a call, ``days`` from today; ``open``: one may still apply.
    """

    published_at: datetime | None
    precision: Precision | None
    kind: Kind | None
    topics: Sequence[str]
    apply_by: date | None
    days: int | None
    open: bool
    held_until: datetime | None
    condition: str | None
    came: datetime
    out: datetime
    copies: int
    news: int

    @property
    def place(self) -> Place:
        """Where it stands."""
        return Place(self.came, self.id)


class Browse(Intentions):
    """Reads only; a transaction each."""

    async def page(
        self, wish: Wish, limit: int, after: Place | None = None, *, held: bool = False
    ) -> Sequence[Face]:
        """The stories of a wish that stand behind ``after``, the latest first.

        ``held``: also what is under embargo.
        """
        came = OUT if wish.until else _CAME if held else _PUBLIC
        chosen = (
            sa.select(article.c.id)
            .where(article.c.story_id.is_not(None), _is_face(held=held), *met(wish))
            .order_by(came.desc(), article.c.id.desc())
            .limit(limit)
        )
        if not held:
            chosen = chosen.where(is_told())
        if after is not None:
            place = sa.tuple_(sa.literal(after.came), sa.literal(after.id))
            chosen = chosen.where(sa.tuple_(came, article.c.id) < place)
        async with self._database.transaction() as tx:
            found = (await tx.execute(chosen)).scalars().all()
            rows = await tx.execute(_faces(came, found, held=held)) if found else ()
            return [Face(*row) for row in rows]

    async def watch(self) -> Watch:
        """What is looked at, for who sees nothing yet."""
        query = sa.select(
            sa.func.count(),
            sa.func.count().filter(source.c.failures == 0, source.c.last_ok_at.is_not(None)),
            sa.func.count().filter(source.c.failures > 0),
            sa.func.max(source.c.last_ok_at),
        ).where(source.c.paused_at.is_(None))
        (row,) = await self._rows(query)
        return Watch(*row)


def meets(wish: Wish, face: Face) -> bool:
    """Whether a story is wanted; what ``Browse.page`` asks the database, of one that is known."""
    start, end = _span(wish)
    return (
        _any(wish.ministries, face.publishers)
        and _any(wish.topics, face.topics)
        and _any(wish.kinds, [face.kind or ""])
        and _any(wish.sources, [face.source_id])
        and (start is None or face.out >= start)
        and (end is None or face.out < end)
        and (not wish.open or face.open)
    )


def _any(wanted: Sequence[str], had: Sequence[str]) -> bool:
    return not wanted or not set(wanted).isdisjoint(had)


def _span(wish: Wish) -> tuple[datetime | None, datetime | None]:
    """From when on, and until before when; days beyond all that is stored are brought nearer."""
    since, until = (day and min(max(day, _FIRST), _LAST) for day in (wish.since, wish.until))
    start = datetime.combine(since, time.min, SEOUL) if since else None
    end = datetime.combine(until + _DAY, time.min, SEOUL) if until else None
    return start, end


def met(wish: Wish) -> list[sa.ColumnElement[bool]]:
    """What articles that are wanted have to fulfil."""
    start, end = _span(wish)
    asked: list[sa.ColumnElement[bool]] = []
    if wish.ministries:
        asked.append(article.c.publishers.op("&&")(sa.cast(wish.ministries, _STRINGS)))
    if wish.topics:
        asked.append(article.c.topics.op("&&")(sa.cast(wish.topics, _STRINGS)))
    if wish.kinds:
        asked.append(article.c.kind.in_(wish.kinds))
    if wish.sources:
        asked.append(article.c.source_id.in_(wish.sources))
    if start:
        asked.append(start <= OUT)
    if end:
        asked.append(end > OUT)
    if wish.open:
        asked.append(_OPEN)
    return asked


def _is_face(*, held: bool) -> sa.ColumnElement[bool]:
    """Whether no article of its story goes before it; where it is not shown it does not."""
    other = article.alias("other")
    theirs = sa.func.coalesce(other.c.kind == "news", sa.false())
    return ~sa.exists().where(
        other.c.story_id == article.c.story_id,
        sa.tuple_(theirs, other.c.id) < sa.tuple_(_NEWS, article.c.id),
        *(() if held else (is_told(other),)),
    )


def _faces(came: sa.ColumnElement[datetime], ids: Sequence[int], *, held: bool) -> sa.Select[Any]:
    """The faces of these numbers, in the order of ``came``."""
    other = article.alias("other")
    rest = (
        sa.select(
            sa.func.count().filter(other.c.kind.is_distinct_from("news")).label("copies"),
            sa.func.count().filter(other.c.kind == "news").label("news"),
        )
        .where(
            told_with(other, article.c.story_id),
            other.c.id != article.c.id,
            *(() if held else (is_told(other),)),
        )
        .lateral()
    )
    return (
        sa.select(
            *NAMED,
            *PUBLISHED,
            article.c.kind,
            TOPICS,
            article.c.call_end,
            article.c.call_end - TODAY,
            sa.func.coalesce(_OPEN, sa.false()),
            HELD_UNTIL,
            article.c.facts[("embargo", "condition")].astext,
            came.label("stands"),
            OUT,
            rest.c.copies,
            rest.c.news,
        )
        .join(rest, sa.true())
        .where(article.c.id.in_(ids))
        .order_by(came.desc(), article.c.id.desc())
    )
