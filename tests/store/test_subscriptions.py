"""Who wants to be told of what, and where."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from service.store.database import Database
from service.store.subscriptions import Endpoint, SnoozedPastEnd, Subscribed, Subscriptions

EXPORT, CUSTOMS = ("수출 바우처", "바우처 수출"), ("관세", "관세")
HOOK = "https://b.example/hook"
OUT = Endpoint("console", "out", agreed=True)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)

Add = Callable[..., Awaitable[int]]
Wakes = Callable[[], Awaitable[list[str]]]


@pytest.fixture
def subscriptions(database: Database) -> Subscriptions:
    return Subscriptions(database)


async def version(sql: asyncpg.Connection) -> int:
    return int(await sql.fetchval("SELECT version FROM rule_book"))


async def test_a_subscription_grows_by_rules_and_endpoints_and_repeats_nothing(
    subscriptions: Subscriptions,
) -> None:
    await subscriptions.subscribe("무역", [EXPORT], OUT)
    await subscriptions.subscribe(
        "무역", [EXPORT, CUSTOMS], Endpoint("webhook", HOOK, "s1", agreed=True)
    )
    # The same rule in other words, the same place with another secret.
    again = ("바우처  수출", "바우처 수출")
    await subscriptions.subscribe("무역", [again], Endpoint("webhook", HOOK, "s2", agreed=True))

    [listed] = await subscriptions.listed()
    assert listed.name == "무역"
    assert listed.rules == ("수출 바우처", "관세")
    assert listed.endpoints == (OUT, Endpoint("webhook", HOOK, "s2", agreed=True))


async def test_subscriptions_are_listed_by_name(subscriptions: Subscriptions) -> None:
    await subscriptions.subscribe("바", [EXPORT], Endpoint("console", "x", agreed=True))
    await subscriptions.subscribe("가", [CUSTOMS], Endpoint("console", "y", agreed=True))

    assert await subscriptions.listed() == [
        Subscribed("가", ("관세",), (Endpoint("console", "y", agreed=True),)),
        Subscribed("바", ("수출 바우처",), (Endpoint("console", "x", agreed=True),)),
    ]


async def test_an_ended_subscription_is_gone(
    subscriptions: Subscriptions,
) -> None:
    await subscriptions.subscribe("무역", [EXPORT], OUT)

    assert await subscriptions.end("무역")
    assert not await subscriptions.end("무역")
    assert not await subscriptions.end("없는 구독")
    assert await subscriptions.listed() == []


async def test_a_name_that_is_taken_up_again_begins_anew(
    subscriptions: Subscriptions,
) -> None:
    await subscriptions.subscribe("무역", [EXPORT], Endpoint("webhook", HOOK, "s1", agreed=True))
    await subscriptions.end("무역")

    await subscriptions.subscribe("무역", [CUSTOMS], OUT)

    assert await subscriptions.listed() == [Subscribed("무역", ("관세",), (OUT,))]


async def test_an_endpoint_that_was_switched_off_is_on_again_when_it_is_typed_again(
    subscriptions: Subscriptions, sql: asyncpg.Connection
) -> None:
    await subscriptions.subscribe("무역", [EXPORT], Endpoint("webhook", HOOK, agreed=True))
    await sql.execute("UPDATE endpoint SET switched_off_at = now(), switched_off_why = '410'")
    assert await subscriptions.listed() == [Subscribed("무역", ("수출 바우처",), ())]

    await subscriptions.subscribe("무역", [EXPORT], Endpoint("webhook", HOOK, agreed=True))

    assert await subscriptions.listed() == [
        Subscribed("무역", ("수출 바우처",), (Endpoint("webhook", HOOK, agreed=True),))
    ]
    assert await sql.fetchval("SELECT switched_off_why FROM endpoint") is None


async def test_what_is_done_under_embargo_stays_as_chosen_until_the_subscription_ends(
    subscriptions: Subscriptions,
) -> None:
    async def chosen() -> str:
        [listed] = await subscriptions.listed()
        return listed.embargoed

    await subscriptions.subscribe("무역", [EXPORT], OUT)
    assert await chosen() == "wait"
    await subscriptions.subscribe("무역", [EXPORT], OUT, embargoed="badge")
    await subscriptions.subscribe("무역", [CUSTOMS], OUT)
    assert await chosen() == "badge"

    await subscriptions.end("무역")
    await subscriptions.subscribe("무역", [EXPORT], OUT)
    assert await chosen() == "wait"


async def test_every_change_turns_a_page_of_the_rule_book(
    subscriptions: Subscriptions, sql: asyncpg.Connection
) -> None:
    versions = [await version(sql)]
    await subscriptions.subscribe("무역", [EXPORT], OUT)
    versions.append(await version(sql))
    await subscriptions.subscribe("무역", [CUSTOMS], OUT)
    versions.append(await version(sql))
    await subscriptions.end("무역")
    versions.append(await version(sql))

    assert versions == [0, 1, 2, 3]


async def test_the_same_subscription_typed_by_eight_at_once_is_one(
    eight: list[Database], subscriptions: Subscriptions, sql: asyncpg.Connection
) -> None:
    await asyncio.gather(*(Subscriptions(each).subscribe("무역", [EXPORT], OUT) for each in eight))

    assert await subscriptions.listed() == [Subscribed("무역", ("수출 바우처",), (OUT,))]
    assert await version(sql) == 8


async def test_a_secret_that_was_made_up_gives_way_to_one_that_is_in_use(
    subscriptions: Subscriptions,
) -> None:
    async def put(secret: str, *, made: bool) -> list[str | None]:
        endpoint = Endpoint("webhook", HOOK, secret, made=made)
        return [
            each.secret for each in await subscriptions.subscribe("무역", [EXPORT], OUT, endpoint)
        ]

    assert await put("s1", made=True) == [None, "s1"]
    assert await put("s2", made=True) == [None, "s1"]
    assert await put("s3", made=False) == [None, "s3"]
    await subscriptions.end("무역")
    assert await put("s4", made=True) == [None, "s4"]


async def test_one_is_listed_by_its_name(subscriptions: Subscriptions) -> None:
    for each in ("가", "나"):
        await subscriptions.subscribe(each, [EXPORT], OUT)

    assert await subscriptions.listed("나") == [Subscribed("나", ("수출 바우처",), (OUT,))]
    assert await subscriptions.listed("다") == []


# how long


@pytest.fixture
async def now(sql: asyncpg.Connection) -> datetime:
    found: datetime = await sql.fetchval("SELECT now()")
    return found


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


# what is chosen


async def test_what_is_chosen_stays_until_it_is_chosen_otherwise_or_ends(
    subscriptions: Subscriptions, sql: asyncpg.Connection
) -> None:
    urgent = ("긴급", "긴급")
    await subscriptions.subscribe(
        "무역", [EXPORT], OUT, urgent=[urgent, EXPORT], cadence="daily 08:00", remind=[7, 1],
        coverage=True, language="en",
    )  # fmt: skip
    await subscriptions.subscribe("무역", [CUSTOMS], OUT, cadence="hourly", remind=None)

    [listed] = await subscriptions.listed()
    assert (listed.rules, listed.urgent) == (("수출 바우처", "관세"), ("긴급", "수출 바우처"))
    assert (listed.cadence, listed.remind) == ("hourly", (7, 1))
    assert (listed.coverage, listed.language) == (True, "en")

    epoch = await sql.fetchval("SELECT feed_epoch FROM subscription")
    await subscriptions.end("무역")
    await subscriptions.subscribe("무역", [EXPORT], OUT)
    assert await subscriptions.listed() == [Subscribed("무역", ("수출 바우처",), (OUT,))]
    assert await sql.fetchval("SELECT feed_epoch FROM subscription") == epoch + 1


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


@pytest.mark.usefixtures("held")
async def test_what_waits_for_a_subscription_ends_with_it(
    subscriptions: Subscriptions, sql: asyncpg.Connection
) -> None:
    await subscriptions.end("무역")
    assert await sql.fetchval("SELECT count(*) FROM waiting") == 0
