"""A delivery is settled by the latest to claim it alone, and what that means for its endpoint."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import asyncpg
import pytest

from service.model import DueDelivery
from service.store.deliveries import Dead, Deliveries, Later, Sent
from tests.store.deliveries.rows import CHANNEL, attempts, come_due, state

Wakes = Callable[[], Awaitable[list[str]]]
Owe = Callable[..., Awaitable[int]]
Claim = Callable[..., Awaitable[list[DueDelivery]]]


async def items(sql: asyncpg.Connection) -> list[tuple[object, ...]]:
    rows = await sql.fetch("SELECT kind, subject, detail FROM ops_item ORDER BY id")
    return [tuple(row) for row in rows]


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


@pytest.mark.parametrize(
    ("rested", "off"), [(timedelta(days=17), 0), (timedelta(hours=20), 1)], ids=["long", "lately"]
)
async def test_a_failure_of_long_ago_that_no_success_followed_is_not_failing_since(
    deliveries: Deliveries,
    claim: Claim,
    endpoints: list[int],
    owe: Owe,
    sql: asyncpg.Connection,
    rested: timedelta,
    off: int,
) -> None:
    await owe(endpoints[0])
    await sql.execute(
        "UPDATE endpoint SET failing_since = now() - interval '18 days',"
        " rests_until = now() - $1::interval",
        rested,
    )

    await deliveries.settle([Later(each, "502", 30.0, 5.0) for each in await claim()])

    row = await sql.fetchrow(
        "SELECT count(switched_off_at), bool_or(failing_since > now() - interval '1 minute'),"
        " max(rests_until) < now() + interval '6 s' FROM endpoint"
    )
    assert tuple(row) == (off, not off, not off)


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
