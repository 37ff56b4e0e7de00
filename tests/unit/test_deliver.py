"""A lane, over a store that is nothing but a script."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import cast

from notifier.model import Channel, Message, Receipt, Traits
from service.deliver import Deliver
from service.links import Signer
from service.model import DueDelivery
from service.store.claimed import Batch
from service.store.deliveries import Deliveries, Settled
from service.worded import Words

DUE = DueDelivery(
    1, "notice", {"title": "알림", "lines": []}, (), False,
    1, 1, "msg_1", "box", "somewhere", None, 1, 7, 0, 1, "나", 0, "ko", None, 0,
)  # fmt: skip


class Box:
    async def send(self, _: Message) -> Receipt:
        return Receipt("kept")


class Script:
    """Three to one endpoint: the second claim is under way while the first message is settled."""

    def __init__(self) -> None:
        self.left = [replace(DUE, id=each) for each in (1, 2, 3)]
        self.settled: list[int] = []
        self.claims = 0
        self.first_is_settled = asyncio.Event()
        self.settling = asyncio.Event()
        self.again = asyncio.Event()

    async def claim(self, _: str, __: int, flying: Mapping[int, int]) -> Batch:
        self.claims += 1
        turns = 1 if self.claims == 1 else 2 - flying.get(DUE.endpoint_id, 0)
        if self.claims == 2:
            self.again.set()
            await self.first_is_settled.wait()
        taken, self.left = self.left[:turns], self.left[turns:]
        return Batch(taken, len(taken) + bool(self.left), date(2026, 11, 22))

    async def settle(self, group: Sequence[Settled]) -> None:
        self.settling.set()
        await self.again.wait()
        self.settled += [each.due.id for each in group]
        asyncio.get_running_loop().call_soon(self.first_is_settled.set)


async def test_what_was_refused_a_turn_that_came_free_meanwhile_is_sent() -> None:
    store = Script()
    words = Words(Signer(bytes(32)), None)
    channels = {"box": cast("Channel", Box())}
    deliver = Deliver(cast("Deliveries", store), channels, {}, words, 1.0)

    lane = asyncio.create_task(deliver.deliver("box"))
    await store.settling.wait()
    await deliver.deliver("box")  # somebody wakes the lane that is running
    await asyncio.wait_for(lane, 10)

    assert sorted(store.settled) == [1, 2, 3]


class Long:
    """Very many are due; ``claims``: when, and for how many places."""

    def __init__(self, due: int) -> None:
        self.left = [replace(DUE, id=each, endpoint_id=each) for each in range(due)]
        self.claims: list[tuple[float, int]] = []
        self.claimed = asyncio.Condition()
        self.settled = asyncio.Semaphore(0)
        self.groups: list[int] = []

    async def claim(self, _: str, most: int, __: Mapping[int, int]) -> Batch:
        self.claims.append((asyncio.get_running_loop().time(), most))
        taken, self.left = self.left[:most], self.left[most:]
        async with self.claimed:
            self.claimed.notify_all()
        return Batch(taken, len(taken), date(2026, 11, 22))

    async def settle(self, group: Sequence[Settled]) -> None:
        self.groups.append(len(group))
        for _ in group:
            self.settled.release()

    async def call(self, _: str) -> None:
        """Nobody else is there."""


class Slow:
    """Takes a message when it is told to."""

    def __init__(self) -> None:
        self.takes = asyncio.Semaphore(0)

    async def send(self, _: Message) -> Receipt:
        await self.takes.acquire()
        return Receipt("kept")


def _lane(store: Long, slow: Slow, traits: Traits) -> asyncio.Task[None]:
    channels = {"box": cast("Channel", slow)}
    words = Words(Signer(bytes(32)), None)
    deliver = Deliver(cast("Deliveries", store), channels, {"box": traits}, words, 1.0)
    return asyncio.create_task(deliver.deliver("box"))


async def test_places_that_come_free_one_by_one_are_claimed_for_together() -> None:
    store, slow = Long(30), Slow()
    lane = _lane(store, slow, Traits(at_once=10))
    for _ in range(30):
        slow.takes.release()
        await asyncio.wait_for(store.settled.acquire(), 10)
    await asyncio.wait_for(lane, 10)

    later = [(at - before, places) for (before, _), (at, places) in pairwise(store.claims)]
    assert later
    assert [each for each in later if each[0] < 1.0 and each[1] < 3] == []


async def test_messages_that_end_shortly_after_each_other_are_settled_together() -> None:
    store, slow = Long(40), Slow()
    lane = _lane(store, slow, Traits(at_once=40))
    for _ in range(40):
        slow.takes.release()
        for _ in range(10):  # what is to be done about it, is
            await asyncio.sleep(0)
    await asyncio.wait_for(lane, 10)

    assert sum(store.groups) == 40
    assert max(store.groups) > 1


async def test_who_waits_for_a_slow_message_lends_its_place_unless_one_server_takes_all() -> None:
    one, many, slow = Long(9), Long(9), Slow()
    lanes = [
        _lane(one, slow, Traits(at_once=3, one_server=True)),
        _lane(many, slow, Traits(at_once=3)),
    ]
    async with asyncio.timeout(10), many.claimed:
        await many.claimed.wait_for(lambda: len(many.claims) > 1)
    assert len(one.claims) == 1

    for _ in range(18):
        slow.takes.release()
    await asyncio.wait_for(asyncio.gather(*lanes), 10)
