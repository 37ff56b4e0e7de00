"""Revisit: pages that could not be read when opened, and went out with the words of their list."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest

from scrapers.errors import Disallowed, Gone, LayoutError, ScrapeError
from service.collect import Collect
from service.revisit import Revisit
from tests.flow.steps.revisit.pages import BYTES, WITH_FILE

HOST = "https://a.example"
STRANGE = LayoutError(f"{HOST}/k1", "no text")

Serve = Callable[..., None]
AddArticle = Callable[..., Awaitable[int]]
MakeCollect = Callable[..., Collect]


async def revisions(sql: asyncpg.Connection) -> int:
    return int(await sql.fetchval("SELECT count(*) FROM revision"))


@pytest.fixture
def unread(told: AddArticle, sql: asyncpg.Connection) -> AddArticle:
    """``await unread()``: article ``k1`` with the words of its list, an item open about it."""

    async def unread(**values: object) -> int:
        made = await told(text="요약 1", read_text="요약 1", last_error="no text", **values)
        await sql.execute(
            "INSERT INTO ops_item (kind, subject, detail) VALUES ('post-unreadable', $1, '')",
            f"{HOST}/k1",
        )
        return made

    return unread


@pytest.mark.parametrize(
    ("error", "before"),
    [(Disallowed(f"{HOST}/k1", "403"), 0), (Gone(f"{HOST}/k1", "404"), 2), (STRANGE, 4)],
    ids=["refused", "gone", "strange"],
)
async def test_a_page_that_could_not_be_read_is_looked_at_again(
    collect: MakeCollect, add_article: AddArticle, serve: Serve, sql: asyncpg.Connection,
    error: ScrapeError, before: int,
) -> None:  # fmt: skip
    await add_article(failures=before)
    serve("/k1", error)

    await replace(collect(), first_look=timedelta(hours=1)).open_owed("a")

    row = await sql.fetchrow("SELECT collected_at, look_due - collected_at AS rest FROM article")
    assert row["rest"] == timedelta(hours=1)


async def test_a_page_that_is_read_at_last_is_no_version_of_itself_and_closes_its_item(
    revisit: Revisit, unread: AddArticle, serve: Serve, sql: asyncpg.Connection
) -> None:
    await unread()
    serve("/k1", WITH_FILE)

    await revisit.look_again("a")

    row = await sql.fetchrow("SELECT text, last_error, read_at, triaged_at FROM article")
    assert tuple(row) == ("마감은 5월 20일이다.", None, None, None)
    assert await sql.fetchval("SELECT array_agg(name) FROM attachment") == ["안내.hwpx"]
    assert await revisions(sql) == 0
    assert await sql.fetchval("SELECT closed_at IS NOT NULL FROM ops_item")


async def test_what_never_was_there_is_not_withdrawn(
    revisit: Revisit, unread: AddArticle, serve: Serve, sql: asyncpg.Connection
) -> None:
    await unread(failures=9)
    serve("/k1", Gone(f"{HOST}/k1", "404"))

    await revisit.look_again("a")

    assert await sql.fetchval("SELECT look_due > now() + interval '22 hours' FROM article")
    assert await revisions(sql) == 0


async def test_of_a_page_whose_text_still_fails_all_else_is_compared(
    revisit: Revisit, unread: AddArticle, serve: Serve, sql: asyncpg.Connection
) -> None:
    await unread()
    serve("/k1", f"title: 고친 제목\nbody: {HOST}/body/1")
    serve("/body/1", Gone(f"{HOST}/body/1", "404"))

    await revisit.look_again("a")

    row = await sql.fetchrow("SELECT title, text, last_error FROM article")
    assert tuple(row) == ("고친 제목", "요약 1", "no text")
    assert await revisions(sql) == 1


@pytest.mark.parametrize("swapped", [False, True])
async def test_a_file_that_was_told_and_is_swapped_meanwhile_is_a_version_all_the_same(
    revisit: Revisit, unread: AddArticle, serve: Serve, sql: asyncpg.Connection, swapped: bool
) -> None:
    await unread(file=True)
    serve("/k1", WITH_FILE)
    serve("/file", f"{BYTES} 고침" if swapped else BYTES)

    await revisit.look_again("a")

    assert await sql.fetchval("SELECT text FROM article") == "마감은 5월 20일이다."
    assert await revisions(sql) == swapped
