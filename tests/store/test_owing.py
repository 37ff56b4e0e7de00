"""What is owed: an event at once or in its window, and corrections to whoever was told, once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest

from service.model import Change, Tie
from service.store.database import Database
from service.store.deliveries import Dead, Deliveries
from service.store.owing import Concern, Why
from service.store.stories import Place
from service.store.subscriptions import Endpoint, Subscriptions
from service.store.triage import Correction, Triage, Verdict

FACTS = {"title": "제목", "embargo": None}
HITS = [{"rule": "수출", "excerpt": "수출"}]
CHANGE = Change("마감 (deadline)", "5.20", "5.27", weighty=True)
CORRECTED = {"title": "고친 제목", "changes": ["마감 5.20 → 5.27"], "apply_by": "2026-05-27"}

Add = Callable[..., Awaitable[int]]


@pytest.fixture
def triage(database: Database) -> Triage:
    return Triage(database)


@pytest.fixture
async def told(add: Add, sql: asyncpg.Connection, triage: Triage) -> tuple[int, int]:
    """A subscription that was told of a story, and the article."""
    subscription_id, made = await add("subscription", name="무역"), await add("article")
    await add("endpoint", subscription_id=subscription_id)
    await triage.settle(made, Verdict(Place(["url:1"]), FACTS, to(subscription_id)))
    await sent(sql)
    return subscription_id, made


def to(*subscriptions: int, urgent: bool = False) -> Concern:
    """All of them for the same reason."""
    return Concern([Why(HITS, urgent)], dict.fromkeys(subscriptions, 0))


async def sent(sql: asyncpg.Connection) -> None:
    """Everything that is due goes out."""
    await sql.execute(
        "UPDATE delivery SET attempts = 1, settled_at = now(), outcome = 'sent'"
        " WHERE settled_at IS NULL AND due_at <= now()"
    )


def corrected(*subscriptions: int, **values: Any) -> Verdict:
    correction = Correction((CHANGE,), **{"alert": CORRECTED, **values})
    return Verdict(Place(["url:1"]), FACTS, to(*subscriptions), correction=correction)


async def owed(sql: asyncpg.Connection) -> list[dict[str, Any]]:
    """What is told, with the hits, by everything that is still to be sent."""
    rows = await sql.fetch(
        "SELECT facts || jsonb_build_object('hits', hits) AS told FROM delivery"
        " JOIN telling ON telling.id = telling_id WHERE settled_at IS NULL ORDER BY delivery.id"
    )
    return [json.loads(row["told"]) for row in rows]


async def waits(sql: asyncpg.Connection) -> list[tuple[str, int]]:
    """Which telling waits, and for how many minutes."""
    rows = await sql.fetch(
        "SELECT key, window_at - now() AS rest FROM waiting JOIN telling ON id = telling_id"
        " WHERE told_by IS NULL ORDER BY telling_id, subscription_id"
    )
    return [(row["key"], round(row["rest"] / timedelta(minutes=1))) for row in rows]


async def test_a_correction_is_owed_to_whoever_was_told_with_the_hits_of_then(
    triage: Triage, add: Add, told: tuple[int, int], sql: asyncpg.Connection
) -> None:
    assert await triage.settle(await add("article"), corrected(earlier_id=told[1])) == 1

    assert await owed(sql) == [{**CORRECTED, "hits": HITS}]
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

    assert await triage.settle(await add("article"), corrected(told[0], new)) == 2

    to_whom = await sql.fetch("SELECT subscription_id FROM delivery WHERE settled_at IS NULL")
    assert [row[0] for row in to_whom] == [told[0], new]
    first, second = await owed(sql)
    assert ("changes" in first, "changes" in second) == (True, False)
    assert second["title"] == "고친 제목"


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
    first = Verdict(Place(["url:1"]), FACTS, to(subscription_id), until)
    await triage.settle(made, first)

    verdict = replace(corrected(earlier_id=made), embargo_until=later)
    assert await triage.settle(await add("article"), verdict) == 1

    (alert,) = await owed(sql)
    assert alert == {"title": "고친 제목", "apply_by": "2026-05-27", "embargo": None, "hits": HITS}
    assert await sql.fetchval("SELECT due_at FROM delivery") == later
    told = await sql.fetchrow("SELECT version, embargo_until FROM telling ORDER BY id LIMIT 1")
    assert tuple(told) == (1, later)


@pytest.mark.parametrize(("released", "early"), [(False, False), (True, True)])
async def test_an_embargo_ends_early_only_where_the_correction_says_so(
    triage: Triage, add: Add, sql: asyncpg.Connection, released: bool, early: bool
) -> None:
    subscription_id, made = await add("subscription"), await add("article")
    await add("endpoint", subscription_id=subscription_id)
    now: datetime = await sql.fetchval("SELECT now()")
    first = Verdict(Place(["url:1"]), FACTS, to(subscription_id), now + timedelta(hours=1))
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
    await triage.settle(held, Verdict(Place(["url:1"]), {}, embargo_until=until))

    verdict = Verdict(Place(["url:1"]), FACTS, to(subscription_id))
    await triage.settle(await add("article"), verdict)

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
            "무역", [("수출", "수출")], Endpoint("console", "-", agreed=True)
        )

    assert ended


# who is told later


@pytest.fixture
async def reader(add: Add) -> int:
    """A subscription with an endpoint."""
    made = await add("subscription")
    await add("endpoint", subscription_id=made)
    return made


async def owe(
    triage: Triage, add: Add, reader: int, number: int, *, urgent: bool = False, **values: Any
) -> int:
    """Judge an article that concerns ``reader``."""
    made = await add("article", **values)
    verdict = Verdict(Place([f"url:{number}"]), FACTS, to(reader, urgent=urgent))
    await triage.settle(made, verdict)
    return made


async def wish(sql: asyncpg.Connection, cadence: str, reader: int | None = None) -> None:
    await sql.execute(
        "UPDATE subscription SET cadence = $1 WHERE id = coalesce($2, id)", cadence, reader
    )


async def hours(sql: asyncpg.Connection, first: int, last: int) -> str:
    """Quiet hours from so many hours after now to so many."""
    now: datetime = await sql.fetchval("SELECT date_trunc('hour', now() AT TIME ZONE 'Asia/Seoul')")
    start, end = (now + timedelta(hours=each) for each in (first, last))
    return f"quiet {start:%H}:00-{end:%H}:00"


async def rests(sql: asyncpg.Connection) -> list[int]:
    """Minutes until each delivery is due, in the order they came to be owed."""
    rows = await sql.fetch("SELECT due_at - now() AS rest FROM delivery ORDER BY id")
    return [round(row["rest"] / timedelta(minutes=1)) for row in rows]


async def test_each_is_told_at_its_own_cadence_with_one_window_for_all_of_it(
    triage: Triage, add: Add, reader: int, sql: asyncpg.Connection
) -> None:
    others = [await add("subscription") for _ in range(3)]
    for each, cadence in zip(others, ("hourly", "hourly", "daily 08:00"), strict=True):
        await add("endpoint", subscription_id=each)
        await wish(sql, cadence, each)

    verdict = Verdict(Place(["url:1"]), FACTS, to(reader, *others))
    assert await triage.settle(await add("article"), verdict) == 4

    assert await rests(sql) == [0]
    rows = await sql.fetch(
        "SELECT subscription_id, window_at AT TIME ZONE 'Asia/Seoul' AS at, hits FROM waiting"
        " WHERE window_at > now() ORDER BY 1"
    )
    assert [row["subscription_id"] for row in rows] == others
    clocks = [f"{row['at']:%H:%M:%S}" for row in rows]
    assert clocks[0] == clocks[1]
    assert (clocks[0][2:], clocks[2]) == (":00:00", "08:00:00")
    assert json.loads(rows[0]["hits"]) == HITS
    woken = await sql.fetch("SELECT convert_from(payload, 'UTF8') FROM pgqueuer")
    assert [row[0] for row in woken] == ["console"]


async def test_each_is_told_for_its_own_reasons(
    triage: Triage, add: Add, sql: asyncpg.Connection
) -> None:
    readers = [await add("subscription") for _ in range(3)]
    for each in readers:
        await add("endpoint", subscription_id=each)
    both = [*HITS, {"rule": "관세", "excerpt": "관세"}]
    concern = Concern([Why(HITS), Why(both)], dict(zip(readers, (1, 0, 1), strict=True)))

    await triage.settle(await add("article"), Verdict(Place(["url:1"]), FACTS, concern))

    assert [each["hits"] for each in await owed(sql)] == [both, HITS, both]


@pytest.mark.parametrize("urgent", [False, True])
async def test_what_comes_at_night_waits_for_its_end_unless_it_is_urgent(
    triage: Triage, add: Add, reader: int, sql: asyncpg.Connection, urgent: bool
) -> None:
    await wish(sql, f"at-once {await hours(sql, -1, 2)}")

    await owe(triage, add, reader, 1, urgent=urgent)

    assert await rests(sql) == [0] * urgent
    assert [60 <= rest <= 120 for _, rest in await waits(sql)] == [True] * (not urgent)


async def test_an_embargo_that_lifts_at_night_is_told_at_its_end(
    triage: Triage, add: Add, reader: int, sql: asyncpg.Connection
) -> None:
    await wish(sql, f"at-once {await hours(sql, 1, 3)}")
    lifts = await sql.fetchval("SELECT date_trunc('hour', now()) + interval '90 minutes'")

    verdict = Verdict(Place(["url:1"]), FACTS, to(reader), lifts)
    await triage.settle(await add("article"), verdict)

    assert await rests(sql) == []
    told_at = await sql.fetchval("SELECT window_at FROM waiting")
    assert told_at - lifts == timedelta(minutes=90)


async def test_what_waits_from_the_night_is_not_told_by_a_copy_of_the_day_nor_the_other_way_round(
    triage: Triage, add: Add, reader: int, sql: asyncpg.Connection
) -> None:
    for number, (first, then) in enumerate((("daily", "at-once"), ("at-once", "daily"))):
        await wish(sql, first)
        await owe(triage, add, reader, number)
        await wish(sql, then)
        await owe(triage, add, reader, number)

    assert len(await rests(sql)) == 1
    assert [key for key, _ in await waits(sql)] == ["story 1"]


async def test_nobody_is_told_who_paused_or_did_not_confirm_or_is_suppressed(
    triage: Triage, add: Add, reader: int, sql: asyncpg.Connection
) -> None:
    await wish(sql, "hourly")
    await add("endpoint", subscription_id=reader)
    await sql.execute("UPDATE subscription SET paused_at = now()")
    await owe(triage, add, reader, 1)
    assert await waits(sql) == []

    await sql.execute("UPDATE subscription SET paused_at = NULL, cadence = 'at-once'")
    await sql.execute("UPDATE endpoint SET confirmed_at = NULL WHERE id = 1")
    await owe(triage, add, reader, 2)
    await sql.execute("INSERT INTO suppressed SELECT channel, address, '반송' FROM endpoint")
    await owe(triage, add, reader, 3)

    assert await sql.fetch("SELECT endpoint_id FROM delivery") == [(2,)]


# what was out for long before it was seen


async def test_what_is_late_is_gathered_for_minutes_also_of_urgent_words(
    triage: Triage, add: Add, reader: int, sql: asyncpg.Connection
) -> None:
    for number in range(4):
        await owe(triage, add, reader, number, late=number != 3, urgent=number == 1)

    assert await rests(sql) == [0]
    gathered = await waits(sql)
    assert len(gathered) == 3
    assert all(0 <= rest <= 10 for _, rest in gathered)


async def test_what_is_late_at_night_waits_for_its_end_like_the_rest_of_it(
    triage: Triage, add: Add, reader: int, sql: asyncpg.Connection
) -> None:
    await wish(sql, f"at-once {await hours(sql, -1, 2)}")
    await owe(triage, add, reader, 1, late=True)
    await owe(triage, add, reader, 2)

    assert await sql.fetchval("SELECT count(DISTINCT window_at) FROM waiting") == 1
    assert all(rest >= 60 for _, rest in await waits(sql))


@pytest.mark.parametrize(("days", "gathered"), [(-1, 1), (0, 0), (2, 0), (3, 1)])
async def test_a_call_that_ends_within_two_days_is_not_held_back(
    triage: Triage, add: Add, reader: int, sql: asyncpg.Connection, days: int, gathered: int
) -> None:
    today = await sql.fetchval("SELECT (now() AT TIME ZONE 'Asia/Seoul')::date")

    await owe(triage, add, reader, 1, late=True, call_end=today + timedelta(days=days))

    assert (len(await waits(sql)), await rests(sql)) == (gathered, [0] * (1 - gathered))


async def test_what_is_late_and_under_embargo_is_gathered_when_that_lifts(
    triage: Triage, add: Add, reader: int, sql: asyncpg.Connection
) -> None:
    until: datetime = await sql.fetchval("SELECT now()") + timedelta(hours=1)
    made = await add("article", late=True)
    await triage.settle(made, Verdict(Place(["url:1"]), FACTS, to(reader), until))

    ((_, rest),) = await waits(sql)
    assert 60 <= rest <= 70


async def test_a_correction_of_what_is_late_is_told_at_once(
    triage: Triage, add: Add, told: tuple[int, int], sql: asyncpg.Connection
) -> None:
    made = await add("article", late=True)

    assert await triage.settle(made, corrected(told[0], earlier_id=told[1])) == 1

    assert await rests(sql) == [0, 0]


# corrections and coverage for those who are told later


async def digested(sql: asyncpg.Connection, outcome: str | None = "sent") -> None:
    """What waits is told in a digest, to every endpoint."""
    digest = await sql.fetchval(
        "INSERT INTO telling (reason, key, facts) VALUES ('digest', 'digest 1', '{}') RETURNING id"
    )
    await sql.execute("UPDATE waiting SET told_by = $1", digest)
    await sql.execute(
        "INSERT INTO delivery (telling_id, subscription_id, endpoint_id, channel, outcome,"
        " attempts, settled_at) SELECT $1, subscription_id, id, channel, $2::text,"
        " 1 - ($2::text IS NULL)::int, CASE WHEN $2::text IS NOT NULL THEN now() END FROM endpoint",
        digest,
        outcome,
    )


@pytest.mark.parametrize(
    ("outcome", "owed_to"), [("sent", 1), ("dead", 0), (None, 0)], ids=["told", "dead", "untried"]
)
async def test_whoever_was_told_in_a_digest_is_told_of_the_correction_in_another(
    triage: Triage, add: Add, reader: int, sql: asyncpg.Connection,
    outcome: str | None, owed_to: int,
) -> None:  # fmt: skip
    await wish(sql, "daily 08:00")
    made = await owe(triage, add, reader, 1)
    await digested(sql, outcome)

    assert await triage.settle(await add("article"), corrected(earlier_id=made)) == owed_to

    keys = [key for key, _ in await waits(sql)]
    assert keys == ["story 1 revision 1"] * owed_to
    copy = corrected(earlier_id=made)
    assert await triage.settle(await add("article"), copy) == 0
    # What its digest still has to tell is told as it is now.
    event = await sql.fetchval("SELECT facts FROM telling WHERE key = 'story 1'")
    assert json.loads(event)["title"] == "고친 제목"


async def test_whoever_still_waits_is_told_of_it_as_it_is_now(
    triage: Triage, add: Add, reader: int, sql: asyncpg.Connection
) -> None:
    await wish(sql, "hourly")
    made = await owe(triage, add, reader, 1)

    assert await triage.settle(await add("article"), corrected(earlier_id=made)) == 0

    assert [key for key, _ in await waits(sql)] == ["story 1"]
    event = await sql.fetchrow("SELECT facts, version FROM telling WHERE key = 'story 1'")
    told = json.loads(event["facts"])
    assert (told["title"], "changes" in told, event["version"]) == ("고친 제목", False, 1)


@pytest.mark.parametrize("released", [False, True])
async def test_an_embargo_that_moves_moves_the_window(
    triage: Triage, add: Add, reader: int, sql: asyncpg.Connection, released: bool
) -> None:
    await wish(sql, "hourly")
    now: datetime = await sql.fetchval("SELECT date_trunc('hour', now())")
    made = await add("article")
    verdict = Verdict(Place(["url:1"]), FACTS, to(reader), now + timedelta(minutes=150))
    await triage.settle(made, verdict)

    later = None if released else now + timedelta(minutes=210)
    verdict = replace(corrected(earlier_id=made, released=released), embargo_until=later)
    assert await triage.settle(await add("article"), verdict) == 1

    told_at = await sql.fetchval("SELECT window_at FROM waiting")
    assert told_at == now + timedelta(hours=1 if released else 4)


async def cover(add: Add, release: int) -> tuple[int, Verdict]:
    """An article of news of the release, and what is made of it."""
    tie = Tie(release, "coverage", 0.5, "보도")
    place = Place(["url:news"], tie=tie)
    return await add("article", kind="news"), Verdict(place, {"title": "기사"}, kind="news")


async def test_coverage_is_told_to_whoever_was_told_and_asked_for_it(
    triage: Triage, add: Add, sql: asyncpg.Connection
) -> None:
    asked, silent, unconcerned = [
        await add("subscription", coverage=each) for each in (True, False, True)
    ]
    for each in (asked, silent, unconcerned):
        await add("endpoint", subscription_id=each)
    release = await add("article", read_title="원래 자료")
    await triage.settle(release, Verdict(Place(["url:1"]), FACTS, to(asked, silent)))
    await sent(sql)

    news, verdict = await cover(add, release)
    for expected in (1, 0):
        assert await triage.settle(news, verdict) == expected
        await sql.execute("UPDATE article SET triaged_at = NULL")

    assert await owed(sql) == [{"title": "기사", "coverage": "원래 자료", "hits": HITS}]
    row = await sql.fetchrow(
        "SELECT reason, key, subscription_id FROM delivery JOIN telling ON telling.id = telling_id"
        " WHERE settled_at IS NULL"
    )
    assert tuple(row) == ("coverage", f"story 1 coverage {news}", asked)


async def test_whom_only_the_news_of_a_release_concerns_is_told_of_the_news_once(
    triage: Triage, add: Add, told: tuple[int, int], sql: asyncpg.Connection
) -> None:
    new = await add("subscription")
    await add("endpoint", subscription_id=new)

    for _ in range(2):
        news, verdict = await cover(add, told[1])
        await triage.settle(news, replace(verdict, concern=to(told[0], new)))

    assert await owed(sql) == [{"title": "기사", "hits": HITS}]


# subscriptions that are silent for a while, or end by themselves


async def test_what_falls_into_a_snooze_is_due_when_it_ends_and_waking_brings_it_at_its_own_time(
    triage: Triage, add: Add, reader: int, database: Database, sql: asyncpg.Connection
) -> None:
    subscriptions = Subscriptions(database)
    await owe(triage, add, reader, 0)
    assert await subscriptions.snooze(await name(sql), timedelta(hours=2)) is not None
    now: datetime = await sql.fetchval("SELECT now()")
    for number, hours in enumerate((None, 1, 3), start=1):
        until = now + timedelta(hours=hours) if hours else None
        verdict = Verdict(Place([f"url:{number}"]), FACTS, to(reader), until)
        await triage.settle(await add("article"), verdict)

    assert await rests(sql) == [120, 120, 120, 180]
    assert (await Deliveries(database).claim("console", 9, {})).due == []
    await subscriptions.snooze(await name(sql), timedelta(minutes=90))
    assert await rests(sql) == [90, 90, 90, 180]

    assert await subscriptions.wake(await name(sql)) == 3
    assert await rests(sql) == [0, 0, 60, 180]  # no embargo is broken
    assert len((await Deliveries(database).claim("console", 9, {})).due) == 2


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
    await triage.settle(made, Verdict(Place(["url:1"]), FACTS, to(reader), until))

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

    verdict = Verdict(Place(["url:1"]), FACTS, to(reader), until)

    assert await triage.settle(await add("article"), verdict) == owed_to


async def test_a_window_that_closes_in_a_snooze_is_told_at_its_end(
    triage: Triage, add: Add, reader: int, database: Database, sql: asyncpg.Connection
) -> None:
    await wish(sql, "hourly")
    await Subscriptions(database).snooze(await name(sql), timedelta(minutes=300))

    await owe(triage, add, reader, 1)

    ((_, rest),) = await waits(sql)
    assert 300 <= rest <= 360


async def test_a_snooze_and_a_410_at_once_both_succeed(
    triage: Triage, add: Add, reader: int, database: Database, sql: asyncpg.Connection
) -> None:
    for number in range(12):
        await owe(triage, add, reader, number)
    deliveries = Deliveries(database)
    *_, last = (await deliveries.claim("console", 12, {})).due

    await asyncio.gather(
        deliveries.settle([Dead(last, "410", gone=True)]),
        Subscriptions(database).snooze(await name(sql), timedelta(hours=2)),
    )

    outcomes = await sql.fetch("SELECT DISTINCT outcome FROM delivery")
    assert [row["outcome"] for row in outcomes] == ["dead"]


async def name(sql: asyncpg.Connection) -> str:
    """Of the only subscription."""
    return str(await sql.fetchval("SELECT name FROM subscription"))
