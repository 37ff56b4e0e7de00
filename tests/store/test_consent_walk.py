"""Whatever people do in whatever order, nothing but the question goes to who has not agreed."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import count, product
from typing import Any

import asyncpg
import pytest

from service.store.asking import Endpoint, Suppressed
from service.store.consent import Consent
from service.store.database import Database
from service.store.deliveries import Deliveries, Sent
from service.store.people import Address, People
from service.store.subscriptions import Subscriptions

RULE = ("수출 바우처", "바우처 수출")
SAID = {"by": "link", "words": "받겠습니다", "ip": "192.0.2.7"}
NAMES, PLACES = ("가", "나"), ("a@a.example", "b@a.example", "c@a.example")


class Walk:
    """Any order of events, and beside it what is to be true then: whom we may tell."""

    def __init__(self, database: Database, sql: asyncpg.Connection, seed: int) -> None:
        self.rng = random.Random(seed)
        self.subscriptions, self.consent = Subscriptions(database), Consent(database)
        self.deliveries, self.people, self.sql = Deliveries(database), People(database), sql
        self.agreed: set[tuple[str, str]] = set()
        self.on: set[tuple[str, str]] = set()
        self.refused: set[str] = set()
        self.questions: dict[tuple[str, str], list[tuple[int, int, int]]] = {
            each: [] for each in product(NAMES, PLACES)
        }
        self.numbers = count(1)
        self.sent = 0

    async def step(self) -> None:
        """One event, then an alert owed to everybody: only whom we may tell gets it."""
        act = self.rng.choice(
            [self.subscribe] * 3
            + [self.confirm] * 4
            + [self.end, self.end_all, self.refuse, self.erase]
        )
        await act(self.rng.choice(NAMES), self.rng.choice(PLACES))
        await self.check()

    async def subscribe(self, name: str, address: str) -> None:
        sure = self.rng.random() < 0.2
        to = Endpoint("mail", address, agreed=sure)
        try:
            await self.subscriptions.subscribe(name, [RULE], to)
        except Suppressed:
            assert address in self.refused
            return
        assert address not in self.refused
        if sure:
            self.agreed.add((name, address))
        self.on.add((name, address))

    async def confirm(self, name: str, address: str) -> None:
        """By any question there ever was to it: only the latest counts, and only if it is on."""
        if not self.questions[name, address]:
            return
        asked = self.rng.choice(self.questions[name, address])
        place = await self.consent.confirm(*asked, SAID)
        latest = asked == self.questions[name, address][-1]
        if place is not None:
            assert latest
            assert (name, address) in self.on
            self.agreed.add((name, address))

    async def end(self, name: str, address: str) -> None:
        found = await self.sql.fetchrow(
            """SELECT endpoint.id, epoch FROM endpoint JOIN subscription AS s
               ON s.id = subscription_id WHERE name = $1 AND address = $2""",
            name, address,
        )  # fmt: skip
        if found is not None:
            place = await self.consent.end(found["id"], found["epoch"])
            assert place is not None
            assert place.ended
        self.leave(name, address)

    async def end_all(self, name: str, _: str) -> None:
        await self.subscriptions.end(name)
        for address in PLACES:
            self.leave(name, address)

    async def refuse(self, _: str, address: str) -> None:
        if self.rng.random() < 0.15:
            await self.sql.execute(
                """INSERT INTO suppressed (channel, address, why) VALUES ('mail', $1, '민원')
                   ON CONFLICT DO NOTHING""",
                address,
            )
            self.refused.add(address)

    async def erase(self, _: str, address: str) -> None:
        if self.rng.random() < 0.3:
            erased = await self.people.erase(Address("mail", address))
            assert erased.suppressed == (address in self.refused)
            for name in NAMES:
                self.leave(name, address)

    def leave(self, name: str, address: str) -> None:
        self.on.discard((name, address))
        self.agreed.discard((name, address))

    async def check(self) -> None:
        # Owed to everybody, whoever may not be told too: the claim is the last to ask.
        await self.sql.execute(
            """WITH told AS (INSERT INTO telling (reason, key, facts) VALUES ('alert', $1, '{}')
                             RETURNING id)
               INSERT INTO delivery (telling_id, subscription_id, endpoint_id, channel, hits)
               SELECT told.id, subscription_id, endpoint.id, channel, '[]' FROM told, endpoint""",
            f"story {next(self.numbers)}",
        )
        batch: Any = True
        told: set[tuple[str, str]] = set()
        asked: set[tuple[str, str]] = set()
        while batch:
            batch = (await self.deliveries.claim("mail", 100, {})).due
            for each in batch:
                place = (each.subscription, each.address)
                (told if each.reason == "alert" else asked).add(place)
                if each.reason == "confirm":
                    numbers = (each.endpoint_id, each.epoch, int(each.facts["asked_at"]))
                    self.questions[place].append(numbers)
            await self.deliveries.settle([Sent(each, "ok") for each in batch])
        assert asked <= self.on
        assert not {address for _, address in asked | told} & self.refused
        may = {each for each in self.agreed & self.on if each[1] not in self.refused}
        assert told == may
        self.sent += len(told)


@pytest.mark.fault(9)
@pytest.mark.parametrize(
    "seed", [1, 2, *(pytest.param(n, marks=pytest.mark.faults) for n in range(3, 33))]
)
async def test_in_whatever_order_nothing_goes_where_it_may_not(
    database: Database,
    sql: asyncpg.Connection,
    seed: int,
    measured: Callable[..., None],
) -> None:
    walk, steps = Walk(database, sql, seed), 120
    for step in range(steps):
        if step % 10 == 0:  # so that the limit of a day does not stop all questions
            await sql.execute("UPDATE delivery SET created_at = created_at - interval '2 days'")
        await walk.step()
    measured(examples=1, steps=steps, unwanted=0, twice=0, missing=0)
    assert walk.sent > 50
