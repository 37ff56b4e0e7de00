"""One migrated database for one test after another: emptied between them, made anew if in doubt.

A copy of the template costs more than most tests do. What they leave is a few rows, so these are
deleted and the numbers begin again; after a test that changed the schema, or left much, a copy is
made for the next. The connection that does it stays: a new one has to learn the catalogue first.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import asyncpg

from service.work import connect

_MUCH = 4 * 1024 * 1024  # bytes of tables and indexes; deleting leaves them as large as they were
_OURS = "relnamespace = 'public'::regnamespace"
_SIZE = f"SELECT sum(pg_relation_size(oid)) FROM pg_class WHERE {_OURS} AND relkind IN ('r', 'i')"
_TABLES = f"""
    SELECT oid::regclass::text FROM pg_class
    WHERE {_OURS} AND relkind = 'r' AND pg_relation_size(oid) > 0
"""
_CATALOGS = (
    "pg_attrdef", "pg_attribute", "pg_class", "pg_constraint", "pg_index", "pg_namespace",
    "pg_proc", "pg_trigger", "pg_type",
)  # fmt: skip
# Any change of the schema writes a row of a catalogue anew, or takes one away.
_SCHEMA = "SELECT ARRAY[{}, {}]".format(
    ", ".join(f"(SELECT count(*) || ' ' || max(xmin::text::bigint) FROM {c})" for c in _CATALOGS),
    "(SELECT count(*)::text FROM pg_db_role_setting JOIN pg_database db ON db.oid = setdatabase"
    " WHERE datname = current_database())",
)
_ALONE = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid != pg_backend_pid()
"""
_EMPTY = f"""
    DO $$
    DECLARE name text;
    BEGIN
        PERFORM set_config('session_replication_role', 'replica', true);  -- no keys, no triggers
        FOR name IN {_TABLES} LOOP
            EXECUTE 'DELETE FROM ' || name;
        END LOOP;
        PERFORM setval(format('%I.%I', schemaname, sequencename), start_value, false)
        FROM pg_sequences WHERE last_value IS NOT NULL;
    END $$
"""


class Kept:
    """The database of one process's tests. ``copy`` makes a migrated one and says its address."""

    def __init__(
        self, copy: Callable[[], Awaitable[str]], drop: Callable[[str], Awaitable[None]]
    ) -> None:
        self._copy = copy
        self._drop = drop
        self._url = ""
        self._sql: asyncpg.Connection | None = None
        self._schema: list[str] = []
        self._rows: dict[str, list[str]] = {}

    async def ready(self) -> str:
        """Return the address of the database, which is as if it were just made."""
        if not self._url:
            self._url = await self._copy()
            self._sql = sql = await connect(self._url)
            self._schema = await sql.fetchval(_SCHEMA)
            # What the migrations themselves put there.
            self._rows = {
                name: [row for (row,) in await sql.fetch(f"SELECT t::text FROM {name} t")]
                for (name,) in await sql.fetch(_TABLES)
            }
        return self._url

    async def empty(self) -> None:
        """Make it what it was before a test, whoever is still connected; else drop it."""
        sql = await self._alone()
        same = await sql.fetchval(_SCHEMA) == self._schema
        if same:
            await sql.execute(_EMPTY)
            for name, rows in self._rows.items():
                put = f"INSERT INTO {name} SELECT (row::{name}).* FROM unnest($1::text[]) AS row"
                await sql.execute(put, rows)
            same = await sql.fetchval(_SIZE) < _MUCH
        if not same:
            await self.drop()

    async def drop(self) -> None:
        """Drop it, where there is one."""
        url, self._url = self._url, ""
        if self._sql is not None:
            await self._sql.close()
        if url:
            await self._drop(url)

    async def _alone(self) -> asyncpg.Connection:
        """The only connection to it: all others are cut off, and ours may be by a test."""
        assert self._sql is not None
        try:
            await self._sql.execute(_ALONE)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            self._sql = await connect(self._url)
            await self._sql.execute(_ALONE)
        return self._sql
