"""Collect, second half: the page of each post that is owed one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from scrapers.model import Freshness
from service.collect import Collect
from tests.flow.steps.opened import stored

HOST = "https://a.example"
NINE = datetime(2026, 11, 20, 9, tzinfo=ZoneInfo("Asia/Seoul"))

Serve = Callable[..., None]
Asked = Callable[[], list[tuple[str, Freshness | None, float]]]
MakeCollect = Callable[..., Collect]
AddArticle = Callable[..., Awaitable[int]]


async def test_a_page_adds_its_text_title_time_and_files(
    collect: MakeCollect,
    serve: Serve,
    asked: Asked,
    add_article: AddArticle,
    sql: asyncpg.Connection,
) -> None:
    made = await add_article()
    serve("/k1", "title: 본 제목\ntext: 본문\nfile: 첨부.hwpx\npublisher: 관세청")

    await collect().open_owed("a")

    assert asked() == [("/k1", None, 2.5)]
    assert await stored(sql) == [("본 제목", "본문", True)]
    row = await sql.fetchrow("SELECT publisher, published_at, precision FROM article")
    assert tuple(row) == ("관세청", NINE, "minute")
    files = await sql.fetch("SELECT article_id, name, url, document, rank FROM attachment")
    assert [tuple(each) for each in files] == [(made, "첨부.hwpx", f"{HOST}/file", 0, 0)]
    woken = await sql.fetchrow("SELECT entrypoint, payload FROM pgqueuer")
    assert tuple(woken) == ("attach", b"a")


@pytest.mark.parametrize(
    ("known", "day", "kept"),
    [
        ((NINE, "second"), "2026-11-20", (NINE, "second")),
        ((NINE, "second"), "2026-11-19", (datetime(2026, 11, 19, tzinfo=NINE.tzinfo), "day")),
        ((NINE, "day"), "2026-11-20", (NINE.replace(hour=0), "day")),
        ((None, None), "2026-11-20", (NINE.replace(hour=0), "day")),
    ],
)
async def test_a_page_that_gives_the_same_day_alone_leaves_the_lists_time(
    known: tuple[datetime | None, str | None],
    day: str,
    kept: tuple[datetime, str],
    collect: MakeCollect,
    serve: Serve,
    add_article: AddArticle,
    sql: asyncpg.Connection,
) -> None:
    await add_article(published_at=known[0], precision=known[1])
    serve("/k1", f"text: 본문\nday: {day}")

    await collect().open_owed("a")

    row = await sql.fetchrow("SELECT published_at, precision FROM article")
    assert tuple(row) == kept


async def test_every_owed_page_of_the_source_is_opened_in_turn(
    collect: MakeCollect, serve: Serve, asked: Asked, add_article: AddArticle
) -> None:
    await add_article(baseline=True)
    for _ in range(2):
        await add_article()
    await add_article(source_id="b")
    for n in (1, 2, 3):
        serve(f"/k{n}", "text: 본문")

    await collect().open_owed("a")

    assert [path for path, _, _ in asked()] == ["/k2", "/k3", "/k1"]


async def test_a_second_wake_up_leaves_the_work_to_the_first_which_looks_once_more(
    collect: MakeCollect, serve: Serve, site: Any, asked: Asked, add_article: AddArticle
) -> None:
    step, fetching, go_on = collect(), asyncio.Event(), asyncio.Event()
    get = site.get

    async def slow(*request: Any, **options: Any) -> Any:
        fetching.set()
        await go_on.wait()
        return await get(*request, **options)

    site.get = slow
    for n in (1, 2):
        serve(f"/k{n}", "text: 본문")
    await add_article()
    first = asyncio.create_task(step.open_owed("a"))
    await fetching.wait()
    await add_article()

    await asyncio.wait_for(step.open_owed("a"), 5)
    assert not first.done()
    go_on.set()
    await first

    assert [path for path, _, _ in asked()] == ["/k1", "/k2"]


async def test_a_page_without_text_leaves_the_words_of_the_list(
    collect: MakeCollect, serve: Serve, add_article: AddArticle, sql: asyncpg.Connection
) -> None:
    await add_article()
    serve("/k1", "title: 본 제목")

    await collect().open_owed("a")

    assert await stored(sql) == [("본 제목", "요약 1", True)]


async def test_a_source_that_has_no_pages_any_more_lets_what_is_owed_go_on(
    collect: MakeCollect, asked: Asked, add_article: AddArticle, sql: asyncpg.Connection
) -> None:
    await add_article()

    await collect(whole=True).open_owed("a")

    assert asked() == []
    assert await stored(sql) == [("제목 1", "요약 1", True)]


async def test_letters_that_no_database_keeps_are_left_out(
    collect: MakeCollect, serve: Serve, add_article: AddArticle, sql: asyncpg.Connection
) -> None:
    await add_article()
    serve("/k1", "title: 본\0 제목\ntext: 본\0문\nfile: 첨\0부.pdf\npublisher: 관\0세청")

    await collect().open_owed("a")

    assert await stored(sql) == [("본 제목", "본문", True)]
    assert await sql.fetchval("SELECT publisher FROM article") == "관세청"
    assert await sql.fetchval("SELECT name FROM attachment") == "첨부.pdf"
