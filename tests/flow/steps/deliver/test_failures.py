"""Deliver: what becomes of a message that fails, is refused, breaks or is let go."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import asyncpg
import pytest

from notifier.errors import EndpointGone, SendError, TryAgain, Undeliverable
from service.deliver import Deliver
from service.pace import SEND_LADDER
from tests.flow.steps.deliver.ways import AT_ONCE, Way, outcomes

Owe = Callable[..., Awaitable[int]]


async def items(sql: asyncpg.Connection) -> list[tuple[str, ...]]:
    return [tuple(row) for row in await sql.fetch("SELECT kind, subject, detail FROM ops_item")]


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
