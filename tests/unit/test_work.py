from __future__ import annotations

import asyncio
from typing import cast

from structlog.testing import capture_logs

from service import work
from service.admit import Admit
from service.attach import Attach
from service.backfill import Backfill
from service.collect import Collect
from service.deliver import Deliver
from service.indexing import Indexing
from service.read import Read
from service.reconcile import Reconcile
from service.revisit import Revisit
from service.triage import Triage

NOWHERE = "postgresql+asyncpg://nobody@127.0.0.1:1/nothing"  # port 1: nobody listens


class Called:
    """Every step at once: notes which of its verbs was called with what."""

    def __init__(self) -> None:
        self.declared = {"a": None, "a:b": None}
        self.calls: list[tuple[object, ...]] = []

    async def poll(self, source_id: str, number: int) -> None:
        self.calls.append(("poll", source_id, number))

    async def open_owed(self, source_id: str) -> None:
        self.calls.append(("open_owed", source_id))

    async def attach_owed(self, source_id: str) -> None:
        self.calls.append(("attach_owed", source_id))

    async def look_again(self, source_id: str) -> None:
        self.calls.append(("look_again", source_id))

    async def fill(self, source_id: str) -> None:
        self.calls.append(("fill", source_id))

    async def read(self, article_id: int) -> None:
        self.calls.append(("read", article_id))

    async def judge(self, article_id: int) -> None:
        self.calls.append(("judge", article_id))

    async def enter_all(self) -> None:
        self.calls.append(("enter_all",))

    async def look(self) -> None:
        self.calls.append(("look",))

    async def admit(self, channel: str) -> None:
        self.calls.append(("admit", channel))

    async def deliver(self, channel: str) -> None:
        self.calls.append(("deliver", channel))


def fetching(step: Called) -> work.Tasks:
    return work.fetching(
        cast("Collect", step), cast("Attach", step), cast("Revisit", step), cast("Backfill", step)
    )


async def test_each_wake_up_calls_one_verb_of_its_step() -> None:
    step = Called()
    tasks = {
        **fetching(step),
        **work.judging(
            cast("Read", step),
            cast("Triage", step),
            cast("Indexing", step),
            cast("Reconcile", step),
        ),
        **work.telling(cast("Deliver", step), cast("Admit", step)),
    }

    for name, subject in (
        ("poll", "a:7"),
        ("poll", "a:b:8"),
        ("collect", "a"),
        ("attach", "a"),
        ("read", "3"),
        ("triage", "4"),
        ("deliver", "webhook"),
        ("revisit", "a"),
        ("backfill", "a"),
        ("admit", "mail"),
        ("index", "all"),
        ("reconcile", "all"),
    ):
        await tasks[name](subject)  # type: ignore[index]

    assert step.calls == [
        ("poll", "a", 7),
        ("poll", "a:b", 8),
        ("open_owed", "a"),
        ("attach_owed", "a"),
        ("read", 3),
        ("judge", 4),
        ("deliver", "webhook"),
        ("look_again", "a"),
        ("fill", "a"),
        ("admit", "mail"),
        ("enter_all",),
        ("look",),
    ]


async def test_a_wake_up_of_a_source_that_is_declared_no_more_is_nothing() -> None:
    step = Called()
    tasks = fetching(step)

    await tasks["poll"]("gone:1")
    await tasks["collect"]("gone")
    await tasks["attach"]("gone")
    await tasks["revisit"]("gone")
    await tasks["backfill"]("gone")

    assert step.calls == []


class StopsWaiting(asyncio.Event):
    """Lets nobody wait, and is set by the second who tries."""

    def __init__(self) -> None:
        super().__init__()
        self.waited = 0

    async def wait(self) -> bool:  # type: ignore[override]
        self.waited += 1
        if self.waited == 2:
            self.set()
        return True


async def test_a_database_that_is_away_is_tried_again_less_and_less_often_until_stopped() -> None:
    with capture_logs() as logs:
        async with asyncio.timeout(10):
            await work.work(NOWHERE, {}, at_once=20, stop=StopsWaiting())

    assert [(line["event"], line["again_in"]) for line in logs] == [
        ("work.database_lost", 0.5),
        ("work.database_lost", 1.0),
    ]
    assert logs[0]["why"].startswith("ConnectionRefusedError: ")
