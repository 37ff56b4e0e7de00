"""All rows in one consistent view, copied out; and copied into an empty database, or not at all.

Rows go in PostgreSQL's text form of COPY, which every server from 14 on reads, and in the order in
which tables refer to each other. The engine's wake-ups are left out: the sweep finds their rows.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from graphlib import TopologicalSorter

import asyncpg
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from service.errors import UserError
from service.store.database import within
from service.store.migrate import LOCK, upgrade
from service.store.server import plain

_TABLES = """
    SELECT relname AS name,
           array_agg(attname::text ORDER BY attnum) FILTER (WHERE attgenerated = '') AS columns
      FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
     WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'
       AND relname <> 'alembic_version' AND relname NOT LIKE 'pgqueuer%'
     GROUP BY relname ORDER BY relname
"""
_REFERENCES = """
    SELECT conrelid::regclass::text AS child, confrelid::regclass::text AS parent
      FROM pg_constraint
     WHERE contype = 'f' AND connamespace = current_schema()::regnamespace AND conrelid <> confrelid
"""
_SEQUENCES = """
    SELECT sequencename AS name, last_value AS value FROM pg_sequences
     WHERE schemaname = current_schema() AND last_value IS NOT NULL
       AND sequencename NOT LIKE 'pgqueuer%'
"""
_SET_SEQUENCE = "SELECT setval(quote_ident($1)::regclass, $2)"
_OTHERS = """
    SELECT count(*) FROM pg_stat_activity
     WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
       AND backend_type = 'client backend'
"""
_SEEDS = frozenset({"instance", "rule_book"})
"""Tables of one row that every new database has."""

Write = Callable[[bytes], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Table:
    """A table and those of its columns that are stored, in their order."""

    name: str
    columns: tuple[str, ...]


class Snapshot:
    """The database at one moment, while a transaction keeps it."""

    def __init__(self, connection: asyncpg.Connection, revision: str) -> None:
        """``connection`` is in a repeatable read; ``revision`` that of its schema."""
        self._connection = connection
        self.revision = revision

    async def tables(self) -> Sequence[Table]:
        """Every table, none before those that it refers to."""
        rows = await self._connection.fetch(_TABLES)
        order: TopologicalSorter[str] = TopologicalSorter({row["name"]: () for row in rows})
        for row in await self._connection.fetch(_REFERENCES):
            order.add(row["child"], row["parent"])
        columns = {row["name"]: tuple(row["columns"]) for row in rows}
        return [Table(name, columns[name]) for name in order.static_order()]

    async def copy(self, table: Table, write: Write) -> int:
        """Hand every row to ``write``, some at a time; returns how many there were."""
        done = await self._connection.copy_from_table(
            table.name, columns=table.columns, output=write, timeout=None
        )
        return _rows(done)

    async def sequences(self) -> Mapping[str, int]:
        """The last number that each sequence gave: at least as much as any row here has."""
        return {row["name"]: row["value"] for row in await self._connection.fetch(_SEQUENCES)}


@asynccontextmanager
async def snapshot(url: str) -> AsyncIterator[Snapshot]:
    """The rows of ``url`` (``postgresql+asyncpg://…``) as they are now; it locks nobody out.

    Raises UserError where it never was ours.
    """
    connection = await asyncpg.connect(plain(url), timeout=10)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            if await connection.fetchval("SELECT to_regclass('alembic_version')") is None:
                raise UserError(
                    "파발의 자료가 없습니다 (there is nothing of Pabal in the database)"
                )
            revision = await connection.fetchval("SELECT version_num FROM alembic_version")
            yield Snapshot(connection, revision)
    finally:
        await connection.close(timeout=10)


class Loading:
    """A database whose tables are there and empty, while a transaction can still undo it."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        """``connection`` is in that transaction."""
        self._connection = connection

    async def load(self, table: Table, chunks: AsyncIterator[bytes]) -> int:
        """Take in rows; returns how many. Raises asyncpg.PostgresError where they do not fit."""
        done = await self._connection.copy_to_table(
            table.name, columns=table.columns, source=chunks, timeout=None
        )
        return _rows(done)

    async def set_sequences(self, values: Mapping[str, int]) -> None:
        """Have every sequence go on after the number it gave last."""
        await self._connection.executemany(_SET_SEQUENCE, list(values.items()))


@asynccontextmanager
async def loading(url: str, revision: str, *, replace: bool) -> AsyncIterator[Loading]:
    """Tables of ``revision`` without a row, in one transaction that ends with the block.

    ``replace`` drops what is there, which is back if the block raises; without it, a database that
    has rows raises UserError, and so does one that others use, who would go on with other rows.
    """
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        async with engine.begin() as transaction:
            connection = await within(transaction)
            alone = await connection.fetchval("SELECT pg_try_advisory_xact_lock($1)", LOCK)
            if others := await connection.fetchval(_OTHERS) or int(not alone):
                raise UserError(
                    f"다른 연결이 {others}개 있습니다. 파발을 멈추고 다시 하십시오. "
                    f"({others} others are connected: stop every Pabal first)"
                )
            await _clear(connection, replace=replace)
            await transaction.run_sync(upgrade, revision)
            for row in await connection.fetch(_TABLES):
                await connection.execute(f"TRUNCATE {_quoted(row['name'])} CASCADE")
            yield Loading(connection)
    finally:
        await engine.dispose()


async def _clear(connection: asyncpg.Connection, *, replace: bool) -> None:
    """Drop our tables and the wake-ups about their rows."""
    tables = [row["name"] for row in await connection.fetch(_TABLES)]
    for name in tables:
        some = f"SELECT EXISTS (SELECT 1 FROM {_quoted(name)})"  # noqa: S608 - a table's own name
        if not replace and name not in _SEEDS and await connection.fetchval(some):
            raise UserError(
                f"빈 데이터베이스가 아닙니다: {name} 표에 행이 있습니다. 있는 것을 버리려면 "
                f"--replace (table {name} has rows; --replace gives up what is there)"
            )
    for name in (*tables, "alembic_version"):
        await connection.execute(f"DROP TABLE IF EXISTS {_quoted(name)} CASCADE")
    if await connection.fetchval("SELECT to_regclass('pgqueuer')") is not None:
        await connection.execute("TRUNCATE pgqueuer")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _rows(done: str) -> int:
    """The number in what the server says of a COPY: ``COPY 17``."""
    return int(done.rpartition(" ")[2])
