"""Collect, first half: one look at a list, and what is made of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

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
from scrapers.model import Answer, Freshness
from service.collect import Collect

LIST = "https://a.example/list/1"
AGAIN = Freshness('"1"', "then")

Serve = Callable[..., None]
Asked = Callable[[], list[tuple[str, Freshness | None, float]]]
MakeCollect = Callable[..., Collect]
Poll = Callable[[Collect], Awaitable[None]]


@pytest.fixture
def poll(sql: asyncpg.Connection) -> Poll:
    """``await poll(step)``: the next slot of source ``a``, due at once."""

    async def poll(step: Collect) -> None:
        await step.sources.declare(["a"])
        await sql.execute("UPDATE source SET next_due = now()")
        [(source_id, number)] = await step.sources.claim_due(["a"])
        await step.poll(source_id, number)

    return poll


async def keys(sql: asyncpg.Connection) -> list[str]:
    return [row["key"] for row in await sql.fetch("SELECT key FROM article ORDER BY id")]


async def last_poll(sql: asyncpg.Connection) -> tuple[object, ...]:
    row = await sql.fetchrow(
        "SELECT outcome, pages, seen, new FROM poll ORDER BY slot DESC LIMIT 1"
    )
    return tuple(row)


async def items(sql: asyncpg.Connection) -> list[tuple[object, ...]]:
    rows = await sql.fetch("SELECT kind, subject FROM ops_item WHERE closed_at IS NULL")
    return [tuple(row) for row in rows]


async def rest(sql: asyncpg.Connection) -> float:
    left: timedelta = await sql.fetchval("SELECT next_due - now() FROM source")
    return left.total_seconds()


# how far a list is read


async def test_the_first_look_takes_the_front_page_only_and_silently(
    collect: MakeCollect, poll: Poll, serve: Serve, asked: Asked, sql: asyncpg.Connection
) -> None:
    serve("/list/1", "k2\nk1\nmore")

    await poll(collect())

    assert [path for path, _, _ in asked()] == ["/list/1"]
    assert await keys(sql) == ["k1", "k2"]
    assert await sql.fetchval("SELECT bool_and(baseline) FROM article")
    assert await last_poll(sql) == ("ok", 1, 2, 2)
    assert await items(sql) == []


async def test_a_list_is_read_down_to_a_known_post_and_stored_oldest_first(
    collect: MakeCollect, poll: Poll, serve: Serve, asked: Asked, sql: asyncpg.Connection
) -> None:
    serve("/list/1", "k1", "k9\nk8\nmore")
    serve("/list/2", "k7\nk1\nmore")
    await poll(collect())
    asked()

    await poll(collect())

    assert [(path, pause) for path, _, pause in asked()] == [("/list/1", 2.5), ("/list/2", 2.5)]
    assert await keys(sql) == ["k1", "k7", "k8", "k9"]
    assert await last_poll(sql) == ("ok", 2, 4, 3)
    assert await items(sql) == []


async def test_a_front_page_with_a_known_post_is_enough(
    collect: MakeCollect, poll: Poll, serve: Serve, asked: Asked
) -> None:
    serve("/list/1", "k1", "k2\nk1\nmore")
    await poll(collect())
    await poll(collect())

    assert [path for path, _, _ in asked()] == ["/list/1", "/list/1"]


async def test_a_pinned_post_does_not_end_the_reading(
    collect: MakeCollect, poll: Poll, serve: Serve, sql: asyncpg.Connection
) -> None:
    serve("/list/1", "k2\nk1", "k1 pinned\nk5\nmore")
    serve("/list/2", "k1 pinned\nk4\nk2\nmore")
    await poll(collect())

    await poll(collect())

    assert await keys(sql) == ["k1", "k2", "k4", "k5"]


async def test_a_post_that_slips_to_the_next_page_meanwhile_is_stored_once(
    collect: MakeCollect, poll: Poll, serve: Serve, sql: asyncpg.Connection
) -> None:
    serve("/list/1", "k1", "k3\nk2\nmore")
    serve("/list/2", "k2\nk1")
    await poll(collect())

    await poll(collect())

    assert sorted(await keys(sql)) == ["k1", "k2", "k3"]


async def test_nothing_is_stored_where_a_later_page_fails_and_the_next_poll_finds_it_all(
    collect: MakeCollect, poll: Poll, serve: Serve, sql: asyncpg.Connection
) -> None:
    serve("/list/1", "k1", "k4\nk3\nmore")
    serve("/list/2", Unreachable(LIST, "reset"), "k2\nk1")
    await poll(collect())

    await poll(collect())
    assert await keys(sql) == ["k1"]
    assert await last_poll(sql) == ("Unreachable", 0, 0, 0)

    await poll(collect())
    assert await keys(sql) == ["k1", "k2", "k3", "k4"]
    assert not await sql.fetchval("SELECT bool_or(baseline) FROM article WHERE key <> 'k1'")


@pytest.mark.parametrize(("last", "goes_on"), [("k3\nmore", True), ("k3", False)])
async def test_a_list_with_nothing_known_is_read_on_or_where_it_ends_a_possible_gap(
    collect: MakeCollect,
    poll: Poll,
    serve: Serve,
    sql: asyncpg.Connection,
    last: str,
    goes_on: bool,
) -> None:
    serve("/list/1", "k1", "k5\nk4\nmore")
    serve("/list/2", last)
    await poll(collect())

    await poll(collect(max_pages=2))

    assert await keys(sql) == ["k1", "k3", "k4", "k5"]  # what was seen is not lost
    assert await last_poll(sql) == ("ok", 2, 3, 3)
    assert await items(sql) == ([] if goes_on else [("possible-gap", "a")])
    more = await sql.fetchval("SELECT request ->> 'url' FROM backfill")
    assert more == (f"{LIST[:-1]}3" if goes_on else None)


# when nothing is new


async def test_a_304_stores_nothing_and_keeps_what_was_known(
    collect: MakeCollect, poll: Poll, serve: Serve, asked: Asked, sql: asyncpg.Connection
) -> None:
    serve("/list/1", "k1", Answer(None, AGAIN))
    await poll(collect())
    digest = await sql.fetchval("SELECT body_sha256 FROM source")

    await poll(collect())
    await poll(collect())

    assert [freshness for _, freshness, _ in asked()] == [Freshness(), Freshness(), AGAIN]
    assert await last_poll(sql) == ("ok", 0, 0, 0)
    assert await keys(sql) == ["k1"]
    row = await sql.fetchrow("SELECT quiet_polls, body_sha256, etag, last_modified FROM source")
    assert tuple(row) == (2, digest, '"1"', "then")


async def test_the_same_bytes_are_not_read_again(
    collect: MakeCollect, poll: Poll, serve: Serve, sql: asyncpg.Connection
) -> None:
    serve("/list/1", "k1")
    await poll(collect())
    await sql.execute("DELETE FROM article")

    await poll(collect())

    assert await keys(sql) == []
    assert await last_poll(sql) == ("ok", 0, 0, 0)


async def test_a_slot_that_another_worker_took_up_is_not_polled(
    collect: MakeCollect, poll: Poll, serve: Serve, asked: Asked
) -> None:
    serve("/list/1", "k1")
    step = collect()
    await poll(step)
    asked()

    await step.poll("a", 1)

    assert asked() == []


# when the next look is due


async def test_a_source_rests_for_its_interval_divided_by_the_pace(
    collect: MakeCollect, poll: Poll, serve: Serve, sql: asyncpg.Connection
) -> None:
    serve("/list/1", "k1")

    await poll(collect(every=6_000.0, pace=10.0))

    assert 530.0 < await rest(sql) < 661.0


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

    kind = type(error).__name__
    assert await last_poll(sql) == (kind, 0, 0, 0)
    row = await sql.fetchrow("SELECT failures, trouble, last_error FROM source")
    assert tuple(row) == (1, trouble, f"{kind}: {LIST}: {error.detail}")
    assert await sql.fetchval("SELECT trouble FROM poll") == trouble
    assert 50.0 < await rest(sql) <= 66.0
    [line] = [each for each in logs if each["event"] == "poll.failed"]
    assert (line["source"], line["url"], line["kind"], line["why"]) == (
        "a", LIST, kind, error.detail,
    )  # fmt: skip


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
    assert await last_poll(sql) == ("LayoutError", 0, 0, 0)
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
    assert await last_poll(sql) == ("LayoutError", 0, 0, 1)
    row = await sql.fetchrow("SELECT failures, trouble, last_error FROM source")
    assert tuple(row) == (1, "cut-off", f"LayoutError: {LIST}: read in part: 2 posts")
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


# in which form a post is stored


async def test_letters_that_no_database_keeps_end_no_batch(
    collect: MakeCollect, poll: Poll, serve: Serve, sql: asyncpg.Connection
) -> None:
    serve("/list/1", "k1\nx#y\nx~y")

    await poll(collect(whole=True))

    rows = await sql.fetch("SELECT title, summary, text FROM article ORDER BY key")
    assert [tuple(row) for row in rows] == [
        ("제목 k1", "요약 k1", "요약 k1"),
        ("제목 xy", "요약 xy", "요약 xy"),
        ("제목 x?y", "요약 x?y", "요약 x?y"),
    ]
    assert await sql.fetchval("SELECT publisher FROM article WHERE key = 'x#y'") == "xy"


async def test_what_a_list_says_whole_is_collected_and_the_rest_is_owed_its_page(
    collect: MakeCollect, poll: Poll, serve: Serve, sql: asyncpg.Connection
) -> None:
    serve("/list/1", "k1", "k2\nk1")

    await poll(collect(whole=True))
    await poll(collect(whole=False))

    rows = await sql.fetch("SELECT text, collected_at IS NULL FROM article ORDER BY key")
    assert [tuple(row) for row in rows] == [("요약 k1", False), (None, True)]


async def test_an_endless_key_title_or_address_is_bounded_and_known_again(
    collect: MakeCollect, poll: Poll, serve: Serve, sql: asyncpg.Connection
) -> None:
    long = "k" * 5_000
    serve("/list/1", long, f"k1\n{long}")
    await poll(collect())

    await poll(collect())

    rows = await sql.fetch("SELECT length(key), length(title), length(url) FROM article")
    assert [tuple(row) for row in rows] == [(64, 1_000, 2_000), (2, 5, 20)]
    assert await items(sql) == []
