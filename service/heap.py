"""Memory that the C library keeps of what it was given back, for the next page to be read."""

from __future__ import annotations

import asyncio
import ctypes
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

_EVERY = 60.0  # seconds


@asynccontextmanager
async def given_back() -> AsyncIterator[None]:
    """Hand free memory back to the system every minute; without glibc nothing is done.

    Trees of pages come and go between what stays: after some thousand pages more than half of a
    worker's heap was free, and none of it at its end, from where alone it goes back by itself.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is None:
        yield
        return
    task = asyncio.create_task(_trim(trim))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _trim(trim: ctypes._NamedFuncPointer) -> None:
    while True:
        await asyncio.sleep(_EVERY)
        await asyncio.to_thread(trim, 0)
