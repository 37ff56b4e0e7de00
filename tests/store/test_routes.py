"""Routes held against each other: what one of them never showed is counted, and only that."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from service.schedule import Schedule
from service.store.database import Database
from service.store.routes import Kept, Missed, Routes
from service.store.sources import Sources

Add = Callable[..., Awaitable[int]]
Show = Callable[..., Awaitable[None]]

SEOUL = ZoneInfo("Asia/Seoul")
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
BOTH = {"lead": ("lead", "feed")}


@pytest.fixture
async def routes(database: Database, sql: asyncpg.Connection) -> Routes:
    """The intentions, with ``lead`` and ``feed`` first looked at 60 days ago."""
    for each in ("lead", "feed"):
        await sql.execute("INSERT INTO source (id, baselined_at) VALUES ($1, $2)", each, ago(60))
    return Routes(database)


def now() -> datetime:
    """Asked when it is needed: a day may end while the tests run."""
    return datetime.now(UTC)


def ago(days: float) -> datetime:
    return now() - days * DAY


@pytest.fixture
def show(add: Add) -> Show:
    """``await show("k1", 3, "lead", "feed")``: these routes show a post three days ago."""

    async def show(key: str, days: float, *sources: str, **more: object) -> None:
        for each in sources:
            at = {"key": key, "title": f"제목 {key}", "discovered_at": ago(days)}
            await add("article", **{"source_id": each, **at, **more})

    return show


async def sighted(sql: asyncpg.Connection, source_id: str, key: str, days: float) -> None:
    await sql.execute("INSERT INTO sighting VALUES ($1, $2, $3)", source_id, key, ago(days))


def counts(found: list[Missed]) -> dict[str, tuple[int, int]]:
    return {each.source_id: (each.shown, each.missed) for each in found}


# in the last 30 days


async def test_a_post_that_one_route_never_showed_is_its_miss_and_nobody_elses(
    routes: Routes, show: Show
) -> None:
    await show("k1", 3, "lead", "feed")
    await show("k2", 4, "feed")
    await show("k3", 5, "lead")
    await show("k4", 6, "lead")

    feed, lead = await routes.missed(BOTH)

    assert feed == Missed("feed", "lead", 4, 2, ("제목 k3", "제목 k4"))
    assert lead == Missed("lead", "lead", 4, 1, ("제목 k2",))
    assert (lead.rate, feed.rate) == (0.25, 0.5)


async def test_what_a_checking_route_sighted_it_showed(
    routes: Routes, show: Show, sql: asyncpg.Connection
) -> None:
    await show("k1", 3, "lead")
    await sighted(sql, "feed", "k1", 2)

    assert counts(await routes.missed(BOTH)) == {"feed": (1, 0), "lead": (1, 0)}


async def test_a_post_has_a_day_to_appear_on_every_route(routes: Routes, show: Show) -> None:
    await show("fresh", 0.9, "lead")
    await show("late", 2.5, "lead")
    await show("late", 0.1, "feed")

    assert counts(await routes.missed(BOTH)) == {"feed": (1, 0), "lead": (1, 0)}


async def test_only_the_last_thirty_days_count(routes: Routes, show: Show) -> None:
    await show("old", 32, "lead")
    await show("early on one", 32, "lead")
    await show("early on one", 29, "feed")
    await show("in time", 30, "lead")

    assert counts(await routes.missed(BOTH)) == {"feed": (1, 1), "lead": (1, 0)}


async def test_a_silent_first_look_is_nobodys_miss(routes: Routes, show: Show) -> None:
    await show("k1", 3, "lead", baseline=True)
    await show("k2", 3, "lead")
    await show("k2", 3, "feed", baseline=True)

    assert counts(await routes.missed(BOTH)) == {"feed": (1, 0), "lead": (1, 0)}


async def test_a_route_answers_for_the_time_since_its_first_look(
    routes: Routes, show: Show, sql: asyncpg.Connection
) -> None:
    await show("before", 5, "lead")
    await show("after", 3, "lead")
    await sql.execute("UPDATE source SET baselined_at = $1 WHERE id = 'feed'", ago(4))
    assert counts(await routes.missed(BOTH)) == {"feed": (1, 1), "lead": (2, 0)}

    await sql.execute("UPDATE source SET baselined_at = NULL WHERE id = 'feed'")
    assert counts(await routes.missed(BOTH)) == {"lead": (2, 0)}


async def test_a_paused_route_answers_for_the_time_before(
    routes: Routes, show: Show, sql: asyncpg.Connection
) -> None:
    await show("before", 5, "lead")
    await show("after", 3, "lead")
    await sql.execute("UPDATE source SET paused_at = $1 WHERE id = 'feed'", ago(4))

    assert counts(await routes.missed(BOTH)) == {"feed": (1, 1), "lead": (2, 0)}


async def test_a_key_means_a_post_only_within_its_group(routes: Routes, show: Show) -> None:
    await show("7", 3, "lead", "feed", "a")
    await show("8", 3, "a")

    assert counts(await routes.missed(BOTH)) == {"feed": (1, 0), "lead": (1, 0)}
    assert await routes.missed({}) == []


async def test_the_newest_few_titles_stand_for_what_was_missed(routes: Routes, show: Show) -> None:
    for number in range(2, 9):
        await show(f"k{number}", number, "lead")

    feed, _ = await routes.missed(BOTH)

    assert (feed.missed, feed.examples) == (7, ("제목 k2", "제목 k3", "제목 k4"))


# day by day, for good


async def days(sql: asyncpg.Connection) -> list[tuple[object, ...]]:
    rows = await sql.fetch("SELECT day, shown, missed FROM route_day WHERE source_id = 'feed'")
    return sorted(tuple(row) for row in rows)


def noon(days: int) -> float:
    """How many days ago it was noon in Seoul, so many dates ago."""
    day = now().astimezone(SEOUL).date() - days * DAY
    return (now() - datetime(day.year, day.month, day.day, 12, tzinfo=SEOUL)) / DAY


def date_of(days: int) -> date:
    return now().astimezone(SEOUL).date() - days * DAY


async def test_the_figures_of_a_day_are_kept_once_its_posts_had_their_time(
    routes: Routes, show: Show, sql: asyncpg.Connection
) -> None:
    for number in range(10):
        await show(f"k{number}", noon(number), "lead")
    await show("k3", noon(3), "feed")
    await show("k8", noon(8), "feed")

    await routes.keep(BOTH)

    kept = [(date_of(8), 1, 0), *((date_of(each), 1, 1) for each in range(7, 3, -1))]
    assert await days(sql) == [*kept, (date_of(3), 1, 0), (date_of(2), 1, 1)]


async def test_keeping_again_adds_nothing_but_what_turned_up_and_outlives_the_articles(
    routes: Routes, show: Show, sql: asyncpg.Connection
) -> None:
    await show("k1", noon(3), "lead")
    await show("k2", noon(3), "lead", "feed")
    await routes.keep(BOTH)
    await routes.keep(BOTH)
    assert await days(sql) == [(date_of(3), 2, 1)]

    await show("k1", 0.1, "feed")
    await routes.keep(BOTH)
    assert await days(sql) == [(date_of(3), 2, 0)]

    await sql.execute("DELETE FROM article")
    await routes.keep(BOTH)
    await sql.execute("INSERT INTO route_day VALUES ($1, 'feed', 9, 3)", date_of(400))
    assert await routes.kept() == [
        Kept("feed", date_of(400), 11, 3),
        Kept("lead", date_of(3), 2, 0),
    ]


async def test_the_hourly_tidying_keeps_the_figures_of_the_declared_routes(
    routes: Routes, show: Show, database: Database, sql: asyncpg.Connection
) -> None:
    await show("k1", noon(3), "lead")

    unasked = cast("Any", None)
    await Schedule(database, Sources(database), tuple(BOTH), 1.0, unasked, BOTH)._tidy()

    assert await days(sql) == [(date_of(3), 1, 1)]
    assert [each.source_id for each in await routes.kept()] == ["feed", "lead"]


# the portal and the ministries' own boards


@pytest.fixture
async def boards(routes: Routes, sql: asyncpg.Connection) -> Routes:
    """The same intentions, with a portal and the boards of two ministries."""
    for each in ("portal", "check", "mss", "mss_rss", "mofa"):
        await sql.execute("INSERT INTO source (id, baselined_at) VALUES ($1, $2)", each, ago(60))
    return routes


PORTAL = ("portal", "check")
OWN = {"mss": ("mss", "mss_rss"), "mofa": ("mofa",)}


async def test_a_release_that_only_the_portal_or_only_the_board_has_is_the_others_miss(
    boards: Routes, show: Show, add: Add
) -> None:
    both, portal_only, board_only, foreign = [await add("story") for _ in range(4)]
    await show("p1", 3, "portal", story_id=both, publishers=["mss"])
    await show("b1", 3, "mss_rss", story_id=both, publishers=["mss"])
    await show("p2", 4, "check", story_id=portal_only, publishers=["mss", "mofa"])
    await show("b3", 5, "mss", story_id=board_only, publishers=["mss"])
    await show("p4", 6, "portal", story_id=foreign, publishers=["molit"])

    found = await boards.across(PORTAL, OWN)

    assert found == [
        Missed("mss", "mss", 3, 1, ("제목 p2",)),
        Missed("portal", "mss", 3, 1, ("제목 b3",)),
    ]


async def test_a_joint_release_is_on_the_portal_whoever_put_it_there(
    boards: Routes, show: Show, add: Add
) -> None:
    joint = await add("story")
    await show("p1", 3, "portal", story_id=joint, publishers=["molit", "mss"])
    await show("b1", 3, "mss", story_id=joint, publishers=["mss"])

    assert counts(await boards.across(PORTAL, OWN)) == {"mss": (1, 0), "portal": (1, 0)}


async def test_portal_and_board_are_compared_since_both_were_looked_at(
    boards: Routes, show: Show, add: Add, sql: asyncpg.Connection
) -> None:
    for number in (3, 5):
        story = await add("story")
        await show(f"p{number}", number, "portal", story_id=story, publishers=["mofa"])
    await show("silent", 3, "mofa", story_id=await add("story"), baseline=True)
    await sql.execute("UPDATE source SET baselined_at = $1 WHERE id = 'mofa'", ago(4))

    assert counts(await boards.across(PORTAL, OWN)) == {"mofa": (1, 1), "portal": (1, 0)}
