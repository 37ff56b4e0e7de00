"""Many at once on the same rows: every turn once, nothing passed over, a late worker too late."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import asyncpg
import pytest

from service import work
from service.model import Found
from service.store import found as posts
from service.store.database import Database
from service.store.polled import Polled
from service.store.sources import Sources

Measured = Callable[..., None]
MakeFound = Callable[..., Found]
MakePolled = Callable[..., Polled]

NAMES = [f"s{number}" for number in range(10)]
WRITERS, BATCH = 16, 25


@pytest.fixture
async def writers(migrated_url: str) -> AsyncIterator[list[Database]]:
    """As many processes' worth of databases."""
    async with AsyncExitStack() as stack:
        made = [Database(migrated_url, size=1) for _ in range(WRITERS)]
        for each in made:
            stack.push_async_callback(each.close)
        yield made


@pytest.mark.fault(5)
@pytest.mark.parametrize("schedulers", [2, 4])
@pytest.mark.parametrize(
    "turns", [100, pytest.param(5_000, marks=pytest.mark.faults)], ids=["some", "many"]
)
async def test_every_turn_is_taken_once_and_who_slept_too_long_settles_nothing(
    eight: list[Database],
    sql: asyncpg.Connection,
    polled: MakePolled,
    measured: Measured,
    schedulers: int,
    turns: int,
) -> None:
    many, chance = [Sources(each) for each in eight[:schedulers]], random.Random(turns)
    await many[0].declare(NAMES)
    done = twice = missed = pauses = stale = 0
    asleep = None

    while done < turns:
        await sql.execute("UPDATE source SET next_due = now()")
        claims = await asyncio.gather(*(each.claim_due(NAMES) for each in many))
        claimed = [slot for claim in claims for slot in claim]
        twice += len(claimed) - len(set(claimed))
        missed += len(NAMES) - len({name for name, _ in claimed})
        for name, number in claimed:
            begun = await asyncio.gather(*(each.begin_poll(name, number) for each in many))
            mine = [slot for slot in begun if slot is not None]
            twice += len(mine) - 1
            if asleep is None and chance.random() < 0.05:
                asleep, pauses = mine[0], pauses + 1  # stopped, with the slot in its hands
                continue
            stored = await many[0].finish_poll(mine[0], polled(f"{name} {number}"))
            missed += stored != 1
            if asleep is not None and asleep.source_id == name:  # somebody else was here since
                stale += await many[-1].finish_poll(asleep, polled(f"late {name} {number}"))
                asleep = None
        done += len(claimed)

    measured(turns=done, pauses=pauses, twice=twice, missed=missed, stale_sends=stale)
    assert (twice, missed, stale) == (0, 0, 0)
    assert await sql.fetchval("SELECT count(*) FROM article WHERE key LIKE 'late%'") == 0


@pytest.mark.fault(6)
@pytest.mark.parametrize(
    "count", [800, pytest.param(100_000, marks=pytest.mark.faults)], ids=["some", "many"]
)
async def test_what_is_committed_late_reaches_its_reader_all_the_same(
    writers: list[Database],
    migrated_url: str,
    sql: asyncpg.Connection,
    found: MakeFound,
    measured: Measured,
    scale: int,
    count: int,
) -> None:
    """Numbers are given out before a commit: a reader that went by them would pass some over."""
    if count > 800:
        count *= scale
    await Sources(writers[0]).declare(NAMES)
    seen: set[int] = set()
    stop, chance = asyncio.Event(), random.Random(count)

    async def read(subject: str) -> None:
        seen.add(int(subject))

    async def write(which: int) -> None:
        for batch in range(count // WRITERS // BATCH):
            new = [found(f"{which} {batch} {each}") for each in range(BATCH)]
            async with writers[which].transaction() as tx:
                await posts.store(tx, NAMES[which % 10], new, silent=False, floor=None)
                await asyncio.sleep(chance.random() * 0.05)

    working = asyncio.create_task(work.work(migrated_url, {"read": read}, at_once=40, stop=stop))
    await asyncio.gather(*map(write, range(WRITERS)))
    written = {row["id"] for row in await sql.fetch("SELECT id FROM article")}
    async with asyncio.timeout(120):
        while await sql.fetchval("SELECT count(*) FROM pgqueuer"):  # noqa: ASYNC110 - tells nobody
            await asyncio.sleep(0.1)
    stop.set()
    await working

    measured(releases=len(written), writers=WRITERS, missed=len(written - seen))
    assert len(written) == count // WRITERS // BATCH * BATCH * WRITERS > 0
    assert written == seen
