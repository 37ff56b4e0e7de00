"""What is stored, looked through again: by rules that are tried or ail, and for who wants all."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from service.model import JoinedAs, Kind, Precision
from service.store.browse import Wish, met
from service.store.database import Intentions
from service.store.embargo import is_told
from service.store.rows import (
    HEADLINE,
    OUT,
    PUBLISHED,
    PUBLISHERS,
    TOPICS,
    Seen,
    reading_of,
    record,
    story_of,
)
from service.store.tables import article

_BATCH = 200
_COLUMNS: tuple[sa.ColumnElement[Any], ...] = (
    *article.c["id", "story_id", "source_id", "url", "publisher"],
    *article.c["read_title", "read_text", "publishers", "kind", "facts", "topics"],
    *PUBLISHED,
)
_SILENT = sa.text("""
    SELECT min(rule.text), canonical, min(rule.created_at),
        max(coalesce(timezone('Asia/Seoul', CAST(last_hit_on + 1 AS timestamp)), named.at)),
        array_agg(DISTINCT subscription.name)
    FROM rule JOIN subscription ON subscription.id = rule.subscription_id
    LEFT JOIN (
        SELECT subscription_id, said #>> '{}' AS text, max(created_at) AS at
        FROM delivery CROSS JOIN jsonb_path_query(hits, '$[*].rule') AS said GROUP BY 1, 2
    ) AS named ON named.subscription_id = rule.subscription_id AND named.text = rule.text
    WHERE ended_at IS NULL GROUP BY canonical ORDER BY min(rule.created_at), canonical
""")


@dataclass(frozen=True, slots=True)
class Reach:
    """How far back one can look. ``began``: when the first article was stored, None: none is."""

    now: datetime
    began: datetime | None


@dataclass(frozen=True, slots=True)
class SilentRule:
    """A rule, of all that have it, whose last hit is long ago. ``last_hit`` None: it never had one.

    ``text`` as one of them typed it.
    """

    text: str
    canonical: str
    created_at: datetime
    last_hit: datetime | None
    subscriptions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exported:
    """An article as it is exported. Times are aware; ``published_at`` as ``precision`` says.

    ``publisher`` as printed, ``publishers`` the ids behind it; ``summary`` of news alone is all
    that there is. ``twin_id``: of which article it is what ``joined_as`` says.
    """

    id: int
    story_id: int | None
    source_id: str
    url: str
    title: str
    kind: Kind | None
    publisher: str | None
    publishers: Sequence[str]
    topics: Sequence[str]
    published_at: datetime | None
    precision: Precision | None
    discovered_at: datetime
    embargo_until: datetime | None
    is_call: bool
    call_start: date | None
    call_end: date | None
    joined_as: JoinedAs | None
    twin_id: int | None
    share: float | None
    summary: str
    text: str


class Past(Intentions):
    """Reads only; a transaction for each batch, so that none is held while one is used."""

    async def reach(self) -> Reach:
        """The database's time, and when the service began to store."""
        began = sa.select(sa.func.min(article.c.discovered_at)).scalar_subquery()
        (row,) = await self._rows(sa.select(sa.func.now(), began))
        return Reach(*row)

    async def articles(self, since: datetime) -> AsyncIterator[Sequence[Seen]]:
        """Every article that was read and came ``since``, oldest first, batch by batch.

        What is still under embargo is left out: nobody would have been told of it.
        """
        query = sa.select(*_COLUMNS).where(article.c.read_at.is_not(None), is_told())
        async for rows in self._through(query, _BATCH, since):
            yield [_seen(row) for row in rows]

    async def silent_rules(self, since: datetime) -> tuple[int, list[SilentRule]]:
        """How many different rules are live, and those that had no hit ``since``.

        A hit is what triage noted; before it did, the latest delivery that names the rule.
        """
        rows = await self._rows(_SILENT)
        every = [
            SilentRule(text, canonical, made, hit, tuple(names))
            for text, canonical, made, hit, names in rows
        ]
        return len(every), [each for each in every if not each.last_hit or each.last_hit < since]

    async def exported(self, wish: Wish, size: int = _BATCH) -> AsyncIterator[Sequence[Exported]]:
        """Every article that was read, the first published first; none whose embargo lasts.

        Whatever is stored meanwhile with an earlier time is not among them.
        """
        chosen = sa.select(*_EXPORTED).where(article.c.read_at.is_not(None), is_told(), *met(wish))
        async for rows in self._through(chosen, size):
            yield [Exported(*row[:-1]) for row in rows]

    async def _through(
        self, articles: sa.Select[*tuple[Any, ...]], size: int, since: datetime | None = None
    ) -> AsyncIterator[Sequence[sa.Row[*tuple[Any, ...]]]]:
        """Rows in the order in which they ``came``, the last column, ``size`` at a time."""
        query = articles.add_columns(OUT.label("came")).order_by(OUT, article.c.id).limit(size)
        after = None if since is None else (since, 0)
        # The time is said twice, since an index knows it alone.
        while rows := await self._rows(
            query if after is None else query.where(after[0] <= OUT, sa.tuple_(*after) < _PLACE)
        ):
            yield rows
            after = rows[-1].came, rows[-1].id


def _seen(row: sa.Row[Any]) -> Seen:
    topics = None if row.topics is None else tuple(row.topics)
    return record(Seen, row, story=story_of(row), topics=topics, reading=reading_of(row))


def _of_call(name: str) -> sa.ColumnElement[Any]:
    said: sa.ColumnElement[Any] = article.c.facts[("call", name)].astext
    return said


_PLACE = sa.tuple_(OUT, article.c.id)
_EXPORTED: tuple[sa.ColumnElement[Any], ...] = (
    *article.c["id", "story_id", "source_id", "url"],
    HEADLINE,
    article.c.kind,
    article.c.publisher,
    PUBLISHERS,
    TOPICS,
    *PUBLISHED,
    article.c.discovered_at,
    article.c.embargo_until,
    sa.func.coalesce(_of_call("is_call") == "true", sa.false()),
    sa.cast(_of_call("start"), sa.Date),
    *article.c["call_end", "joined_as", "twin_id", "share", "summary"],
    sa.func.coalesce(article.c.read_text, ""),
)
