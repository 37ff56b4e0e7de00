"""Collect, second half: pages that fail, come half or are refused, and their next try."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import asyncpg
import pytest

from scrapers.errors import (
    Broken,
    Disallowed,
    Gone,
    LayoutError,
    Passing,
    ScrapeError,
    Throttled,
    Unreachable,
)
from scrapers.model import Freshness
from service.collect import Collect
from service.pace import OPEN_LADDER
from tests.flow.steps.opened import stored

HOST = "https://a.example"
RESET = Unreachable(f"{HOST}/k1", "reset")
STRANGE = LayoutError(f"{HOST}/k1", "no text")

Serve = Callable[..., None]
Asked = Callable[[], list[tuple[str, Freshness | None, float]]]
MakeCollect = Callable[..., Collect]
AddArticle = Callable[..., Awaitable[int]]


async def items(sql: asyncpg.Connection) -> list[tuple[object, ...]]:
    rows = await sql.fetch("SELECT kind, subject, detail FROM ops_item ORDER BY id")
    return [tuple(row) for row in rows]


async def test_one_page_that_fails_holds_up_no_other(
    collect: MakeCollect, serve: Serve, add_article: AddArticle, sql: asyncpg.Connection
) -> None:
    for _ in range(3):
        await add_article()
    serve("/k1", "text: 하나")
    serve("/k2", RESET)
    serve("/k3", "text: 셋")

    await collect().open_owed("a")

    assert [collected for _, _, collected in await stored(sql)] == [True, False, True]


# a text over several pages


async def test_a_text_is_read_page_by_page_until_one_is_missing(
    collect: MakeCollect,
    serve: Serve,
    asked: Asked,
    add_article: AddArticle,
    sql: asyncpg.Connection,
) -> None:
    await add_article()
    serve("/k1", f"text: 머리말\nbody: {HOST}/body/1")
    serve("/body/1", "첫 쪽")
    serve("/body/2", "둘째 쪽")
    serve("/body/3", Gone(f"{HOST}/body/3", "404"))

    await collect().open_owed("a")

    assert [path for path, _, _ in asked()] == ["/k1", "/body/1", "/body/2", "/body/3"]
    assert await stored(sql) == [("제목 1", "머리말\n첫 쪽\n둘째 쪽", True)]
    assert await items(sql) == []


async def test_a_text_whose_first_page_is_missing_could_not_be_read(
    collect: MakeCollect, serve: Serve, add_article: AddArticle, sql: asyncpg.Connection
) -> None:
    await add_article(failures=2)
    serve("/k1", f"text: 머리말\nbody: {HOST}/body/1")
    serve("/body/1", Gone(f"{HOST}/body/1", "404"))

    await collect().open_owed("a")

    assert await stored(sql) == [("제목 1", "요약 1", True)]
    gone = f"{HOST}/body/1: 없어진 주소 (the address is gone): 404"
    assert await items(sql) == [("post-unreadable", f"{HOST}/k1", gone)]


async def test_half_a_text_is_not_stored(
    collect: MakeCollect, serve: Serve, add_article: AddArticle, sql: asyncpg.Connection
) -> None:
    await add_article()
    serve("/k1", f"body: {HOST}/body/1")
    serve("/body/1", "첫 쪽")
    serve("/body/2", RESET)

    await collect().open_owed("a")

    assert await stored(sql) == [("제목 1", None, False)]


@pytest.mark.parametrize(
    "error", [Gone(f"{HOST}/body/1", "404"), RESET, STRANGE], ids=["gone", "reset", "strange"]
)
@pytest.mark.parametrize(("before", "done"), [(0, False), (1, False), (2, True)])
async def test_a_text_that_fails_keeps_nothing_else_of_its_page_back_for_long(
    collect: MakeCollect, serve: Serve, add_article: AddArticle, sql: asyncpg.Connection,
    error: ScrapeError, before: int, done: bool,
) -> None:  # fmt: skip
    await add_article(failures=before)
    serve("/k1", f"title: 온 제목\nfile: 보도자료.hwpx\nbody: {HOST}/body/1")
    serve("/body/1", error)

    await collect().open_owed("a")

    assert await stored(sql) == [
        ("온 제목" if done else "제목 1", "요약 1" if done else None, done)
    ]
    files = await sql.fetch("SELECT name, due_at <= now() FROM attachment")
    assert [tuple(each) for each in files] == [("보도자료.hwpx", True)] * done
    assert await items(sql) == [("post-unreadable", f"{HOST}/k1", str(error))] * done


# what a failure does


@pytest.mark.parametrize(
    ("error", "before"), [(Gone(f"{HOST}/k1", "404"), 2), (Disallowed(f"{HOST}/k1", "403"), 0)]
)
async def test_a_page_that_is_refused_leaves_the_words_of_the_list_and_tells_a_person(
    collect: MakeCollect,
    serve: Serve,
    add_article: AddArticle,
    sql: asyncpg.Connection,
    error: ScrapeError,
    before: int,
) -> None:
    await add_article(failures=before)
    serve("/k1", error)

    await collect().open_owed("a")

    assert await stored(sql) == [("제목 1", "요약 1", True)]
    assert await items(sql) == [("post-unreadable", f"{HOST}/k1", str(error))]
    assert await sql.fetchval("SELECT last_error FROM article") == str(error)


@pytest.mark.parametrize(
    ("error", "before", "wait"),
    [
        *((error, n, wait) for error in (RESET, STRANGE) for n, wait in enumerate(OPEN_LADDER)),
        *((Gone(f"{HOST}/k1", "404"), n, OPEN_LADDER[n]) for n in range(2)),
        (RESET, 23, OPEN_LADDER[-1]),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, ScrapeError) else str(value),
)
async def test_a_page_that_fails_is_tried_again_on_the_next_rung(
    collect: MakeCollect,
    serve: Serve,
    add_article: AddArticle,
    sql: asyncpg.Connection,
    error: ScrapeError,
    before: int,
    wait: float,
) -> None:
    await add_article(failures=before)
    serve("/k1", error)

    await collect().open_owed("a")

    row = await sql.fetchrow("SELECT *, collect_due - now() AS rest FROM article")
    assert (row["failures"], row["last_error"]) == (before + 1, str(error))
    assert row["collected_at"] is None
    assert timedelta(seconds=wait * 0.8) < row["rest"] <= timedelta(seconds=wait * 1.1)
    assert await items(sql) == []
    assert await sql.fetchval("SELECT payload FROM pgqueuer") == b"a"


async def test_a_page_that_answers_at_last_is_stored(
    collect: MakeCollect, serve: Serve, add_article: AddArticle, sql: asyncpg.Connection
) -> None:
    await add_article()
    serve("/k1", RESET, STRANGE, "text: 본문")
    for _ in range(3):
        await sql.execute("UPDATE article SET collect_due = now()")
        await collect().open_owed("a")

    assert await stored(sql) == [("제목 1", "본문", True)]
    assert await items(sql) == []


@pytest.mark.parametrize(
    ("error", "before"), [(STRANGE, len(OPEN_LADDER)), (RESET, 24)], ids=["broken", "passing"]
)
async def test_after_the_last_rung_the_words_of_the_list_must_do(
    collect: MakeCollect,
    serve: Serve,
    add_article: AddArticle,
    sql: asyncpg.Connection,
    error: Passing | Broken,
    before: int,
) -> None:
    await add_article(failures=before)
    serve("/k1", error)

    await collect().open_owed("a")

    assert await stored(sql) == [("제목 1", "요약 1", True)]
    assert await items(sql) == [("post-unreadable", f"{HOST}/k1", str(error))]


async def test_a_page_is_not_asked_for_again_before_the_server_said(
    collect: MakeCollect, serve: Serve, add_article: AddArticle, sql: asyncpg.Connection
) -> None:
    await add_article()
    serve("/k1", Throttled(f"{HOST}/k1", "429", 1_800.0))

    await collect(pace=36.0).open_owed("a")

    rest = await sql.fetchval("SELECT collect_due - now() FROM article")
    assert timedelta(seconds=1_790) < rest <= timedelta(seconds=1_800)


async def test_the_pace_divides_the_wait(
    collect: MakeCollect, serve: Serve, add_article: AddArticle, sql: asyncpg.Connection
) -> None:
    await add_article(failures=3)
    serve("/k1", RESET)

    await collect(pace=36.0).open_owed("a")

    rest = await sql.fetchval("SELECT collect_due - now() FROM article")
    assert timedelta(seconds=80) < rest <= timedelta(seconds=110)
