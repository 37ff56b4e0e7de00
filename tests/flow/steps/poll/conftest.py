from __future__ import annotations

from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from service.collect import Collect

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
