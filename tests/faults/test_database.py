"""The database dies and hangs up: what was acknowledged is there and goes on."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.engine import cut, engine
from tests.faults.owners import server_pid

Measured = Callable[..., None]


@pytest.mark.fault(3)
async def test_what_was_acknowledged_is_read_though_its_database_is_killed_and_cut(
    data: Path, measured: Measured
) -> None:
    """The engine at work in this process; nobody starts it again."""
    back = []
    async with engine(data) as ours:
        stop = asyncio.Event()
        writing = asyncio.create_task(ours.go_on(stop))
        for _ in range(2):
            await ours.more()
            os.kill(server_pid(ours.server), signal.SIGKILL)
            back.append(await ours.more())
        ended = await cut(ours.server, 20, 0.05)
        back.append(await ours.more())
        stop.set()
        await writing
        lost = await ours.lost()

    measured(server_kills=2, terminated=ended, lost=lost, back_seconds=round(max(back), 1))
    assert lost == 0
    assert ended > 0
    assert len(ours.kept) > 0
    assert max(back) < 30
