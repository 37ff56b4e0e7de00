"""Revisit: pages and files compared with what was told, and what is done about it."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from scrapers.model import Freshness
from service.collect import Collect
from service.revisit import Revisit
from tests.flow.steps.revisit.pages import BYTES, PAGE, SAME, WITH_FILE, state

HOST = "https://a.example"
NINE = datetime(2026, 11, 20, 9, tzinfo=ZoneInfo("Asia/Seoul"))
LADDER = (timedelta(hours=1), timedelta(days=1))

Serve = Callable[..., None]
Asked = Callable[[], list[tuple[str, Freshness | None, float]]]
AddArticle = Callable[..., Awaitable[int]]
MakeCollect = Callable[..., Collect]


@pytest.mark.parametrize(
    "page",
    [
        WITH_FILE,
        WITH_FILE.replace("5월 20일", "5월  20일"),
        WITH_FILE.replace("제목 1", " 제목 1 "),
        WITH_FILE.replace("title: 제목 1\n", ""),
        WITH_FILE.replace("\npublisher: 관세청", ""),
    ],
    ids=["same", "blanks", "blanks in the title", "no title", "no publisher"],
)
async def test_a_page_that_says_the_same_changes_nothing(
    revisit: Revisit, told: AddArticle, serve: Serve, sql: asyncpg.Connection, page: str
) -> None:
    await told(file=True)
    serve("/k1", page)
    serve("/file", BYTES)

    await revisit.look_again("a")

    assert await state(sql) == SAME
    assert await sql.fetchval("SELECT text FROM attachment") == "안내문"
    wakes = await sql.fetch("SELECT entrypoint, execute_after > now() FROM pgqueuer")
    assert [tuple(each) for each in wakes] == [("revisit", True)]


async def test_a_counter_that_moved_changes_nothing(
    revisit: Revisit,
    told: AddArticle,
    serve: Serve,
    sql: asyncpg.Connection,
) -> None:
    await told(text="마감은 5월 20일이다.\n조회수 : 1,024")
    serve("/k1", PAGE)

    await revisit.look_again("a")

    assert (await state(sql))[1:] == (True, 1, True, 0)


async def test_page_and_file_are_asked_for_with_the_pause_of_their_source_and_unconditionally(
    revisit: Revisit, told: AddArticle, serve: Serve, asked: Asked
) -> None:
    await told(file=True)
    serve("/k1", WITH_FILE)
    serve("/file", BYTES)

    await revisit.look_again("a")

    assert asked() == [("/k1", None, 2.5), ("/file", None, 2.5)]


@pytest.mark.parametrize(
    ("page", "column", "value"),
    [
        (PAGE.replace("20일", "27일"), "text", "마감은 5월 27일이다."),
        (PAGE.replace("제목 1", "[정정] 제목 1"), "title", "[정정] 제목 1"),
        (PAGE.replace("관세청", "조달청"), "publisher", "조달청"),
    ],
    ids=["text", "title", "publisher"],
)
async def test_a_page_that_was_changed_is_stored_beside_what_it_said_and_read_again(
    revisit: Revisit,
    told: AddArticle,
    serve: Serve,
    sql: asyncpg.Connection,
    page: str,
    column: str,
    value: str,
) -> None:
    made = await told()
    serve("/k1", page)

    await revisit.look_again("a")

    row = await sql.fetchrow(f"SELECT {column}, read_at, triaged_at, looks FROM article")
    assert tuple(row) == (value, None, None, 1)
    kept = await sql.fetchrow("SELECT article_id, title, text, changes, files FROM revision")
    assert tuple(kept) == (made, "제목 1", "마감은 5월 20일이다.", None, "{}")
    wakes = await sql.fetch("SELECT entrypoint FROM pgqueuer ORDER BY 1")
    assert [each["entrypoint"] for each in wakes] == ["read", "revisit"]


async def test_another_time_of_publication_is_a_change(
    revisit: Revisit, told: AddArticle, serve: Serve, sql: asyncpg.Connection
) -> None:
    await told(file=True, published_at=NINE - timedelta(days=1))
    serve("/k1", WITH_FILE)
    serve("/file", BYTES)

    await revisit.look_again("a")

    assert await sql.fetchval("SELECT published_at FROM article") == NINE
    assert await sql.fetchval("SELECT published_at FROM revision") == NINE - timedelta(days=1)


async def test_a_file_swapped_in_its_place_is_seen_by_its_bytes(
    revisit: Revisit, told: AddArticle, serve: Serve, sql: asyncpg.Connection
) -> None:
    await told(file=True)
    serve("/k1", WITH_FILE)
    serve("/file", "PK 고친 안내문")

    await revisit.look_again("a")

    row = await sql.fetchrow("SELECT name, text, settled_at, due_at <= now() FROM attachment")
    assert tuple(row) == ("안내.hwpx", None, None, True)
    said = hashlib.sha256("안내문".encode()).hexdigest()
    assert await sql.fetchval("SELECT files->>'안내.hwpx' FROM revision") == said
    assert await sql.fetchval("SELECT read_at FROM article") is None
    assert await sql.fetchval("SELECT count(*) FROM pgqueuer WHERE entrypoint = 'attach'") == 1


async def test_a_file_of_another_name_is_a_change(
    revisit: Revisit, told: AddArticle, serve: Serve, sql: asyncpg.Connection
) -> None:
    await told(file=True)
    serve("/k1", WITH_FILE.replace("안내", "새 안내"))

    await revisit.look_again("a")

    assert await sql.fetchval("SELECT array_agg(name) FROM attachment") == ["새 안내.hwpx"]
    assert await sql.fetchval("SELECT count(*) FROM revision") == 1


async def test_every_page_that_is_due_is_looked_at(
    revisit: Revisit, told: AddArticle, serve: Serve, sql: asyncpg.Connection
) -> None:
    for number in (1, 2):
        await told()
        serve(f"/k{number}", PAGE.replace("제목 1", f"제목 {number}"))

    await revisit.look_again("a")

    assert await sql.fetchval("SELECT array_agg(looks) FROM article") == [1, 1]


@pytest.mark.parametrize(
    ("kind", "baseline", "looked_at"),
    [
        ("release", False, True),
        ("notice", False, True),
        ("news", False, False),
        ("release", True, False),
    ],
)
async def test_what_is_told_is_looked_at_again_but_not_news_and_not_the_first_look(
    collect: MakeCollect,
    add_article: AddArticle,
    serve: Serve,
    sql: asyncpg.Connection,
    kind: str,
    baseline: bool,
    looked_at: bool,
) -> None:
    await add_article(baseline=baseline)
    serve("/k1", PAGE)

    await replace(collect(kind=kind), first_look=LADDER[0]).open_owed("a")

    due = await sql.fetchval("SELECT look_due - collected_at FROM article")
    assert due == (LADDER[0] if looked_at else None)


async def test_without_a_ladder_nothing_is_looked_at(
    collect: MakeCollect, add_article: AddArticle, serve: Serve, sql: asyncpg.Connection
) -> None:
    await add_article()
    serve("/k1", PAGE)

    await collect().open_owed("a")

    assert await sql.fetchval("SELECT look_due FROM article") is None
