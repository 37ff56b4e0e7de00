"""Backfill: pages that fail, come half or never, and workers and sources that stop half-way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from scrapers.errors import Disallowed, LayoutError, ScrapeError, Throttled, Unreachable
from service.backfill import Backfill
from service.cadence import burst
from service.collect import Collect
from service.read import Read
from service.triage import Triage
from tests.flow.steps.backfill.archive import (
    DAY,
    HOST,
    PER_PAGE,
    Archive,
    fill,
    keys,
    numbered,
    poll,
)

Subscribe = Callable[..., Awaitable[None]]


# what goes wrong


async def test_a_worker_that_ends_half_way_loses_nothing(
    step: Backfill, archive: Archive, sql: asyncpg.Connection, now: datetime
) -> None:
    await step.backfills.open("a", now - 999 * DAY)
    await fill(step, sql, pages=2)
    archive.wait = asyncio.Event()
    await sql.execute("UPDATE backfill SET due_at = now()")
    dying = asyncio.create_task(step.fill("a"))
    while len(archive.asked) < 3:  # noqa: ASYNC110 - the fake has no event for it
        await asyncio.sleep(0.01)
    dying.cancel()
    await asyncio.wait({dying})
    archive.wait = None

    far = await fill(step, sql)

    assert archive.asked[:5] == ["/1", "/2", "/3", "/3", "/4"]
    assert (far.outcome, far.new) == ("ended", 20)
    assert await keys(sql) == numbered(range(1, 21))


async def test_a_passing_failure_is_waited_out_and_no_page_left_out(
    step: Backfill, archive: Archive, sql: asyncpg.Connection, now: datetime
) -> None:
    archive.trouble["/2"] = Throttled(f"{HOST}/2", "429", retry_after=900.0)
    await step.backfills.open("a", now - 999 * DAY)

    far = await fill(step, sql, pages=2)
    assert (far.pages, far.outcome) == (1, None)
    assert "429" in (far.last_error or "")
    assert 890.0 < far.rest <= 900.0

    far = await fill(step, sql)
    assert (far.new, far.last_error) == (20, None)


@pytest.mark.parametrize(("cut", "new", "noted"), [(3, 20, 0), (4, 18, 1)])
async def test_a_page_that_comes_half_is_asked_for_again_and_in_the_end_taken_as_it_is(
    step: Backfill,
    archive: Archive,
    sql: asyncpg.Connection,
    now: datetime,
    cut: int,
    new: int,
    noted: int,
) -> None:
    archive.cut = cut
    await step.backfills.open("a", now - 999 * DAY)

    far = await fill(step, sql)

    assert (far.outcome, far.new) == ("ended", new)
    items = "SELECT count(*) FROM ops_item WHERE kind = 'possible-gap'"
    assert await sql.fetchval(items) == noted


@pytest.mark.parametrize(
    ("error", "tries"),
    [
        (Disallowed(f"{HOST}/2", "robots.txt"), 1),
        (LayoutError(f"{HOST}/2", "another page"), 4),
        (Unreachable(f"{HOST}/2", "reset"), 12),
    ],
    ids=["refused", "strange", "away"],
)
async def test_what_does_not_pass_ends_it_and_is_told_once(
    step: Backfill,
    archive: Archive,
    sql: asyncpg.Connection,
    now: datetime,
    error: ScrapeError,
    tries: int,
) -> None:
    await step.backfills.open("a", now - 999 * DAY)
    await fill(step, sql, pages=1)
    for _ in range(tries):
        archive.trouble["/2"] = error
        far = await fill(step, sql, pages=1)

    assert (far.outcome, far.pages, far.last_error) == ("failed", 1, str(error))
    rows = await sql.fetch("SELECT kind, subject, times FROM ops_item")
    assert [tuple(row) for row in rows] == [("backfill-failed", "a", 1)]
    assert await keys(sql) == numbered(range(18, 21))


# a source that comes back


@pytest.mark.fault(13)
@pytest.mark.parametrize(
    "count", [14, pytest.param(500, marks=pytest.mark.faults)], ids=["some", "many"]
)
async def test_a_source_that_comes_back_after_a_day_loses_nothing_and_is_no_storm(
    step: Backfill,
    collect: Collect,
    archive: Archive,
    read: Read,
    triage: Triage,
    subscribe: Subscribe,
    sql: asyncpg.Connection,
    now: datetime,
    measured: Callable[..., None],
    count: int,
) -> None:
    await subscribe("무역", "수출")
    await poll(collect, sql)
    left = (burst(datetime.now(UTC)) - datetime.now(UTC)).total_seconds()
    if left < count / 4:  # a burst is gathered in ten minutes, of which none shall end meanwhile
        await asyncio.sleep(left + 1)
    missed = [(f"n{n}", now - timedelta(hours=21) * n / count) for n in range(count)]
    archive.posts[:0] = missed
    await sql.execute("UPDATE source SET last_ok_at = now() - interval '1 day'")

    await poll(collect, sql)
    assert len(await keys(sql, "key LIKE 'n%'")) == archive.max_pages * PER_PAGE
    far = await fill(step, sql, pages=count)
    for article in await sql.fetch("SELECT id FROM article ORDER BY id"):
        await read.read(article["id"])
        await triage.judge(article["id"])

    told = {key for key, _ in missed}
    assert (far.outcome, far.told) == ("reached", True)
    assert await keys(sql, "NOT baseline AND late") == told
    rows = await sql.fetch(
        "SELECT article.key, window_at FROM waiting JOIN telling ON telling.id = telling_id"
        " JOIN article ON article.id = article_id"
    )
    windows = {row["window_at"] for row in rows}
    stored = await keys(sql, "key LIKE 'n%'")
    measured(backlog=count, hours=24, lost=len(told - stored), digests=len(windows))
    assert len(rows) == len(told)
    assert {row["key"] for row in rows} == told
    assert len(windows) == 1
    assert max(windows) - datetime.now(UTC) <= timedelta(minutes=10)
    assert await sql.fetchval("SELECT count(*) FROM delivery") == 0
    assert await sql.fetchval("SELECT count(*) FROM ops_item") == 0
