"""Others sit on the database: idle connections, a transaction left open, long readers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median

import pytest

from service.ops.embedded import Server
from tests.faults.engine import BATCH, Engine, engine
from tests.faults.owners import ask, connect

IDLE, READERS = 300, 4
ROUND = 80  # batches, at full speed
EVERY = 10  # seconds
OFFERED = 100  # posts a second, in between: all sources bring fewer in ten minutes
SIZE = """
    SELECT sum(pg_total_relation_size(relid))::float FROM pg_stat_user_tables
"""


@asynccontextmanager
async def crowd(server: Server) -> AsyncIterator[None]:
    """All of them; within, each has read something and holds on to what it saw."""
    idle = [await connect(server) for _ in range(IDLE)]
    left, *readers = [await connect(server) for _ in range(1 + READERS)]
    try:
        await left.execute("BEGIN")
        await left.execute("SELECT txid_current()")
        for each in readers:
            await each.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
            await each.fetchval("SELECT count(*) FROM article")
        yield
    finally:
        for each in (left, *readers, *idle):
            each.terminate()


async def rates(ours: Engine, minutes: float) -> list[float]:
    """Posts a second of rounds at full speed, one ``EVERY`` so often beside what is offered."""
    end = time.monotonic() + 60 * minutes
    reached = [await ours.rate(ROUND)]
    while time.monotonic() < end:
        again = time.monotonic() + EVERY
        while time.monotonic() < again:
            await ours.rate(1)
            await asyncio.sleep(BATCH / OFFERED)
        reached.append(await ours.rate(ROUND))
    return reached


@pytest.mark.fault(4)
@pytest.mark.parametrize(
    "minutes",
    [0, pytest.param(10, marks=[pytest.mark.faults, pytest.mark.alone])],
    ids=["moment", "long"],
)
async def test_work_goes_on_beside_those_who_hold_connections(
    data: Path, measured: Callable[..., None], scale: int, minutes: float
) -> None:
    """The speed is that of posts from stored to read, against the same before and after."""
    async with engine(data, {"max_connections": "400"}) as ours:
        await ours.rate(ROUND)
        calm = await rates(ours, minutes / 5)
        async with crowd(ours.server):
            began = time.monotonic()
            busy = await rates(ours, minutes * scale)
            held = (time.monotonic() - began) / 60
            grown = await ask(ours.server, SIZE)
        calm += await rates(ours, minutes / 5)
        lost = await ours.lost()
        await ask(ours.server, "VACUUM FULL")
        bloat = grown / await ask(ours.server, SIZE)
    percent = 100 * median(busy) / median(calm)

    measured(idle=IDLE, readers=READERS, open_minutes=round(held, 2), bloat=round(bloat, 2))
    if minutes:
        measured(rate_percent=round(percent))
    assert lost == 0
    assert bloat <= 2
    assert not minutes or percent >= 90
