"""How many releases came out, whose and about what, and how they were covered: by the day, kept.

A release is an event that a body of the government announced, counted once however many copies it
has. What is under embargo counts when that has lifted. News alone counts nowhere; news of a release
covers it, also where it was there first and has a story of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import sqlalchemy as sa

from service.store.database import TODAY, Intentions
from service.store.embargo import TOLD

EDGES = (
    0, 5, 10, 15, 20, 30, 40, 50, 60, 75, 90, 105, 120, 150, 180, 210, 240, 300, 360, 480, 600,
    720, 960, 1440, 2160, 2880, 4320, 7200, 10080,
)  # fmt: skip
"""Minutes between a release and its first news, by which leads are counted: step 0 is before the
first edge (the news was there before the release), step n from ``EDGES[n - 1]`` on."""

EVERYBODY = ""
"""Whose figures are those of all bodies together, and the topic that stands for all topics."""

_MOST = 5_000  # days made in one go; the next one goes on

# Days whose figures are not what is stored: something of them was discovered since, or may have
# been judged, covered or released from its embargo since. The hour is for what was being stored.
_OWE = sa.text("""
    INSERT INTO tallied (day)
    SELECT DISTINCT CAST(timezone('Asia/Seoul',
        coalesce(read_published_at, published_at, discovered_at)) AS date)
    FROM article WHERE discovered_at > coalesce(
        (SELECT max(owed_at) FROM tallied) - interval '1 hour', '-infinity')
    UNION
    SELECT day FROM tallied
    WHERE day > CAST(timezone('Asia/Seoul', now()) AS date) - 14
        AND made_at < now() - interval '1 hour'
    ORDER BY 1 ON CONFLICT (day) DO UPDATE SET owed_at = now()
""")
# An older day that a backfill brings waits until all of it that comes is judged.
_TAKE = sa.text("""
    SELECT day FROM tallied WHERE (made_at IS NULL OR made_at < owed_at) AND (
        day > CAST(timezone('Asia/Seoul', now()) AS date) - 14 OR day NOT IN (
            SELECT CAST(timezone('Asia/Seoul',
                coalesce(read_published_at, published_at, discovered_at)) AS date)
            FROM article WHERE triaged_at IS NULL AND discovered_at > now() - interval '7 days'))
    ORDER BY day DESC LIMIT 1 FOR UPDATE SKIP LOCKED
""")
_MADE = sa.text("UPDATE tallied SET made_at = now() WHERE day = :day")
_CLEAR = sa.text("DELETE FROM tally WHERE day = :day")
_COUNT = sa.text(f"""
    WITH released AS MATERIALIZED (
        SELECT article.story_id, publishers, topics, news.covered,
            CASE WHEN clocked THEN extract(hour FROM timezone('Asia/Seoul', out_at)) END AS hour,
            CASE WHEN clocked THEN width_bucket(
                extract(epoch FROM news.first_at - out_at) / 60, CAST(:edges AS numeric[])
            ) END AS lead
        FROM article
        CROSS JOIN LATERAL (SELECT
            coalesce(read_published_at, published_at, discovered_at) AS out_at,
            CASE WHEN read_published_at IS NULL THEN precision ELSE read_precision END
                IN ('second', 'minute') AS clocked
        ) AS told
        CROSS JOIN LATERAL (
            SELECT count(*) > 0 AS covered,
                min(coalesce(other.read_published_at, other.published_at))
                FILTER (WHERE CASE WHEN other.read_published_at IS NULL THEN other.precision
                    ELSE other.read_precision END IN ('second', 'minute')) AS first_at
            FROM article AS other
            WHERE other.joined_as = 'coverage' AND (
                other.story_id = article.story_id OR other.twin_id = ANY (ARRAY(
                    SELECT mate.id FROM article AS mate WHERE mate.story_id = article.story_id)))
        ) AS news
        WHERE coalesce(read_published_at, published_at, discovered_at)
                >= timezone('Asia/Seoul', CAST(CAST(:day AS date) AS timestamp))
            AND coalesce(read_published_at, published_at, discovered_at)
                < timezone('Asia/Seoul', CAST(CAST(:day AS date) + 1 AS timestamp))
            AND triaged_at IS NOT NULL AND kind <> 'news' AND publishers <> '{{}}'
            AND (joined_as IS NULL OR joined_as = 'joint')
            AND {TOLD}
    ), counted AS (
        SELECT story_id, publisher, topic, covered, hour, lead FROM released
        CROSS JOIN LATERAL unnest(publishers || CAST('' AS text)) AS publisher
        CROSS JOIN LATERAL unnest(coalesce(topics, '{{}}') || CAST('' AS text)) AS topic
    )
    INSERT INTO tally (what, day, publisher, topic, step, count)
    SELECT 'releases', CAST(:day AS date), publisher, topic, 0, count(DISTINCT story_id)
        FROM counted GROUP BY publisher, topic
    UNION ALL SELECT 'covered', CAST(:day AS date), publisher, topic, 0, count(DISTINCT story_id)
        FROM counted WHERE covered GROUP BY publisher, topic
    UNION ALL SELECT 'hour', CAST(:day AS date), publisher, '', hour, count(DISTINCT story_id)
        FROM counted WHERE topic = '' AND hour IS NOT NULL GROUP BY publisher, hour
    UNION ALL SELECT 'lead', CAST(:day AS date), publisher, '', lead, count(DISTINCT story_id)
        FROM counted WHERE topic = '' AND lead IS NOT NULL GROUP BY publisher, lead
""")  # noqa: S608 - of constants


_By = Literal["publisher", "topic"]


def _sum(condition: str, **columns: str) -> sa.TextClause:
    """The figures of the days that are asked for, added up by columns."""
    shown = ", ".join(f"{said} AS {name}" for name, said in columns.items())
    return sa.text(f"""
        SELECT {shown}, CAST(sum(count) AS integer) AS releases FROM tally
        WHERE day > CAST(:last AS date) - CAST(:days AS integer) AND day <= :last AND {condition}
        GROUP BY {", ".join(str(at) for at, _ in enumerate(columns, start=1))}
    """)  # noqa: S608 - of constants


_ROWS: Mapping[_By, str] = {"publisher": "topic = ''", "topic": "publisher = :whose"}
_BLOCK = "(CAST(:last AS date) - day) / CAST(:block AS integer)"
_WEEKDAY = "CAST(extract(isodow FROM day) AS integer)"
_OWN = "topic = '' AND publisher = :whose"
_RELEASED = {
    by: _sum(f"what = 'releases' AND {rows}", name=by, back=_BLOCK) for by, rows in _ROWS.items()
}
_COVERED = {by: _sum(f"what = 'covered' AND {rows}", name=by) for by, rows in _ROWS.items()}
_HOURS = _sum(f"what = 'hour' AND {_OWN}", weekday=_WEEKDAY, step="step")
_LEADS = _sum(f"what = 'lead' AND {_OWN}", step="step")


@dataclass(frozen=True, slots=True)
class Share:
    """Releases, and how many of them had news."""

    releases: int = 0
    covered: int = 0

    @property
    def rate(self) -> float:
        """Covered of releases, 0..1."""
        return self.covered / self.releases if self.releases else 0.0


@dataclass(frozen=True, slots=True)
class Tally:
    """Figures of blocks of days, the oldest first, up to and with the day ``last`` in Korea.

    ``blocks`` by name, of each the releases of every block; ``shares`` by name. ``hours``: releases
    by (weekday 1..7 from Monday, hour 0..23); ``leads`` by the steps of EDGES.
    """

    last: date
    blocks: Mapping[str, Sequence[int]]
    shares: Mapping[str, Share]
    hours: Mapping[tuple[int, int], int]
    leads: Mapping[int, int]


class Tallies(Intentions):
    """Intentions about figures by the day, a transaction each."""

    async def keep(self) -> int:
        """Make the figures of every day of which something turned up; how many days that were.

        Any number of processes may do so at once: each day is made by one of them.
        """
        async with self._database.transaction() as tx:
            await tx.execute(_OWE)
        for made in range(_MOST):
            if not await self._make_one():
                return made
        return _MOST

    async def _make_one(self) -> bool:
        async with self._database.transaction() as tx:
            day = (await tx.execute(_TAKE)).scalar_one_or_none()
            if day is None:
                return False
            await tx.execute(_CLEAR, {"day": day})
            await tx.execute(_COUNT, {"day": day, "edges": list(EDGES)})
            await tx.execute(_MADE, {"day": day})
        return True

    async def of_bodies(self, blocks: int, block: int = 7) -> Tally:
        """Everything together, by publisher (and EVERYBODY), of whole days up to yesterday.

        ``blocks`` of so many days each.
        """
        return await self._tally("publisher", EVERYBODY, blocks, block)

    async def of_topics(self, blocks: int, publisher: str = EVERYBODY) -> Tally:
        """The figures of one publisher by topic (and EVERYBODY), as ``of_bodies``, by the week."""
        return await self._tally("topic", publisher, blocks, 7)

    async def _tally(self, by: _By, whose: str, blocks: int, block: int) -> Tally:
        async with self._database.transaction() as tx:
            last = (await tx.execute(sa.select(TODAY))).scalar_one() - timedelta(days=1)
            values = {"last": last, "days": blocks * block, "block": block, "whose": whose}
            released = (await tx.execute(_RELEASED[by], values)).all()
            covered = (await tx.execute(_COVERED[by], values)).all()
            hours = (await tx.execute(_HOURS, values)).all()
            leads = (await tx.execute(_LEADS, values)).all()
        told = {row.name: [0] * blocks for row in released}
        for row in released:
            told[row.name][blocks - 1 - row.back] = row.releases
        news = {row.name: row.releases for row in covered}
        return Tally(
            last,
            told,
            {name: Share(sum(each), news.get(name, 0)) for name, each in told.items()},
            {(row.weekday, row.step): row.releases for row in hours},
            {row.step: row.releases for row in leads},
        )
