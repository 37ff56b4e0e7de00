"""Backfill: a list read back to a day, page by page, whatever comes between."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import asyncpg
import pytest

from scrapers.errors import Disallowed, LayoutError, ScrapeError, Throttled, Unreachable
from scrapers.fetch import Fetcher
from scrapers.model import (
    NOBODY_ASKS,
    Answer,
    Asking,
    Detail,
    Listing,
    Moment,
    Page,
    Part,
    Post,
    Request,
    Source,
)
from service.backfill import Backfill
from service.collect import Collect
from service.read import Read
from service.store.articles import Articles
from service.store.backfills import Backfills, Progress
from service.store.database import Database
from service.store.sources import Sources
from service.triage import Judge

HOST = "https://a.example"
DAY = timedelta(days=1)
PER_PAGE = 3
TEXT = "이번 주에 문을 여는 수출 상담 창구를 안내한다. 관세 환급도 함께 돕는다. " * 5

Subscribe = Callable[..., Awaitable[None]]


@dataclass
class Archive:
    """A site with a post a row, newest first, and the source that reads it; pages have no end.

    ``posts``: (key, day). ``trouble`` is raised once, by path. ``cut``: so often a page is half.
    """

    posts: list[tuple[str, datetime | None]]
    trouble: dict[str, ScrapeError]
    asked: list[str]
    wait: asyncio.Event | None = None
    cut: int = 0
    publisher = None
    kind = "release"
    every, pause, max_pages = 60.0, 2.5, 2
    route_of, checks, searches = None, False, False

    def first(self, _asking: Asking = NOBODY_ASKS) -> Request:
        return Request(f"{HOST}/1")

    def read_list(self, page: Page) -> Listing:
        number = int(page.url.rsplit("/", 1)[1])
        rows = self.posts[(number - 1) * PER_PAGE : number * PER_PAGE]
        if not rows:
            raise LayoutError(page.url, "no rows", "empty")
        more = Request(f"{HOST}/{number + 1}")
        if self.cut:
            self.cut -= 1
            return Listing((self._post(*rows[0]),), more, "cut-off")
        return Listing(tuple(self._post(*row) for row in rows), more)

    def _post(self, key: str, day: datetime | None) -> Post:
        title = f"{key}호 안내: 수출 상담 창구를 엽니다"
        when = Moment(day, "minute") if day else None
        return Post(key, f"{HOST}/post/{key}", title, when, text=f"{key} {TEXT} 문의 {key}번 창구.")

    def open(self, _post: Post) -> None:
        return None

    def read_post(self, page: Page) -> Detail:
        raise NotImplementedError(page.url)

    def read_part(self, page: Page) -> Part:
        raise NotImplementedError(page.url)

    async def get(self, request: Request, **_options: Any) -> Answer:
        path = request.url.removeprefix(HOST)
        self.asked.append(path)
        if path in self.trouble:
            raise self.trouble.pop(path)
        if self.wait is not None:
            await self.wait.wait()
        body = repr(self.posts).encode()
        return Answer(Page(request.url, request.url, 200, {}, body, datetime.now(UTC)))


@pytest.fixture
async def now(sql: asyncpg.Connection) -> datetime:
    found: datetime = await sql.fetchval("SELECT now()")
    return found


@pytest.fixture
def archive(now: datetime) -> Archive:
    """Twenty posts, one a day, k20 of today."""
    return Archive([(f"k{n}", now - (20 - n) * DAY) for n in range(20, 0, -1)], {}, [])


@pytest.fixture
async def step(database: Database, archive: Archive) -> Backfill:
    await Sources(database).declare(["a"])
    source, fetcher = cast("Source", archive), cast("Fetcher", archive)
    return Backfill({"a": source}, fetcher, Backfills(database), 1.0)


@pytest.fixture
def collect(database: Database, archive: Archive) -> Collect:
    source, fetcher = cast("Source", archive), cast("Fetcher", archive)
    return Collect({"a": source}, fetcher, Sources(database), Articles(database), 1.0)


async def poll(collect: Collect, sql: asyncpg.Connection) -> None:
    await collect.sources.declare(["a"])
    await sql.execute("UPDATE source SET next_due = now()")
    [(source_id, number)] = await collect.sources.claim_due(["a"])
    await collect.poll(source_id, number)


async def fill(step: Backfill, sql: asyncpg.Connection, pages: int = 30) -> Progress:
    """Read until it is finished, ``pages`` at most, without its pauses."""
    for _ in range(pages):
        await sql.execute("UPDATE backfill SET due_at = now()")
        await step.fill("a")
        [far] = await step.backfills.progress("a", limit=1)
        if far.outcome is not None:
            break
    return far


async def keys(sql: asyncpg.Connection, where: str = "true") -> set[str]:
    return {row["key"] for row in await sql.fetch(f"SELECT key FROM article WHERE {where}")}


def numbered(numbers: Iterable[int]) -> set[str]:
    return {f"k{n}" for n in numbers}


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
    judge: Judge,
    subscribe: Subscribe,
    sql: asyncpg.Connection,
    now: datetime,
    measured: Callable[..., None],
    count: int,
) -> None:
    await subscribe("무역", "수출")
    await poll(collect, sql)
    missed = [(f"n{n}", now - timedelta(hours=21) * n / count) for n in range(count)]
    archive.posts[:0] = missed
    await sql.execute("UPDATE source SET last_ok_at = now() - interval '1 day'")

    await poll(collect, sql)
    assert len(await keys(sql, "key LIKE 'n%'")) == archive.max_pages * PER_PAGE
    far = await fill(step, sql, pages=count)
    for article in await sql.fetch("SELECT id FROM article ORDER BY id"):
        await read.read(article["id"])
        await judge.judge(article["id"])

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
    assert len(windows) <= 2  # ten minutes each, and the end of one may fall among them
    assert max(windows) - datetime.now(UTC) <= timedelta(minutes=10)
    assert await sql.fetchval("SELECT count(*) FROM delivery") == 0
    assert await sql.fetchval("SELECT count(*) FROM ops_item") == 0
