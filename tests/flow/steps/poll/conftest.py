from __future__ import annotations

from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from scrapers.model import Freshness
from service.collect import Collect
from tests.flow.steps.poll.left import age

Serve = Callable[..., None]
Asked = Callable[[], list[tuple[str, Freshness | None, float]]]
MakeCollect = Callable[..., Collect]
Poll = Callable[[Collect], Awaitable[None]]


@pytest.fixture
def poll(sql: asyncpg.Connection) -> Poll:
    """``await poll(step)``: the next slot of source ``a``, due at once."""

    async def poll(step: Collect) -> None:
        await step.sources.declare(["a"])
        await sql.execute("UPDATE source SET next_due = now()")
        [(source_id, number)] = await step.sources.claim_due(["a"])
        await step.poll(source_id, number)

    return poll


@pytest.fixture
async def begun(collect: MakeCollect, poll: Poll, serve: Serve, asked: Asked) -> None:
    """A first look a moment ago at three posts of last week, behind which older ones stand."""
    serve("/list/1", "k3 7\nk2 8\nk1 9\nmore")
    serve("/list/2", "o3 10\no2 11\no1 12\nmore")
    await poll(collect())
    asked()


@pytest.fixture
async def mature(sql: asyncpg.Connection) -> None:
    """That look, eight days ago."""
    await age(sql)
