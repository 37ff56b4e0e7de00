"""Deliver: every message by itself, whatever becomes of the others."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

import asyncpg
import pytest

from notifier.errors import TryAgain
from notifier.model import Hit, Links, Message, Traits
from service.deliver import Deliver
from service.links import Signer
from service.store.database import Database
from service.store.deliveries import Deliveries, Settled
from service.worded import Words
from tests.flow.steps.deliver.ways import ALERT, AT_ONCE, Way, outcomes

Owe = Callable[..., Awaitable[int]]


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
