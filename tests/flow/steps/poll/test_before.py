"""Collect, first half: what was on a list before it was looked at is no news."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from scrapers.model import Freshness
from service.collect import Collect
from tests.flow.steps.poll.left import age, keys, told

Serve = Callable[..., None]
Asked = Callable[[], list[tuple[str, Freshness | None, float]]]
MakeCollect = Callable[..., Collect]
Poll = Callable[[Collect], Awaitable[None]]
Subscribe = Callable[..., Awaitable[None]]


@pytest.mark.usefixtures("begun", "mature")
async def test_old_posts_that_slide_up_are_silent_however_long_ago_the_first_look_was(
    collect: MakeCollect, poll: Poll, serve: Serve, sql: asyncpg.Connection
) -> None:
    serve("/list/1", "k3 7\nk1 9\no2 300\no1 700\nmore")

    await poll(collect())

    assert await keys(sql) == ["k1", "k2", "k3", "o1", "o2"]
    assert await told(sql) == []


@pytest.mark.usefixtures("begun", "mature")
@pytest.mark.parametrize(
    "page",
    ["n1 3000\nk3 7\nk2 8", "k1 9\nn1 3000\nk3 7", "k3 7\nn1 8\nk1 9", "k3 7\nk2 8\nn1 8"],
    ids=["a slip on top", "a slip under a pin", "late, between", "late, at the end"],
)
async def test_a_post_with_an_old_date_where_news_stands_is_told(
    collect: MakeCollect, poll: Poll, serve: Serve, sql: asyncpg.Connection, page: str
) -> None:
    serve("/list/1", page)

    await poll(collect())

    assert await told(sql) == ["n1"]


@pytest.mark.usefixtures("begun")
async def test_in_the_first_week_what_is_older_than_the_first_look_saw_is_silent_anywhere(
    collect: MakeCollect, poll: Poll, serve: Serve, sql: asyncpg.Connection
) -> None:
    serve("/list/1", "o1 3000\nk3 7\nk2 8")

    await poll(collect())

    assert await told(sql) == []


async def test_a_pinned_post_of_years_ago_says_nothing_of_how_far_the_first_look_saw(
    collect: MakeCollect, poll: Poll, serve: Serve, sql: asyncpg.Connection
) -> None:
    serve("/list/1", "p1 pinned 700\nk2 8\nk1 9", "p1 pinned 700\nk2 8\no1 300")
    await poll(collect())
    await age(sql)

    await poll(collect())

    assert await told(sql) == []


@pytest.mark.usefixtures("begun", "mature")
async def test_what_comes_in_sight_behind_known_posts_by_reading_on_is_silent(
    collect: MakeCollect, poll: Poll, serve: Serve, sql: asyncpg.Connection
) -> None:
    """Younger than the oldest that the first look saw, as on a list in another order than time."""
    serve("/list/1", "k2 0\nn2 0\nn1 0\nmore")
    serve("/list/2", "k3 7\no9 8\no8 8\nmore")

    await poll(collect())

    assert await keys(sql) == ["k1", "k2", "k3", "o8", "o9", "n1", "n2"]
    assert await told(sql) == ["n1", "n2"]


async def test_without_dates_what_stands_below_known_posts_is_told(
    collect: MakeCollect, poll: Poll, serve: Serve, sql: asyncpg.Connection
) -> None:
    """It may be news of a list in another order: an old post told is better than news lost."""
    serve("/list/1", "k3\nk2\nk1", "k3\nk1\nn1")
    await poll(collect())
    await poll(collect())

    assert await told(sql) == ["n1"]
