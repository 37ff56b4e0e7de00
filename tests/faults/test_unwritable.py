"""The database can only be read for a while: nothing that was acknowledged is lost, all goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.faults.engine import engine
from tests.faults.unwritable import (
    Hardship,
    filled,
    filled_for_good,
    small_disk,
    stood_in,
    told_so,
)

Measured = Callable[..., None]

READ_ONLY, DISK_FULL, NO_CONNECTION = "25006", "53100", None
HARDSHIPS: Mapping[Hardship, tuple[str, str | None]] = {
    told_so: ("read_only", READ_ONLY),
    stood_in: ("read_only", READ_ONLY),
    filled: ("disk_full", DISK_FULL),
    filled_for_good: ("disk_full", NO_CONNECTION),
}
"""By its figure and by what is said to whoever writes."""
NARROW = {"max_wal_size": "64MB"}  # else the journal alone fills a small disk


@pytest.fixture
def place(hardship: Hardship, reachable_dir: Path) -> Iterator[Path]:
    """Where the data lies: on a small disk where that is to be filled."""
    if HARDSHIPS[hardship][0] != "disk_full":
        yield reachable_dir / "data"
        return
    with small_disk(reachable_dir) as disk:
        yield disk / "data"


@pytest.mark.fault(3)
@pytest.mark.parametrize(
    ("times", "refusals"),
    [(1, 100), pytest.param(5, 1_000, marks=pytest.mark.faults)],
    ids=["once", "again"],
)
@pytest.mark.parametrize("hardship", HARDSHIPS, ids=lambda each: each.__name__)
async def test_what_was_acknowledged_is_read_though_nothing_could_be_written_for_a_while(
    place: Path, hardship: Hardship, measured: Measured, times: int, refusals: int
) -> None:
    """The engine at work in this process; nobody starts it again."""
    figure, said = HARDSHIPS[hardship]
    back = []
    async with engine(place, NARROW) as ours:
        stop = asyncio.Event()
        writing = asyncio.create_task(ours.go_on(stop))
        for _ in range(times):
            await ours.more()
            async with hardship(ours.server):
                await ours.refuses(refusals, said)
            back.append(await ours.more())
        stop.set()
        await writing
        lost = await ours.lost()

    measured(**{figure: times}, lost=lost, back_seconds=round(max(back), 1))
    assert lost == 0
    assert len(ours.kept) > 0
    assert max(back) < 30
