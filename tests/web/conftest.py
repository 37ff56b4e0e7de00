"""What the tests of pages share: the store they read, and a connection that looks beside it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from service.store.database import Database


@pytest.fixture
async def database(migrated_url: str) -> AsyncIterator[Database]:
    made = Database(migrated_url, size=3)
    yield made
    await made.close()
