"""What a failed poll leaves behind, and since when a source fails."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import asyncpg

from scrapers.model import Freshness
from service.store.polled import Polled
from service.store.sources import Sources
from tests.store.slots import baselined, begin

Wakes = Callable[[], Awaitable[list[str]]]
MakePolled = Callable[..., Polled]


async def test_an_older_slot_fails_and_changes_nothing(
    sources: Sources, sql: asyncpg.Connection
) -> None:
    old = await begin(sources, sql)
    await begin(sources, sql)
    before = await sql.fetchrow("SELECT * FROM source WHERE id = 'a'")

    await sources.fail_poll(old, "layout", "no rows", next_in=600)

    assert await sql.fetchrow("SELECT * FROM source WHERE id = 'a'") == before


async def test_a_gap_tells_a_person(
    sources: Sources, sql: asyncpg.Connection, polled: MakePolled
) -> None:
    await sources.finish_poll(await begin(sources, sql), polled("k1", gap=True))

    rows = await sql.fetch("SELECT kind, subject, detail, times, closed_at FROM ops_item")
    assert [tuple(row) for row in rows] == [
        ("possible-gap", "a", "아는 글에 못 닿음 (not read back to what is known)", 1, None)
    ]


async def test_a_failure_touches_no_article_and_says_when_to_try_again(
    sources: Sources, sql: asyncpg.Connection, polled: MakePolled, wakes: Wakes
) -> None:
    await baselined(sources, sql, polled("k1", freshness=Freshness('"1"')))
    articles = await sql.fetch("SELECT * FROM article")
    queued = await wakes()

    slot = await begin(sources, sql)
    await sources.fail_poll(slot, "server", "503", next_in=90)

    row = await sql.fetchrow("SELECT *, next_due - now() AS rest FROM source WHERE id = 'a'")
    assert (row["failures"], row["last_error"]) == (1, "503")
    assert timedelta(seconds=80) < row["rest"] <= timedelta(seconds=90)
    assert row["etag"] == '"1"'  # the next request is as conditional as this one was
    assert await sql.fetch("SELECT * FROM article") == articles
    assert await wakes() == sorted([*queued, "poll:a:2"])
    assert await sql.fetchval("SELECT count(*) FROM ops_item") == 0


async def test_a_source_fails_since_its_first_failure_until_a_good_poll(
    sources: Sources, sql: asyncpg.Connection, polled: MakePolled
) -> None:
    query = "SELECT failures, trouble, last_error, failing_since FROM source WHERE id = 'a'"
    seen = []
    for trouble in ("dns", "layout"):
        await sources.fail_poll(await begin(sources, sql), trouble, "no rows", next_in=60)
        seen.append(await sql.fetchrow(query))

    assert [tuple(row)[:3] for row in seen] == [
        (1, "dns", "no rows"), (2, "layout", "no rows"),
    ]  # fmt: skip
    assert seen[0]["failing_since"] == seen[1]["failing_since"] is not None
    assert await sql.fetchval("SELECT count(*) FROM ops_item") == 0  # that is for the watch

    await sources.finish_poll(await begin(sources, sql), polled())

    assert tuple(await sql.fetchrow(query)) == (0, None, None, None)


async def test_a_worker_that_ended_half_way_is_a_failure_with_a_name(
    sources: Sources, sql: asyncpg.Connection
) -> None:
    await begin(sources, sql)
    slot = await begin(sources, sql)

    row = await sql.fetchrow("SELECT failures, trouble, failing_since FROM source WHERE id = 'a'")
    assert tuple(row)[:2] == (slot.failures, "abandoned") == (1, "abandoned")
    assert row["failing_since"] is not None
