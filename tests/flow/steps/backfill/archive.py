"""A list of many pages, and what is read back of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg

from scrapers.errors import LayoutError, ScrapeError
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
)
from service.backfill import Backfill
from service.collect import Collect
from service.store.backfills import Progress

HOST = "https://a.example"
DAY = timedelta(days=1)
PER_PAGE = 3
TEXT = "이번 주에 문을 여는 수출 상담 창구를 안내한다. 관세 환급도 함께 돕는다. " * 5


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
