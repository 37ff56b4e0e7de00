"""Brings a database to the schema of this version: Alembic for our tables, PgQueuer for its own."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import asyncpg
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from pgqueuer.db import AsyncpgDriver
from pgqueuer.queries import Queries
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

import migrations

_LOCK = 0x70616261  # one migration at a time, however many replicas start at once


def alembic_config(connection: Connection) -> Config:
    """An Alembic configuration that works on an open ``connection``."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__path__[0])))
    config.attributes["connection"] = connection
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
            await plain.execute(sa.select(sa.func.pg_advisory_lock(_LOCK)))
            async with engine.begin() as connection:
                await connection.run_sync(_upgrade)
            await _queue(plain)
            await plain.execute(sa.select(sa.func.pg_advisory_unlock(_LOCK)))
    finally:
        await engine.dispose()


def _upgrade(connection: Connection) -> None:
    command.upgrade(alembic_config(connection), "head")


async def _queue(connection: AsyncConnection) -> None:
    raw = await connection.get_raw_connection()
    queries = Queries(AsyncpgDriver(cast("asyncpg.Connection", raw.driver_connection)))
    if not await queries.schema_is_installed():
        await queries.install()
    elif (await queries.plan_upgrade()).statements:
        await queries.upgrade()
