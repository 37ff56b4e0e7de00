"""A delivery is claimed by one worker, its attempt is on record before the act, and it is settled
by nobody but the latest to claim it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import asyncpg
import pytest

from service.model import DueDelivery
from service.store.database import Database
from service.store.deliveries import Deliveries

Add = Callable[..., Awaitable[int]]
Wakes = Callable[[], Awaitable[list[str]]]
Owe = Callable[[int], Awaitable[int]]


@pytest.fixture
def deliveries(database: Database) -> Deliveries:
    return Deliveries(database)


@pytest.fixture
async def endpoints(add: Add) -> list[int]:
    """Two endpoints of one subscription."""
    subscription_id = await add("subscription")
    return [
        await add(
            "endpoint",
            subscription_id=subscription_id,
            channel="webhook",
            address=f"https://b.example/{n}",
            secret=f"secret {n}",
        )
        for n in range(2)
    ]


@pytest.fixture
def owe(add: Add) -> Owe:
    """``await owe(endpoint)``: a new story's delivery to it."""

    async def owe(endpoint_id: int) -> int:
        return await add(
            "delivery",
            story_id=await add("story"),
            subscription_id=1,
            endpoint_id=endpoint_id,
            article_id=await add("article"),
        )

    return owe


async def come_due(sql: asyncpg.Connection) -> None:
    await sql.execute("UPDATE delivery SET due_at = now() - interval '1 second'")


async def attempts(sql: asyncpg.Connection) -> list[tuple[object, ...]]:
    rows = await sql.fetch(
        "SELECT delivery_id, number, outcome, detail, finished_at IS NOT NULL"
        " FROM attempt ORDER BY delivery_id, number"
    )
    return [tuple(row) for row in rows]


async def state(sql: asyncpg.Connection, delivery_id: int) -> tuple[object, ...]:
    row = await sql.fetchrow(
        "SELECT outcome, last_error, settled_at IS NOT NULL FROM delivery WHERE id = $1",
        delivery_id,
    )
    return tuple(row)


# claiming


async def test_a_claim_brings_all_a_message_needs(
    deliveries: Deliveries, endpoints: list[int], owe: Owe, sql: asyncpg.Connection
) -> None:
    made = await owe(endpoints[1])
    row = await sql.fetchrow("SELECT message_id, alert ->> 'title' FROM delivery")

    [due] = await deliveries.claim_due(10)

    assert due == DueDelivery(
        made, 1, row[0], "webhook", "https://b.example/1", "secret 1", 1, {"title": row[1]}
    )


async def test_an_attempt_is_on_record_before_the_act(
    deliveries: Deliveries, endpoints: list[int], owe: Owe, sql: asyncpg.Connection
) -> None:
    made = await owe(endpoints[0])

    await deliveries.claim_due(10)

    assert await attempts(sql) == [(made, 1, None, None, False)]


async def test_a_delivery_is_never_handed_to_two_of_eight_workers(
    eight: list[Database], endpoints: list[int], owe: Owe, sql: asyncpg.Connection
) -> None:
    made = [await owe(endpoints[n % 2]) for n in range(40)]

    claims = await asyncio.gather(*(Deliveries(each).claim_due(10) for each in eight))
    claims.append(await Deliveries(eight[0]).claim_due(40))

    assert sorted(due.id for claim in claims for due in claim) == made
    assert await attempts(sql) == [(each, 1, None, None, False) for each in made]


async def test_no_more_are_claimed_than_asked_for_and_the_longest_due_first(
    deliveries: Deliveries, endpoints: list[int], owe: Owe, sql: asyncpg.Connection
) -> None:
    made = [await owe(endpoints[0]) for _ in range(4)]
    for place, delivery_id in enumerate((made[2], made[0], made[3], made[1])):
        await sql.execute(
            "UPDATE delivery SET due_at = now() - $2::interval WHERE id = $1",
            delivery_id,
            timedelta(minutes=10 - place),
        )

    assert {due.id for due in await deliveries.claim_due(2)} == {made[2], made[0]}
    assert {due.id for due in await deliveries.claim_due(2)} == {made[3], made[1]}


async def test_a_claim_that_died_is_handed_on_after_its_lease(
    deliveries: Deliveries, endpoints: list[int], owe: Owe, sql: asyncpg.Connection
) -> None:
    made = await owe(endpoints[0])
    [first] = await deliveries.claim_due(10)
    assert await deliveries.claim_due(10) == []

    await come_due(sql)
    [second] = await deliveries.claim_due(10)

    assert (second.fence, second.attempt) == (2, 2)
    assert second.message_id == first.message_id
    assert await attempts(sql) == [(made, 1, None, None, False), (made, 2, None, None, False)]


# settling


async def test_a_message_that_was_taken_over_is_settled(
    deliveries: Deliveries, endpoints: list[int], owe: Owe, sql: asyncpg.Connection
) -> None:
    made = await owe(endpoints[0])
    [due] = await deliveries.claim_due(10)

    await deliveries.settle_sent(due, "204")

    assert await state(sql, made) == ("sent", None, True)
    assert await attempts(sql) == [(made, 1, "sent", "204", True)]
    await come_due(sql)
    assert await deliveries.claim_due(10) == []


async def test_a_passing_failure_is_due_again_later_with_a_wake_up_for_then(
    deliveries: Deliveries, endpoints: list[int], owe: Owe, sql: asyncpg.Connection, wakes: Wakes
) -> None:
    made = await owe(endpoints[0])
    [due] = await deliveries.claim_due(10)

    await deliveries.settle_later(due, "503", 300.0)

    assert await state(sql, made) == (None, "503", False)
    assert await attempts(sql) == [(made, 1, "later", "503", True)]
    assert await wakes() == [f"deliver:retry {made}"]
    for query in (
        "SELECT due_at - now() FROM delivery",
        "SELECT execute_after - now() FROM pgqueuer",
    ):
        assert timedelta(seconds=290) < await sql.fetchval(query) <= timedelta(seconds=300)
    assert await deliveries.claim_due(10) == []


async def test_a_dead_letter_is_kept_and_told_and_the_endpoint_stays_on(
    deliveries: Deliveries, endpoints: list[int], owe: Owe, sql: asyncpg.Connection
) -> None:
    made, other = await owe(endpoints[0]), await owe(endpoints[0])
    due = next(each for each in await deliveries.claim_due(10) if each.id == made)

    await deliveries.settle_dead(due, "400: no", switch_off=False)

    assert await state(sql, made) == ("dead", "400: no", True)
    assert await state(sql, other) == (None, None, False)
    rows = await sql.fetch("SELECT kind, subject, detail FROM ops_item")
    assert [tuple(row) for row in rows] == [
        ("dead-letter", "webhook https://b.example/0", "400: no")
    ]
    assert await sql.fetchval("SELECT count(switched_off_at) FROM endpoint") == 0


async def test_an_endpoint_that_is_gone_ends_with_all_that_is_owed_to_it_and_no_other(
    deliveries: Deliveries, endpoints: list[int], owe: Owe, sql: asyncpg.Connection
) -> None:
    sent, gone, owed = [await owe(endpoints[0]) for _ in range(3)]
    other = await owe(endpoints[1])
    claimed = {due.id: due for due in await deliveries.claim_due(10)}
    await deliveries.settle_sent(claimed[sent], "204")

    await deliveries.settle_dead(claimed[gone], "410", switch_off=True)

    assert await state(sql, sent) == ("sent", None, True)
    assert await state(sql, gone) == ("dead", "410", True)
    assert await state(sql, owed) == ("dead", "410", True)
    assert await state(sql, other) == (None, None, False)
    rows = await sql.fetch("SELECT switched_off_at IS NULL, switched_off_why FROM endpoint")
    assert sorted(tuple(row) for row in rows) == [(False, "410"), (True, None)]


async def test_a_worker_whose_lease_ran_out_settles_nothing(
    deliveries: Deliveries, endpoints: list[int], owe: Owe, sql: asyncpg.Connection, wakes: Wakes
) -> None:
    made = await owe(endpoints[0])
    [stale] = await deliveries.claim_due(10)
    await come_due(sql)
    [current] = await deliveries.claim_due(10)
    before = await sql.fetchrow("SELECT * FROM delivery")

    await deliveries.settle_sent(stale, "204")
    await deliveries.settle_later(stale, "503", 600.0)
    await deliveries.settle_dead(stale, "410", switch_off=True)

    assert await sql.fetchrow("SELECT * FROM delivery") == before
    assert await wakes() == []
    assert await sql.fetchval("SELECT count(*) FROM ops_item") == 0
    assert await sql.fetchval("SELECT count(switched_off_at) FROM endpoint") == 0
    # What came of its own attempt is evidence all the same.
    assert await attempts(sql) == [(made, 1, "dead", "410", True), (made, 2, None, None, False)]
    await deliveries.settle_sent(current, "204")
    assert await state(sql, made) == ("sent", None, True)


async def test_what_is_settled_stays_settled(
    deliveries: Deliveries, endpoints: list[int], owe: Owe, sql: asyncpg.Connection
) -> None:
    made = await owe(endpoints[0])
    [due] = await deliveries.claim_due(10)
    await deliveries.settle_sent(due, "204")

    await deliveries.settle_dead(due, "410", switch_off=True)

    assert await state(sql, made) == ("sent", None, True)
    assert await sql.fetchval("SELECT count(switched_off_at) FROM endpoint") == 0
