"""Time that a driver sets: the database's own ``now()``, and ours.

Production code asks the database what time it is, so a database whose ``now()`` reads a table
lives through a month in minutes. Nothing of production code knows about it. The function stands
before PostgreSQL's own on the search path of that database alone, and before the first migration,
so that the columns' defaults mean it too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import asyncpg

from service.store.server import plain

_MAKE = """
CREATE SCHEMA sim;
CREATE TABLE sim.clock (at timestamptz NOT NULL);
INSERT INTO sim.clock VALUES ($at$);
CREATE FUNCTION sim.now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
    AS 'SELECT at FROM sim.clock';
"""
_PATH = "ALTER DATABASE {name} SET search_path = public, sim, pg_catalog"


@dataclass(slots=True)
class Clock:
    """The simulated time, in the database at ``url`` (``postgresql+asyncpg://…``) and here."""

    connection: asyncpg.Connection
    at: datetime

    def now(self) -> datetime:
        """The simulated time."""
        return self.at

    async def set(self, at: datetime) -> None:
        """It is ``at`` (aware) now."""
        self.at = at
        await self.connection.execute("UPDATE sim.clock SET at = $1", at)


async def install(url: str, at: datetime) -> Clock:
    """Give an empty database a clock that stands at ``at``."""
    connection = await asyncpg.connect(plain(url))
    await connection.execute(_MAKE.replace("$at$", f"'{at.isoformat()}'"))
    name = await connection.fetchval("SELECT quote_ident(current_database())")
    await connection.execute(_PATH.format(name=name))
    await connection.close()
    return Clock(await asyncpg.connect(plain(url)), at)
