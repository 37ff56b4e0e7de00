"""What a monitor asks for: how much waits, how old it is, how sources do. Read when it is asked."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from service.store.database import Database

_KEPT = 5.0  # seconds: however many ask, the database is asked no more often

# Every count goes by a partial index of what is open, so that what is done costs nothing. Pages of
# a source that is paused wait for a person, not for us. $1: the sources that are polled, NULL: all.
_QUEUES = """
    SELECT 'poll' AS step, count(*) AS depth,
        extract(epoch FROM now() - min(next_due))::float8 AS oldest
    FROM source
    WHERE ($1::text[] IS NULL OR id = ANY($1)) AND paused_at IS NULL AND next_due <= now()
    UNION ALL
    SELECT 'open', count(*), extract(epoch FROM now() - min(discovered_at))::float8
    FROM article JOIN source ON source.id = source_id
    WHERE collected_at IS NULL AND paused_at IS NULL
        AND ($1::text[] IS NULL OR source_id = ANY($1))
    UNION ALL
    SELECT 'file', count(*), extract(epoch FROM now() - min(due_at))::float8
    FROM attachment WHERE settled_at IS NULL AND due_at <= now()
    UNION ALL
    SELECT 'read', count(*), extract(epoch FROM now() - min(collected_at))::float8
    FROM article
    WHERE triaged_at IS NULL AND collected_at IS NOT NULL AND read_at IS NULL AND NOT EXISTS (
        SELECT FROM attachment
        WHERE article_id = article.id AND settled_at IS NULL AND due_at IS NOT NULL)
    UNION ALL
    SELECT 'triage', count(*), extract(epoch FROM now() - min(read_at))::float8
    FROM article WHERE triaged_at IS NULL AND read_at IS NOT NULL
    UNION ALL
    SELECT 'deliver', count(*), extract(epoch FROM now() - min(due_at))::float8
    FROM delivery WHERE settled_at IS NULL AND due_at <= now()
    UNION ALL
    SELECT 'backfill', count(*), extract(epoch FROM now() - min(due_at))::float8
    FROM backfill WHERE finished_at IS NULL AND due_at <= now()
"""
_COUNTS = """
    SELECT
        (SELECT count(*) FROM delivery WHERE settled_at IS NULL AND due_at > now()) AS put_off,
        (SELECT count(*) FROM delivery WHERE outcome = 'dead') AS dead,
        (SELECT count(*) FROM waiting WHERE told_by IS NULL) AS digests,
        pg_database_size(current_database()) AS size,
        current_setting('transaction_read_only') = 'off' AS writable,
        extract(epoch FROM now() - (
            SELECT discovered_at FROM article WHERE NOT baseline
            ORDER BY discovered_at DESC LIMIT 1
        ))::float8 AS newest
"""
_SOURCES = """
    SELECT id, CASE WHEN paused_at IS NOT NULL THEN 'paused' WHEN failures > 0 THEN 'failing'
        WHEN last_ok_at IS NULL THEN 'unseen' ELSE 'ok' END AS state,
        extract(epoch FROM now() - newest_at)::float8 AS newest,
        missed, shown
    FROM source LEFT JOIN (
        SELECT source_id, sum(missed) AS missed, sum(shown) AS shown FROM route_day
        WHERE day > current_date - 31 GROUP BY source_id
    ) AS routes ON source_id = source.id
    WHERE $1::text[] IS NULL OR id = ANY($1)
"""
_ITEMS = "SELECT kind, count(*) AS count FROM ops_item WHERE closed_at IS NULL GROUP BY kind"
_TABLES = """
    SELECT relname AS name, n_dead_tup AS dead, n_live_tup AS live
    FROM pg_stat_user_tables WHERE schemaname = current_schema()
"""

_STATES = ("ok", "failing", "paused", "unseen")


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for a step. ``oldest``: seconds since the first came; None where none waits."""

    depth: int
    oldest: float | None


@dataclass(frozen=True, slots=True)
class Gauges:
    """How things stand. Ages are in seconds, ratios 0..1; what is unknown is left out."""

    queues: Mapping[str, Queue]
    put_off: int
    dead: int
    digests: int
    size: int
    writable: bool
    newest: float | None
    states: Mapping[str, int]
    newest_of: Mapping[str, float]
    missed_of: Mapping[str, float]
    items: Mapping[str, int]
    dead_rows: Mapping[str, int]
    live_rows: Mapping[str, int]


@dataclass(slots=True)
class GaugeReader:
    """Reads the gauges, every few seconds at most. ``sources``: those polled, None: all."""

    database: Database
    sources: Collection[str] | None = None
    _last: Gauges | None = field(default=None, init=False)
    _at: float = field(default=0.0, init=False)
    _one: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)

    async def now(self) -> Gauges:
        """The gauges. Raises what the driver raises where the database is away."""
        async with self._one:
            if self._last is None or time.monotonic() - self._at > _KEPT:
                self._last = await self._read()
                self._at = time.monotonic()
            return self._last

    async def _read(self) -> Gauges:
        ids = None if self.sources is None else list(self.sources)
        queues = await self.database.all_at_once(_QUEUES, ids)
        counts = await self.database.at_once(_COUNTS)
        sources = await self.database.all_at_once(_SOURCES, ids)
        items = await self.database.all_at_once(_ITEMS)
        tables = await self.database.all_at_once(_TABLES)
        assert counts is not None
        states: defaultdict[str, int] = defaultdict(int, dict.fromkeys(_STATES, 0))
        for row in sources:
            states[row["state"]] += 1
        return Gauges(
            queues={row["step"]: Queue(row["depth"], row["oldest"]) for row in queues},
            **dict(counts),
            states=states,
            newest_of={row["id"]: row["newest"] for row in sources if row["newest"] is not None},
            missed_of={row["id"]: row["missed"] / row["shown"] for row in sources if row["shown"]},
            items={row["kind"]: row["count"] for row in items},
            dead_rows={row["name"]: row["dead"] for row in tables},
            live_rows={row["name"]: row["live"] for row in tables},
        )
