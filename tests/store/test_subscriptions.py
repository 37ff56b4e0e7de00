"""Who wants to be told of what, and where."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from service.store.database import Database
from service.store.subscriptions import Subscribed, Subscriptions

EXPORT, CUSTOMS = ("수출 바우처", "바우처 수출"), ("관세", "관세")
HOOK = "https://b.example/hook"


@pytest.fixture
def subscriptions(database: Database) -> Subscriptions:
    return Subscriptions(database)


async def version(sql: asyncpg.Connection) -> int:
    return int(await sql.fetchval("SELECT version FROM rule_book"))


async def test_a_subscription_grows_by_rules_and_endpoints_and_repeats_nothing(
    subscriptions: Subscriptions, sql: asyncpg.Connection
) -> None:
    await subscriptions.subscribe("무역", [EXPORT], "console", "out", None)
    await subscriptions.subscribe("무역", [EXPORT, CUSTOMS], "webhook", HOOK, "s1")
    # The same rule in other words, the same place with another secret.
    again = ("바우처  수출", "바우처 수출")
    await subscriptions.subscribe("무역", [again], "webhook", HOOK, "s2")

    [listed] = await subscriptions.listed()
    assert listed.name == "무역"
    assert sorted(listed.rules) == ["관세", "수출 바우처"]
    assert sorted(listed.endpoints) == ["console out", f"webhook {HOOK}"]
    secrets = await sql.fetch("SELECT secret FROM endpoint ORDER BY id")
    assert [row["secret"] for row in secrets] == [None, "s2"]


async def test_subscriptions_are_listed_by_name(subscriptions: Subscriptions) -> None:
    await subscriptions.subscribe("바", [EXPORT], "console", "x", None)
    await subscriptions.subscribe("가", [CUSTOMS], "console", "y", None)

    assert await subscriptions.listed() == [
        Subscribed("가", ("관세",), ("console y",)),
        Subscribed("바", ("수출 바우처",), ("console x",)),
    ]


async def test_an_ended_subscription_is_gone(
    subscriptions: Subscriptions,
) -> None:
    await subscriptions.subscribe("무역", [EXPORT], "console", "out", None)

    assert await subscriptions.end("무역")
    assert not await subscriptions.end("무역")
    assert not await subscriptions.end("없는 구독")
    assert await subscriptions.listed() == []


async def test_a_name_that_is_taken_up_again_begins_anew(
    subscriptions: Subscriptions,
) -> None:
    await subscriptions.subscribe("무역", [EXPORT], "webhook", HOOK, "s1")
    await subscriptions.end("무역")

    await subscriptions.subscribe("무역", [CUSTOMS], "console", "out", None)

    assert await subscriptions.listed() == [Subscribed("무역", ("관세",), ("console out",))]


async def test_an_endpoint_that_was_switched_off_is_on_again_when_it_is_typed_again(
    subscriptions: Subscriptions, sql: asyncpg.Connection
) -> None:
    await subscriptions.subscribe("무역", [EXPORT], "webhook", HOOK, None)
    await sql.execute("UPDATE endpoint SET switched_off_at = now(), switched_off_why = '410'")
    assert await subscriptions.listed() == [Subscribed("무역", ("수출 바우처",), ())]

    await subscriptions.subscribe("무역", [EXPORT], "webhook", HOOK, None)

    assert await subscriptions.listed() == [
        Subscribed("무역", ("수출 바우처",), (f"webhook {HOOK}",))
    ]
    assert await sql.fetchval("SELECT switched_off_why FROM endpoint") is None


async def test_what_is_done_under_embargo_stays_as_chosen_until_the_subscription_ends(
    subscriptions: Subscriptions,
) -> None:
    async def chosen() -> str:
        [listed] = await subscriptions.listed()
        return listed.embargoed

    await subscriptions.subscribe("무역", [EXPORT], "console", "out", None)
    assert await chosen() == "wait"
    await subscriptions.subscribe("무역", [EXPORT], "console", "out", None, embargoed="badge")
    await subscriptions.subscribe("무역", [CUSTOMS], "console", "out", None)
    assert await chosen() == "badge"

    await subscriptions.end("무역")
    await subscriptions.subscribe("무역", [EXPORT], "console", "out", None)
    assert await chosen() == "wait"


async def test_every_change_turns_a_page_of_the_rule_book(
    subscriptions: Subscriptions, sql: asyncpg.Connection
) -> None:
    versions = [await version(sql)]
    await subscriptions.subscribe("무역", [EXPORT], "console", "out", None)
    versions.append(await version(sql))
    await subscriptions.subscribe("무역", [CUSTOMS], "console", "out", None)
    versions.append(await version(sql))
    await subscriptions.end("무역")
    versions.append(await version(sql))

    assert versions == [0, 1, 2, 3]


async def test_the_same_subscription_typed_by_eight_at_once_is_one(
    eight: list[Database], subscriptions: Subscriptions, sql: asyncpg.Connection
) -> None:
    await asyncio.gather(
        *(Subscriptions(each).subscribe("무역", [EXPORT], "console", "out", None) for each in eight)
    )

    assert await subscriptions.listed() == [Subscribed("무역", ("수출 바우처",), ("console out",))]
    assert await version(sql) == 8
