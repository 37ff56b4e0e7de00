"""Alerts owed: corrections to whoever was told, once; what comes late one by one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import asyncpg
import pytest

from service.model import Change
from service.store.database import Database
from service.store.deliveries import Deliveries
from service.store.stories import Place
from service.store.subscriptions import Endpoint, Subscriptions
from service.store.triage import Correction, Triage, Verdict

ALERT = {"title": "제목", "subscription": "무역", "hits": [{"rule": "수출", "excerpt": "수출"}]}
CHANGE = Change("마감 (deadline)", "5.20", "5.27", weighty=True)
CORRECTED = {"title": "고친 제목", "changes": ["마감 5.20 → 5.27"], "apply_by": "2026-05-27"}

Add = Callable[..., Awaitable[int]]


@pytest.fixture
def triage(database: Database) -> Triage:
    return Triage(database)


@pytest.fixture
async def told(add: Add, database: Database, triage: Triage) -> tuple[int, int]:
    """A subscription that was told of a story, and the article."""
    subscription_id, made = await add("subscription", name="무역"), await add("article")
    await add("endpoint", subscription_id=subscription_id)
    await triage.settle(made, Verdict(Place(["url:1"]), {subscription_id: ALERT}))
    await sent(database)
    return subscription_id, made


async def sent(database: Database) -> None:
    deliveries = Deliveries(database)
    for each in await deliveries.claim_due(10):
        await deliveries.settle_sent(each, "200")


def corrected(alerts: dict[int, Any] | None = None, **values: Any) -> Verdict:
    correction = Correction((CHANGE,), **{"alert": CORRECTED, **values})
    return Verdict(Place(["url:1"]), alerts or {}, correction=correction)


async def owed(sql: asyncpg.Connection) -> list[dict[str, Any]]:
    rows = await sql.fetch("SELECT alert FROM delivery WHERE settled_at IS NULL ORDER BY id")
    return [json.loads(row["alert"]) for row in rows]


async def test_a_correction_is_owed_to_whoever_was_told_with_the_hits_of_then(
    triage: Triage, add: Add, told: tuple[int, int], sql: asyncpg.Connection
) -> None:
    assert await triage.settle(await add("article"), corrected(earlier_id=told[1])) == 1

    assert await owed(sql) == [{**CORRECTED, "subscription": "무역", "hits": ALERT["hits"]}]
    kept = await sql.fetchrow("SELECT earlier_id, changes FROM revision")
    assert kept["earlier_id"] == told[1]
    assert json.loads(kept["changes"]) == [
        {"what": "마감 (deadline)", "before": "5.20", "after": "5.27", "weighty": True}
    ]


async def test_whoever_is_told_of_the_event_only_now_gets_the_event_alone(
    triage: Triage, add: Add, told: tuple[int, int], sql: asyncpg.Connection
) -> None:
    new = await add("subscription")
    await add("endpoint", subscription_id=new)
    fresh = {**ALERT, "subscription": "새로"}

    assert await triage.settle(await add("article"), corrected({told[0]: ALERT, new: fresh})) == 2

    assert [each["subscription"] for each in await owed(sql)] == ["무역", "새로"]
    assert "changes" not in (await owed(sql))[1]


async def test_a_changed_page_is_told_once_however_often_it_is_judged(
    triage: Triage, add: Add, told: tuple[int, int], sql: asyncpg.Connection
) -> None:
    made = told[1]
    revision = await add("revision", article_id=made)
    await sql.execute("UPDATE article SET triaged_at = NULL")
    waiting = await triage.waiting(made)
    assert waiting is not None
    assert waiting[0].earlier is not None
    assert (waiting[0].earlier.revision_id, waiting[0].earlier.reading.title) == (
        revision,
        "옛 제목",
    )

    for _ in range(2):
        await sql.execute("UPDATE article SET triaged_at = NULL")
        await triage.settle(made, corrected(revision_id=revision))

    assert len(await owed(sql)) == 1
    assert json.loads(await sql.fetchval("SELECT changes FROM revision"))[0]["after"] == "5.27"
    await sql.execute("UPDATE article SET triaged_at = NULL")
    assert (await triage.waiting(made) or waiting)[0].earlier is None


async def test_each_correction_of_a_story_is_told(
    triage: Triage, add: Add, told: tuple[int, int], sql: asyncpg.Connection
) -> None:
    for day in (27, 28):
        alert = {**CORRECTED, "changes": [f"마감 5.20 → 5.{day}"]}
        verdict = corrected(earlier_id=told[1], alert=alert)
        assert await triage.settle(await add("article"), verdict) == 1

    assert [each["changes"] for each in await owed(sql)] == [
        ["마감 5.20 → 5.27"],
        ["마감 5.20 → 5.28"],
    ]


async def test_a_correction_that_comes_by_two_ways_is_told_once_and_once_more_after_another(
    triage: Triage, add: Add, told: tuple[int, int], sql: asyncpg.Connection
) -> None:
    back = {**CORRECTED, "changes": ["마감 5.27 → 5.20"]}
    owed_each = [
        await triage.settle(await add("article"), corrected(earlier_id=told[1], alert=alert))
        for alert in (CORRECTED, CORRECTED, back, CORRECTED)
    ]

    assert owed_each == [1, 0, 1, 1]
    assert len(await owed(sql)) == 3


async def test_what_is_not_worth_an_alert_is_kept_and_told_to_nobody(
    triage: Triage, add: Add, told: tuple[int, int], sql: asyncpg.Connection
) -> None:
    assert await triage.settle(await add("article"), corrected(earlier_id=told[1], alert=None)) == 0

    assert await sql.fetchval("SELECT count(*) FROM revision") == 1


async def test_a_correction_is_owed_to_no_endpoint_that_is_off_or_was_never_reached(
    triage: Triage, add: Add, told: tuple[int, int], sql: asyncpg.Connection
) -> None:
    await sql.execute("UPDATE endpoint SET switched_off_at = now()")
    assert await triage.settle(await add("article"), corrected(earlier_id=told[1])) == 0

    await sql.execute("UPDATE endpoint SET switched_off_at = NULL")
    await sql.execute("UPDATE delivery SET outcome = 'dead'")
    assert await triage.settle(await add("article"), corrected(earlier_id=told[1])) == 0


async def test_an_alert_that_waits_for_its_embargo_tells_the_corrected_facts_alone(
    triage: Triage, add: Add, sql: asyncpg.Connection
) -> None:
    subscription_id, made = await add("subscription"), await add("article")
    await add("endpoint", subscription_id=subscription_id)
    now: datetime = await sql.fetchval("SELECT now()")
    until, later = now + timedelta(hours=1), now + timedelta(hours=2)
    first = Verdict(Place(["url:1"]), {subscription_id: ALERT}, until)
    await triage.settle(made, first)

    verdict = replace(corrected(earlier_id=made), embargo_until=later)
    assert await triage.settle(await add("article"), verdict) == 1

    row = await sql.fetchrow("SELECT alert, due_at FROM delivery")
    alert = json.loads(row["alert"])
    assert (alert["title"], alert["apply_by"], row["due_at"]) == ("고친 제목", "2026-05-27", later)
    assert "changes" not in alert
    assert alert["hits"] == ALERT["hits"]


@pytest.mark.parametrize(("released", "early"), [(False, False), (True, True)])
async def test_an_embargo_ends_early_only_where_the_correction_says_so(
    triage: Triage, add: Add, sql: asyncpg.Connection, released: bool, early: bool
) -> None:
    subscription_id, made = await add("subscription"), await add("article")
    await add("endpoint", subscription_id=subscription_id)
    now: datetime = await sql.fetchval("SELECT now()")
    first = Verdict(Place(["url:1"]), {subscription_id: ALERT}, now + timedelta(hours=1))
    await triage.settle(made, first)

    await triage.settle(await add("article"), corrected(earlier_id=made, released=released))

    due = await sql.fetchval("SELECT due_at FROM delivery")
    assert (due < now + timedelta(minutes=30)) is early


async def test_a_copy_without_its_box_waits_for_the_embargo_of_its_story(
    triage: Triage, add: Add, sql: asyncpg.Connection
) -> None:
    subscription_id = await add("subscription")
    await add("endpoint", subscription_id=subscription_id)
    until: datetime = await sql.fetchval("SELECT now()") + timedelta(hours=1)
    held = await add("article", embargo_until=until)
    await triage.settle(held, Verdict(Place(["url:1"]), {}, until))

    alerts = {subscription_id: ALERT}
    await triage.settle(await add("article"), Verdict(Place(["url:1"]), alerts))

    assert await sql.fetchval("SELECT due_at FROM delivery") == until


async def test_an_alert_that_is_tried_again_tells_the_corrected_facts_too(
    triage: Triage, add: Add, told: tuple[int, int], sql: asyncpg.Connection
) -> None:
    await sql.execute("UPDATE delivery SET settled_at = NULL, outcome = NULL, attempts = 1")

    assert await triage.settle(await add("article"), corrected(earlier_id=told[1])) == 1

    first, correction = await owed(sql)
    assert (first["title"], "changes" in first) == ("고친 제목", False)
    assert correction["changes"] == CORRECTED["changes"]


async def test_a_verdict_about_an_earlier_reading_settles_nothing(
    triage: Triage, add: Add, sql: asyncpg.Connection
) -> None:
    made = await add("article")
    stale = await sql.fetchval("SELECT read_at - interval '1 second' FROM article")

    verdict = replace(Verdict(Place(["url:1"]), {}), read_at=stale)

    assert await triage.settle(made, verdict) is None
    assert await sql.fetchval("SELECT triaged_at FROM article") is None


async def test_settling_does_not_stumble_over_whoever_refers_to_the_article(
    triage: Triage, add: Add, database: Database
) -> None:
    made = await add("article")
    async with database.engine.connect() as other:
        await other.exec_driver_sql(f"SELECT 1 FROM article WHERE id = {made} FOR KEY SHARE")
        assert await triage.settle(made, Verdict(Place(["url:1"]), {})) == 0


async def test_a_correction_and_an_unsubscription_at_once_both_succeed(
    triage: Triage, add: Add, told: tuple[int, int], database: Database
) -> None:
    for _ in range(5):
        made = await add("article")
        ended, _ = await asyncio.gather(
            Subscriptions(database).end("무역"),
            triage.settle(made, corrected(earlier_id=told[1])),
        )
        await Subscriptions(database).subscribe(
            "무역", [("수출", "수출")], Endpoint("console", "-")
        )

    assert ended


# what was out for long before it was seen


@pytest.fixture
async def reader(add: Add) -> int:
    """A subscription with an endpoint."""
    made = await add("subscription")
    await add("endpoint", subscription_id=made)
    return made


async def owe(triage: Triage, add: Add, reader: int, number: int, **values: Any) -> int:
    """Judge an article that was late, unless ``values`` say else, and owe it to ``reader``."""
    made = await add("article", **{"late": True, **values})
    await triage.settle(made, Verdict(Place([f"url:{number}"]), {reader: ALERT}))
    return made


async def rests(sql: asyncpg.Connection) -> list[int]:
    """Minutes until each delivery is due, in the order they came to be owed."""
    rows = await sql.fetch("SELECT due_at - now() AS rest FROM delivery ORDER BY id")
    return [round(row["rest"] / timedelta(minutes=1)) for row in rows]


async def test_alerts_of_what_is_late_are_a_minute_apart_at_each_endpoint(
    triage: Triage, add: Add, reader: int, sql: asyncpg.Connection
) -> None:
    for number in range(3):
        await owe(triage, add, reader, number)
    other = await add("subscription")
    await add("endpoint", subscription_id=other)
    await owe(triage, add, other, 3)

    assert await rests(sql) == [0, 1, 2, 0]
    woken = await sql.fetch("SELECT execute_after - now() AS rest FROM pgqueuer ORDER BY id")
    assert [round(row["rest"] / timedelta(minutes=1)) for row in woken] == [0, 1, 2, 0]


async def test_one_that_was_sent_a_moment_ago_spaces_the_next_one_too(
    triage: Triage, add: Add, reader: int, database: Database, sql: asyncpg.Connection
) -> None:
    await owe(triage, add, reader, 1)
    await sent(database)
    await owe(triage, add, reader, 2)
    assert (await rests(sql))[1] == 1

    await sql.execute("UPDATE pacing SET turn_at = now() - interval '1 hour'")
    await owe(triage, add, reader, 3)
    assert (await rests(sql))[2] == 0


async def test_what_is_new_waits_for_nothing_and_spaces_nothing(
    triage: Triage, add: Add, reader: int, sql: asyncpg.Connection
) -> None:
    for number, late in enumerate((True, True, False, True)):
        await owe(triage, add, reader, number, late=late)

    assert await rests(sql) == [0, 1, 0, 2]


@pytest.mark.parametrize(("days", "rest"), [(-1, 1), (0, 0), (2, 0), (3, 1)])
async def test_a_call_that_ends_within_two_days_is_not_held_back(
    triage: Triage, add: Add, reader: int, sql: asyncpg.Connection, days: int, rest: int
) -> None:
    today = await sql.fetchval("SELECT (now() AT TIME ZONE 'Asia/Seoul')::date")
    await owe(triage, add, reader, 1)
    await owe(triage, add, reader, 2, call_end=today + timedelta(days=days))
    await owe(triage, add, reader, 3)

    assert await rests(sql) == [0, rest, rest + 1]


async def test_an_embargo_that_lifts_later_is_waited_for_and_delays_nobody_else(
    triage: Triage, add: Add, reader: int, sql: asyncpg.Connection
) -> None:
    now: datetime = await sql.fetchval("SELECT now()")
    for number, minutes in enumerate((60, 0, 1, 0)):
        made = await add("article", late=True)
        until = now + timedelta(minutes=minutes, seconds=5) if minutes else None
        await triage.settle(made, Verdict(Place([f"url:{number}"]), {reader: ALERT}, until))

    assert await rests(sql) == [60, 1, 2, 3]


async def test_one_that_is_judged_again_takes_no_second_turn(
    triage: Triage, add: Add, reader: int, sql: asyncpg.Connection
) -> None:
    made = await owe(triage, add, reader, 1)
    for _ in range(3):
        await sql.execute("UPDATE article SET triaged_at = NULL")
        verdict = Verdict(Place(["url:1"]), {reader: ALERT})
        assert await triage.settle(made, verdict) == 0
    await owe(triage, add, reader, 2)

    assert await rests(sql) == [0, 1]


async def test_a_correction_of_what_is_late_is_told_at_once(
    triage: Triage, add: Add, told: tuple[int, int], sql: asyncpg.Connection
) -> None:
    await sql.execute("INSERT INTO pacing SELECT id, now() + interval '1 hour' FROM endpoint")
    made = await add("article", late=True)

    assert await triage.settle(made, corrected({told[0]: ALERT}, earlier_id=told[1])) == 1

    assert (await rests(sql))[1] == 0


async def test_eight_workers_at_once_share_no_minute(
    add: Add, eight: list[Database], sql: asyncpg.Connection
) -> None:
    readers = [await add("subscription") for _ in range(2)]
    for each in readers:
        await add("endpoint", subscription_id=each)
    alerts = dict.fromkeys(readers, ALERT)
    made = [await add("article", late=number % 4 != 3) for number in range(16)]

    async def settle(worker: Triage, number: int) -> None:
        await worker.settle(made[number], Verdict(Place([f"url:{number}"]), alerts))

    workers = [Triage(each) for each in eight]
    await asyncio.gather(*(settle(workers[each % 8], each) for each in range(16)))

    for each in readers:
        rows = await sql.fetch(
            "SELECT due_at FROM delivery JOIN article ON article.id = article_id"
            " WHERE late AND subscription_id = $1 ORDER BY due_at",
            each,
        )
        due = [row["due_at"] for row in rows]
        assert len(due) == 12
        apart = [after - before for before, after in pairwise(due)]
        assert min(apart) >= timedelta(minutes=1)
        assert due[-1] - due[0] < timedelta(minutes=12)


# subscriptions that are silent for a while, or end by themselves


async def test_what_falls_into_a_snooze_is_due_when_it_ends_and_waking_brings_it_at_its_own_time(
    triage: Triage, add: Add, reader: int, database: Database, sql: asyncpg.Connection
) -> None:
    subscriptions = Subscriptions(database)
    await owe(triage, add, reader, 0, late=False)
    assert await subscriptions.snooze(await name(sql), timedelta(hours=2)) is not None
    now: datetime = await sql.fetchval("SELECT now()")
    for number, hours in enumerate((None, 1, 3), start=1):
        until = now + timedelta(hours=hours) if hours else None
        verdict = Verdict(Place([f"url:{number}"]), {reader: ALERT}, until)
        await triage.settle(await add("article"), verdict)

    assert await rests(sql) == [120, 120, 120, 180]
    assert await Deliveries(database).claim_due(9) == []
    await subscriptions.snooze(await name(sql), timedelta(minutes=90))
    assert await rests(sql) == [90, 90, 90, 180]

    assert await subscriptions.wake(await name(sql)) == 3
    assert await rests(sql) == [0, 0, 60, 180]  # no embargo is broken
    assert len(await Deliveries(database).claim_due(9)) == 2


async def test_a_snooze_that_is_over_holds_nothing(
    triage: Triage, add: Add, reader: int, sql: asyncpg.Connection
) -> None:
    await sql.execute("UPDATE subscription SET snoozed_until = now() - interval '1 hour'")
    await owe(triage, add, reader, 1)

    assert await rests(sql) == [0]
    assert await sql.fetchval("SELECT held_from FROM delivery") is None


@pytest.mark.parametrize(("released", "woken"), [(False, 60), (True, 0)])
async def test_a_correction_keeps_what_is_snoozed_held_and_its_embargo_for_when_it_wakes(
    triage: Triage, add: Add, reader: int, database: Database, sql: asyncpg.Connection,
    released: bool, woken: int,
) -> None:  # fmt: skip
    await Subscriptions(database).snooze(await name(sql), timedelta(hours=2))
    made = await add("article")
    until: datetime = await sql.fetchval("SELECT now()") + timedelta(hours=1)
    await triage.settle(made, Verdict(Place(["url:1"]), {reader: ALERT}, until))

    await triage.settle(await add("article"), corrected(earlier_id=made, released=released))

    assert await rests(sql) == [120]
    assert [each["title"] for each in await owed(sql)] == ["고친 제목"]
    await Subscriptions(database).wake(await name(sql))
    assert await rests(sql) == [woken]


async def test_a_correction_of_what_was_told_waits_for_the_end_of_a_snooze(
    triage: Triage, add: Add, told: tuple[int, int], database: Database, sql: asyncpg.Connection
) -> None:
    await Subscriptions(database).snooze("무역", timedelta(hours=2))

    assert await triage.settle(await add("article"), corrected(earlier_id=told[1])) == 1

    assert (await rests(sql))[1] == 120


@pytest.mark.parametrize(("left", "hours", "owed_to"), [(-1, 0, 0), (60, 0, 1), (60, 2, 0)])
async def test_nothing_is_owed_that_would_be_due_after_a_subscription_ends(
    triage: Triage, add: Add, reader: int, sql: asyncpg.Connection,
    left: int, hours: int, owed_to: int,
) -> None:  # fmt: skip
    now: datetime = await sql.fetchval("SELECT now()")
    await sql.execute("UPDATE subscription SET expires_at = $1", now + timedelta(minutes=left))
    until = now + timedelta(hours=hours) if hours else None

    verdict = Verdict(Place(["url:1"]), {reader: ALERT}, until)

    assert await triage.settle(await add("article"), verdict) == owed_to


async def test_snoozing_while_alerts_come_to_be_owed_holds_every_one(
    add: Add, reader: int, eight: list[Database], sql: asyncpg.Connection
) -> None:
    first, *rest = eight
    made = [await add("article") for _ in range(21)]

    async def settle(database: Database, numbers: range) -> None:
        for number in numbers:
            verdict = Verdict(Place([f"url:{number}"]), {reader: ALERT})
            await Triage(database).settle(made[number], verdict)

    snooze = Subscriptions(first).snooze(await name(sql), timedelta(hours=2))
    workers = (settle(each, range(at, 21, 7)) for at, each in enumerate(rest))
    await asyncio.gather(*workers, snooze)

    assert set(await rests(sql)) == {120}
    assert await Subscriptions(first).wake(await name(sql)) == 21


async def test_a_snooze_and_a_410_at_once_both_succeed(
    triage: Triage, add: Add, reader: int, database: Database, sql: asyncpg.Connection
) -> None:
    for number in range(12):
        await owe(triage, add, reader, number, late=False)
    deliveries = Deliveries(database)
    *_, last = sorted(await deliveries.claim_due(12), key=lambda due: due.id)

    await asyncio.gather(
        deliveries.settle_dead(last, "410", switch_off=True),
        Subscriptions(database).snooze(await name(sql), timedelta(hours=2)),
    )

    outcomes = await sql.fetch("SELECT DISTINCT outcome FROM delivery")
    assert [row["outcome"] for row in outcomes] == ["dead"]


async def name(sql: asyncpg.Connection) -> str:
    """Of the only subscription."""
    return str(await sql.fetchval("SELECT name FROM subscription"))
