"""What the tests of pages share: the store they read, and a connection that looks beside it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest

from service.store.database import Database
from service.work import connect


@pytest.fixture
async def database(migrated_url: str) -> AsyncIterator[Database]:
    made = Database(migrated_url, size=3)
    yield made
    await made.close()


@pytest.fixture
async def sql(migrated_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await connect(migrated_url)
    yield connection
    await connection.close()
