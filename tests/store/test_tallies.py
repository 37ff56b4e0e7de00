"""Figures by the day: what counts as a release, when a day is counted again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from service.store.database import Database
from service.store.tallies import EDGES, EVERYBODY, Share, Tallies

Add = Callable[..., Awaitable[int]]

SEOUL = ZoneInfo("Asia/Seoul")


@pytest.fixture
def tallies(database: Database) -> Tallies:
    return Tallies(database)


def noon() -> datetime:
    """Noon three days ago, asked when it is needed: a day may end while the tests run."""
    day = datetime.now(SEOUL).date() - timedelta(days=3)
    return datetime.combine(day, time(12), SEOUL)


@pytest.fixture
def release(add: Add) -> Add:
    """``await release(publishers=["mss"])``: a judged release of three days ago, its story's id."""

    async def release(**values: Any) -> int:
        story = values.pop("story_id", None) or await add("story")
        fields = {
            "kind": "release", "publishers": ["mss"], "topics": ["export"], "story_id": story,
            "published_at": noon(), "precision": "minute", "triaged_at": noon(),
        }  # fmt: skip
        await add("article", **(fields | values))
        return story

    return release


async def test_an_event_counts_once_by_each_of_its_bodies_and_topics(
    tallies: Tallies, release: Add
) -> None:
    story = await release(publishers=["mss", "motir"], topics=["export", "trade"])
    await release(story_id=story, publishers=["mss"], joined_as="copy")
    await release(story_id=story, publishers=["kcs"], joined_as="joint")
    await tallies.keep()

    bodies, topics = await tallies.of_bodies(1), await tallies.of_topics(1)

    assert {name: each.releases for name, each in bodies.shares.items()} == {
        EVERYBODY: 1, "mss": 1, "motir": 1, "kcs": 1,
    }  # fmt: skip
    assert {name: each.releases for name, each in topics.shares.items()} == {
        EVERYBODY: 1, "export": 1, "trade": 1,
    }  # fmt: skip


async def test_news_unknown_bodies_and_what_is_under_embargo_count_nowhere(
    tallies: Tallies, release: Add
) -> None:
    await release(kind="news", publishers=["yna"])
    await release(publishers=[])
    await release(triaged_at=None)
    await release(embargo_until=datetime.now(UTC) + timedelta(hours=1))
    await tallies.keep()

    assert (await tallies.of_bodies(2)).shares == {}


async def test_a_release_counts_on_its_day_in_korea_and_today_is_not_over(
    tallies: Tallies, release: Add
) -> None:
    late = noon().replace(hour=23, minute=59)
    await release(published_at=late)
    await release(published_at=late + timedelta(minutes=2))
    await release(published_at=datetime.now(UTC))
    await tallies.keep()

    assert (await tallies.of_bodies(4, 1)).blocks[EVERYBODY] == [0, 1, 1, 0]


async def test_coverage_is_counted_with_the_time_to_its_first_news(
    tallies: Tallies, release: Add
) -> None:
    story = await release()
    for minutes in (200, 17):
        await release(
            story_id=story, kind="news", publishers=[], joined_as="coverage",
            published_at=noon() + timedelta(minutes=minutes),
        )  # fmt: skip
    await release(precision="day")
    await tallies.keep()

    made = await tallies.of_topics(1, publisher="mss")

    assert made.shares[EVERYBODY] == Share(2, 1)
    assert made.leads == {EDGES.index(15) + 1: 1}
    assert made.hours == {(noon().isoweekday(), 12): 1}


async def test_news_that_was_there_first_is_the_step_before_all(
    tallies: Tallies, release: Add, sql: asyncpg.Connection
) -> None:
    story = await release()
    await release(story_id=story, joined_as="copy")
    copy = await sql.fetchval("SELECT max(id) FROM article")
    earlier = noon() - timedelta(minutes=9)
    await release(kind="news", twin_id=copy, joined_as="coverage", published_at=earlier)
    await release()
    await tallies.keep()

    made = await tallies.of_bodies(1)

    assert made.leads == {0: 1}
    assert made.shares["mss"] == Share(2, 1)


async def test_a_day_is_counted_again_when_something_of_it_turns_up(
    tallies: Tallies, release: Add
) -> None:
    await release()
    await tallies.keep()
    await release()
    assert await tallies.keep() == 1

    assert (await tallies.of_bodies(1)).shares["mss"].releases == 2


async def test_an_old_day_is_counted_once_all_of_it_that_came_is_judged(
    tallies: Tallies, release: Add, sql: asyncpg.Connection
) -> None:
    old = {"published_at": noon() - timedelta(days=30)}
    await release(**old)
    await release(**old, triaged_at=None)
    assert await tallies.keep() == 0

    await sql.execute("UPDATE article SET triaged_at = now()")
    assert await tallies.keep() == 1
    assert (await tallies.of_bodies(8)).shares["mss"].releases == 2


async def test_a_recent_day_is_counted_again_after_an_hour_for_news_and_embargoes(
    tallies: Tallies, release: Add, sql: asyncpg.Connection
) -> None:
    await release(embargo_until=datetime.now(UTC) + timedelta(hours=1))
    await tallies.keep()
    await sql.execute(
        "UPDATE article SET embargo_until = now(), discovered_at = now() - '9h'::interval"
    )
    assert await tallies.keep() == 0
    await sql.execute(
        "UPDATE tallied SET made_at = made_at - '2h'::interval, owed_at = owed_at - '2h'::interval"
    )
    assert await tallies.keep() == 1

    assert (await tallies.of_bodies(1)).shares["mss"].releases == 1
