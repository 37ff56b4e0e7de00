"""Keeping a lease while work is under way, and stopping the work when it is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from service.observe import LeaseLost
from service.store.leases import LEASE

_EVERY = LEASE.total_seconds() / 4


@asynccontextmanager
async def held(renew: Callable[[], Awaitable[bool]], every: float = _EVERY) -> AsyncIterator[None]:
    """Call ``renew`` every few seconds (``every``) during the body; raise LeaseLost in it on False.

    A renewal that fails loses the lease too, and is the cause: nobody knows whose the row is.
    """
    worker = asyncio.current_task()
    assert worker is not None
    cancelled_before = worker.cancelling()
    lost = over = False
    keeper: asyncio.Task[None] | None = None

    async def keep() -> None:
        nonlocal lost
        try:
            while await renew() and await asyncio.sleep(every, result=True):
                pass
        finally:
            if not over:
                lost = True
                worker.cancel()

    def begin() -> None:
        nonlocal keeper
        keeper = asyncio.create_task(keep())

    # Most of what holds a lease is over before it has to be renewed: a timer costs next to nothing.
    timer = asyncio.get_running_loop().call_later(every, begin)
    try:
        yield
    except asyncio.CancelledError:
        if not lost or worker.uncancel() > cancelled_before:
            raise  # somebody else wants the worker to end, too
        assert keeper is not None
        raise LeaseLost from None if keeper.cancelled() else keeper.exception()
    finally:
        over = True
        timer.cancel()
        if keeper is not None:
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)
