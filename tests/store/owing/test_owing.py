"""What is owed of an event: at once or in its window, to each for their own reasons, once."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

import asyncpg
import pytest

from service.model import Tie
from service.store.database import Database
from service.store.owing import Concern, Why
from service.store.stories import Place
from service.store.verdicts import Verdict, Verdicts
from tests.store.owing.owed import FACTS, HITS, hours, owe, owed, rests, sent, to, waits, wish

Add = Callable[..., Awaitable[int]]


async def test_a_verdict_about_an_earlier_reading_settles_nothing(
    verdicts: Verdicts, add: Add, sql: asyncpg.Connection
) -> None:
    made = await add("article")
    stale = await sql.fetchval("SELECT read_at - interval '1 second' FROM article")

    verdict = replace(Verdict(Place(["url:1"]), {}), read_at=stale)

    assert await verdicts.settle(made, verdict) is None
    assert await sql.fetchval("SELECT triaged_at FROM article") is None


async def test_settling_does_not_stumble_over_whoever_refers_to_the_article(
    verdicts: Verdicts, add: Add, database: Database
) -> None:
    made = await add("article")
    async with database.engine.connect() as other:
        await other.exec_driver_sql(f"SELECT 1 FROM article WHERE id = {made} FOR KEY SHARE")
        assert await verdicts.settle(made, Verdict(Place(["url:1"]), {})) == 0


async def test_each_is_told_at_its_own_cadence_with_one_window_for_all_of_it(
    verdicts: Verdicts, add: Add, reader: int, sql: asyncpg.Connection
) -> None:
    others = [await add("subscription") for _ in range(3)]
    for each, cadence in zip(others, ("hourly", "hourly", "daily 08:00"), strict=True):
        await add("endpoint", subscription_id=each)
        await wish(sql, cadence, each)

    verdict = Verdict(Place(["url:1"]), FACTS, to(reader, *others))
    assert await verdicts.settle(await add("article"), verdict) == 4

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
    verdicts: Verdicts, add: Add, sql: asyncpg.Connection
) -> None:
    readers = [await add("subscription") for _ in range(3)]
    for each in readers:
        await add("endpoint", subscription_id=each)
    both = [*HITS, {"rule": "관세", "excerpt": "관세"}]
    concern = Concern([Why(HITS), Why(both)], dict(zip(readers, (1, 0, 1), strict=True)))

    await verdicts.settle(await add("article"), Verdict(Place(["url:1"]), FACTS, concern))

    told = await sql.fetch("SELECT hits FROM delivery ORDER BY subscription_id")
    assert [json.loads(row["hits"]) for row in told] == [both, HITS, both]


@pytest.mark.parametrize("urgent", [False, True])
async def test_what_comes_at_night_waits_for_its_end_unless_it_is_urgent(
    verdicts: Verdicts, add: Add, reader: int, sql: asyncpg.Connection, urgent: bool
) -> None:
    await wish(sql, f"at-once {await hours(sql, -1, 2)}")

    await owe(verdicts, add, reader, 1, urgent=urgent)

    assert await rests(sql) == [0] * urgent
    assert [60 <= rest <= 120 for _, rest in await waits(sql)] == [True] * (not urgent)


@pytest.mark.parametrize(
    ("days", "night", "told"), [(-1, 0, 0), (2, 0, 1), (2, 1, 0), (4, 0, 1), (5, 0, 0)]
)
async def test_a_call_that_ends_before_a_digest_comes_is_told_while_there_is_time(
    verdicts: Verdicts,
    add: Add,
    reader: int,
    sql: asyncpg.Connection,
    days: int,
    night: int,
    told: int,
) -> None:
    today = await sql.fetchval("SELECT (now() AT TIME ZONE 'Asia/Seoul')::date")
    digest = f"weekly {today + timedelta(days=4):%a} 12:00".lower()
    await wish(sql, f"{digest} {await hours(sql, -1, 2)}" if night else digest)
    made = await add("article", call_end=today + timedelta(days=days))

    await verdicts.settle(made, Verdict(Place(["url:1"]), FACTS, to(reader)))

    assert await rests(sql) == [0] * told
    # After the night where there is one, else with the digest.
    assert [rest <= 120 for _, rest in await waits(sql)] == [bool(night)] * (not told)


async def test_a_late_call_that_ends_before_a_digest_comes_is_gathered_for_minutes(
    verdicts: Verdicts, add: Add, reader: int, sql: asyncpg.Connection
) -> None:
    today = await sql.fetchval("SELECT (now() AT TIME ZONE 'Asia/Seoul')::date")
    await wish(sql, f"weekly {today + timedelta(days=5):%a} 12:00".lower())

    await owe(verdicts, add, reader, 1, late=True, call_end=today + timedelta(days=4))

    ((_, rest),) = await waits(sql)
    assert rest <= 10


async def test_an_embargo_that_lifts_at_night_is_told_at_its_end(
    verdicts: Verdicts, add: Add, reader: int, sql: asyncpg.Connection
) -> None:
    await wish(sql, f"at-once {await hours(sql, 1, 3)}")
    lifts = await sql.fetchval("SELECT date_trunc('hour', now()) + interval '90 minutes'")

    verdict = Verdict(Place(["url:1"]), FACTS, to(reader), lifts)
    await verdicts.settle(await add("article"), verdict)

    assert await rests(sql) == []
    told_at = await sql.fetchval("SELECT window_at FROM waiting")
    assert told_at - lifts == timedelta(minutes=90)


async def test_what_waits_from_the_night_is_not_told_by_a_copy_of_the_day_nor_the_other_way_round(
    verdicts: Verdicts, add: Add, reader: int, sql: asyncpg.Connection
) -> None:
    for number, (first, then) in enumerate((("daily", "at-once"), ("at-once", "daily"))):
        await wish(sql, first)
        await owe(verdicts, add, reader, number)
        await wish(sql, then)
        await owe(verdicts, add, reader, number)

    assert len(await rests(sql)) == 1
    assert [key for key, _ in await waits(sql)] == ["story 1"]


async def test_nobody_is_told_who_paused_or_did_not_confirm_or_is_suppressed(
    verdicts: Verdicts, add: Add, reader: int, sql: asyncpg.Connection
) -> None:
    await wish(sql, "hourly")
    await add("endpoint", subscription_id=reader)
    await sql.execute("UPDATE subscription SET paused_at = now()")
    await owe(verdicts, add, reader, 1)
    assert await waits(sql) == []

    await sql.execute("UPDATE subscription SET paused_at = NULL, cadence = 'at-once'")
    await sql.execute("UPDATE endpoint SET confirmed_at = NULL WHERE id = 1")
    await owe(verdicts, add, reader, 2)
    await sql.execute("INSERT INTO suppressed SELECT channel, address, '반송' FROM endpoint")
    await owe(verdicts, add, reader, 3)

    assert await sql.fetch("SELECT endpoint_id FROM delivery") == [(2,)]


async def test_what_is_late_is_gathered_for_minutes_also_of_urgent_words(
    verdicts: Verdicts, add: Add, reader: int, sql: asyncpg.Connection
) -> None:
    for number in range(4):
        await owe(verdicts, add, reader, number, late=number != 3, urgent=number == 1)

    assert await rests(sql) == [0]
    gathered = await waits(sql)
    assert len(gathered) == 3
    assert all(0 <= rest <= 10 for _, rest in gathered)


async def test_what_is_late_at_night_waits_for_its_end_like_the_rest_of_it(
    verdicts: Verdicts, add: Add, reader: int, sql: asyncpg.Connection
) -> None:
    await wish(sql, f"at-once {await hours(sql, -1, 2)}")
    await owe(verdicts, add, reader, 1, late=True)
    await owe(verdicts, add, reader, 2)

    assert await sql.fetchval("SELECT count(DISTINCT window_at) FROM waiting") == 1
    assert all(rest >= 60 for _, rest in await waits(sql))


@pytest.mark.parametrize(("days", "gathered"), [(-1, 1), (0, 0), (2, 0), (3, 1)])
async def test_a_call_that_ends_within_two_days_is_not_held_back(
    verdicts: Verdicts, add: Add, reader: int, sql: asyncpg.Connection, days: int, gathered: int
) -> None:
    today = await sql.fetchval("SELECT (now() AT TIME ZONE 'Asia/Seoul')::date")

    await owe(verdicts, add, reader, 1, late=True, call_end=today + timedelta(days=days))

    assert (len(await waits(sql)), await rests(sql)) == (gathered, [0] * (1 - gathered))


async def test_what_is_late_and_under_embargo_is_gathered_when_that_lifts(
    verdicts: Verdicts, add: Add, reader: int, sql: asyncpg.Connection
) -> None:
    until: datetime = await sql.fetchval("SELECT now()") + timedelta(hours=1)
    made = await add("article", late=True)
    await verdicts.settle(made, Verdict(Place(["url:1"]), FACTS, to(reader), until))

    ((_, rest),) = await waits(sql)
    assert 60 <= rest <= 70


async def cover(add: Add, release: int) -> tuple[int, Verdict]:
    """An article of news of the release, and what is made of it."""
    tie = Tie(release, "coverage", 0.5, "보도")
    place = Place(["url:news"], tie=tie)
    return await add("article", kind="news"), Verdict(place, {"title": "기사"}, kind="news")


async def test_coverage_is_told_to_whoever_was_told_and_asked_for_it(
    verdicts: Verdicts, add: Add, sql: asyncpg.Connection
) -> None:
    asked, silent, unconcerned = [
        await add("subscription", coverage=each) for each in (True, False, True)
    ]
    for each in (asked, silent, unconcerned):
        await add("endpoint", subscription_id=each)
    release = await add("article", read_title="원래 자료")
    await verdicts.settle(release, Verdict(Place(["url:1"]), FACTS, to(asked, silent)))
    await sent(sql)

    news, verdict = await cover(add, release)
    for expected in (1, 0):
        assert await verdicts.settle(news, verdict) == expected
        await sql.execute("UPDATE article SET triaged_at = NULL")

    assert await owed(sql) == [{"title": "기사", "coverage": "원래 자료", "hits": HITS}]
    row = await sql.fetchrow(
        "SELECT reason, key, subscription_id FROM delivery JOIN telling ON telling.id = telling_id"
        " WHERE settled_at IS NULL"
    )
    assert tuple(row) == ("coverage", f"story 1 coverage {news}", asked)


async def test_whom_only_the_news_of_a_release_concerns_is_told_of_the_news_once(
    verdicts: Verdicts, add: Add, told: tuple[int, int], sql: asyncpg.Connection
) -> None:
    new = await add("subscription")
    await add("endpoint", subscription_id=new)

    for _ in range(2):
        news, verdict = await cover(add, told[1])
        await verdicts.settle(news, replace(verdict, concern=to(told[0], new)))

    assert await owed(sql) == [{"title": "기사", "hits": HITS}]


@pytest.mark.parametrize(
    ("column", "waiting"), [("switched_off_at", 0), ("asked_at", 1)], ids=["off", "may still agree"]
)
async def test_nothing_waits_for_a_digest_that_no_place_is_left_to_take(
    verdicts: Verdicts, add: Add, reader: int, sql: asyncpg.Connection, column: str, waiting: int
) -> None:
    await wish(sql, "hourly", reader)
    await sql.execute(f"UPDATE endpoint SET confirmed_at = NULL, {column} = now()")

    verdict = Verdict(Place(["url:1"]), FACTS, to(reader))
    assert await verdicts.settle(await add("article"), verdict) == waiting

    assert await sql.fetchval("SELECT count(*) FROM waiting") == waiting
