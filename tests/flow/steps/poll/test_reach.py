"""Collect, first half: how far a list is read where what is known does not stand at its end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from scrapers.errors import Gone, LayoutError, ScrapeError, Unreachable
from scrapers.model import Freshness
from service.collect import Collect
from tests.flow.steps.poll.left import items, keys, last_poll, told

LIST = "https://a.example/list/2"

Serve = Callable[..., None]
Asked = Callable[[], list[tuple[str, Freshness | None, float]]]
MakeCollect = Callable[..., Collect]
Poll = Callable[[Collect], Awaitable[None]]
Subscribe = Callable[..., Awaitable[None]]


def paths(asked: Asked) -> list[str]:
    return [path for path, _, _ in asked()]


# how far


@pytest.mark.usefixtures("begun")
async def test_a_known_post_that_was_put_on_top_again_hides_no_page(
    collect: MakeCollect, poll: Poll, serve: Serve, asked: Asked, sql: asyncpg.Connection
) -> None:
    serve("/list/1", "k2 0\nn6 0\nn5 0\nmore")
    serve("/list/2", "n4 0\nn3 1\nn2 1\nmore")
    serve("/list/3", "n1 1\nk3 7\nk1 9\nmore")

    await poll(collect())
    await poll(collect())

    assert paths(asked) == ["/list/1", "/list/2", "/list/3", "/list/1"]  # what is known, once
    assert await told(sql) == ["n1", "n2", "n3", "n4", "n5", "n6"]
    assert await items(sql) == []


@pytest.mark.usefixtures("begun")
async def test_a_post_that_is_pinned_without_a_word_hides_no_page(
    collect: MakeCollect, poll: Poll, serve: Serve, sql: asyncpg.Connection
) -> None:
    serve("/list/1", "k1 9\nn4 0\nn3 0\nmore")
    serve("/list/2", "k1 9\nn2 0\nn1 1\nmore")
    serve("/list/3", "k1 9\nk3 7\nk2 8\nmore")

    await poll(collect())

    assert await told(sql) == ["n1", "n2", "n3", "n4"]


@pytest.mark.usefixtures("begun")
async def test_more_than_the_pages_of_a_poll_behind_a_known_post_are_read_back(
    collect: MakeCollect, poll: Poll, serve: Serve, sql: asyncpg.Connection
) -> None:
    serve("/list/1", "k3 0\nn4 0\nn3 0\nmore")
    serve("/list/2", "n2 0\nn1 1\nmore")

    await poll(collect(max_pages=2))

    assert await told(sql) == ["n1", "n2", "n3", "n4"]
    row = await sql.fetchrow("SELECT request ->> 'url', since = told_from FROM backfill")
    assert tuple(row) == ("https://a.example/list/3", True)
    assert await items(sql) == []


@pytest.mark.usefixtures("begun")
@pytest.mark.parametrize(
    "page",
    ["n1 0\nk3 7\nk2 8\nmore", "k3 7\nn1 0\nk1 9\nmore", "n1 0\nk3 7\nk2 8\no3 10\nmore"],
    ids=["on top", "between", "an old one slid up"],
)
async def test_an_ordinary_look_asks_for_one_page(
    collect: MakeCollect, poll: Poll, serve: Serve, asked: Asked, sql: asyncpg.Connection, page: str
) -> None:
    serve("/list/1", page)

    await poll(collect())

    assert paths(asked) == ["/list/1"]
    assert await told(sql) == ["n1"]


@pytest.mark.usefixtures("begun")
@pytest.mark.parametrize(
    "error", [LayoutError(LIST, "no rows", "empty"), Gone(LIST, "404")], ids=["empty", "gone"]
)
async def test_a_short_list_in_another_order_ends_where_its_next_page_does_not_exist(
    collect: MakeCollect, poll: Poll, serve: Serve, sql: asyncpg.Connection, error: ScrapeError
) -> None:
    serve("/list/1", "k3 7\nk2 8\nk1 9\nn1 0\nmore")
    serve("/list/2", error)

    await poll(collect())

    assert await last_poll(sql) == ("ok", 1, 4, 1)
    assert await told(sql) == ["n1"]
    assert await sql.fetchval("SELECT count(*) FROM backfill") == 0
    assert await items(sql) == []


@pytest.mark.usefixtures("begun")
async def test_a_list_of_one_page_with_something_known_on_it_has_no_gap(
    collect: MakeCollect, poll: Poll, serve: Serve, sql: asyncpg.Connection
) -> None:
    serve("/list/1", "k3 7\nk2 8\nn1 0")

    await poll(collect())

    assert await told(sql) == ["n1"]
    assert await items(sql) == []


async def test_a_day_that_filled_the_page_at_the_first_look_is_not_read_back(
    collect: MakeCollect, poll: Poll, serve: Serve, asked: Asked
) -> None:
    """What stands behind was out before we came, though its day may be of today."""
    serve("/list/1", "k3 0\nk2 0\nk1 0\nmore", "k3 0\nk1 0\no1 0\nmore")
    await poll(collect())
    await poll(collect())

    assert paths(asked) == ["/list/1", "/list/1"]


@pytest.mark.usefixtures("begun")
async def test_a_page_that_cannot_be_had_behind_a_known_post_is_asked_for_again(
    collect: MakeCollect, poll: Poll, serve: Serve, sql: asyncpg.Connection
) -> None:
    serve("/list/1", "k2 0\nn3 0\nmore")
    serve("/list/2", Unreachable(LIST, "reset"), "n2 0\nn1 0\nk3 7\nmore")

    await poll(collect())
    assert await told(sql) == []

    await poll(collect())
    assert await told(sql) == ["n1", "n2", "n3"]


@pytest.mark.parametrize(
    "last", ["n2\nn1\nk3", "k4\nn2\nn1\nk3\no1\nmore"], ids=["at the end", "further up"]
)
async def test_without_dates_what_stands_between_known_posts_is_told(
    collect: MakeCollect, poll: Poll, serve: Serve, sql: asyncpg.Connection, last: str
) -> None:
    serve("/list/1", "k4\nk3\nk2\nk1", "k4\nn6\nn5\nmore")
    serve("/list/2", "k4\nn4\nn3\nmore")
    serve("/list/3", last)
    await poll(collect())

    await poll(collect())

    assert {f"n{n}" for n in range(1, 7)} <= set(await told(sql))
    assert await items(sql) == []


@pytest.mark.parametrize("end", ["more", "o1"], ids=["goes on", "ends"])
async def test_without_dates_pages_on_which_nothing_known_comes_up_are_left_to_a_person(
    collect: MakeCollect,
    poll: Poll,
    serve: Serve,
    asked: Asked,
    sql: asyncpg.Connection,
    end: str,
) -> None:
    """The archive may begin where what we know ends, and all of it be told; or news of a night."""
    serve("/list/1", "p1\nk3\nk2\nk1\nmore", "p1\nk3\nk1\no9\nmore")
    serve("/list/2", "p1\no8\no7\nmore")
    serve("/list/3", f"p1\no6\no5\n{end}")
    for _ in range(3):
        await poll(collect())

    assert paths(asked) == ["/list/1", "/list/1", "/list/2", "/list/3", "/list/1"]
    assert await told(sql) == ["o9"]
    assert await sql.fetchval("SELECT count(*) FROM backfill") == 0
    assert await items(sql) == [("possible-gap", "a")]


async def test_without_dates_a_list_at_another_address_is_none_of_it_news(
    collect: MakeCollect, poll: Poll, serve: Serve, sql: asyncpg.Connection
) -> None:
    serve("/list/1", "k1\nmore")
    serve("/moved/1", "m2\nm1\nmore", "m3\nm2\nm1\nmore")
    serve("/moved/2", "m0\nmore")
    await poll(collect())

    await poll(collect(folder="moved", max_pages=2))
    await poll(collect(folder="moved", max_pages=2))

    assert await keys(sql) == ["k1", "m0", "m1", "m2", "m3"]
    assert await told(sql) == ["m3"]
    assert await sql.fetchval("SELECT count(*) FROM backfill") == 0


async def test_a_search_is_read_on_for_what_can_still_be_told_alone(
    collect: MakeCollect, poll: Poll, serve: Serve, asked: Asked, subscribe: Subscribe
) -> None:
    await subscribe("무역", "수출")
    serve("/list/1", "k2 1\nk1 1\nmore", "k2 1\nn1 1\nmore")
    await poll(collect(searches=True))
    await poll(collect(searches=True))

    assert paths(asked) == ["/list/1", "/list/1"]
