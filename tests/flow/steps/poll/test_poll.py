"""Collect, first half: one look at a list, and what is made of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

import asyncpg
import pytest

from scrapers.model import Answer, Freshness, Page
from service.collect import Collect
from tests.flow.steps.conftest import HOST, NINE
from tests.flow.steps.poll.left import items, keys, last_poll, rest

LIST = "https://a.example/list/1"
AGAIN = Freshness('"1"', "then")

Serve = Callable[..., None]
Asked = Callable[[], list[tuple[str, Freshness | None, float]]]
MakeCollect = Callable[..., Collect]
Poll = Callable[[Collect], Awaitable[None]]


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


async def test_validators_of_another_address_are_not_sent(
    collect: MakeCollect, poll: Poll, serve: Serve, asked: Asked
) -> None:
    page = Page(LIST, LIST, 200, {}, b"k1", NINE)
    serve("/list/1", Answer(page, AGAIN))
    serve("/moved/1", Answer(replace(page, url=f"{HOST}/moved/1"), Freshness('"2"')))
    await poll(collect())
    await poll(collect())

    await poll(collect(folder="moved"))
    await poll(collect(folder="moved"))

    known = [freshness for _, freshness, _ in asked()]
    assert known == [Freshness(), AGAIN, Freshness(), Freshness('"2"')]


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

    rows = await sql.fetch(
        "SELECT length(key), length(title), length(url) FROM article ORDER BY 1 DESC"
    )
    assert [tuple(row) for row in rows] == [(64, 1_000, 2_000), (2, 5, 20)]
    assert await items(sql) == []
