"""The database can only be read for a while: nothing that was acknowledged is lost, all goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.engine import engine
from tests.faults.unwritable import HARDSHIPS, NARROW, Hardship

Measured = Callable[..., None]


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
