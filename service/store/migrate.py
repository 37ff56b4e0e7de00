"""Brings a database to the schema of this version: Alembic for our tables, PgQueuer for its own.

Others work on it meanwhile, of this version and of the one before. Each migration is a transaction,
so that its locks go before the next one asks for its own; and a lock that does not come at once is
given up and asked for again, because whoever comes after us waits behind us.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import cast

import asyncpg
import sqlalchemy as sa
import structlog
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from pgqueuer.db import AsyncpgDriver
from pgqueuer.queries import Queries
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

import migrations

LOCK = 0x70616261
"""The advisory lock: one migration at a time, however many replicas start at once."""

_SCRIPTS = Path(migrations.__path__[0])
_TAKE = sa.select(sa.func.pg_try_advisory_lock(LOCK))
_IMPATIENCE = sa.text("SET lock_timeout = '400ms'")
_NOT_NOW = "55P03"  # lock_not_available
_LONGEST_WAIT = 5.0
_TURN = 0.1

log = structlog.get_logger()


def alembic_config(connection: Connection) -> Config:
    """An Alembic configuration that works on an open ``connection``."""
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.attributes["connection"] = connection
    config.attributes["in_transaction"] = connection.in_transaction()  # migrations.online asks
    return config


async def migrate(url: str) -> None:
    """Upgrade the database at ``url`` (``postgresql+asyncpg://…``) unless it is current.

    Raises what the driver raises where the database cannot be reached.
    """
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        # PgQueuer's upgrade steps cannot share a transaction: autocommit for its part.
        async with engine.connect() as plain:
            await plain.execution_options(isolation_level="AUTOCOMMIT")
            # Not by a statement that waits: whoever builds an index waits for all of those.
            while not await plain.scalar(_TAKE):  # noqa: ASYNC110 - other processes have no event
                await asyncio.sleep(_TURN)
            await _to_head(engine)
            await _queue(plain)
            await plain.execute(sa.select(sa.func.pg_advisory_unlock(LOCK)))
    finally:
        await engine.dispose()


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Upgrade over ``connection``: in its transaction, else in one for each migration."""
    command.upgrade(alembic_config(connection), revision)


def head() -> str:
    """The revision of this version's schema."""
    return str(ScriptDirectory(str(_SCRIPTS)).get_current_head())


def known() -> frozenset[str]:
    """Every revision that this version knows: its own and those before it."""
    return frozenset(each.revision for each in ScriptDirectory(str(_SCRIPTS)).walk_revisions())


async def _to_head(engine: AsyncEngine) -> None:
    wait = 0.1
    while True:
        try:
            async with engine.connect() as connection:
                await connection.execute(_IMPATIENCE)
                await connection.commit()
                await connection.run_sync(upgrade)
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) != _NOT_NOW:
                raise
            log.warning("migrate.waits", why="others hold a table for long", again_in=wait)
            await asyncio.sleep(wait)
            wait = min(wait * 2, _LONGEST_WAIT)
        else:
            return


async def _queue(connection: AsyncConnection) -> None:
    raw = await connection.get_raw_connection()
    queries = Queries(AsyncpgDriver(cast("asyncpg.Connection", raw.driver_connection)))
    if not await queries.schema_is_installed():
        await queries.install()
    elif (await queries.plan_upgrade()).statements:
        await queries.upgrade()
