"""Likeness in the store: twins are found by their numbers, joined, and never missed in a race."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, timedelta
from typing import Any

import asyncpg
import pytest

from service.model import Tie
from service.store.stories import Place, UnseenTwin
from service.store.verdicts import Verdict, Verdicts

DAY = date(2026, 11, 20)
NUMBERS = (-5, 1, 2, 3, 4, 5, 6, 7)

Add = Callable[..., Awaitable[int]]


def place(key: str, numbers: Sequence[int] = NUMBERS, day: date = DAY, **more: Any) -> Place:
    return Place([key], day, numbers, **more)


async def settled(verdicts: Verdicts, article_id: int, where: Place) -> None:
    assert await verdicts.settle(article_id, Verdict(where, {})) == 0


async def row(sql: asyncpg.Connection, article_id: int) -> asyncpg.Record:
    return await sql.fetchrow("SELECT * FROM article WHERE id = $1", article_id)


async def test_a_twin_is_found_by_three_equal_numbers(verdicts: Verdicts, add: Add) -> None:
    made = await add("article", read_title="제목", read_text="본문", publishers=["kcs", "mss"])
    await settled(verdicts, made, place("a"))
    other = await add("article")

    (found,) = (await verdicts.likely(other, place("b", (1, 2, 3, 90, 91)))).alike

    assert (found.id, found.title, found.text, found.publisher) == (made, "제목", "본문", "kcs")
    assert (await verdicts.likely(other, place("b", (1, 2, 80, 90, 91)))).alike == []


@pytest.mark.parametrize(("days", "found"), [(0, 1), (14, 1), (-14, 1), (15, 0), (-15, 0)])
async def test_a_twin_is_looked_for_two_weeks_around_its_day(
    verdicts: Verdicts, add: Add, days: int, found: int
) -> None:
    await settled(verdicts, await add("article"), place("a"))
    later = place("b", day=DAY + timedelta(days=days))

    assert len((await verdicts.likely(await add("article"), later)).alike) == found


async def test_the_twin_with_the_rarest_numbers_in_common_comes_first(
    verdicts: Verdicts, add: Add
) -> None:
    common = [await add("article") for _ in range(3)]
    for each in common:
        await settled(verdicts, each, place(f"c{each}", (1, 2, 3), seen=frozenset(common)))
    own = await add("article")
    await settled(verdicts, own, place("own", (97, 98, 99)))

    found = (await verdicts.likely(await add("article"), place("b", (1, 2, 3, 97, 98, 99)))).alike

    assert found[0].id == own
    assert {each.id for each in found[1:]} == set(common)


async def test_an_article_is_no_twin_of_itself(verdicts: Verdicts, add: Add) -> None:
    made = await add("article")
    await settled(verdicts, made, place("a"))

    assert (await verdicts.likely(made, place("a"))).alike == []


async def test_news_is_found_by_its_excerpts_within_days(verdicts: Verdicts, add: Add) -> None:
    news = await add("article", kind="news")
    await settled(verdicts, news, place("n", (), excerpts=range(10)))
    release = await add("article")

    (found,) = (await verdicts.likely(release, place("r", (), excerpts=range(5, 20)))).telling
    late = place("r", (), DAY + timedelta(days=5), excerpts=range(5, 20))

    assert (found.id, found.news) == (news, True)
    assert (await verdicts.likely(release, late)).telling == []


async def test_a_tie_joins_the_story_of_its_twin_and_is_kept_with_its_reason(
    verdicts: Verdicts, add: Add, sql: asyncpg.Connection
) -> None:
    first, copy = await add("article"), await add("article")
    await settled(verdicts, first, place("a"))
    tie = Tie(first, "joint", 0.7, "함께 낸 것")

    await settled(verdicts, copy, place("b", seen=frozenset([first]), tie=tie))

    one, other = await row(sql, first), await row(sql, copy)
    assert one["story_id"] == other["story_id"]
    assert one["twin_id"] is None
    assert [other[each] for each in ("twin_id", "joined_as", "share", "why")] == [
        first,
        "joint",
        0.7,
        "함께 낸 것",
    ]


async def test_the_same_address_joins_whatever_was_found_alike(
    verdicts: Verdicts, add: Add, sql: asyncpg.Connection
) -> None:
    first, alike, copy = [await add("article") for _ in range(3)]
    await settled(verdicts, first, place("a", ()))
    await settled(verdicts, alike, place("b"))
    tie = Tie(alike, "copy", 0.9, "닮음")

    await settled(verdicts, copy, place("a", seen=frozenset([alike]), tie=tie))

    found = await row(sql, copy)
    assert found["story_id"] == (await row(sql, first))["story_id"]
    assert (found["twin_id"], found["joined_as"], found["share"]) == (first, "copy", 1.0)


async def test_news_that_is_identical_is_coverage(
    verdicts: Verdicts, add: Add, sql: asyncpg.Connection
) -> None:
    release, news = await add("article", kind="notice"), await add("article", kind="news")
    await settled(verdicts, release, place("a", ()))

    await settled(verdicts, news, place("a", ()))

    assert (await row(sql, news))["joined_as"] == "coverage"


async def test_a_likely_twin_that_was_not_judged_is_not_passed_over(
    verdicts: Verdicts, add: Add, sql: asyncpg.Connection
) -> None:
    first, copy = await add("article"), await add("article")
    await settled(verdicts, first, place("a"))

    with pytest.raises(UnseenTwin):
        await verdicts.settle(copy, Verdict(place("b"), {}))

    assert (await row(sql, copy))["triaged_at"] is None
    await settled(verdicts, copy, place("b", seen=frozenset([first])))
    assert (await row(sql, copy))["story_id"] != (await row(sql, first))["story_id"]


async def test_news_that_was_there_first_is_tied_to_the_release_and_stays_its_own_story(
    verdicts: Verdicts, add: Add, sql: asyncpg.Connection
) -> None:
    news, release = await add("article", kind="news"), await add("article")
    await settled(verdicts, news, place("n", ()))
    tie = Tie(release, "coverage", 0.4, "기사")

    await settled(verdicts, release, place("r", (), covered_by={news: tie}))

    told = await row(sql, news)
    assert (told["twin_id"], told["joined_as"], told["share"]) == (release, "coverage", 0.4)
    assert told["story_id"] != (await row(sql, release))["story_id"]


async def test_an_article_that_is_judged_again_stays_in_its_story_and_is_found_by_both_texts(
    verdicts: Verdicts, add: Add, sql: asyncpg.Connection
) -> None:
    first, made = await add("article"), await add("article")
    await settled(verdicts, first, place("a", ()))
    await settled(verdicts, made, place("b", (1, 2, 3)))
    story = (await row(sql, made))["story_id"]
    await sql.execute("UPDATE article SET triaged_at = NULL WHERE id = $1", made)

    await settled(verdicts, made, place("a", (4, 5, 6)))

    assert (await row(sql, made))["story_id"] == story
    other = await add("article")
    for numbers in ((1, 2, 3), (4, 5, 6)):
        likely = await verdicts.likely(other, place("c", numbers))
        assert [each.id for each in likely.alike] == [made]


async def test_news_of_what_is_still_under_embargo_is_tied_to_it_and_told_for_itself(
    verdicts: Verdicts, add: Add, sql: asyncpg.Connection
) -> None:
    until = await sql.fetchval("SELECT now()") + timedelta(hours=1)
    release, news = await add("article", embargo_until=until), await add("article", kind="news")
    await settled(verdicts, release, place("r", ()))
    tie = Tie(release, "coverage", 0.4, "기사")

    await settled(verdicts, news, place("n", (), tie=tie))

    told = await row(sql, news)
    assert (told["twin_id"], told["joined_as"]) == (release, "coverage")
    assert told["story_id"] != (await row(sql, release))["story_id"]
