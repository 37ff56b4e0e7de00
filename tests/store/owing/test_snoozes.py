"""What is owed to who sleeps: due when the snooze ends, never after the subscription."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import asyncpg
import pytest

from service.store.database import Database
from service.store.deliveries import Dead, Deliveries
from service.store.stories import Place
from service.store.subscriptions import Subscriptions
from service.store.verdicts import Verdict, Verdicts
from tests.store.owing.owed import FACTS, corrected, owe, owed, rests, to, waits, wish

Add = Callable[..., Awaitable[int]]


async def test_what_falls_into_a_snooze_is_due_when_it_ends_and_waking_brings_it_at_its_own_time(
    verdicts: Verdicts, add: Add, reader: int, database: Database, sql: asyncpg.Connection
) -> None:
    subscriptions = Subscriptions(database)
    await owe(verdicts, add, reader, 0)
    assert await subscriptions.snooze(await name(sql), timedelta(hours=2)) is not None
    now: datetime = await sql.fetchval("SELECT now()")
    for number, hours in enumerate((None, 1, 3), start=1):
        until = now + timedelta(hours=hours) if hours else None
        verdict = Verdict(Place([f"url:{number}"]), FACTS, to(reader), until)
        await verdicts.settle(await add("article"), verdict)

    assert await rests(sql) == [120, 120, 120, 180]
    assert (await Deliveries(database).claim("console", 9, {})).due == []
    await subscriptions.snooze(await name(sql), timedelta(minutes=90))
    assert await rests(sql) == [90, 90, 90, 180]

    assert await subscriptions.wake(await name(sql)) == 3
    assert await rests(sql) == [0, 0, 60, 180]  # no embargo is broken
    assert len((await Deliveries(database).claim("console", 9, {})).due) == 2


async def test_a_snooze_that_is_over_holds_nothing(
    verdicts: Verdicts, add: Add, reader: int, sql: asyncpg.Connection
) -> None:
    await sql.execute("UPDATE subscription SET snoozed_until = now() - interval '1 hour'")
    await owe(verdicts, add, reader, 1)

    assert await rests(sql) == [0]
    assert await sql.fetchval("SELECT held_from FROM delivery") is None


@pytest.mark.parametrize(("released", "woken"), [(False, 60), (True, 0)])
async def test_a_correction_keeps_what_is_snoozed_held_and_its_embargo_for_when_it_wakes(
    verdicts: Verdicts, add: Add, reader: int, database: Database, sql: asyncpg.Connection,
    released: bool, woken: int,
) -> None:  # fmt: skip
    await Subscriptions(database).snooze(await name(sql), timedelta(hours=2))
    made = await add("article")
    until: datetime = await sql.fetchval("SELECT now()") + timedelta(hours=1)
    await verdicts.settle(made, Verdict(Place(["url:1"]), FACTS, to(reader), until))

    await verdicts.settle(await add("article"), corrected(earlier_id=made, released=released))

    assert await rests(sql) == [120]
    assert [each["title"] for each in await owed(sql)] == ["고친 제목"]
    await Subscriptions(database).wake(await name(sql))
    assert await rests(sql) == [woken]


async def test_a_correction_of_what_was_told_waits_for_the_end_of_a_snooze(
    verdicts: Verdicts, add: Add, told: tuple[int, int], database: Database, sql: asyncpg.Connection
) -> None:
    await Subscriptions(database).snooze("무역", timedelta(hours=2))

    assert await verdicts.settle(await add("article"), corrected(earlier_id=told[1])) == 1

    assert (await rests(sql))[1] == 120


@pytest.mark.parametrize(("left", "hours", "owed_to"), [(-1, 0, 0), (60, 0, 1), (60, 2, 0)])
async def test_nothing_is_owed_that_would_be_due_after_a_subscription_ends(
    verdicts: Verdicts, add: Add, reader: int, sql: asyncpg.Connection,
    left: int, hours: int, owed_to: int,
) -> None:  # fmt: skip
    now: datetime = await sql.fetchval("SELECT now()")
    await sql.execute("UPDATE subscription SET expires_at = $1", now + timedelta(minutes=left))
    until = now + timedelta(hours=hours) if hours else None

    verdict = Verdict(Place(["url:1"]), FACTS, to(reader), until)

    assert await verdicts.settle(await add("article"), verdict) == owed_to


async def test_a_window_that_closes_in_a_snooze_is_told_at_its_end(
    verdicts: Verdicts, add: Add, reader: int, database: Database, sql: asyncpg.Connection
) -> None:
    await wish(sql, "hourly")
    await Subscriptions(database).snooze(await name(sql), timedelta(minutes=300))

    await owe(verdicts, add, reader, 1)

    ((_, rest),) = await waits(sql)
    assert 300 <= rest <= 360


async def test_a_snooze_and_a_410_at_once_both_succeed(
    verdicts: Verdicts, add: Add, reader: int, database: Database, sql: asyncpg.Connection
) -> None:
    for number in range(12):
        await owe(verdicts, add, reader, number)
    deliveries = Deliveries(database)
    *_, last = (await deliveries.claim("console", 12, {})).due

    await asyncio.gather(
        deliveries.settle([Dead(last, "410", gone=True)]),
        Subscriptions(database).snooze(await name(sql), timedelta(hours=2)),
    )

    outcomes = await sql.fetch("SELECT DISTINCT outcome FROM delivery")
    assert [row["outcome"] for row in outcomes] == ["dead"]


async def name(sql: asyncpg.Connection) -> str:
    """Of the only subscription."""
    return str(await sql.fetchval("SELECT name FROM subscription"))
