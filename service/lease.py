"""Keeping a lease while work is under way, and stopping the work when it is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager


class LeaseLost(Exception):
    """Another worker has taken the row over: what is being done must not be settled."""


@asynccontextmanager
async def held(renew: Callable[[], Awaitable[bool]], every: float) -> AsyncIterator[None]:
    """Call ``renew`` every ``every`` seconds during the body; raise LeaseLost in it on False."""
    worker = asyncio.current_task()
    assert worker is not None
    lost = False

    async def keep() -> None:
        nonlocal lost
        while True:
            await asyncio.sleep(every)
            if not await renew():
                lost = True
                worker.cancel()
                return

    keeper = asyncio.create_task(keep())
    try:
        yield
    except asyncio.CancelledError:
        if not lost:
            raise
        worker.uncancel()
        raise LeaseLost from None
    finally:
        keeper.cancel()
        await asyncio.gather(keeper, return_exceptions=True)
