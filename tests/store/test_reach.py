"""How much is seen, how soon and how much is missed, by source."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import asyncpg

from service.store.database import Database
from service.store.reach import Reaches

Add = Callable[..., Awaitable[int]]

NOW = datetime.now(UTC)
SOURCE = "INSERT INTO source (id, last_ok_at, failures, paused_at) VALUES ($1, $2, $3, $4)"


async def test_the_delay_is_measured_only_where_the_hour_is_known(
    database: Database, add: Add
) -> None:
    for minutes in (1, 3, 9):
        at = NOW - timedelta(minutes=minutes)
        await add("article", published_at=at, precision="minute", discovered_at=NOW)
    long_ago = NOW - timedelta(days=3)
    await add("article", published_at=long_ago, precision="day")
    await add("article", published_at=long_ago, precision="minute", baseline=True)
    await add("article", published_at=long_ago, precision="minute", late=True)
    await add("article", source_id="b", published_at=long_ago, precision="day")

    extent = await Reaches(database).extent()

    assert [(each.source_id, each.delay, each.posts) for each in extent.sources] == [
        ("a", timedelta(minutes=3), 3),
        ("b", None, 0),
    ]
    assert extent.articles == 6


async def test_what_was_seen_before_its_time_was_seen_at_once(database: Database, add: Add) -> None:
    soon = NOW + timedelta(minutes=30)
    await add("article", published_at=soon, precision="minute", discovered_at=NOW)

    (found,) = (await Reaches(database).extent()).sources
    assert found.delay == timedelta(0)


async def test_misses_of_thirty_days_are_added_up_and_none_is_not_zero(
    database: Database, sql: asyncpg.Connection
) -> None:
    for name in ("a", "b"):
        await sql.execute(SOURCE, name, NOW, 0, None)
    days = {2: (10, 1), 9: (10, 0), 40: (10, 10)}
    for back, (shown, missed) in days.items():
        await sql.execute(
            "INSERT INTO route_day VALUES (current_date - $1::integer, 'a', $2, $3)",
            back, shown, missed,
        )  # fmt: skip

    a, b = (await Reaches(database).extent()).sources

    assert (a.shown, a.missed, a.rate) == (20, 1, 0.05)
    assert b.rate is None


async def test_the_state_is_what_the_watch_found(
    database: Database, sql: asyncpg.Connection
) -> None:
    rows = {
        "alive": (NOW, 0, None), "broken": (NOW, 5, None), "drift": (NOW, 0, None),
        "failing": (NOW, 1, None), "paused": (NOW, 9, NOW), "quiet": (NOW, 0, None),
        "unseen": (None, 0, None),
    }  # fmt: skip
    for name, row in rows.items():
        await sql.execute(SOURCE, name, *row)
    item = "INSERT INTO ops_item (kind, subject, detail, closed_at) VALUES ($1, $2, '', $3)"
    for name in ("broken", "quiet", "drift"):
        await sql.execute(item, f"source-{name}", name, None)
    await sql.execute(item, "source-quiet", "alive", NOW)  # is over

    extent = await Reaches(database).extent()

    assert {each.source_id: each.state for each in extent.sources} == {name: name for name in rows}
