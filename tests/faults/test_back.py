"""How fast the work is again soon after its database was in trouble, beside one that never was."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from statistics import median

import pytest

from service.ops.embedded import Server
from tests.faults.engine import Engine, cut, engine
from tests.faults.owners import server_pid, until
from tests.faults.unwritable import HARDSHIPS, NARROW, Hardship

ROUND, ROUNDS = 20, 40  # batches; rounds before anything happens
TIMES, SOON = 3, 30.0  # troubles; seconds within which the speed is to be back


@asynccontextmanager
async def killed(server: Server) -> AsyncIterator[None]:
    old = server_pid(server)
    os.kill(old, signal.SIGKILL)
    await until(lambda: server.pid not in {old, None})
    yield


@asynccontextmanager
async def hung_up(server: Server) -> AsyncIterator[None]:
    await cut(server, 60, 0.1)
    yield


@pytest.mark.fault(3)
@pytest.mark.faults
@pytest.mark.alone
@pytest.mark.parametrize("hardship", [killed, hung_up, *HARDSHIPS], ids=lambda each: each.__name__)
async def test_its_speed_is_back_within_half_a_minute(
    place: Path, reachable_dir: Path, hardship: Hardship, measured: Callable[..., None]
) -> None:
    """One round is of both, one after the other: what else the machine does slows both."""
    after = []
    async with AsyncExitStack() as stack:
        ours = await stack.enter_async_context(engine(place, NARROW))
        calm = await stack.enter_async_context(engine(reachable_dir / "calm", NARROW))
        before = [await compared(ours, calm) for _ in range(ROUNDS)]
        for _ in range(TIMES):
            end = await suffered(ours, hardship) + SOON
            lost = await ours.lost()
            assert lost == 0
            while time.monotonic() < end:
                after.append(await compared(ours, calm))
    percent = 100 * median(after) / median(before)

    measured(lost=lost, back_percent=round(percent))
    assert percent >= 95


async def compared(ours: Engine, calm: Engine) -> float:
    """How fast the one is, by the speed of the other a moment later."""
    return await ours.rate(ROUND) / await calm.rate(ROUND)


async def suffered(ours: Engine, hardship: Hardship) -> float:
    """All of it, while somebody writes on and is refused; when it was over."""
    stop = asyncio.Event()
    writing = asyncio.create_task(ours.go_on(stop))
    async with hardship(ours.server):
        if hardship in HARDSHIPS:
            await ours.refuses(5, HARDSHIPS[hardship][1])
    over = time.monotonic()
    await ours.more()
    stop.set()
    await writing
    return over
