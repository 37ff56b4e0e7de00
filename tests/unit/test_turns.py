from __future__ import annotations

import asyncio

import pytest

from service.turns import Turns


async def test_a_second_runner_leaves_the_work_to_the_first_which_works_once_more() -> None:
    turns, go_on, times = Turns(), asyncio.Event(), 0

    async def work() -> None:
        nonlocal times
        times += 1
        await go_on.wait()

    first = asyncio.create_task(turns.take("a", work))
    await asyncio.sleep(0)
    for _ in range(3):
        await asyncio.wait_for(turns.take("a", work), 1)
    go_on.set()
    await first

    assert times == 2


async def test_subjects_do_not_wait_for_each_other() -> None:
    turns, go_on = Turns(), asyncio.Event()
    done = []

    async def work() -> None:
        done.append("b")

    first = asyncio.create_task(turns.take("a", go_on.wait))  # type: ignore[arg-type]
    await asyncio.sleep(0)
    await turns.take("b", work)
    assert done == ["b"]
    go_on.set()
    await first


async def test_work_that_breaks_frees_its_subject() -> None:
    turns, times = Turns(), 0

    async def broken() -> None:
        raise RecursionError

    async def work() -> None:
        nonlocal times
        times += 1

    with pytest.raises(RecursionError):
        await turns.take("a", broken)
    await turns.take("a", work)

    assert times == 1
