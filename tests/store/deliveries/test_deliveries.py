"""A delivery is claimed by one worker, and its attempt is on record before the act."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import asyncpg
import pytest
import sqlalchemy as sa

from service.model import DueDelivery, Telling
from service.store.database import Database
from service.store.deliveries import Deliveries
from tests.store.deliveries.rows import CHANNEL, attempts, come_due, state

Add = Callable[..., Awaitable[int]]
Owe = Callable[..., Awaitable[int]]
Claim = Callable[..., Awaitable[list[DueDelivery]]]


# claiming


async def test_a_claim_brings_all_a_message_needs(
    claim: Claim, endpoints: list[int], owe: Owe, add: Add, sql: asyncpg.Connection
) -> None:
    story_id = await add("story")
    told = {"story_id": story_id, "version": 3, "facts": {"title": "수출"}}
    made = await owe(endpoints[1], told, hits=[{"rule": "수출"}])
    row = await sql.fetchrow("SELECT message_id, telling_id FROM delivery")

    [due] = await claim()

    assert due == DueDelivery(
        id=made,
        fence=1,
        message_id=f"msg_{row['message_id']}",
        channel=CHANNEL,
        address="https://b.example/1",
        secret="secret 1",
        attempt=1,
        endpoint_id=endpoints[1],
        epoch=0,
        subscription_id=1,
        subscription=await sql.fetchval("SELECT name FROM subscription"),
        feed_epoch=0,
        language="ko",
        telling_id=row["telling_id"],
        story_id=story_id,
        reason="alert",
        version=3,
        facts={"title": "수출"},
        hits=[{"rule": "수출"}],
        badge=True,
    )


async def test_what_everybody_is_told_alike_is_one_object_until_it_changes(
    claim: Claim, endpoints: list[int], owe: Owe, sql: asyncpg.Connection
) -> None:
    made = await owe(endpoints[0])
    telling_id = await sql.fetchval("SELECT telling_id FROM delivery WHERE id = $1", made)
    await owe(endpoints[1], telling_id=telling_id)
    first, second = await claim()
    assert first.facts is second.facts

    await sql.execute('UPDATE telling SET facts = \'{"title": "새 제목"}\', version = version + 1')
    await come_due(sql)
    [*again] = await claim()

    assert [each.facts for each in again] == [{"title": "새 제목"}] * 2


@pytest.mark.parametrize(("until", "badge"), [(None, True), ("1 hour", True), ("-1 hour", False)])
async def test_a_badge_is_shown_until_its_embargo_lifts(
    claim: Claim, endpoints: list[int], owe: Owe, sql: asyncpg.Connection,
    until: str | None, badge: bool,
) -> None:  # fmt: skip
    await sql.execute("UPDATE subscription SET embargoed = 'badge'")
    lifts = sa.func.now() + sa.cast(sa.literal(until), sa.Interval)
    await owe(endpoints[0], {"embargo_until": lifts})

    [due] = await claim()

    assert due.badge is badge


async def test_a_digest_brings_what_it_shows_in_its_order(
    claim: Claim, endpoints: list[int], owe: Owe, add: Add, sql: asyncpg.Connection
) -> None:
    past = sa.func.now() - timedelta(hours=1)
    told = [await add("telling", facts={"title": n}, embargo_until=past) for n in "abc"]
    await owe(endpoints[0], {"reason": "digest", "facts": {"telling_ids": told[:0:-1]}})
    await sql.execute(
        """INSERT INTO waiting (subscription_id, telling_id, hits, window_at)
           SELECT n, id, jsonb_build_array(jsonb_build_object('n', n)), now()
           FROM unnest($1::bigint[]) AS id, generate_series(1, 2) AS n""",
        told,
    )

    [due] = await claim()

    assert due.items == (
        Telling(told[2], "alert", {"title": "c"}, [{"n": 1}], badge=False),
        Telling(told[1], "alert", {"title": "b"}, [{"n": 1}], badge=False),
    )


async def test_an_attempt_is_on_record_before_the_act(
    claim: Claim, endpoints: list[int], owe: Owe, sql: asyncpg.Connection
) -> None:
    made = await owe(endpoints[0])

    await claim()

    assert await attempts(sql) == [(made, 1, None, None, False)]


async def test_a_delivery_is_never_handed_to_two_of_eight_workers(
    eight: list[Database], add: Add, owe: Owe, sql: asyncpg.Connection
) -> None:
    await add("subscription")
    made = [await owe(await add("endpoint", subscription_id=1, channel=CHANNEL)) for _ in range(40)]

    workers = [Deliveries(each) for each in eight]
    claims = await asyncio.gather(*(each.claim(CHANNEL, 10, {}) for each in workers))
    claims.append(await workers[0].claim(CHANNEL, 40, {}))

    assert sorted(due.id for batch in claims for due in batch.due) == made
    assert await attempts(sql) == [(each, 1, None, None, False) for each in made]


async def test_no_more_are_seen_than_asked_for_and_the_longest_due_first(
    claim: Claim, endpoints: list[int], owe: Owe, sql: asyncpg.Connection
) -> None:
    made = [await owe(endpoints[n % 3]) for n in range(4)]
    for place, delivery_id in enumerate((made[2], made[0], made[3], made[1])):
        await sql.execute(
            "UPDATE delivery SET due_at = now() - $2::interval WHERE id = $1",
            delivery_id,
            timedelta(minutes=10 - place),
        )

    assert [due.id for due in await claim(2)] == [made[2], made[0]]
    assert [due.id for due in await claim(2)] == [made[3], made[1]]


async def test_a_claim_is_not_planned_anew_each_time(
    claim: Claim, database: Database, sql: asyncpg.Connection
) -> None:
    """However many are due and asked for: to plan it takes longer than to do it."""
    await sql.execute(
        "INSERT INTO delivery (telling_id, subscription_id, endpoint_id, channel)"
        f" SELECT 1, n, n, '{CHANNEL}' FROM generate_series(1, 5000) AS n"
    )
    await sql.execute("VACUUM ANALYZE")

    for most in range(1, 11):
        await claim(most)

    [planned] = await database.all_at_once(
        "SELECT custom_plans, generic_plans FROM pg_prepared_statements"
        " WHERE statement LIKE '%UPDATE ' || 'delivery%'"
    )
    assert planned["generic_plans"] > 0
    assert sum(planned) == 10


async def test_two_at_a_time_are_under_way_to_one_endpoint_and_others_go_on(
    claim: Claim, endpoints: list[int], owe: Owe
) -> None:
    first, second, other = endpoints
    of_first = [await owe(first) for _ in range(4)]
    of_second = [await owe(second) for _ in range(2)]
    of_other = await owe(other)

    taken = {due.id for due in await claim(10, {second: 1, other: 2})}

    assert taken == {*of_first[:2], of_second[0]}
    assert [due.id for due in await claim(10, {first: 2, second: 2, other: 1})] == [of_other]
    assert {due.id for due in await claim(10, {second: 2})} == set(of_first[2:])


async def test_what_another_channel_carries_or_is_not_due_yet_is_left(
    deliveries: Deliveries, endpoints: list[int], owe: Owe
) -> None:
    await owe(endpoints[0], channel="mail")
    await owe(endpoints[0], due_at=sa.func.now() + timedelta(minutes=1))

    batch = await deliveries.claim(CHANNEL, 10, {})

    assert (batch.due, batch.seen) == ([], 0)


async def test_a_claim_is_a_lease_that_a_dead_worker_loses(
    claim: Claim, endpoints: list[int], owe: Owe, sql: asyncpg.Connection
) -> None:
    made = await owe(endpoints[0])
    [first] = await claim()
    assert await claim() == []

    await come_due(sql)
    [second] = await claim()

    assert (first.id, first.message_id) == (second.id, second.message_id)
    assert ((first.fence, first.attempt), (second.fence, second.attempt)) == ((1, 1), (2, 2))
    assert [row[:2] for row in await attempts(sql)] == [(made, 1), (made, 2)]


# what nobody wants any more

_ENDS = {
    "an unconfirmed address": "UPDATE endpoint SET confirmed_at = NULL",
    "an endpoint that is off": "UPDATE endpoint SET switched_off_at = now(),"
    " switched_off_why = 'unsubscribed'",
    "a suppressed address": "INSERT INTO suppressed (channel, address, why)"
    " SELECT channel, address, 'complained' FROM endpoint",
    "an ended subscription": "WITH ended AS (UPDATE subscription SET ended_at = now())"
    " UPDATE endpoint SET switched_off_at = now(), switched_off_why = 'unsubscribed'",
    "what came due after its time was over": "UPDATE subscription"
    " SET expires_at = now() - interval '1 hour'",
    "what came due after it ended by itself": "WITH ended AS (UPDATE subscription SET"
    " ended_at = now()) UPDATE endpoint SET switched_off_why = 'expired',"
    " switched_off_at = now() - interval '1 hour'",
    "an endpoint that was deleted": "DELETE FROM endpoint",
    "a subscription that was deleted": "DELETE FROM subscription",
    "something told that was deleted": "DELETE FROM telling",
}


@pytest.mark.parametrize("happens", _ENDS.values(), ids=_ENDS.keys())
async def test_what_nobody_wants_any_more_ends_unsent(
    deliveries: Deliveries, endpoints: list[int], owe: Owe, sql: asyncpg.Connection, happens: str
) -> None:
    made = await owe(endpoints[0])
    await come_due(sql)
    await sql.execute(happens)

    batch = await deliveries.claim(CHANNEL, 10, {})

    assert (batch.due, batch.seen) == ([], 1)
    assert await state(sql, made) == ("ended", None, True)
    assert await attempts(sql) == []


async def test_an_unconfirmed_address_is_asked(
    claim: Claim, endpoints: list[int], owe: Owe, sql: asyncpg.Connection
) -> None:
    await sql.execute("UPDATE endpoint SET confirmed_at = NULL")
    question = await owe(endpoints[0], {"reason": "confirm", "facts": {}})
    await owe(endpoints[0])

    assert [due.id for due in await claim()] == [question]


@pytest.mark.parametrize("ended", [True, False], ids=["ended", "not yet ended"])
async def test_what_was_due_before_a_subscription_expired_is_sent_still(
    claim: Claim, endpoints: list[int], owe: Owe, sql: asyncpg.Connection, ended: bool
) -> None:
    due_before = await owe(endpoints[0], due_at=sa.func.now() - timedelta(hours=2))
    later = sa.func.now() - timedelta(minutes=1)
    held_back = await owe(endpoints[1], due_at=later, held_from=sa.func.now() - timedelta(hours=2))
    tried_before = await owe(endpoints[2], due_at=later, attempts=1)
    if ended:
        await sql.execute("UPDATE subscription SET ended_at = now()")
        await sql.execute(
            "UPDATE endpoint SET switched_off_why = 'expired',"
            " switched_off_at = now() - interval '1 hour'"
        )
    else:
        await sql.execute("UPDATE subscription SET expires_at = now() - interval '1 hour'")

    assert {due.id for due in await claim()} == {due_before, held_back, tried_before}


# resting


async def test_what_goes_to_an_endpoint_that_rests_is_due_when_its_rest_ends(
    deliveries: Deliveries, endpoints: list[int], owe: Owe, sql: asyncpg.Connection
) -> None:
    resting = [await owe(endpoints[0]) for _ in range(3)]
    other = await owe(endpoints[1])
    rest = "UPDATE endpoint SET rests_until = now() + interval '5 minutes' WHERE id = $1"
    await sql.execute(rest, endpoints[0])

    batch = await deliveries.claim(CHANNEL, 10, {})

    assert ([due.id for due in batch.due], batch.seen) == ([other], 4)
    assert (await deliveries.claim(CHANNEL, 10, {})).seen == 0
    rows = await sql.fetch(
        """SELECT delivery.id, due_at = rests_until AS so, held_from < now() AS known, attempts
           FROM delivery JOIN endpoint ON endpoint.id = endpoint_id
           WHERE endpoint_id = $1 ORDER BY 1""",
        endpoints[0],
    )
    assert [tuple(row) for row in rows] == [(each, True, True, 0) for each in resting]
