"""What the tests of pages share: the store they read, and a connection that looks beside it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping

import pytest

from service.judging.morphemes import Morphs
from service.store.database import Database


async def nothing(windows: Collection[str]) -> Mapping[str, Morphs]:
    """Morphemes of nothing: what these tests ask for is found by its letters."""
    return dict.fromkeys(windows, ())


@pytest.fixture
async def database(migrated_url: str) -> AsyncIterator[Database]:
    made = Database(migrated_url, size=3)
    yield made
    await made.close()
