"""A delivery is claimed by one worker, its attempt is on record before the act, and it is settled
by nobody but the latest to claim it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
import sqlalchemy as sa

from service.model import DigestItem, DueDelivery
from service.store.database import Database
from service.store.deliveries import Dead, Deliveries, Later, Sent

Add = Callable[..., Awaitable[int]]
Wakes = Callable[[], Awaitable[list[str]]]
Owe = Callable[..., Awaitable[int]]
Claim = Callable[..., Awaitable[list[DueDelivery]]]

CHANNEL = "webhook"


@pytest.fixture
def deliveries(database: Database) -> Deliveries:
    return Deliveries(database)


@pytest.fixture
def claim(deliveries: Deliveries) -> Claim:
    """``await claim()``: what is due now; with ``flying`` beside what is under way."""

    async def claim(most: int = 10, flying: dict[int, int] | None = None) -> list[DueDelivery]:
        return list((await deliveries.claim(CHANNEL, most, flying or {})).due)

    return claim


@pytest.fixture
async def endpoints(add: Add) -> list[int]:
    """Three endpoints of one subscription."""
    subscription_id = await add("subscription")
    return [
        await add(
            "endpoint",
            subscription_id=subscription_id,
            channel=CHANNEL,
            address=f"https://b.example/{n}",
            secret=f"secret {n}",
        )
        for n in range(3)
    ]


@pytest.fixture
def owe(add: Add) -> Owe:
    """``await owe(endpoint)``: a new telling's delivery to it; ``told=`` is what differs of it."""

    async def owe(endpoint_id: int, told: dict[str, Any] | None = None, **values: Any) -> int:
        fields = {
            "telling_id": await add("telling", **(told or {})),
            "subscription_id": 1,
            "endpoint_id": endpoint_id,
            "channel": CHANNEL,
        }
        return await add("delivery", **fields | values)

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


async def items(sql: asyncpg.Connection) -> list[tuple[object, ...]]:
    rows = await sql.fetch("SELECT kind, subject, detail FROM ops_item ORDER BY id")
    return [tuple(row) for row in rows]


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
        DigestItem(told[2], "alert", {"title": "c"}, [{"n": 1}], badge=False),
        DigestItem(told[1], "alert", {"title": "b"}, [{"n": 1}], badge=False),
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


async def test_a_failure_lets_its_endpoint_rest_the_longer_the_longer_it_fails(
    deliveries: Deliveries, claim: Claim, endpoints: list[int], owe: Owe, sql: asyncpg.Connection
) -> None:
    await owe(endpoints[0])
    await owe(endpoints[1])
    await owe(endpoints[2])
    await sql.execute(
        "UPDATE endpoint SET failing_since = now() - interval '8 hours' WHERE id = $1",
        endpoints[1],
    )
    fresh, old, free = await claim()

    await deliveries.settle(
        [Later(fresh, "503", 30.0, 5.0), Later(old, "503", 30.0, 5.0), Later(free, "?", 30.0, None)]
    )

    rows = await sql.fetch(
        "SELECT failing_since, rests_until - now() AS rest FROM endpoint ORDER BY id"
    )
    assert rows[0]["failing_since"] is not None
    assert timedelta(seconds=3) < rows[0]["rest"] <= timedelta(seconds=5)
    assert timedelta(minutes=59) < rows[1]["rest"] <= timedelta(minutes=60, seconds=1)
    assert tuple(rows[2]) == (None, None)


async def test_a_success_ends_failing_and_resting(
    deliveries: Deliveries, claim: Claim, endpoints: list[int], owe: Owe, sql: asyncpg.Connection
) -> None:
    await owe(endpoints[0])
    [due] = await claim()
    await sql.execute("UPDATE endpoint SET failing_since = now(), rests_until = now()")

    await deliveries.settle([Sent(due, "204")])

    rows = await sql.fetch("SELECT failing_since, rests_until IS NULL FROM endpoint ORDER BY id")
    assert tuple(rows[0]) == (None, True)
    assert tuple(rows[1])[1] is False


# settling


async def test_a_group_is_settled_together_but_for_the_one_that_was_fenced_off(
    deliveries: Deliveries, claim: Claim, endpoints: list[int], owe: Owe, sql: asyncpg.Connection
) -> None:
    made = [await owe(each) for each in endpoints]
    stale = await claim()
    late = next(each for each in stale if each.id == made[1])
    await sql.execute("UPDATE delivery SET due_at = now() WHERE id = $1", late.id)
    [current] = await claim()

    await deliveries.settle([Sent(each, f"20{n}") for n, each in enumerate(stale)])

    assert await state(sql, made[0]) == await state(sql, made[2]) == ("sent", None, True)
    assert await state(sql, made[1]) == (None, None, False)
    # What came of its own attempt is evidence all the same.
    assert await attempts(sql) == [
        (made[0], 1, "sent", "200", True),
        (made[1], 1, "sent", "201", True),
        (made[1], 2, None, None, False),
        (made[2], 1, "sent", "202", True),
    ]
    await deliveries.settle([Sent(current, "204")])
    assert await state(sql, made[1]) == ("sent", None, True)
    await come_due(sql)
    assert await claim() == []


async def test_a_passing_failure_is_due_again_later_with_a_wake_up_for_then(
    deliveries: Deliveries,
    claim: Claim,
    endpoints: list[int],
    owe: Owe,
    sql: asyncpg.Connection,
    wakes: Wakes,
) -> None:
    made = await owe(endpoints[0])
    [due] = await claim()

    await deliveries.settle([Later(due, "503", 300.0, 300.0)])

    assert await state(sql, made) == (None, "503", False)
    assert await attempts(sql) == [(made, 1, "later", "503", True)]
    assert await wakes() == [f"deliver:{CHANNEL}"]
    for query in (
        "SELECT due_at - now() FROM delivery",
        "SELECT execute_after - now() FROM pgqueuer",
    ):
        assert timedelta(seconds=290) < await sql.fetchval(query) <= timedelta(seconds=300)
    assert await claim() == []


async def test_a_dead_letter_is_kept_and_told_and_the_endpoint_stays_on(
    deliveries: Deliveries, claim: Claim, endpoints: list[int], owe: Owe, sql: asyncpg.Connection
) -> None:
    made, other = await owe(endpoints[0]), await owe(endpoints[0])
    due = next(each for each in await claim() if each.id == made)

    await deliveries.settle([Dead(due, "400: no")])

    assert await state(sql, made) == ("dead", "400: no", True)
    assert await state(sql, other) == (None, None, False)
    assert await items(sql) == [("dead-letter", "webhook https://b.example/0", "400: no")]
    assert await sql.fetchval("SELECT count(switched_off_at) FROM endpoint") == 0


async def test_an_endpoint_that_is_gone_ends_with_all_that_is_owed_to_it_and_no_other(
    deliveries: Deliveries, claim: Claim, endpoints: list[int], owe: Owe, sql: asyncpg.Connection
) -> None:
    sent, gone, owed = [await owe(endpoints[0]) for _ in range(3)]
    other = await owe(endpoints[1])
    claimed = {due.id: due for due in await claim()}

    await deliveries.settle([Dead(claimed[gone], "410", gone=True), Sent(claimed[sent], "204")])

    assert await state(sql, sent) == ("sent", None, True)
    assert await state(sql, gone) == ("dead", "410", True)
    assert await state(sql, owed) == ("dead", "410", True)
    assert await state(sql, other) == (None, None, False)
    rows = await sql.fetch("SELECT switched_off_at IS NULL, switched_off_why FROM endpoint")
    assert sorted(tuple(row) for row in rows) == [(False, "410"), (True, None), (True, None)]


async def test_an_endpoint_that_fails_for_two_days_is_switched_off_and_the_others_hear_of_it(
    deliveries: Deliveries,
    claim: Claim,
    endpoints: list[int],
    owe: Owe,
    sql: asyncpg.Connection,
    wakes: Wakes,
) -> None:
    made, owed = await owe(endpoints[0]), await owe(endpoints[0])
    due = (await claim(1))[0]
    await sql.execute("UPDATE endpoint SET failing_since = now() - interval '47 hours'")
    await sql.execute("UPDATE endpoint SET confirmed_at = NULL WHERE id = $1", endpoints[2])
    await deliveries.settle([Later(due, "503", 5.0, 5.0)])
    assert await state(sql, made) == (None, "503", False)

    await sql.execute("UPDATE endpoint SET failing_since = now() - interval '49 hours'")
    await sql.execute("UPDATE delivery SET due_at = now(), fence = 7 WHERE id = $1", made)
    await sql.execute("DELETE FROM pgqueuer")
    stale = due
    await deliveries.settle([Later(stale, "503", 5.0, 5.0)])
    assert await state(sql, made) == (None, "503", False)  # of a claim that is not ours any more

    await sql.execute("UPDATE endpoint SET rests_until = NULL")
    due = (await claim(1))[0]
    await deliveries.settle([Later(due, "503", 5.0, 5.0)])

    assert await state(sql, made) == await state(sql, owed) == ("dead", "503", True)
    assert await items(sql) == [("endpoint-failing", "webhook https://b.example/0", "503")]
    off = await sql.fetch("SELECT id, switched_off_why FROM endpoint WHERE switched_off_at < now()")
    assert [tuple(row) for row in off] == [(endpoints[0], "failing")]
    notices = await sql.fetch(
        """SELECT endpoint_id, channel, facts -> 'lines' ->> 0 AS line FROM delivery
           JOIN telling ON telling.id = telling_id AND reason = 'notice'"""
    )
    line = "webhook b.example"
    assert [tuple(row) for row in notices] == [(endpoints[1], CHANNEL, line)]
    assert f"deliver:{CHANNEL}" in await wakes()


async def test_a_worker_whose_lease_ran_out_settles_nothing(
    deliveries: Deliveries,
    claim: Claim,
    endpoints: list[int],
    owe: Owe,
    sql: asyncpg.Connection,
    wakes: Wakes,
) -> None:
    await owe(endpoints[0])
    [stale] = await claim()
    await come_due(sql)
    await claim()
    before = await sql.fetchrow("SELECT * FROM delivery")

    await deliveries.settle([Sent(stale, "204")])
    await deliveries.settle([Later(stale, "503", 600.0, 600.0)])
    await deliveries.settle([Dead(stale, "410", gone=True)])

    assert await sql.fetchrow("SELECT * FROM delivery") == before
    assert await wakes() == []
    assert await items(sql) == []
    assert (
        await sql.fetchval("SELECT count(switched_off_at) + count(rests_until) FROM endpoint") == 0
    )


async def test_what_is_settled_stays_settled(
    deliveries: Deliveries, claim: Claim, endpoints: list[int], owe: Owe, sql: asyncpg.Connection
) -> None:
    made = await owe(endpoints[0])
    [due] = await claim()
    await deliveries.settle([Sent(due, "204")])

    await deliveries.settle([Dead(due, "410", gone=True), Later(due, "503", 5.0, 5.0)])

    assert await state(sql, made) == ("sent", None, True)
    assert await sql.fetchval("SELECT count(switched_off_at) FROM endpoint") == 0


async def test_what_a_receiver_says_is_kept_as_far_as_it_can_be(
    deliveries: Deliveries, claim: Claim, endpoints: list[int], owe: Owe, sql: asyncpg.Connection
) -> None:
    for each in endpoints:
        await owe(each)
    said = "\0\ud800" + "x" * 5000
    first, second, third = await claim()

    await deliveries.settle([Sent(first, said), Later(second, said, 5, 5), Dead(third, said)])

    rows = await sql.fetch("SELECT outcome, detail FROM attempt ORDER BY delivery_id")
    assert [row["outcome"] for row in rows] == ["sent", "later", "dead"]
    assert {row["detail"] for row in rows} == {"?" + "x" * 999}


async def test_a_proof_confirms_its_endpoint(
    deliveries: Deliveries, claim: Claim, endpoints: list[int], owe: Owe, sql: asyncpg.Connection
) -> None:
    await sql.execute("UPDATE endpoint SET confirmed_at = NULL")
    for each in endpoints[:2]:
        await owe(each, {"reason": "confirm", "facts": {"rules": ["수출 & 상담"]}})
    proven, taken = await claim()

    await deliveries.settle([Sent(proven, "200", proven=True), Sent(taken, "200")])

    rows = await sql.fetch(
        """SELECT confirmed_at IS NULL AS no, consent ->> 'by' AS way,
                  consent -> 'rules' ->> 0 AS rule, consent ->> 'at' LIKE '20%' AS dated
           FROM endpoint ORDER BY id"""
    )
    assert tuple(rows[0]) == (False, "answer", "수출 & 상담", True)
    assert tuple(rows[1]) == tuple(rows[2]) == (True, None, None, None)


async def test_whoever_has_more_than_it_gets_done_calls_another(
    deliveries: Deliveries, wakes: Wakes
) -> None:
    await deliveries.call(CHANNEL)
    await deliveries.call(CHANNEL)

    assert await wakes() == [f"deliver:{CHANNEL}"] * 2
