"""A process that stood still: what was due meanwhile is done, and that it stood still is said."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Collection
from typing import cast

import pytest
from structlog.testing import capture_logs

from service.schedule import Schedule
from service.store.database import Database
from service.store.sources import Sources
from service.store.vitals import Vitals
from service.watch import Watch

NOWHERE = "postgresql+asyncpg://nobody@127.0.0.1:1/nothing"  # port 1: nobody listens
BLOCK = 1.25  # seconds: twelve ticks at this pace, as five seconds are five at the ordinary one
EVERY = 0.6


class Rows:
    """Sources with the time at which each is due, claimed as the store claims them."""

    def __init__(self, count: int) -> None:
        self.due = {f"source {number}": time.monotonic() for number in range(count)}
        self.looks = 0
        self.claimed = asyncio.Event()

    async def claim_due(self, ids: Collection[str]) -> list[tuple[str, int]]:
        now = time.monotonic()
        due = [each for each in ids if self.due[each] <= now]
        self.due |= dict.fromkeys(due, now + EVERY)
        self.looks += len(due)
        if due:
            self.claimed.set()
        return []


@pytest.fixture
async def database() -> AsyncIterator[Database]:
    made = Database(NOWHERE)
    yield made
    await made.close()


@pytest.mark.fault(23)
@pytest.mark.parametrize("blocks", [2, pytest.param(100, marks=pytest.mark.faults)])
async def test_no_source_is_left_out_after_a_standstill_and_it_is_told(
    database: Database, measured: Callable[..., None], blocks: int
) -> None:
    rows = Rows(20)
    watch = Watch({}, Vitals(database), 10)
    schedule = Schedule(database, cast("Sources", rows), tuple(rows.due), 10, watch)
    skipped = 0
    with capture_logs() as logs:
        schedule.start()
        for _ in range(blocks):
            rows.claimed.clear()
            time.sleep(BLOCK)  # noqa: ASYNC251 - this is the fault
            due = [each for each, at in rows.due.items() if at <= time.monotonic()]
            before = rows.looks
            async with asyncio.timeout(10):
                await rows.claimed.wait()
            skipped += len(due) - (rows.looks - before)
            await asyncio.sleep(0.25)
        schedule.stop()

    told = [each["seconds"] for each in logs if each["event"] == "schedule.late"]
    measured(blocks=blocks, skipped=skipped, unreported=blocks - len(told))
    assert (skipped, len(told), schedule.trouble["late"]) == (0, blocks, blocks)
    assert all(BLOCK - 0.3 < each for each in told)
