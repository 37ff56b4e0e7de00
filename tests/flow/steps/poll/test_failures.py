"""Collect, first half: lists that fail or are cut off, and when they are asked for again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import asyncpg
import pytest
from structlog.testing import capture_logs

from scrapers.errors import (
    ChallengePage,
    Disallowed,
    Gone,
    LayoutError,
    RedirectTrouble,
    ScrapeError,
    ServerTrouble,
    Throttled,
    TooLarge,
    Unreachable,
)
from scrapers.model import Answer
from service.collect import Collect
from tests.flow.steps.poll.left import items, keys, last_poll, rest

LIST = "https://a.example/list/1"

Serve = Callable[..., None]
MakeCollect = Callable[..., Collect]
Poll = Callable[[Collect], Awaitable[None]]


async def test_nothing_is_stored_where_a_later_page_fails_and_the_next_poll_finds_it_all(
    collect: MakeCollect, poll: Poll, serve: Serve, sql: asyncpg.Connection
) -> None:
    serve("/list/1", "k1", "k4\nk3\nmore")
    serve("/list/2", Unreachable(LIST, "reset"), "k2\nk1")
    await poll(collect())

    await poll(collect())
    assert await keys(sql) == ["k1"]
    assert await last_poll(sql) == ("failed", 0, 0, 0)

    await poll(collect())
    assert await keys(sql) == ["k1", "k2", "k3", "k4"]
    assert not await sql.fetchval("SELECT bool_or(baseline) FROM article WHERE key <> 'k1'")


async def test_a_server_that_asks_for_patience_gets_it(
    collect: MakeCollect, poll: Poll, serve: Serve, sql: asyncpg.Connection
) -> None:
    serve("/list/1", Answer(None, max_age=900.0))

    await poll(collect())

    assert 890.0 < await rest(sql) <= 900.0


FAILURES = [
    (Unreachable(LIST, "no such name", "dns"), "dns"),
    (Unreachable(LIST, "reset"), "unreachable"),
    (ServerTrouble(LIST, "502"), "server"),
    (Throttled(LIST, "429"), "throttled"),
    (LayoutError(LIST, "no rows"), "layout"),
    (LayoutError(LIST, "no rows", "empty"), "empty"),
    (ChallengePage(LIST, "a captcha"), "challenge"),
    (ChallengePage(LIST, "a login", "login"), "login"),
    (TooLarge(LIST, "100 MB"), "too-large"),
    (RedirectTrouble(LIST, "a loop"), "redirect"),
    (Gone(LIST, "404"), "gone"),
    (Disallowed(LIST, "robots.txt"), "disallowed"),
]


@pytest.mark.parametrize(("error", "trouble"), FAILURES, ids=[each for _, each in FAILURES])
async def test_a_failure_is_recorded_by_its_class_and_its_name(
    collect: MakeCollect,
    poll: Poll,
    serve: Serve,
    sql: asyncpg.Connection,
    error: ScrapeError,
    trouble: str,
) -> None:
    serve("/list/1", error)

    with capture_logs() as logs:
        await poll(collect())

    assert await last_poll(sql) == ("failed", 0, 0, 0)
    row = await sql.fetchrow("SELECT failures, trouble, last_error FROM source")
    assert tuple(row) == (1, trouble, f"{LIST}: {error.detail}")
    assert await sql.fetchval("SELECT trouble FROM poll") == trouble
    assert 50.0 < await rest(sql) <= 66.0
    [line] = [each for each in logs if each["event"] == "poll.failed"]
    assert (line["source"], line["url"], line["why"]) == ("a", LIST, error.detail)


async def test_a_source_that_fails_again_is_asked_ever_more_slowly(
    collect: MakeCollect, poll: Poll, serve: Serve, sql: asyncpg.Connection
) -> None:
    error = ServerTrouble(LIST, "502")
    serve("/list/1", error, error, error, error, "k1")
    waits = []
    for _ in range(5):
        await poll(collect())
        waits.append(await rest(sql))

    for wait, expected in zip(waits, (60.0, 120.0, 240.0, 480.0, 60.0), strict=True):
        assert expected * 0.85 < wait <= expected * 1.1


async def test_a_server_that_says_when_to_come_again_is_obeyed(
    collect: MakeCollect, poll: Poll, serve: Serve, sql: asyncpg.Connection
) -> None:
    serve("/list/1", Throttled(LIST, "429", retry_after=1_234.0))

    await poll(collect())

    assert 1_224.0 < await rest(sql) <= 1_234.0


async def test_an_empty_list_is_loud_and_stores_nothing(
    collect: MakeCollect, poll: Poll, serve: Serve, sql: asyncpg.Connection
) -> None:
    serve("/list/1", "k1", "")
    await poll(collect())

    await poll(collect())

    assert await keys(sql) == ["k1"]
    assert await last_poll(sql) == ("failed", 0, 0, 0)
    assert await sql.fetchval("SELECT failures FROM source") == 1


async def test_the_sound_part_of_a_list_that_was_cut_off_is_kept_and_the_poll_has_failed(
    collect: MakeCollect, poll: Poll, serve: Serve, sql: asyncpg.Connection
) -> None:
    serve("/list/1", "k1", "k3\nk1\ncut", "k4\nk3\nk2\nk1")
    await poll(collect())

    with capture_logs() as logs:
        await poll(collect())

    assert await keys(sql) == ["k1", "k3"]
    assert not await sql.fetchval("SELECT baseline FROM article WHERE key = 'k3'")
    assert await last_poll(sql) == ("failed", 0, 0, 1)
    row = await sql.fetchrow("SELECT failures, trouble, last_error FROM source")
    assert tuple(row) == (1, "cut-off", f"{LIST}: read in part: 2 posts")
    assert [each["trouble"] for each in logs if each["event"] == "poll.failed"] == ["cut-off"]
    assert 50.0 < await rest(sql) <= 66.0  # there may be more to keep

    await poll(collect())

    assert await keys(sql) == ["k1", "k3", "k2", "k4"]
    assert await last_poll(sql) == ("ok", 1, 4, 2)
    assert await sql.fetchval("SELECT failures FROM source") == 0


async def test_a_list_that_gave_out_nothing_hides_nothing(
    collect: MakeCollect, poll: Poll, serve: Serve, sql: asyncpg.Connection
) -> None:
    serve("/list/1", "k1", "nothing", "k2\nk1")
    for _ in range(3):
        await poll(collect())

    assert await keys(sql) == ["k1", "k2"]
    assert await items(sql) == []
