from __future__ import annotations

from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from service.store.stories import Place
from service.store.verdicts import Verdict, Verdicts
from tests.store.owing.owed import FACTS, sent, to

Add = Callable[..., Awaitable[int]]


@pytest.fixture
async def told(add: Add, sql: asyncpg.Connection, verdicts: Verdicts) -> tuple[int, int]:
    """A subscription that was told of a story, and the article."""
    subscription_id, made = await add("subscription", name="무역"), await add("article")
    await add("endpoint", subscription_id=subscription_id)
    await verdicts.settle(made, Verdict(Place(["url:1"]), FACTS, to(subscription_id)))
    await sent(sql)
    return subscription_id, made


@pytest.fixture
async def reader(add: Add) -> int:
    """A subscription with an endpoint."""
    made = await add("subscription")
    await add("endpoint", subscription_id=made)
    return made
