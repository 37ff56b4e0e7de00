"""The search index in the store: what is to be entered, and what a query finds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace

import asyncpg

from service.store.database import Intentions
from service.store.embargo import HELD, UNTIL
from service.store.rows import Seen, reading_of, record, story_of

_CLAIM = """
UPDATE unsearched
SET due_at = now() + interval '2 minutes', fence = fence + 1, attempts = attempts + 1
WHERE article_id = (
    SELECT article_id FROM unsearched WHERE due_at <= now()
    ORDER BY article_id DESC LIMIT 1 FOR UPDATE SKIP LOCKED
)
RETURNING article_id, fence, attempts
"""
_SAID = f"""
    id, story_id, source_id, url, publisher, read_title, read_text, publishers, kind, facts, topics,
    coalesce(read_published_at, published_at) AS out_at,
    CASE WHEN read_published_at IS NULL THEN precision ELSE read_precision END AS out_precision,
    coalesce(read_published_at, published_at, discovered_at) AS came,
    least(coalesce(read_published_at, published_at, discovered_at), discovered_at) AS placed,
    read_at IS NOT NULL AS told, {UNTIL} AS held_until
"""
_READ = f"SELECT {_SAID} FROM article WHERE id = $1 AND read_at IS NOT NULL"  # noqa: S608
# A row that was asked for again meanwhile is left to whoever comes next.
_ENTER = """
WITH done AS (
    DELETE FROM unsearched WHERE article_id = $1 AND fence = $2 RETURNING article_id
)
INSERT INTO searchable (article_id, out_at, words, trouble)
SELECT article_id, $3, array_to_tsvector($4::text[]), $5 FROM done
ON CONFLICT (article_id) DO UPDATE SET
    out_at = excluded.out_at, words = excluded.words, trouble = excluded.trouble, entered_at = now()
"""
# What is held is not counted for whoever does not see it: a count would tell what is in it.
# The words and the time apart, for then GIN leaps from what has both to the next that has.
# Materialized, for else the planner walks by date and opens every row until it has enough. A longer
# time is looked through where the shorter ones, which are part of it, have too little. The queries
# by SELECT, so that the planner knows nothing of them: to plan for a word would take longer than to
# look it up, and for a frequent one it would read every row, not reckoning with what it costs to
# take the words of a row out of storage.
_TIMES = 4
_FOUND = ", ".join(
    f"""
found{number} AS MATERIALIZED (
    SELECT out_at AS at, article_id FROM searchable
    WHERE words @@ (SELECT $1::text::tsquery)
        AND words @@ (SELECT ($2::text[])[{number}]::tsquery)
        AND (out_at, article_id) < ($3, $4)
        {" ".join(f"AND (SELECT count(*) FROM found{less}) < $5" for less in range(1, number))}
        AND ($6 OR article_id NOT IN (SELECT id FROM {HELD} AS held))
)"""  # noqa: S608 - put together from what stands here
    for number in range(1, _TIMES + 1)
)
_EACH = [f"found{number}" for number in range(1, _TIMES + 1)]
_MOST = f"greatest({', '.join(f'(SELECT count(*) FROM {each})' for each in _EACH)})"  # noqa: S608
_FIND = f"""
WITH {_FOUND}, page AS MATERIALIZED (
    {" UNION ".join(f"SELECT at, article_id FROM {each}" for each in _EACH)}
    ORDER BY at DESC, article_id DESC LIMIT $5
)
SELECT page.at, {_MOST} AS counted, {_SAID} FROM page JOIN article ON id = article_id
ORDER BY page.at DESC, article_id DESC
"""  # noqa: S608
_COUNT = f"WITH {_FOUND} SELECT {_MOST}"
_NEWEST = "SELECT max(out_at) FROM searchable"
_NAMES = """
SELECT article_id, name FROM attachment WHERE article_id = any($1) AND text IS NOT NULL
ORDER BY article_id, document, rank
"""
_AGAIN = """
WITH part AS (SELECT id, triaged_at FROM article WHERE id > $1 ORDER BY id LIMIT $2), owed AS (
    INSERT INTO unsearched (article_id) SELECT id FROM part WHERE triaged_at IS NOT NULL
    ON CONFLICT (article_id) DO UPDATE SET
        due_at = now(), fence = unsearched.fence + 1, attempts = 0
)
SELECT max(id) FROM part
"""
Place = tuple[datetime, int]
"""Where an article stands among the others, newest first: its time and its number."""


@dataclass(frozen=True, slots=True)
class Owed:
    """An article to be entered. ``attempts``: how often it was claimed, this time included."""

    article_id: int
    fence: int
    attempts: int


@dataclass(frozen=True, slots=True)
class Stored(Seen):
    """An article as search sees it. ``place`` by when it came.

    ``told``: there is something to be told. ``held_until``: it is under embargo.
    """

    topics: tuple[str, ...]
    place: Place
    told: bool
    held_until: datetime | None

    def shown(self, *, held: bool) -> bool:
        """Whether it may be found; ``held``: also where it is under embargo."""
        return self.told and (held or self.held_until is None)


class Searching(Intentions):
    """Intentions of search, a transaction each."""

    async def claim(self) -> Owed | None:
        """The newest that is to be entered, None where nothing is; due again in two minutes."""
        row = await self._database.at_once(_CLAIM)
        return None if row is None else Owed(*row)

    async def article(self, article_id: int) -> Stored | None:
        """What it says; None where it is not read (any more)."""
        row = await self._database.at_once(_READ, article_id)
        return None if row is None else _stored(row, row["placed"])

    async def enter(self, owed: Owed, placed: datetime, words: Sequence[str]) -> str | None:
        """Enter one; why not, where PostgreSQL takes no such words: then it is settled with that.

        One that is owed anew since it was claimed stays owed.
        """
        try:
            await self._database.all_at_once(
                _ENTER, owed.article_id, owed.fence, placed, words, None
            )
        except (asyncpg.DataError, asyncpg.ProgramLimitExceededError) as error:
            return await self.give_up(owed, placed, f"{type(error).__name__}: {error}")
        return None

    async def give_up(self, owed: Owed, placed: datetime, why: str) -> str:
        """Settle one that cannot be entered, and say ``why`` again; nobody finds it."""
        await self._database.all_at_once(_ENTER, owed.article_id, owed.fence, placed, None, why)
        return why

    async def drop(self, owed: Owed) -> None:
        """Nothing is to be entered of it."""
        statement = "DELETE FROM unsearched WHERE article_id = $1 AND fence = $2"
        await self._database.all_at_once(statement, owed.article_id, owed.fence)

    async def again(self, *, part: int = 5_000) -> int:
        """Have every judged article entered again; until then it is found as before. How many."""
        last: int | None = 0
        while last is not None:
            row = await self._database.at_once(_AGAIN, last, part)
            last = row[0] if row else None
        return await self.left()

    async def left(self) -> int:
        """How many are to be entered."""
        row = await self._database.at_once("SELECT count(*) FROM unsearched")
        return int(row[0]) if row else 0

    async def newest(self) -> datetime | None:
        """When the newest came that is entered."""
        row = await self._database.at_once(_NEWEST)
        return row[0] if row else None

    async def find(
        self, query: str, times: Sequence[str], before: Place, limit: int, *, held: bool = False
    ) -> tuple[list[Stored], int]:
        """The newest that a query finds ``before`` a place, and how many it finds at least.

        Queries as ``tsquery`` reads them. ``times`` are four, each a part of the next, the last all
        time. ``held``: also what is under embargo.
        """
        values = (query, times, *before, limit, held)
        rows = await self._database.all_at_once(_FIND, *values)
        return [_stored(row, row["at"]) for row in rows], rows[0]["counted"] if rows else 0

    async def count(
        self, query: str, times: Sequence[str], before: Place, enough: int, *, held: bool = False
    ) -> int:
        """How many it finds at least; exact where these are fewer than ``enough``."""
        values = (query, times, *before, enough, held)
        row = await self._database.at_once(_COUNT, *values)
        return row[0] if row else 0

    async def names(self, ids: Collection[int]) -> Mapping[int, Sequence[str]]:
        """The names of the documents that were read, by article."""
        found: dict[int, list[str]] = defaultdict(list)
        for article_id, name in await self._database.all_at_once(_NAMES, list(ids)):
            found[article_id].append(name)
        return found


def _stored(found: asyncpg.Record, at: datetime) -> Stored:
    row = SimpleNamespace(**found)
    place, topics = (at, row.id), tuple(row.topics or ())
    reading = reading_of(row)
    return record(Stored, row, story=story_of(row), place=place, topics=topics, reading=reading)
