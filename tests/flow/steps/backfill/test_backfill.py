"""Backfill: a list read back to a day, page by page, whatever comes between."""

from __future__ import annotations

from datetime import datetime

import asyncpg

from service.backfill import Backfill
from service.collect import Collect
from tests.flow.steps.backfill.archive import DAY, Archive, fill, keys, numbered, poll

# how far


async def test_a_list_is_read_back_to_its_day_in_silence(
    step: Backfill, archive: Archive, sql: asyncpg.Connection, now: datetime
) -> None:
    await step.backfills.open("a", now - 7.5 * DAY)

    far = await fill(step, sql)

    # The page on which nothing is as young as the day is the last.
    assert archive.asked == ["/1", "/2", "/3", "/4"]
    assert (far.outcome, far.pages, far.seen, far.new) == ("reached", 4, 12, 12)
    assert await keys(sql, "baseline AND NOT late") == numbered(range(9, 21))


async def test_a_list_that_ends_before_its_day_is_read_to_its_end(
    step: Backfill, sql: asyncpg.Connection, now: datetime
) -> None:
    await step.backfills.open("a", now - 999 * DAY)

    far = await fill(step, sql)

    assert (far.outcome, far.new, far.last_error) == ("ended", 20, None)
    assert await keys(sql) == numbered(range(1, 21))


async def test_a_page_is_read_a_wake_and_the_next_waits_for_its_pause(
    step: Backfill, archive: Archive, now: datetime
) -> None:
    await step.backfills.open("a", now - 999 * DAY)

    for _ in range(3):
        await step.fill("a")

    assert archive.asked == ["/1"]
    [far] = await step.backfills.progress("a")
    assert 2.0 < far.rest <= 3.0


async def test_a_first_page_without_rows_is_no_end_but_a_failure(
    step: Backfill, archive: Archive, sql: asyncpg.Connection, now: datetime
) -> None:
    archive.posts.clear()
    await step.backfills.open("a", now - DAY)

    far = await fill(step, sql)

    assert (far.outcome, len(archive.asked)) == ("failed", 4)
    assert await sql.fetchval("SELECT kind FROM ops_item") == "backfill-failed"


# what is not its own


async def test_what_came_since_the_last_look_is_left_to_the_poll_that_tells_of_it(
    step: Backfill, collect: Collect, archive: Archive, sql: asyncpg.Connection, now: datetime
) -> None:
    newest, archive.posts = archive.posts[0], archive.posts[1:]
    await poll(collect, sql)
    archive.posts.insert(0, newest)
    await step.backfills.open("a", now - 999 * DAY)

    await fill(step, sql)
    assert await keys(sql) == numbered(range(1, 20))

    await poll(collect, sql)
    assert await keys(sql, "NOT baseline") == {"k20"}


async def test_a_poll_that_is_far_behind_loses_nothing_to_it(
    step: Backfill, collect: Collect, archive: Archive, sql: asyncpg.Connection, now: datetime
) -> None:
    newer, archive.posts = archive.posts[:8], archive.posts[8:]
    await poll(collect, sql)
    await sql.execute("UPDATE source SET last_ok_at = now() - interval '8 days'")
    archive.posts[:0] = newer
    await step.backfills.open("a", now - 999 * DAY)
    await fill(step, sql)
    await poll(collect, sql)

    await fill(step, sql)

    assert await keys(sql, "late AND NOT baseline") == numbered(range(13, 21))
    assert await keys(sql, "baseline") == numbered(range(1, 13))


async def test_a_source_that_was_never_looked_at_has_nothing_to_leave(
    step: Backfill, collect: Collect, sql: asyncpg.Connection, now: datetime
) -> None:
    await step.backfills.open("a", now - 999 * DAY)
    await fill(step, sql)
    await poll(collect, sql)

    assert await keys(sql, "NOT baseline") == set()
