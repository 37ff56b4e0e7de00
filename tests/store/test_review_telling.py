"""What a reviewer tried: nobody is told who is asleep or muted, and no correction is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from service.store.asking import Endpoint
from service.store.database import Database
from service.store.deliveries import Deliveries, Later
from service.store.digests import Digests
from service.store.following import correct
from service.store.owing import Why
from service.store.stories import Place
from service.store.subscriptions import Subscriptions
from service.store.verdicts import Verdict, Verdicts
from tests.store.review import CORRECTED, FACTS, HITS, HOUR, claimed, to

Add = Callable[..., Awaitable[int]]


# whoever is silent or left


async def test_whoever_was_muted_while_it_was_owed_is_not_told(
    database: Database, reader: Any, add: Add, sql: asyncpg.Connection
) -> None:
    subscription_id = await reader(name="무역")
    await Subscriptions(database).mute("무역")
    # Triage saw the subscription a moment before.
    await add(
        "delivery", telling_id=await add("telling"), subscription_id=subscription_id,
        endpoint_id=await sql.fetchval("SELECT id FROM endpoint"),
    )  # fmt: skip

    assert await claimed(database) == []
    assert await sql.fetchval("SELECT outcome FROM delivery") == "ended"


async def test_what_fails_while_somebody_falls_asleep_is_tried_when_they_wake(
    verdicts: Verdicts, database: Database, reader: Any, add: Add, sql: asyncpg.Connection
) -> None:
    subscription_id = await reader(name="무역")
    verdict = Verdict(Place(["url:1"]), FACTS, to(subscription_id))
    await verdicts.settle(await add("article"), verdict)
    (due,) = await claimed(database)
    until = await Subscriptions(database).snooze("무역", HOUR)
    await Deliveries(database).settle([Later(due, "503", 0.0, rest=None)])

    assert await claimed(database) == []
    assert await sql.fetchval("SELECT due_at FROM delivery") == until
    assert await Subscriptions(database).wake("무역") == 1
    assert await sql.fetchval("SELECT due_at - now() FROM delivery") < timedelta(minutes=1)


async def test_a_question_does_not_sleep_with_its_subscription(database: Database) -> None:
    subscriptions = Subscriptions(database)
    await subscriptions.subscribe("무역", [("수출", "수출")], Endpoint("console", "가"))
    await subscriptions.snooze("무역", HOUR)
    await subscriptions.subscribe("무역", [], Endpoint("console", "나"))

    assert {each.address for each in await claimed(database)} == {"가", "나"}


# corrections


class Between(Database):
    """A database in which something happens after the next claim, before its facts are read."""

    then: Callable[[], Awaitable[object]] | None = None

    async def all_at_once(self, statement: str, *values: object) -> list[asyncpg.Record]:
        rows = await super().all_at_once(statement, *values)
        if self.then is not None and "INTO attempt" in statement:
            then, self.then = self.then, None
            await then()
        return rows


async def test_a_claim_that_began_before_a_correction_tells_what_was_corrected(
    migrated_url: str, add: Add, sql: asyncpg.Connection
) -> None:
    """Correcting waits for whoever has claimed; who claims next may have begun before."""
    subscription_id = await add("subscription")
    telling = await add("telling", facts={"title": "옛"})
    for _ in range(2):
        endpoint = await add("endpoint", subscription_id=subscription_id)
        await add(
            "delivery", telling_id=telling, subscription_id=subscription_id, endpoint_id=endpoint
        )
    database = Between(migrated_url)
    try:
        deliveries = Deliveries(database)
        (first,) = (await deliveries.claim("console", 1, {})).due
        database.then = lambda: sql.execute(
            """UPDATE telling SET version = version + 1, facts = '{"title": "새"}'"""
        )
        (second,) = (await deliveries.claim("console", 1, {})).due
    finally:
        await database.close()

    assert (first.facts["title"], second.facts["title"]) == ("옛", "새")


async def test_a_digest_that_is_made_during_a_correction_tells_it(
    database: Database, reader: Any, add: Add, now: datetime
) -> None:
    subscription_id = await reader(cadence="hourly")
    story_id, article_id = await add("story"), await add("article")
    revision_id = await add("revision", article_id=article_id)
    mine = await add("telling", key=f"story {story_id}", story_id=story_id, article_id=article_id)
    for each in (mine, await add("telling")):
        await add("waiting", subscription_id=subscription_id, telling_id=each, window_at=now)

    async with database.transaction() as tx:
        await correct(tx, article_id, story_id, revision_id, CORRECTED, None, released=False)
        making = asyncio.create_task(Digests(database).tell(10))
        await asyncio.wait({making}, timeout=0.5)
        due = await claimed(database)
    await making
    await Digests(database).tell(10)
    due += await claimed(database)

    told = [item for each in due for item in (each.items or (each,))]
    assert [each.facts["title"] for each in told if each.telling_id == mine] == ["고친 제목"]


# quiet hours


def quiet(now: datetime, first: float, last: float) -> str:
    """A cadence with quiet hours from so many hours after ``now`` until so many after it."""
    korea = [now + timedelta(hours=9 + each) for each in (first, last)]
    return "at-once quiet {:%H:%M}-{:%H:%M}".format(*korea)


@pytest.mark.parametrize("attempts", [0, 1])
async def test_what_was_not_sent_by_day_is_not_sent_at_night_but_for_what_is_urgent(
    database: Database, add: Add, sql: asyncpg.Connection, now: datetime, attempts: int
) -> None:
    endpoints = []
    for hits in (HITS, Why(HITS, urgent=True).told):
        subscription_id = await add("subscription", cadence=quiet(now.astimezone(UTC), -1, 2))
        endpoint = await add("endpoint", subscription_id=subscription_id)
        endpoints.append(endpoint)
        await add(
            "delivery", telling_id=await add("telling"), subscription_id=subscription_id,
            endpoint_id=endpoint, hits=hits, attempts=attempts,
        )  # fmt: skip

    due = await claimed(database)

    assert [each.endpoint_id for each in due] == endpoints[1:]
    late = await sql.fetchval("SELECT due_at FROM delivery WHERE endpoint_id = $1", endpoints[0])
    assert late == now.replace(second=0, microsecond=0) + 2 * HOUR
