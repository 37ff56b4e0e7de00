"""Snoozes, mutes and expiries: what a subscription holds back, gives up and ends with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from service.store.subscriptions import Endpoint, SnoozedPastEnd, Subscribed, Subscriptions
from tests.store.subscriptions import version

EXPORT, CUSTOMS = ("수출 바우처", "바우처 수출"), ("관세", "관세")
OUT = Endpoint("console", "out", agreed=True)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)

Add = Callable[..., Awaitable[int]]
Wakes = Callable[[], Awaitable[list[str]]]


async def test_a_subscription_whose_time_is_over_is_gone_and_its_name_begins_anew(
    subscriptions: Subscriptions, now: datetime, sql: asyncpg.Connection
) -> None:
    await subscriptions.subscribe("무역", [EXPORT], OUT, expires_at=now + DAY)
    await subscriptions.subscribe("무역", [CUSTOMS], OUT)
    [listed] = await subscriptions.listed()
    assert listed.expires_at == now + DAY

    await sql.execute("UPDATE subscription SET expires_at = now()")
    assert await subscriptions.listed() == []
    assert await subscriptions.snooze("무역", DAY) is None
    assert await subscriptions.wake("무역") is None

    await subscriptions.subscribe("무역", [CUSTOMS], OUT)
    assert await subscriptions.listed() == [Subscribed("무역", ("관세",), (OUT,))]


async def test_tidying_ends_what_is_over_and_what_was_due_before_still_goes_out(
    subscriptions: Subscriptions, add: Add, now: datetime, sql: asyncpg.Connection
) -> None:
    for each in ("끝", "남음"):
        await subscriptions.subscribe(each, [EXPORT], OUT, expires_at=now + DAY)
    owner = await sql.fetchval("SELECT id FROM subscription WHERE name = '끝'")
    endpoint = await sql.fetchval("SELECT id FROM endpoint WHERE subscription_id = $1", owner)
    for due, attempts in ((-HOUR, 0), (HOUR, 0), (HOUR, 1)):
        await add(
            "delivery", subscription_id=owner, endpoint_id=endpoint, due_at=now + due,
            attempts=attempts, telling_id=await add("telling"),
        )  # fmt: skip
    await sql.execute("UPDATE subscription SET expires_at = now() WHERE name = '끝'")
    before = await version(sql)

    for _ in range(2):
        await subscriptions.end_expired()

    rows = await sql.fetch("SELECT name, ended_at IS NULL FROM subscription ORDER BY name")
    assert [tuple(row) for row in rows] == [("끝", False), ("남음", True)]
    outcomes = await sql.fetch("SELECT outcome FROM delivery ORDER BY id")
    assert [row["outcome"] for row in outcomes] == [None, "ended", None]
    why = await sql.fetchval("SELECT switched_off_why FROM endpoint WHERE id = $1", endpoint)
    assert (why, await version(sql)) == ("expired", before + 1)


async def test_a_snooze_is_listed_until_it_is_over_or_ended(
    subscriptions: Subscriptions, now: datetime, sql: asyncpg.Connection, wakes: Wakes
) -> None:
    await subscriptions.subscribe("무역", [EXPORT], OUT)

    async def listed() -> datetime | None:
        return (await subscriptions.listed())[0].snoozed_until

    end = await subscriptions.snooze("무역", 3 * DAY)
    assert end is not None
    assert timedelta(0) <= end - now - 3 * DAY < timedelta(minutes=1)
    assert await listed() == end
    assert await subscriptions.snooze("무역", now + DAY) == now + DAY == await listed()
    assert len(await wakes()) == 2
    assert await subscriptions.wake("무역") == 0
    assert await listed() is None
    await sql.execute("UPDATE subscription SET snoozed_until = now()")
    assert await listed() is None
    assert await subscriptions.snooze("없음", DAY) is None
    assert await subscriptions.wake("없음") is None


async def test_a_snooze_that_would_outlast_its_subscription_is_refused_and_changes_nothing(
    subscriptions: Subscriptions, now: datetime
) -> None:
    await subscriptions.subscribe("무역", [EXPORT], OUT, expires_at=now + DAY)
    with pytest.raises(SnoozedPastEnd, match="무역"):
        await subscriptions.snooze("무역", DAY * 2)
    await subscriptions.snooze("무역", HOUR)
    with pytest.raises(SnoozedPastEnd):
        await subscriptions.subscribe("무역", [CUSTOMS], OUT, expires_at=now + HOUR / 2)

    [listed] = await subscriptions.listed()
    assert (listed.rules, listed.expires_at) == (("수출 바우처",), now + DAY)
    assert listed.snoozed_until is not None


async def test_a_snooze_that_would_end_at_night_ends_in_the_morning(
    subscriptions: Subscriptions, now: datetime
) -> None:
    start, end = now + 2 * HOUR, now + 4 * HOUR
    quiet = [each.astimezone(ZoneInfo("Asia/Seoul")) for each in (start, end)]
    cadence = "at-once quiet {:%H:%M}-{:%H:%M}".format(*quiet)
    await subscriptions.subscribe("무역", [EXPORT], OUT, cadence=cadence)

    assert await subscriptions.snooze("무역", now + HOUR) == now + HOUR
    assert await subscriptions.snooze("무역", now + 3 * HOUR) == end.replace(
        second=0, microsecond=0
    )


@pytest.fixture
async def held(subscriptions: Subscriptions, add: Add, sql: asyncpg.Connection) -> int:
    """A live subscription to which a delivery is owed, and for which a thing waits; its id."""
    await subscriptions.subscribe("무역", [EXPORT], OUT, cadence="hourly")
    owner: int = await sql.fetchval("SELECT id FROM subscription")
    endpoint = await sql.fetchval("SELECT id FROM endpoint")
    telling = await add("telling")
    await add("delivery", telling_id=telling, subscription_id=owner, endpoint_id=endpoint)
    await sql.execute(
        "INSERT INTO waiting (telling_id, subscription_id, window_at)"
        " VALUES ($1, $2, now() + interval '1 hour')",
        telling, owner,
    )  # fmt: skip
    return owner


@pytest.mark.usefixtures("held")
async def test_a_snooze_holds_what_is_owed_and_what_waits_and_waking_lets_both_go(
    subscriptions: Subscriptions, now: datetime, sql: asyncpg.Connection
) -> None:
    both = "SELECT due_at, window_at FROM delivery, waiting"
    end = await subscriptions.snooze("무역", now + 3 * DAY)
    assert tuple(await sql.fetchrow(both)) == (end, end)

    assert await subscriptions.wake("무역") == 2
    due, window = await sql.fetchrow(both)
    assert due <= now + HOUR / 60
    assert now < window <= now + HOUR
    assert await sql.fetchval("SELECT held_from FROM delivery") is None


@pytest.mark.usefixtures("held")
async def test_who_is_muted_is_told_nothing_and_what_was_owed_is_given_up(
    subscriptions: Subscriptions, sql: asyncpg.Connection
) -> None:
    assert await subscriptions.mute("무역")
    assert (await subscriptions.listed())[0].muted
    assert await sql.fetchval("SELECT outcome FROM delivery") == "ended"
    assert await sql.fetchval("SELECT count(*) FROM waiting") == 0

    assert await subscriptions.unmute("무역")
    assert not (await subscriptions.listed())[0].muted
    assert not await subscriptions.mute("없음")
    assert not await subscriptions.unmute("없음")


async def test_only_of_whom_was_muted_it_is_kept_since_when_they_are_told_again(
    subscriptions: Subscriptions, sql: asyncpg.Connection
) -> None:
    since = "SELECT resumed_at FROM subscription"
    await subscriptions.subscribe("무역", [EXPORT], OUT)
    assert await subscriptions.unmute("무역")
    assert await sql.fetchval(since) is None

    await subscriptions.mute("무역")
    await subscriptions.unmute("무역")
    first = await sql.fetchval(since)
    assert first is not None
    await subscriptions.unmute("무역")
    assert await sql.fetchval(since) == first


async def test_what_came_to_be_owed_while_it_was_being_muted_is_not_told_on_unmuting(
    subscriptions: Subscriptions, add: Add, now: datetime, sql: asyncpg.Connection
) -> None:
    await subscriptions.subscribe("무역", [EXPORT], OUT)
    owner = await sql.fetchval("SELECT id FROM subscription")
    place = await sql.fetchval("SELECT id FROM endpoint")
    await subscriptions.mute("무역")
    owed = {"subscription_id": owner, "telling_id": await add("telling")}
    await add("delivery", endpoint_id=place, due_at=now + DAY, **owed)
    await add("waiting", window_at=now + DAY, **owed)

    await subscriptions.unmute("무역")

    assert await sql.fetchval("SELECT outcome FROM delivery") == "ended"
    assert await sql.fetchval("SELECT count(*) FROM waiting") == 0
    later = {**owed, "telling_id": await add("telling")}
    await add("waiting", window_at=now + DAY, **later)
    await subscriptions.unmute("무역")
    assert await sql.fetchval("SELECT count(*) FROM waiting") == 1


@pytest.mark.usefixtures("held")
async def test_a_shorter_snooze_brings_what_waits_forward(
    subscriptions: Subscriptions, now: datetime, sql: asyncpg.Connection
) -> None:
    await subscriptions.snooze("무역", now + 3 * DAY)
    end = await subscriptions.snooze("무역", now + DAY)

    assert tuple(await sql.fetchrow("SELECT due_at, window_at FROM delivery, waiting")) == (
        end,
        end,
    )


async def test_a_question_is_asked_of_its_owner_though_the_subscription_is_muted(
    subscriptions: Subscriptions, sql: asyncpg.Connection, held: int, add: Add
) -> None:
    endpoint = await sql.fetchval("SELECT id FROM endpoint")
    asking = await add("telling", reason="confirm", key="confirm 1")
    await add("delivery", telling_id=asking, subscription_id=held, endpoint_id=endpoint)

    await subscriptions.mute("무역")

    left = "SELECT telling_id FROM delivery WHERE settled_at IS NULL"
    assert [row["telling_id"] for row in await sql.fetch(left)] == [asking]


@pytest.mark.usefixtures("held")
async def test_what_waits_for_a_subscription_ends_with_it(
    subscriptions: Subscriptions, sql: asyncpg.Connection
) -> None:
    await subscriptions.end("무역")
    assert await sql.fetchval("SELECT count(*) FROM waiting") == 0
