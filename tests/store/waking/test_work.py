"""The engine hands out wake-ups: none stops the others, and all of it ends when it is asked to."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from pgqueuer.models import TableChangedEvent
from structlog.testing import capture_logs

from service import work
from tests.store.waking.handler import Handler

Wakes = Callable[[], Awaitable[list[str]]]
Ask = Callable[..., Awaitable[None]]


async def test_draining_hands_out_every_wake_up_and_ends(
    migrated_url: str, ask: Ask, wakes: Wakes
) -> None:
    handler = Handler()
    subjects = [str(n) for n in range(30)]
    await ask(*subjects)

    async with asyncio.timeout(20):
        await work.drain(migrated_url, {"read": handler})

    assert sorted(handler.ended) == sorted(subjects)
    assert await wakes() == []


async def test_draining_an_empty_queue_ends(migrated_url: str) -> None:
    async with asyncio.timeout(20):
        await work.drain(migrated_url, {"read": Handler()})


async def test_draining_leaves_the_wake_ups_of_other_steps(
    migrated_url: str, ask: Ask, wakes: Wakes
) -> None:
    await ask("1", step="triage")

    async with asyncio.timeout(20):
        await work.drain(migrated_url, {"read": Handler()})

    assert await wakes() == ["triage:1"]


async def test_draining_does_not_wait_for_what_is_put_off(
    migrated_url: str, ask: Ask, wakes: Wakes
) -> None:
    handler = Handler()
    await ask("now")
    await ask("later", after=timedelta(hours=1))

    async with asyncio.timeout(20):
        await work.drain(migrated_url, {"read": handler})

    assert handler.ended == ["now"]
    assert await wakes() == ["read:later"]


async def test_draining_waits_for_what_is_under_way_and_takes_up_what_it_wakes(
    migrated_url: str, ask: Ask
) -> None:
    handled = []

    async def handler(subject: str) -> None:
        if subject == "1":
            await ask("2")
            await asyncio.sleep(0)
        handled.append(subject)

    await ask("1")
    async with asyncio.timeout(20):
        await work.drain(migrated_url, {"read": handler})

    assert sorted(handled) == ["1", "2"]


@pytest.mark.parametrize("subjects", [["1", "2", "3"], ["1 2 3"]], ids=["alone", "together"])
async def test_a_handler_that_fails_stops_neither_the_others_nor_the_work(
    migrated_url: str, ask: Ask, wakes: Wakes, subjects: list[str]
) -> None:
    handler = Handler(fail="2")
    await ask(*subjects)

    with capture_logs() as logs:
        async with asyncio.timeout(20):
            await work.drain(migrated_url, {"read": handler})

    assert sorted(handler.called) == ["1", "2", "3"]
    assert sorted(handler.ended) == ["1", "3"]
    assert await wakes() == []  # its row is found by the sweep: a job is only a wake-up
    [line] = [each for each in logs if each["event"] == "task.failed"]
    assert (line["step"], line["subject"]) == ("read", "2")


async def test_a_database_lost_under_a_task_is_no_bug_of_the_task(
    migrated_url: str, ask: Ask, wakes: Wakes
) -> None:
    async def handler(_subject: str) -> None:
        connection = await work.connect(migrated_url)
        await connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    await ask("1")

    with capture_logs() as logs:
        async with asyncio.timeout(20):
            await work.drain(migrated_url, {"read": handler})

    assert await wakes() == []
    [line] = [each for each in logs if each["event"].startswith("task.")]
    assert (line["event"], line["log_level"]) == ("task.put_off", "warning")
    assert (line["step"], line["subject"]) == ("read", "1")


async def test_notices_of_the_queue_do_not_pile_up(migrated_url: str, ask: Ask) -> None:
    full, held, stop = asyncio.Event(), asyncio.Event(), asyncio.Event()
    begun: list[str] = []

    async def handler(subject: str) -> None:
        begun.append(subject)
        if len(begun) == 20:
            full.set()
        await held.wait()

    working = asyncio.create_task(work.work(migrated_url, {"read": handler}, at_once=20, stop=stop))
    for number in range(60):
        await ask(str(number))
    async with asyncio.timeout(20):
        await full.wait()
    waiting = [each for each in gc.get_objects() if isinstance(each, TableChangedEvent)]
    held.set()
    stop.set()
    await working

    assert len(waiting) < 5


async def test_a_wake_up_reaches_a_worker_that_is_waiting(migrated_url: str, ask: Ask) -> None:
    handler, stop = Handler(), asyncio.Event()
    working = asyncio.create_task(work.work(migrated_url, {"read": handler}, at_once=20, stop=stop))
    await ask("1")

    async with asyncio.timeout(20):
        await handler.begun.wait()
        stop.set()
        await working

    assert handler.ended == ["1"]


async def test_what_is_under_way_is_finished_before_the_work_stops(
    migrated_url: str, ask: Ask, wakes: Wakes
) -> None:
    handler, stop = Handler(hang="1"), asyncio.Event()
    await ask("1")
    working = asyncio.create_task(work.work(migrated_url, {"read": handler}, at_once=20, stop=stop))

    async with asyncio.timeout(20):
        await handler.begun.wait()
        stop.set()
        await asyncio.sleep(0)
        handler.go_on.set()
        await working

    assert handler.ended == ["1"]
    assert await wakes() == []


async def test_what_does_not_end_within_the_grace_is_cut_off(migrated_url: str, ask: Ask) -> None:
    handler, stop = Handler(hang="1"), asyncio.Event()
    await ask("1")
    working = asyncio.create_task(
        work.work(migrated_url, {"read": handler}, at_once=20, stop=stop, grace=0.05)
    )

    async with asyncio.timeout(20):
        await handler.begun.wait()
        stop.set()
        await working

    assert handler.ended == ["cut off"]
    assert not working.cancelled()


async def test_work_that_is_cancelled_leaves_no_handler_behind(migrated_url: str, ask: Ask) -> None:
    handler = Handler(hang="1")
    await ask("1")
    working = asyncio.create_task(
        work.work(migrated_url, {"read": handler}, at_once=20, stop=asyncio.Event())
    )
    async with asyncio.timeout(20):
        await handler.begun.wait()
        working.cancel()
        with pytest.raises(asyncio.CancelledError):
            await working

    assert handler.ended == ["cut off"]
