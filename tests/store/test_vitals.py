"""How sources do, by their rows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest
import sqlalchemy as sa

from scrapers.errors import called
from service.model import Shape
from service.pulse.model import Vital
from service.store.database import Database
from service.store.sources import Sources
from service.store.vitals import Known, Vitals

Add = Callable[..., Awaitable[int]]

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
DECLARED = {"a": Known(government=True, every=600), "b": Known(government=False, every=60)}


@pytest.fixture
async def now(vitals: Vitals) -> datetime:
    return await vitals.now()


async def of_a(vitals: Vitals) -> Vital:
    return next(each for each in await vitals.vitals(DECLARED) if each.source_id == "a")


async def looked(add: Add, slot: int, shape: Shape | None) -> None:
    made = sa.null() if shape is None else asdict(shape)
    await add("poll", source_id="a", slot=slot, shape=made)


@pytest.fixture
def posted(add: Add) -> Callable[..., Awaitable[int]]:
    """``await posted(at)``: a post of ``a`` that was found then; its id."""

    async def posted(at: datetime, **values: Any) -> int:
        return await add("article", discovered_at=at, **values)

    return posted


# what is told of a source


async def test_a_source_that_was_never_looked_at_is_told_without_habits(vitals: Vitals) -> None:
    first, second = await vitals.vitals(DECLARED)

    assert first == Vital("a", True, 600, 0, None, called(None), False, "", None)
    assert second == Vital("b", False, 60, 0, None, called(None), False, "", None)


@pytest.mark.parametrize(("trouble", "passing"), [("dns", True), ("layout", False)])
async def test_what_ails_a_source_is_told_and_whether_it_passes(
    vitals: Vitals, sql: asyncpg.Connection, now: datetime, trouble: str, passing: bool
) -> None:
    await sql.execute(
        "UPDATE source SET failures = 3, trouble = $1, failing_since = $2, last_error = 'X: u: y'"
        " WHERE id = 'a'",
        trouble,
        now,
    )

    vital = await of_a(vitals)

    assert (vital.failures, vital.trouble, vital.failing_since) == (3, called(trouble), now)
    assert (vital.passing, vital.detail) == (passing, "X: u: y")


async def test_a_source_that_nobody_looked_at_for_long_is_known_as_of_then(
    vitals: Vitals, sql: asyncpg.Connection, now: datetime
) -> None:
    for ago, since in ((40 * MINUTE, None), (3 * DAY, now - 3 * DAY)):
        await sql.execute("UPDATE source SET last_ok_at = $1 WHERE id = 'a'", now - ago)

        vital = await of_a(vitals)

        assert (vital.failures, vital.trouble, vital.failing_since) == (0, called(None), since)


async def test_sources_that_are_paused_or_not_declared_are_not_watched(
    vitals: Vitals, sources: Sources
) -> None:
    await sources.declare(["old"])
    await sources.pause("a", "쉼")

    assert [each.source_id for each in await vitals.vitals(DECLARED)] == ["b"]
    assert await vitals.vitals({}) == []


# when posts came out


async def test_a_post_came_out_when_its_source_says_so_exactly_else_when_it_was_found(
    vitals: Vitals, posted: Callable[..., Awaitable[int]], now: datetime
) -> None:
    found = [now - 9 * HOUR, now - 6 * HOUR, now - 3 * HOUR, now - HOUR]
    await posted(found[0], published_at=found[0] - HOUR, precision="minute")
    await posted(found[1], published_at=found[1] - DAY, precision="day")
    await posted(found[2])
    await posted(found[3], published_at=found[3] - DAY, precision="second")

    vital = await of_a(vitals)

    expected = [found[3] - DAY, found[0] - HOUR, found[1], found[2]]
    assert list(vital.came) == expected
    assert vital.newest_at == found[2]


async def test_what_was_there_at_the_first_look_came_out_some_time_of_its_day(
    vitals: Vitals, posted: Callable[..., Awaitable[int]], now: datetime
) -> None:
    seen = now - HOUR
    for published, precision in ((3 * DAY, "day"), (5 * HOUR, "day"), (2 * HOUR, "minute")):
        at = now - published
        await posted(seen, baseline=True, published_at=at, precision=precision)
    await posted(seen, baseline=True)  # nobody knows

    assert list((await of_a(vitals)).came) == [
        now - 3 * DAY + 12 * HOUR, now - 2 * HOUR, seen,
    ]  # fmt: skip


async def test_eight_weeks_are_remembered_and_of_busy_hours_one_post(
    vitals: Vitals, database: Database, sql: asyncpg.Connection, now: datetime
) -> None:
    old, busy = now - 57 * DAY, now - 50 * DAY
    await sql.execute(
        "INSERT INTO article (source_id, key, url, title, summary, baseline, discovered_at)"
        " SELECT 'a', at, at, '제목', '', false, at FROM ("
        "  SELECT $1::timestamptz AS at UNION ALL"
        "  SELECT $2::timestamptz + n * interval '1 minute' FROM generate_series(0, 179) AS n"
        "  UNION ALL"
        "  SELECT $3::timestamptz - n * interval '1 minute' FROM generate_series(0, 249) AS n"
        " ) AS made",
        old,
        busy,
        now,
    )

    came = (await of_a(vitals)).came

    assert list(came) == sorted(came)
    assert list(came[:3]) == [
        busy,
        busy + 61 * MINUTE,
        busy + 122 * MINUTE,
    ]
    assert came[-200:] == tuple(now - n * MINUTE for n in reversed(range(200)))
    assert len(came) < 210
    assert came == (await of_a(Vitals(database))).came


async def test_what_comes_within_the_hour_is_seen_though_weeks_are_remembered(
    vitals: Vitals, posted: Callable[..., Awaitable[int]], now: datetime
) -> None:
    await posted(now - 20 * DAY)
    await of_a(vitals)
    await posted(now - 10 * DAY)
    await posted(now)

    assert list((await of_a(vitals)).came) == [now - 20 * DAY, now - 10 * DAY, now]


async def test_a_route_that_checks_comes_with_what_it_showed(
    vitals: Vitals, sql: asyncpg.Connection, now: datetime
) -> None:
    for days in (3, 2, 1):
        await sql.execute("INSERT INTO sighting VALUES ('a', $1, $2)", str(days), now - days * DAY)

    vital = await of_a(vitals)

    assert list(vital.came) == [now - 3 * DAY, now - 2 * DAY, now - DAY]
    assert vital.newest_at == now - DAY


async def test_the_silence_of_a_source_that_searches_says_nothing(
    vitals: Vitals,
    posted: Callable[..., Awaitable[int]],
    sql: asyncpg.Connection,
    now: datetime,
) -> None:
    await posted(now - DAY)
    await sql.execute("UPDATE source SET newest_at = $1 WHERE id = 'a'", now - DAY)

    [vital] = await vitals.vitals({"a": Known(government=False, every=60, unsteady=True)})

    assert (vital.came, vital.newest_at) == ((), None)


async def test_the_newest_post_is_known_however_long_ago_it_came(
    vitals: Vitals, sql: asyncpg.Connection, now: datetime
) -> None:
    await sql.execute("UPDATE source SET newest_at = $1 WHERE id = 'a'", now - 400 * DAY)

    vital = await of_a(vitals)

    assert (vital.newest_at, vital.came) == (now - 400 * DAY, ())


# what lists and texts looked like


async def test_the_last_ten_lists_and_the_first_of_each_day_have_their_shapes(
    vitals: Vitals, add: Add
) -> None:
    for slot in range(1, 101):
        await looked(add, slot, Shape(slot, slot, 0, 0, 30) if slot % 2 else None)

    assert [each.rows for each in (await of_a(vitals)).shapes] == [1, *range(81, 101, 2)]


async def test_the_last_thirty_texts_that_were_opened_have_their_lengths(
    vitals: Vitals, posted: Callable[..., Awaitable[int]], now: datetime
) -> None:
    for minute in range(40):
        await posted(now - (40 - minute) * MINUTE, text="가" * minute)
    await posted(now, text=None)
    await posted(now, text="짧은 예고", last_error="LayoutError: 열지 못함")

    assert (await of_a(vitals)).lengths == tuple(range(10, 40))


async def test_texts_of_the_baseline_stand_in_where_there_are_no_others(
    vitals: Vitals, posted: Callable[..., Awaitable[int]], now: datetime
) -> None:
    await posted(now - HOUR, text="가나다")
    for letters in (7, 8):
        await posted(now, text="가" * letters, baseline=True)  # read back later than the other

    assert (await of_a(vitals)).lengths == (7, 8, 3)
