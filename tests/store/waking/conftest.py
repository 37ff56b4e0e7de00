"""Wake-ups asked for in a transaction of their own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from service.store.database import Database, Wake, wake
from service.store.steps import Step

Ask = Callable[..., Awaitable[None]]


@pytest.fixture
def ask(database: Database) -> Ask:
    """``await ask("1", "2", after=...)``: wake-ups, for reading where nothing else is said."""

    async def ask(*subjects: str, step: Step = "read", after: timedelta = timedelta(0)) -> None:
        async with database.transaction() as tx:
            await wake(tx, [Wake(step, each, after=after) for each in subjects])

    return ask
