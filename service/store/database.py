"""The way to the database: one engine, short transactions, wake-ups inside them."""

from __future__ import annotations

import math
import socket
import time
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

import asyncpg
import sqlalchemy as sa
from pgqueuer.db import AsyncpgDriver
from pgqueuer.queries import Queries
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.util import greenlet_spawn

from service.store.steps import Step

_GONE, _IDLE, _AGAIN, _TIMES = 10, 4, 2, 3  # seconds until a silent end counts as gone; probes

WATCHED = {
    "tcp_user_timeout": str(_GONE * 1000),
    "tcp_keepalives_idle": str(_IDLE),
    "tcp_keepalives_interval": str(_AGAIN),
    "tcp_keepalives_count": str(_TIMES),
}
"""What the server shall do about a client that says nothing any more, where both are cut apart.

Left to its own settings it keeps its session, with every lock that it holds, for two hours.
"""

TOGETHER = " "  # between the subjects of one wake-up
TODAY = sa.cast(sa.func.timezone("Asia/Seoul", sa.func.now()), sa.Date)
"""The day in Korea, by the database's clock."""

_USED = "used"
_LONGEST = 1000  # characters of what was said
_RESTED = 5.0  # seconds


@dataclass(frozen=True, slots=True)
class Wake:
    """A wake-up for a step: a hint that row ``subject`` is ready, never the truth about it.

    Subjects joined by ``TOGETHER`` are taken up one after the other by one worker.
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
        self.engine: AsyncEngine = create_async_engine(
            url,
            pool_size=size,
            max_overflow=0,
            # Each learns what it is asked, here and in the server: a few know all, the others rest.
            pool_use_lifo=True,
            # A server that vanished without a word must not hang us until TCP gives up.
            connect_args={"timeout": 10, "command_timeout": 60, "server_settings": WATCHED},
        )
        _watch(self.engine.sync_engine)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """One transaction: committed on leaving, rolled back on any exception."""
        async with self.engine.begin() as connection:
            yield connection

    @asynccontextmanager
    async def joined(self) -> AsyncIterator[Database]:
        """One transaction in place of the database: what is done through it is done together."""
        async with self.transaction() as connection:
            yield _Joined(connection)

    async def at_once(self, statement: str, *values: object) -> asyncpg.Record | None:
        """Run one statement that is a transaction by itself; its first row.

        For what every poll does: written down and prepared, with ``$1`` for a value, it costs a
        tenth of a transaction that SQLAlchemy puts together. Raises what asyncpg raises.
        """
        rows = await self.all_at_once(statement, *values)
        return rows[0] if rows else None

    async def all_at_once(self, statement: str, *values: object) -> list[asyncpg.Record]:
        """Run one statement that is a transaction by itself, as ``at_once``; all its rows."""
        connection = await self.engine.raw_connection()
        try:
            driver = cast("asyncpg.Connection", connection.driver_connection)
            rows: list[asyncpg.Record] = await driver.fetch(statement, *values)
        finally:
            await greenlet_spawn(connection.close)  # as SQLAlchemy itself gives it back
        return rows

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


class _Joined(Database):
    """A transaction under way; nothing but ``transaction`` is to be had of it."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        yield self._connection


class Intentions:
    """What is asked of the store about one kind of thing, a transaction each."""

    def __init__(self, database: Database) -> None:
        """Work on ``database``."""
        self._database = database

    async def _rows(
        self, query: sa.Executable, values: Mapping[str, Any] | None = None
    ) -> Sequence[sa.Row[*tuple[Any, ...]]]:
        """All rows of a query that is a transaction by itself."""
        async with self._database.transaction() as tx:
            return (await tx.execute(query, values)).all()

    async def _row(
        self, query: sa.Executable, values: Mapping[str, Any] | None = None
    ) -> sa.Row[*tuple[Any, ...]] | None:
        """The only row of such a query; None where it has none."""
        async with self._database.transaction() as tx:
            return (await tx.execute(query, values)).one_or_none()

    async def _do(self, statement: sa.Executable, values: Any = None) -> None:
        """Run a statement that is a transaction by itself."""
        async with self._database.transaction() as tx:
            await tx.execute(statement, values)

    async def _value(self, query: sa.Executable) -> Any:
        """The one value that such a query gives."""
        async with self._database.transaction() as tx:
            return (await tx.execute(query)).scalar_one()


def watch(connection: asyncpg.Connection) -> None:
    """Have TCP itself say within seconds that the server is out of reach, as ``WATCHED`` has it."""
    wire = connection._transport.get_extra_info("socket")  # noqa: SLF001 - there is no other way
    if wire.family == socket.AF_UNIX:
        return
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (
        (socket.TCP_USER_TIMEOUT, _GONE * 1000),
        (socket.TCP_KEEPIDLE, _IDLE),
        (socket.TCP_KEEPINTVL, _AGAIN),
        (socket.TCP_KEEPCNT, _TIMES),
    ):
        wire.setsockopt(socket.IPPROTO_TCP, option, value)


def _watch(engine: sa.Engine) -> None:
    """Let a database that restarted cost a reconnect, not a failed unit of work.

    A connection that rested proves that it lives. Of one in use a moment ago, as most are in a busy
    hour, it is enough that nobody hung up: to ask each time costs as much as the work itself.
    """

    @sa.event.listens_for(engine, "connect")
    def made(connection: DBAPIConnection, _: object) -> None:
        watch(connection.driver_connection)

    @sa.event.listens_for(engine, "checkin")
    def used(_connection: object, record: sa.pool.ConnectionPoolEntry) -> None:
        record.info[_USED] = time.monotonic()

    @sa.event.listens_for(engine, "checkout")
    def proven(connection: DBAPIConnection, record: sa.pool.ConnectionPoolEntry, _: object) -> None:
        rested = time.monotonic() - record.info.get(_USED, math.inf)
        try:
            alive = not connection.driver_connection.is_closed()
            if alive and rested > _RESTED:
                engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error:
            alive = False
        if not alive:
            raise sa.exc.InvalidatePoolError


def storable(text: str) -> str:
    """``text`` as PostgreSQL keeps it: no NUL, no half of a surrogate pair."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def said(detail: str) -> str:
    """What a receiver or a server said, as it is kept."""
    return storable(detail)[:_LONGEST]


def columns(rows: Collection[Sequence[Any]], *names: str) -> dict[str, list[Any]]:
    """``rows`` turned into lists by column, as ``unnest`` takes them."""
    turned = zip(*rows, strict=True) if rows else [()] * len(names)
    return dict(zip(names, map(list, turned), strict=True))


async def clock(tx: AsyncConnection) -> datetime:
    """The time as the database has it, the only clock that replicas share."""
    now: datetime = (await tx.execute(sa.select(sa.func.now()))).scalar_one()
    return now


async def within(connection: AsyncConnection) -> asyncpg.Connection:
    """The driver's connection, for statements of its own within the transaction."""
    raw = await connection.get_raw_connection()
    driver = cast("asyncpg.Connection", raw.driver_connection)
    if not driver.is_in_transaction():
        # SQLAlchemy begins with its own first statement: without one this would autocommit.
        await connection.execute(sa.select(1))
    return driver


async def changed(
    tx: AsyncConnection, table: sa.Table, *chosen: sa.ColumnElement[bool], **values: object
) -> bool:
    """Change the one row that is chosen; False where none is, or is any more."""
    change = sa.update(table).where(*chosen).values(**values).returning(table.c.id)
    return (await tx.execute(change)).one_or_none() is not None


async def wake(connection: AsyncConnection, wakes: Sequence[Wake]) -> None:
    """Enqueue wake-ups in the transaction of the rows they are about."""
    if not wakes:
        return
    queries = Queries(AsyncpgDriver(await within(connection)))
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
    "index": 0,
    "reconcile": 0,
    "collect": 1,
    "attach": 1,
    "poll": 2,
    "read": 3,
    "triage": 4,
    "deliver": 5,
    "admit": 5,
}
