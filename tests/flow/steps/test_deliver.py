"""Deliver: every message by itself, whatever becomes of the others."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, replace
from datetime import timedelta

import asyncpg
import pytest

from notifier.errors import EndpointGone, SendError, TryAgain, Undeliverable
from notifier.model import Alert, Channel, File, Hit, Links, Message, Receipt, Traits
from service.deliver import Deliver
from service.links import Signer
from service.pace import SEND_LADDER
from service.store.database import Database
from service.store.deliveries import Deliveries, Settled
from service.worded import Words

ALERT = Alert(
    subscription="무역",
    title="수출 상담회",
    url="https://a.example/1",
    publisher="관세청",
    source="a",
    published_at="2026-11-20T09:00:00+09:00",
    published_precision="minute",
    summary="요약",
    hits=(Hit("수출", "수출 상담", ((0, 2),)),),
    topics=("수출·해외진출",),
    contacts=("수출과 사무관 나한솔 044-000-0000",),
    files=(File("안내.hwpx", "https://a.example/f"),),
    extract="수출 상담회를 연다.",
)
AT_ONCE = 10

Owe = Callable[..., Awaitable[int]]


class Way:
    """A channel that does with each address what it is told: hangs, fails, or takes it over."""

    def __init__(self) -> None:
        self.fails: dict[str, Exception] = {}
        self.hangs: dict[str, asyncio.Event] = {}
        self.begun: list[Message] = []
        self.taken: list[str] = []
        self.under_way = self.most = 0
        self.expected = 0
        self.all_taken = asyncio.Event()
        self.hanging = asyncio.Event()

    async def send(self, message: Message) -> Receipt:
        self.begun.append(message)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            await self._carry(message.address)
        finally:
            self.under_way -= 1
        self.taken.append(message.address)
        if len(self.taken) == self.expected:
            self.all_taken.set()
        return Receipt("204")

    async def _carry(self, address: str) -> None:
        await asyncio.sleep(0)
        if address in self.fails:
            raise self.fails[address]
        if address in self.hangs:
            self.hanging.set()
            await self.hangs[address].wait()

    async def aclose(self) -> None: ...

    def check_address(self, address: str) -> None: ...


@pytest.fixture
def way() -> Way:
    return Way()


@pytest.fixture
def other() -> Way:
    return Way()


@pytest.fixture
def deliver(database: Database, way: Way, other: Way) -> Deliver:
    ways: dict[str, Channel] = {"way": way, "other": other}
    traits = {each: Traits(at_once=AT_ONCE) for each in ways}
    words = Words(Signer(bytes(32)), None)
    return Deliver(Deliveries(database), ways, traits, words, pace=1.0)


@pytest.fixture
def owe(sql: asyncpg.Connection) -> Owe:
    """``await owe("x")``: a new delivery to the address ``x``; its id."""

    async def owe(
        address: str, channel: str = "way", attempts: int = 0, confirmed: bool = True
    ) -> int:
        facts = asdict(ALERT)
        hits = [facts.pop("hits")[0]]
        del facts["subscription"]
        made = await sql.fetchval(
            """
            WITH t AS (INSERT INTO telling (reason, key, facts)
                       SELECT 'alert', 'story ' || count(*), $3 FROM telling RETURNING id),
            u AS (INSERT INTO subscription (name) VALUES ('무역')
                  ON CONFLICT (name) DO UPDATE SET name = '무역' RETURNING id),
            e AS (INSERT INTO endpoint (subscription_id, channel, address, confirmed_at)
                  SELECT id, $2, $1, CASE WHEN $6 THEN now() END FROM u
                  ON CONFLICT (subscription_id, channel, address) DO UPDATE SET address = $1
                  RETURNING id, subscription_id)
            INSERT INTO delivery (telling_id, subscription_id, endpoint_id, channel, hits, attempts)
            SELECT t.id, e.subscription_id, e.id, $2, $4, $5 FROM t, e RETURNING id
            """,
            address,
            channel,
            json.dumps(facts),
            json.dumps(hits),
            attempts,
            confirmed,
        )
        return int(made)

    return owe


async def outcomes(sql: asyncpg.Connection) -> dict[str, str | None]:
    rows = await sql.fetch(
        "SELECT address, outcome FROM delivery JOIN endpoint ON endpoint.id = endpoint_id"
    )
    return {row["address"]: row["outcome"] for row in rows}


async def items(sql: asyncpg.Connection) -> list[tuple[str, ...]]:
    return [tuple(row) for row in await sql.fetch("SELECT kind, subject, detail FROM ops_item")]


async def test_a_message_says_what_is_owed_and_keeps_its_id_between_tries(
    deliver: Deliver, way: Way, owe: Owe, sql: asyncpg.Connection
) -> None:
    await owe("x")
    way.fails["x"] = TryAgain("503")
    await deliver.deliver("way")
    del way.fails["x"]
    await sql.execute("UPDATE delivery SET due_at = now()")
    await sql.execute("UPDATE endpoint SET rests_until = now()")

    await deliver.deliver("way")

    message_id = f"msg_{await sql.fetchval('SELECT message_id FROM delivery')}"
    assert way.begun == [Message(message_id, "x", None, ALERT, n, "ko", Links()) for n in (1, 2)]
    assert await outcomes(sql) == {"x": "sent"}
    rows = await sql.fetch("SELECT outcome, detail FROM attempt ORDER BY number")
    assert [tuple(row) for row in rows] == [("later", "503"), ("sent", "204")]


async def test_what_an_older_or_a_newer_version_owed_is_sent_with_the_facts_we_know(
    deliver: Deliver, way: Way, owe: Owe, sql: asyncpg.Connection
) -> None:
    await owe("old")
    new = ["kind", "embargo", "apply_by", "changes", "topics", "contacts", "files", "extract"]
    await sql.execute("UPDATE telling SET facts = facts - $1::text[]", new)
    await sql.execute("UPDATE delivery SET hits = hits #- '{0,marks}'")
    await owe("new")
    await sql.execute("UPDATE telling SET facts = facts || '{\"mood\": 1}' WHERE facts ? 'kind'")

    await deliver.deliver("way")

    old = replace(
        ALERT, hits=(Hit("수출", "수출 상담"),), topics=(), contacts=(), files=(), extract=""
    )
    assert [each.content for each in way.begun] == [old, ALERT]
    assert await outcomes(sql) == {"old": "sent", "new": "sent"}


async def test_nothing_due_is_nothing_to_do(deliver: Deliver, way: Way) -> None:
    await deliver.deliver("way")
    await deliver.deliver("a subject of long ago")

    assert way.begun == []


@pytest.mark.fault(15)
async def test_silent_receivers_hold_up_only_their_own_messages(
    deliver: Deliver, way: Way, owe: Owe, sql: asyncpg.Connection
) -> None:
    """More of them than there are places, and all before the others."""
    silent = asyncio.Event()
    for n in range(AT_ONCE + 2):
        way.hangs[f"silent{n}"] = silent
        await owe(f"silent{n}")
    way.expected = 3 * AT_ONCE
    for n in range(way.expected):
        await owe(f"x{n}")

    working = asyncio.create_task(deliver.deliver("way"))
    async with asyncio.timeout(20):
        await way.all_taken.wait()
        told = await outcomes(sql)
        assert {told[each] for each in way.hangs} == {None}
        assert way.most <= 2 * AT_ONCE + 2
        silent.set()
        await working

    assert set((await outcomes(sql)).values()) == {"sent"}
    assert len(way.begun) == way.expected + AT_ONCE + 2


async def test_a_silent_channel_holds_up_no_other(
    deliver: Deliver, way: Way, owe: Owe, sql: asyncpg.Connection
) -> None:
    way.hangs["silent"] = asyncio.Event()
    await owe("silent")
    await owe("x", channel="other")
    working = asyncio.create_task(deliver.deliver("way"))
    async with asyncio.timeout(20):
        await deliver.deliver("other")
        assert await outcomes(sql) == {"silent": None, "x": "sent"}
        way.hangs["silent"].set()
        await working


async def test_a_channel_at_work_takes_up_what_comes_meanwhile(
    deliver: Deliver, way: Way, owe: Owe, sql: asyncpg.Connection
) -> None:
    way.hangs["silent"] = asyncio.Event()
    way.expected = 1
    await owe("silent")
    working = asyncio.create_task(deliver.deliver("way"))
    async with asyncio.timeout(20):
        await way.hanging.wait()
        await owe("x")
        await deliver.deliver("way")
        await way.all_taken.wait()
        way.hangs["silent"].set()
        await working

    assert await outcomes(sql) == {"silent": "sent", "x": "sent"}


async def test_an_endpoint_with_a_long_queue_has_two_turns_at_a_time(
    deliver: Deliver, way: Way, owe: Owe, sql: asyncpg.Connection
) -> None:
    way.hangs["busy"] = asyncio.Event()
    for _ in range(5):
        await owe("busy")
    way.expected = 2
    await owe("x")
    await owe("y")
    working = asyncio.create_task(deliver.deliver("way"))
    async with asyncio.timeout(20):
        await way.all_taken.wait()
        assert [each.address for each in way.begun].count("busy") == 2
        way.hangs["busy"].set()
        await working

    assert way.taken.count("busy") == 5
    assert await sql.fetchval("SELECT count(*) FROM delivery WHERE outcome = 'sent'") == 7


async def test_a_carrier_gets_no_more_a_second_than_it_allows(
    database: Database, way: Way, owe: Owe, sql: asyncpg.Connection
) -> None:
    for n in range(4):
        await owe(f"x{n}")
    traits = {"way": Traits(at_once=AT_ONCE, per_second=4.0)}
    words = Words(Signer(bytes(32)), None)
    deliver = Deliver(Deliveries(database), {"way": way}, traits, words, pace=1.0)
    began = asyncio.get_running_loop().time()
    await deliver.deliver("way")
    await owe("y0")
    await owe("y1")

    await deliver.deliver("way")

    assert asyncio.get_running_loop().time() - began >= 0.5
    assert set((await outcomes(sql)).values()) == {"sent"}


class Held(Deliveries):
    """Settles nothing before it may."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.may = asyncio.Event()

    async def settle(self, group: Sequence[Settled]) -> None:
        await self.may.wait()
        await super().settle(group)


async def test_a_place_is_free_only_when_its_message_is_settled(
    database: Database, deliver: Deliver, way: Way, owe: Owe, sql: asyncpg.Connection
) -> None:
    """So that after a crash no more are repeated than there are places."""
    for n in range(3 * AT_ONCE):
        await owe(f"x{n}")
    held = Held(database)
    way.expected = AT_ONCE
    working = asyncio.create_task(replace(deliver, deliveries=held).deliver("way"))
    async with asyncio.timeout(20):
        await way.all_taken.wait()
        await asyncio.sleep(1.2)  # a slow message lends its place, one that was sent does not
        assert len(way.begun) == AT_ONCE
        assert await sql.fetchval("SELECT count(*) FROM attempt") == AT_ONCE
        held.may.set()
        await working

    assert set((await outcomes(sql)).values()) == {"sent"}
    assert len(way.begun) == 3 * AT_ONCE


@pytest.mark.parametrize(("before", "wait"), list(enumerate(SEND_LADDER)))
async def test_a_passing_failure_climbs_the_ladder(
    deliver: Deliver, way: Way, owe: Owe, sql: asyncpg.Connection, before: int, wait: float
) -> None:
    await owe("x", attempts=before)
    way.fails["x"] = TryAgain("503")

    await deliver.deliver("way")

    rest = await sql.fetchval("SELECT due_at - now() FROM delivery")
    assert timedelta(seconds=wait * 0.7) < rest <= timedelta(seconds=wait * 1.1)
    # Other messages may fare better: they need not wait as long.
    assert await sql.fetchval("SELECT rests_until - now() < interval '6 s' FROM endpoint")
    assert await outcomes(sql) == {"x": None}
    assert await items(sql) == []


async def test_after_the_last_rung_a_message_is_a_dead_letter(
    deliver: Deliver, way: Way, owe: Owe, sql: asyncpg.Connection
) -> None:
    await owe("x", attempts=len(SEND_LADDER))
    way.fails["x"] = TryAgain("503")

    await deliver.deliver("way")

    assert await outcomes(sql) == {"x": "dead"}
    assert await items(sql) == [("dead-letter", "way x", "503")]


@pytest.mark.fault(15)
async def test_a_receiver_that_says_when_to_come_again_is_obeyed_where_it_asks_for_more(
    deliver: Deliver, way: Way, owe: Owe, sql: asyncpg.Connection
) -> None:
    await owe("patient")
    way.fails["patient"] = TryAgain("429", retry_after=777.0)
    await owe("hasty")
    way.fails["hasty"] = TryAgain("429", retry_after=1.0)

    await deliver.deliver("way")

    rows = await sql.fetch(
        """SELECT due_at - now() AS rest, rests_until - now() AS rests
           FROM delivery JOIN endpoint ON endpoint.id = endpoint_id ORDER BY delivery.id"""
    )
    patient, hasty = (row["rest"].total_seconds() for row in rows)
    assert 767.0 < patient <= 777.0
    assert 1.0 < hasty <= 5.5
    patient, hasty = (row["rests"].total_seconds() for row in rows)
    assert 767.0 < patient <= 777.0
    assert 1.0 < hasty <= 5.5


@pytest.mark.fault(15)
@pytest.mark.parametrize(
    ("error", "off"),
    [(Undeliverable("400"), False), (EndpointGone("410"), True), (SendError("?"), False)],
    ids=["undeliverable", "gone", "unnamed"],
)
async def test_a_refusal_is_a_dead_letter_and_410_switches_the_endpoint_off(
    deliver: Deliver, way: Way, owe: Owe, sql: asyncpg.Connection, error: SendError, off: bool
) -> None:
    await owe("x")
    await owe("y")
    way.fails["x"] = error

    await deliver.deliver("way")

    assert await outcomes(sql) == {"x": "dead", "y": "sent"}
    rows = await sql.fetch("SELECT address, switched_off_why FROM endpoint ORDER BY address")
    assert [tuple(row) for row in rows] == [("x", "410" if off else None), ("y", None)]
    assert len(await items(sql)) == 1


async def test_a_channel_that_nobody_has_is_a_dead_letter(
    deliver: Deliver, owe: Owe, sql: asyncpg.Connection
) -> None:
    await owe("x", channel="pigeon")

    await deliver.deliver("pigeon")

    assert await outcomes(sql) == {"x": "dead"}
    assert "pigeon" in (await items(sql))[0][2]


async def test_a_message_whose_sending_breaks_costs_no_other_and_climbs_the_ladder(
    deliver: Deliver, way: Way, owe: Owe, sql: asyncpg.Connection
) -> None:
    for n in range(AT_ONCE + 2):
        await owe(f"x{n}")
    await owe("x0")
    way.fails["x0"] = ZeroDivisionError("poison")

    await deliver.deliver("way")

    told = await outcomes(sql)
    assert told.pop("x0") is None
    assert set(told.values()) == {"sent"}
    rows = await sql.fetch(
        """SELECT last_error, due_at > now() AS later, rests_until FROM delivery
           JOIN endpoint ON endpoint.id = endpoint_id WHERE address = 'x0'"""
    )
    assert [tuple(row) for row in rows] == [("ZeroDivisionError('poison')", True, None)] * 2

    await sql.execute("UPDATE delivery SET due_at = now(), attempts = $1", len(SEND_LADDER))
    await deliver.deliver("way")
    assert (await outcomes(sql))["x0"] == "dead"
    assert (await items(sql))[0][0] == "dead-letter"


async def test_a_message_over_which_the_worker_dies_every_time_is_given_up(
    deliver: Deliver, way: Way, owe: Owe, sql: asyncpg.Connection
) -> None:
    await owe("x", attempts=len(SEND_LADDER) + 1)

    await deliver.deliver("way")

    assert way.begun == []
    assert await outcomes(sql) == {"x": "dead"}


async def test_nothing_is_sent_to_whom_nobody_confirmed(
    deliver: Deliver, way: Way, owe: Owe, sql: asyncpg.Connection
) -> None:
    await owe("x", confirmed=False)

    await deliver.deliver("way")

    assert way.begun == []
    assert await outcomes(sql) == {"x": "ended"}


async def test_a_worker_that_is_stopped_lets_its_messages_go_and_settles_what_was_sent(
    deliver: Deliver, way: Way, owe: Owe, sql: asyncpg.Connection
) -> None:
    way.hangs["slow"] = asyncio.Event()
    way.expected = 1
    await owe("slow")
    await owe("x")
    working = asyncio.create_task(deliver.deliver("way"))
    async with asyncio.timeout(20):
        await way.all_taken.wait()
        working.cancel()
        with pytest.raises(asyncio.CancelledError):
            await working

    assert way.under_way == 0
    assert await outcomes(sql) == {"slow": None, "x": "sent"}
    # After a crash it says "unknown".
    assert await sql.fetchval("SELECT count(*) FROM attempt WHERE finished_at IS NULL") == 1
