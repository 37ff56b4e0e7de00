"""Who wants to be told of what, and where."""

from __future__ import annotations

import asyncio

import asyncpg

from service.store.database import Database
from service.store.subscriptions import Endpoint, Subscribed, Subscriptions
from tests.store.subscriptions import version

EXPORT, CUSTOMS = ("수출 바우처", "바우처 수출"), ("관세", "관세")
HOOK = "https://b.example/hook"
OUT = Endpoint("console", "out", agreed=True)


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
