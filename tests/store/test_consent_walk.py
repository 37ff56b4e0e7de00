"""Whatever people do in whatever order, nothing but the question goes to who has not agreed."""

from __future__ import annotations

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from uuid import UUID

import asyncpg
import pytest

from service.model import DueDelivery, Returned
from service.store.asking import Endpoint, Suppressed
from service.store.bounces import Returns
from service.store.consent import Consent
from service.store.database import Database
from service.store.deliveries import Deliveries, Sent
from service.store.people import Address, People
from service.store.subscriptions import Subscriptions

Place = tuple[str, str]  # a subscription's name and an address

RULES = [("수출 바우처", "바우처 수출"), ("관세", "관세"), ("환급", "환급")]
SAID = {"by": "link", "words": "받겠습니다", "ip": "192.0.2.7"}
STEPS = 50
# Owed to everybody, whoever may not be told too: the claim is the last to ask.
OWE = """
    WITH told AS (INSERT INTO telling (reason, key, facts) VALUES ('alert', $1, '{}') RETURNING id)
    INSERT INTO delivery (telling_id, subscription_id, endpoint_id, channel, hits)
    SELECT told.id, subscription_id, endpoint.id, channel, '[]' FROM told, endpoint
"""
# So that the limit of a day does not stop all questions.
LATER = """
    UPDATE delivery SET created_at = created_at - interval '2 days'
    WHERE created_at > now() - interval '2 days'
"""
CRASHED = "UPDATE delivery SET due_at = now() WHERE settled_at IS NULL AND fence > 0"


class Walk:
    """One example: any order of events, and beside it what is to be true then: whom we may tell.

    ``odd``: events whose answer by the store the model does not expect.
    """

    def __init__(self, database: Database, sql: asyncpg.Connection, seed: str) -> None:
        self.rng = random.Random(seed)
        self.names = [f"{each} {seed}" for each in ("가", "나")]
        self.addresses = [f"{each}{seed}@a.example" for each in "abc"]
        self.subscriptions, self.consent = Subscriptions(database), Consent(database)
        self.returns, self.people, self.sql = Returns(database), People(database), sql
        self.agreed: set[Place] = set()
        self.on: set[Place] = set()
        self.refused: set[str] = set()
        self.questions: dict[Place, list[tuple[int, int, int]]] = defaultdict(list)
        self.links: dict[Place, tuple[int, int]] = {}
        self.mailed: dict[str, str] = {}
        self.odd: list[str] = []

    @property
    def may(self) -> set[Place]:
        """Whom an alert may reach, and has to."""
        return {each for each in self.agreed & self.on if each[1] not in self.refused}

    def expect(self, what: str, so: bool) -> None:
        if not so:
            self.odd.append(what)

    async def step(self) -> None:
        """One event, of anybody."""
        act = self.rng.choice(
            [self.subscribe] * 4
            + [self.confirm] * 4
            + [self.edit, self.end, self.end_all, self.bounce, self.erase]
        )
        await act(self.rng.choice(self.names), self.rng.choice(self.addresses))

    async def subscribe(self, name: str, address: str) -> None:
        sure = self.rng.random() < 0.2
        to = Endpoint("mail", address, agreed=sure)
        try:
            await self.subscriptions.subscribe(name, RULES[:1], to)
        except Suppressed:
            self.expect("refusal", address in self.refused)
            return
        self.expect("subscribing", address not in self.refused)
        if sure:
            self.agreed.add((name, address))
        self.on.add((name, address))

    async def confirm(self, name: str, address: str) -> None:
        """By any question there ever was to it: only the latest counts, and only if it is on."""
        if not self.questions[name, address]:
            return
        asked = self.rng.choice(self.questions[name, address])
        if await self.consent.confirm(*asked, SAID) is not None:
            latest = asked == self.questions[name, address][-1]
            self.expect("consent", latest and (name, address) in self.on)
            self.agreed.add((name, address))

    async def edit(self, name: str, _: str) -> None:
        """Other rules: nobody's consent comes or goes with them, and nobody is taken up again."""
        if any(each == name for each, _ in self.on):
            await self.subscriptions.subscribe(name, self.rng.sample(RULES, 2))

    async def end(self, name: str, address: str) -> None:
        """By the link of any mail that ever came."""
        if (name, address) in self.links:
            place = await self.consent.end(*self.links[name, address])
            if place is not None:  # else it was forgotten since
                self.expect("end", place.ended)
                self.leave(name, address)

    async def end_all(self, name: str, _: str) -> None:
        await self.subscriptions.end(name)
        for address in self.addresses:
            self.leave(name, address)

    async def bounce(self, _: str, address: str) -> None:
        """Its server says that there is nobody, of the last mail to it."""
        if self.rng.random() < 0.3 and address in self.mailed:
            mail = UUID(self.mailed.pop(address).removeprefix("msg_"))
            known = await self.returns.settle(Returned(mail, "gone", "550 5.1.1"))
            self.expect("bounce", known)
            self.refused.add(address)

    async def erase(self, _: str, address: str) -> None:
        if self.rng.random() < 0.3:
            erased = await self.people.erase(Address("mail", address))
            self.expect("erasure", erased.suppressed == (address in self.refused))
            self.mailed.pop(address, None)
            for name in self.names:
                self.leave(name, address)

    def leave(self, name: str, address: str) -> None:
        self.on.discard((name, address))
        self.agreed.discard((name, address))

    def got(self, due: DueDelivery) -> None:
        """A mail came: what its reader can do with it."""
        place = (due.subscription, due.address)
        self.mailed[due.address], self.links[place] = due.message_id, (due.endpoint_id, due.epoch)
        if due.reason == "confirm":
            asked = due.endpoint_id, due.epoch, int(due.facts["asked_at"])
            self.questions[place].append(asked)


class House:
    """Many walks over one database; after each event of each, an alert is owed to everybody."""

    def __init__(self, database: Database, sql: asyncpg.Connection, walks: Sequence[Walk]) -> None:
        self.deliveries, self.sql, self.walks = Deliveries(database), sql, walks
        self.by_address = {address: walk for walk in walks for address in walk.addresses}
        self.numbers, self.rng = count(1), random.Random(len(walks))
        self.figures: Counter[str] = Counter(unwanted=0, twice=0, missing=0)
        self.sent = 0

    async def tell(self) -> None:
        """Owe an alert to all, let a sender die with some of it, send all; count what is wrong."""
        await self.sql.execute(OWE, f"story {next(self.numbers)}")
        if self.rng.random() < 0.2:
            await self.deliveries.claim("mail", self.rng.randrange(1, 100), {})
            await self.sql.execute(CRASHED)
        told: defaultdict[Place, set[str]] = defaultdict(set)
        asked: set[Place] = set()
        while batch := (await self.deliveries.claim("mail", 500, {})).due:
            for each in batch:
                place = (each.subscription, each.address)
                if each.reason == "confirm":
                    asked.add(place)
                else:
                    told[place].add(each.message_id)
                self.by_address[each.address].got(each)
            await self.deliveries.settle([Sent(each, "ok") for each in batch])
        self._count(told, asked)

    def _count(self, told: Mapping[Place, set[str]], asked: set[Place]) -> None:
        may = {place for walk in self.walks for place in walk.may}
        unasked = {
            (name, address)
            for name, address in asked
            if (name, address) not in self.by_address[address].on
            or address in self.by_address[address].refused
        }
        self.figures["unwanted"] += len(told.keys() - may) + len(unasked)
        self.figures["missing"] += len(may - told.keys())
        self.figures["twice"] += sum(len(ids) - 1 for ids in told.values())
        self.sent += len(told)


@pytest.mark.fault(9)
@pytest.mark.parametrize(
    ("seed", "examples"),
    [(1, 2), *(pytest.param(n, 100, marks=pytest.mark.faults) for n in range(2, 52))],
)
async def test_in_whatever_order_nothing_goes_where_it_may_not(
    database: Database,
    sql: asyncpg.Connection,
    seed: int,
    examples: int,
    measured: Callable[..., None],
) -> None:
    walks = [Walk(database, sql, f"{seed}-{number}") for number in range(examples)]
    house = House(database, sql, walks)
    for step in range(STEPS):
        if step % 10 == 0:
            await sql.execute(LATER)
        await asyncio.gather(*(walk.step() for walk in walks))
        await house.tell()

    measured(examples=examples, steps=examples * STEPS, **house.figures)
    assert house.figures == {"unwanted": 0, "twice": 0, "missing": 0}
    assert [each for walk in walks for each in walk.odd] == []
    assert house.sent > 10 * examples
