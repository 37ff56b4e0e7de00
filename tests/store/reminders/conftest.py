from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import asyncpg
import pytest

from service.store.database import Database
from service.store.reminders import Reminders
from tests.store.reminders.called import END, HITS, TOLD, of

Add = Callable[..., Awaitable[int]]
Tell = Callable[..., Awaitable[int]]


@pytest.fixture
def reminders(database: Database) -> Reminders:
    return Reminders(database)


@pytest.fixture
async def story(add: Add) -> int:
    """An event with a deadline that was told; its article is the only one."""
    story_id = await add("story")
    article_id = await add("article", story_id=story_id, call_end=END, kind="notice")
    await add("telling", key=f"story {story_id}", **of(story_id, article_id))
    return story_id


@pytest.fixture
def tell(add: Add, sql: asyncpg.Connection) -> Tell:
    """``await tell(story_id)``: a subscription that was told of it; its id."""

    async def tell(
        story_id: int, *, at: datetime | None = TOLD, outcome: str = "sent", **wishes: Any
    ) -> int:
        subscription_id = await add("subscription", **{"remind": [7, 1], **wishes})
        endpoint_id = await add("endpoint", subscription_id=subscription_id)
        await add(
            "delivery",
            telling_id=await sql.fetchval(
                "SELECT id FROM telling WHERE key = $1", f"story {story_id}"
            ),
            subscription_id=subscription_id,
            endpoint_id=endpoint_id,
            hits=json.loads(HITS),
            settled_at=at,
            outcome=at and outcome,
        )
        return subscription_id

    return tell
