"""Revisit: pages and files that do not come, cannot be read or are gone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import asyncpg
import pytest

from scrapers.errors import Disallowed, Gone, LayoutError, ScrapeError, Throttled, Unreachable
from service.pace import OPEN_LADDER
from service.revisit import Revisit
from tests.flow.steps.revisit.pages import PAGE, SAME, WITH_FILE, state

HOST = "https://a.example"
LADDER = (timedelta(hours=1), timedelta(days=1))
RESET = Unreachable(f"{HOST}/k1", "reset")

Serve = Callable[..., None]
AddArticle = Callable[..., Awaitable[int]]


async def test_a_page_that_comes_without_any_of_its_files_is_not_believed(
    revisit: Revisit, told: AddArticle, serve: Serve, sql: asyncpg.Connection
) -> None:
    await told(file=True)
    serve("/k1", PAGE)

    await revisit.look_again("a")

    assert await sql.fetchval("SELECT array_agg(name) FROM attachment") == ["안내.hwpx"]
    assert await sql.fetchval("SELECT count(*) FROM revision") == 0


@pytest.mark.parametrize(
    "answer",
    [Gone(f"{HOST}/file", "404"), Unreachable(f"{HOST}/file", "reset"), "<html>없는 자료</html>"],
    ids=["gone", "reset", "error page"],
)
async def test_a_file_that_does_not_come_counts_as_unchanged(
    revisit: Revisit,
    told: AddArticle,
    serve: Serve,
    sql: asyncpg.Connection,
    answer: ScrapeError | str,
) -> None:
    await told(file=True)
    serve("/k1", WITH_FILE)
    serve("/file", answer)

    await revisit.look_again("a")

    assert await state(sql) == SAME


@pytest.mark.parametrize(
    ("reason", "again"), [("not-fetched", True), ("refused", True), ("not-asked", False)]
)
async def test_a_file_that_had_not_come_is_read_once_it_does(
    revisit: Revisit,
    told: AddArticle,
    serve: Serve,
    sql: asyncpg.Connection,
    reason: str,
    again: bool,
) -> None:
    await told(file=True)
    await sql.execute("UPDATE attachment SET sha256 = NULL, text = NULL, reason = $1", reason)
    serve("/k1", WITH_FILE)
    serve("/file", "PK 안내문")

    await revisit.look_again("a")

    assert await sql.fetchval("SELECT settled_at IS NULL FROM attachment") is again


@pytest.mark.parametrize("failures", range(len(OPEN_LADDER)))
@pytest.mark.parametrize("error", [RESET, Throttled(f"{HOST}/k1", "429", 5.0)], ids=type)
async def test_a_passing_failure_is_tried_again_on_the_next_rung(
    revisit: Revisit,
    told: AddArticle,
    serve: Serve,
    sql: asyncpg.Connection,
    error: ScrapeError,
    failures: int,
) -> None:
    await told(failures=failures)
    serve("/k1", error)

    await revisit.look_again("a")

    row = await sql.fetchrow("SELECT failures, looks, look_due - now() FROM article")
    wait = timedelta(seconds=OPEN_LADDER[failures])
    assert tuple(row)[:2] == (failures + 1, 0)
    assert wait * 0.8 < row[2] <= wait * 1.1


async def test_a_page_is_not_looked_at_again_before_the_server_said(
    revisit: Revisit, told: AddArticle, serve: Serve, sql: asyncpg.Connection
) -> None:
    await told()
    serve("/k1", Throttled(f"{HOST}/k1", "429", 1_800.0))

    await revisit.look_again("a")

    rest = await sql.fetchval("SELECT look_due - now() FROM article")
    assert timedelta(seconds=1_790) < rest <= timedelta(seconds=1_800)


@pytest.mark.parametrize(
    ("error", "items"),
    [
        (RESET, []),
        (LayoutError(f"{HOST}/k1", "no body"), ["post-unreadable"]),
        (Disallowed(f"{HOST}/k1", "robots.txt"), ["post-unreadable"]),
    ],
    ids=["passing for an hour", "strange page", "disallowed"],
)
async def test_a_page_that_cannot_be_read_is_left_until_the_next_look(
    revisit: Revisit,
    told: AddArticle,
    serve: Serve,
    sql: asyncpg.Connection,
    error: ScrapeError,
    items: list[str],
) -> None:
    await told(failures=len(OPEN_LADDER))
    serve("/k1", error)

    await revisit.look_again("a")

    assert await state(sql) == SAME
    assert [each["kind"] for each in await sql.fetch("SELECT kind FROM ops_item")] == items


async def test_a_page_that_is_gone_is_a_revision_in_which_nothing_else_changes(
    revisit: Revisit, told: AddArticle, serve: Serve, sql: asyncpg.Connection
) -> None:
    await told(failures=len(OPEN_LADDER))
    serve("/k1", Gone(f"{HOST}/k1", "404"))

    await revisit.look_again("a")

    row = await sql.fetchrow("SELECT text, triaged_at IS NULL FROM article")
    assert tuple(row) == ("마감은 5월 20일이다.", False)
    assert await sql.fetchval("SELECT changes->0->>'what' FROM revision") == (
        "글이 내려감 (withdrawn)"
    )
    assert await sql.fetchval("SELECT kind FROM ops_item") == "post-withdrawn"


@pytest.mark.parametrize("said", ["20일", "27일"], ids=["as it was", "changed"])
async def test_a_page_that_was_gone_while_its_site_was_under_repair_was_not_withdrawn(
    revisit: Revisit, told: AddArticle, serve: Serve, sql: asyncpg.Connection, said: str
) -> None:
    await told()
    gone = Gone(f"{HOST}/k1", "404")
    serve("/k1", gone, gone, PAGE.replace("20일", said))
    for _ in range(2):  # at two looks it is said once
        await sql.execute("UPDATE article SET failures = $1, look_due = now()", len(OPEN_LADDER))
        await revisit.look_again("a")
    assert await sql.fetchval("SELECT count(*) FROM revision") == 1

    await sql.execute("UPDATE article SET look_due = now()")
    await revisit.look_again("a")

    what = await sql.fetchval("SELECT changes->0->>'what' FROM revision ORDER BY id LIMIT 1")
    assert what == "글이 한때 내려감 (away for a while)"
    assert await sql.fetchval("SELECT count(*) FROM ops_item WHERE closed_at IS NULL") == 0


async def test_a_page_that_is_gone_for_less_than_an_hour_was_not_withdrawn(
    revisit: Revisit, told: AddArticle, serve: Serve, sql: asyncpg.Connection
) -> None:
    await told()
    serve("/k1", Gone(f"{HOST}/k1", "404"))

    await revisit.look_again("a")

    row = await sql.fetchrow("SELECT failures, look_due > now() FROM article")
    assert tuple(row) == (1, True)
    assert await sql.fetchval("SELECT count(*) FROM revision") == 0


async def test_a_page_whose_text_alone_is_gone_was_not_withdrawn(
    revisit: Revisit, told: AddArticle, serve: Serve, sql: asyncpg.Connection
) -> None:
    await told()
    serve("/k1", f"title: 제목 1\nbody: {HOST}/part/1")
    serve("/part/1", Gone(f"{HOST}/part/1", "404"))

    await revisit.look_again("a")

    assert await state(sql) == SAME
