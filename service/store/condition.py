"""How the database does: its server, its schema, and what waits in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from service.store.migrate import head, known
from service.store.server import plain

_SERVER = """
    SELECT current_setting('server_version') AS version,
           current_setting('server_encoding') AS encoding,
           current_setting('TimeZone') AS timezone,
           (SELECT array_agg(extname::text ORDER BY 1) FROM pg_extension) AS extensions,
           pg_database_size(current_database()) AS size,
           clock_timestamp() AS now
"""
_WORK = """
    SELECT (SELECT count(*) FROM article WHERE triaged_at IS NULL) AS to_read,
           (SELECT count(*) FROM delivery WHERE settled_at IS NULL AND due_at <= now()) AS to_send,
           (SELECT min(due_at) FROM delivery
             WHERE settled_at IS NULL AND due_at <= now()) AS waits_since,
           (SELECT count(*) FROM delivery WHERE outcome = 'dead') AS dead,
           (SELECT count(*) FROM ops_item WHERE closed_at IS NULL) AS items,
           (SELECT max(finished_at) FROM poll) AS polled_at,
           ARRAY(SELECT id FROM source
             WHERE trouble IS NOT NULL AND paused_at IS NULL ORDER BY id) AS failing
"""


@dataclass(frozen=True, slots=True)
class ServerCondition:
    """The server, and the schema that it has. ``revision`` None: none of ours yet.

    ``size`` in bytes; ``now`` by its clock.
    """

    version: str
    encoding: str
    timezone: str
    extensions: Sequence[str]
    size: int
    now: datetime
    revision: str | None

    @property
    def current(self) -> bool:
        """Whether the schema is that of this version."""
        return self.revision == head()

    @property
    def newer(self) -> bool:
        """Whether the schema is one that this version does not know."""
        return self.revision is not None and self.revision not in known()


@dataclass(frozen=True, slots=True)
class Work:
    """What waits: articles to read, messages to send (since when), dead letters, ops items.

    ``polled_at``: when a poll last ended; ``failing``: sources with trouble.
    """

    to_read: int
    to_send: int
    waits_since: datetime | None
    dead: int
    items: int
    polled_at: datetime | None
    failing: Sequence[str]


async def server(url: str) -> ServerCondition:
    """Ask the server at ``url`` (``postgresql+asyncpg://…``). Raises what asyncpg raises."""
    connection = await asyncpg.connect(plain(url), timeout=10)
    try:
        found = await connection.fetchrow(_SERVER)
        revision = None
        if await connection.fetchval("SELECT to_regclass('alembic_version')") is not None:
            revision = await connection.fetchval("SELECT version_num FROM alembic_version")
        return ServerCondition(**found, revision=revision)
    finally:
        await connection.close(timeout=10)


async def work(url: str) -> Work:
    """Count what waits in a database of ours. Raises what asyncpg raises."""
    connection = await asyncpg.connect(plain(url), timeout=10)
    try:
        return Work(**await connection.fetchrow(_WORK))
    finally:
        await connection.close(timeout=10)
