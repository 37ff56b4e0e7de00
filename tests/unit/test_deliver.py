"""A lane, over a store that is nothing but a script."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import cast

from notifier.model import Channel, Message, Receipt
from service.deliver import Deliver
from service.links import Signer
from service.model import DueDelivery
from service.store.claimed import Batch
from service.store.deliveries import Deliveries, Settled
from service.worded import Words

DUE = DueDelivery(
    1, 1, "msg_1", "box", "somewhere", None, 1, 7, 0, 1, "나", 0, "ko", 1, None, "notice", 0,
    {"title": "알림", "lines": []}, (),
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
