"""The database dies, hangs up, is read-only: half a minute later work is as fast as before."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median

import pytest

from service.ops.embedded import Server
from tests.faults.engine import Engine, cut, engine
from tests.faults.owners import server_pid, until
from tests.faults.unwritable import told_so

SOON = 15.0  # seconds after a trouble: its rounds are over within thirty
ROUND, ROUNDS = 40, 15  # batches, and how often, before and after each trouble
TIMES = 3


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


async def rates(ours: Engine) -> list[float]:
    return [await ours.rate(ROUND) for _ in range(ROUNDS)]


async def goes_on(ours: Engine) -> None:
    """Wait until something is stored and read again."""
    stop = asyncio.Event()
    writing = asyncio.create_task(ours.go_on(stop))
    await ours.more()
    stop.set()
    await writing


@pytest.mark.fault(3)
@pytest.mark.faults
@pytest.mark.alone
async def test_its_speed_is_back_within_half_a_minute(
    data: Path, measured: Callable[..., None], scale: int
) -> None:
    """One engine, not started again: its rounds after troubles beside those before them.

    They take turns, so that a machine that others slow down slows both.
    """
    before, after = [], []
    async with engine(data) as ours:
        await rates(ours)
        for trouble in (killed, hung_up, told_so) * TIMES * scale:
            await asyncio.sleep(SOON)  # both begin rested
            before += await rates(ours)
            async with trouble(ours.server):
                pass
            over = time.monotonic()
            await goes_on(ours)
            await asyncio.sleep(over + SOON - time.monotonic())
            after += await rates(ours)
        lost = await ours.lost()
    percent = 100 * median(after) / median(before)

    measured(lost=lost, back_percent=round(percent, 1))
    assert lost == 0
    assert percent >= 95
