"""The way to the database: one engine, short transactions, wake-ups inside them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

import asyncpg
import sqlalchemy as sa
from pgqueuer.db import AsyncpgDriver
from pgqueuer.queries import Queries
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from service.store.steps import Step


@dataclass(frozen=True, slots=True)
class Wake:
    """A wake-up for a step: a hint that row ``subject`` is ready, never the truth about it.

    ``after`` delays it. ``once`` drops it where the same wake-up is still queued or running.
    """

    step: Step
    subject: str
    after: timedelta = timedelta(0)
    once: bool = False


class Database:
    """One engine for the process."""

    def __init__(self, url: str, *, size: int = 15) -> None:
        """``url`` is ``postgresql+asyncpg://…``; ``size`` the most connections held."""
        # pre_ping: a database that restarted costs a reconnect, not a failed unit of work.
        self.engine: AsyncEngine = create_async_engine(
            url,
            pool_size=size,
            max_overflow=0,
            pool_pre_ping=True,
            # A server that vanished without a word must not hang us until TCP gives up.
            connect_args={"timeout": 10, "command_timeout": 60},
        )

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """One transaction: committed on leaving, rolled back on any exception."""
        async with self.engine.begin() as connection:
            yield connection

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


def storable(text: str) -> str:
    """``text`` as PostgreSQL keeps it: no NUL, no half of a surrogate pair."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


async def wake(connection: AsyncConnection, wakes: Sequence[Wake]) -> None:
    """Enqueue wake-ups in the transaction of the rows they are about."""
    if not wakes:
        return
    raw = await connection.get_raw_connection()
    plain = cast("asyncpg.Connection", raw.driver_connection)
    if not plain.is_in_transaction():
        # SQLAlchemy begins with its own first statement: without one this would autocommit.
        await connection.execute(sa.select(1))
    queries = Queries(AsyncpgDriver(plain))
    await queries.enqueue(
        [each.step for each in wakes],
        [each.subject.encode() for each in wakes],
        [_PRIORITY[each.step] for each in wakes],
        [each.after for each in wakes],
        [f"{each.step}:{each.subject}" if each.once else None for each in wakes],
        on_conflict="skip",
    )


# What is nearest to its reader goes first.
_PRIORITY: dict[Step, int] = {
    "revisit": 0,
    "backfill": 0,
    "collect": 1,
    "attach": 1,
    "poll": 2,
    "read": 3,
    "triage": 4,
    "deliver": 5,
}
