"""The database dies and hangs up: what was acknowledged is there and goes on."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.engine import Engine, cut, engine
from tests.faults.owners import server_pid

Measured = Callable[..., None]


@pytest.mark.fault(3)
@pytest.mark.parametrize(
    ("kills", "cuts", "every"),
    [(2, 20, 0.05), pytest.param(50, 600, 0.1, marks=pytest.mark.faults)],
    ids=["few", "many"],
)
async def test_what_was_acknowledged_is_read_though_its_database_is_killed_and_cut(
    data: Path, measured: Measured, kills: int, cuts: int, every: float
) -> None:
    """The engine at work in this process; nobody starts it again."""
    back, restarts = [], 0
    async with engine(data) as ours:
        stop = asyncio.Event()
        writing = asyncio.create_task(ours.go_on(stop))
        for _ in range(kills):
            await ours.more()
            back.append(await struck(ours, signal.SIGKILL))
        ended = await cut(ours.server, cuts, every)
        back.append(await ours.more())
        for how in (signal.SIGINT, signal.SIGQUIT):  # at once, and in a hurry
            back.append(await struck(ours, how))
            restarts += 1
        stop.set()
        await writing
        lost = await ours.lost()

    measured(server_kills=kills, terminated=ended, restarts=restarts)
    measured(lost=lost, back_seconds=round(max(back), 1))
    assert lost == 0
    assert ended > 0
    assert len(ours.kept) > 0
    assert max(back) < 30


async def struck(ours: Engine, how: signal.Signals) -> float:
    """Seconds from a signal to the server until something is read of the one after it."""
    began, old = time.monotonic(), server_pid(ours.server)
    os.kill(old, how)
    async with asyncio.timeout(60):
        while ours.server.pid in {old, None}:  # noqa: ASYNC110 - tells nobody
            await asyncio.sleep(0.01)
    await ours.more()
    return time.monotonic() - began
