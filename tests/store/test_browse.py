"""The list of stories over a small database: whose face is shown, and where it stands."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from service.store.browse import Browse, Face, Watch, Wish, meets
from service.store.database import Database

NINE = datetime(2026, 11, 20, 9, tzinfo=ZoneInfo("Asia/Seoul"))
HOUR = timedelta(hours=1)

Add = Callable[..., Awaitable[int]]


@pytest.fixture
def browse(database: Database) -> Browse:
    return Browse(database)


async def titled(browse: Browse, wish: Wish | None = None) -> list[str]:
    return [face.title for face in await browse.page(wish or Wish(), 50)]


async def story(add: Add, title: str, **values: object) -> int:
    """A story of one release; the number of its article."""
    fields = {"kind": "release", "read_title": title, "story_id": await add("story")}
    return await add("article", **(fields | values))


async def test_an_empty_house_has_no_stories(browse: Browse) -> None:
    assert await browse.page(Wish(), 5) == []
    assert await browse.watch() == Watch(0, 0, 0, None)


async def test_a_story_is_shown_by_its_first_release_with_copies_and_news_counted(
    browse: Browse, add: Add
) -> None:
    made = await add("story")
    shown = {"publisher": "관세청", "published_at": NINE, "precision": "day", "kind": "release"}
    await add("article", story_id=made, kind="news", read_title="먼저 나온 기사")
    await add("article", story_id=made, read_title="보도자료", publishers=["kcs"], **shown)
    await add("article", story_id=made, kind="release", source_id="b")
    await add("article", story_id=made, kind="news", source_id="b")
    await add("article", kind="release", read_title="아직 판단하지 않은 글")

    (face,) = await browse.page(Wish(), 5)

    assert (face.title, face.publisher, face.publishers) == ("보도자료", "관세청", ["kcs"])
    assert (face.published_at, face.precision) == (NINE, "day")
    assert (face.copies, face.news) == (1, 2)


async def test_news_that_was_there_first_counts_with_the_release_and_stands_by_itself(
    browse: Browse, add: Add
) -> None:
    made = await add("story")
    await add("article", story_id=made, kind="release", read_title="보도자료")
    copy = await add("article", story_id=made, kind="release")
    tie = {"twin_id": copy, "joined_as": "coverage"}
    await add("article", story_id=await add("story"), kind="news", read_title="먼저", **tie)

    faces = await browse.page(Wish(), 5)

    assert {each.title: (each.copies, each.news) for each in faces} == {
        "보도자료": (1, 1), "먼저": (0, 0),
    }  # fmt: skip


async def test_stories_stand_as_they_came_and_what_was_out_for_long_as_it_was_published(
    browse: Browse, add: Add
) -> None:
    await story(add, "둘째", discovered_at=NINE + HOUR, published_at=NINE - 90 * HOUR)
    old = {"discovered_at": NINE + 9 * HOUR}
    await story(add, "첫 확인", published_at=NINE, baseline=True, **old)
    await story(add, "늦은 글", published_at=NINE + HOUR / 2, late=True, **old)
    await story(add, "첫째", discovered_at=NINE + 2 * HOUR)

    assert await titled(browse) == ["첫째", "둘째", "늦은 글", "첫 확인"]
    closed = Wish(until=date(2026, 11, 30))
    assert await titled(browse, closed) == ["첫째", "늦은 글", "첫 확인", "둘째"]


async def test_what_was_held_stands_where_it_became_public_for_whom_it_was_hidden(
    browse: Browse, add: Add
) -> None:
    await story(add, "풀린 글", discovered_at=NINE - HOUR, embargo_until=NINE + 3 * HOUR)
    await story(add, "그사이 글", discovered_at=NINE + HOUR)
    await story(add, "진작 풀린 글", discovered_at=NINE, embargo_until=NINE - 9 * HOUR)
    old = {"published_at": NINE - 90 * HOUR, "discovered_at": NINE + 9 * HOUR, "baseline": True}
    await story(add, "옛글", embargo_until=NINE - 80 * HOUR, **old)

    assert await titled(browse) == ["풀린 글", "그사이 글", "진작 풀린 글", "옛글"]
    first, *rest = await browse.page(Wish(), 9)
    assert first.came == NINE + 3 * HOUR
    assert await browse.page(Wish(), 9, first.place) == rest
    known = [face.title for face in await browse.page(Wish(), 9, held=True)]
    assert known == ["그사이 글", "진작 풀린 글", "풀린 글", "옛글"]


async def test_pages_follow_each_other_without_a_gap_also_where_times_are_equal(
    browse: Browse, add: Add
) -> None:
    for number in range(7):
        await story(add, str(number), discovered_at=NINE + HOUR * (number // 3))
    seen: list[str] = []
    page: Sequence[Face] = await browse.page(Wish(), 2)
    while page:
        seen += [face.title for face in page]
        page = await browse.page(Wish(), 2, page[-1].place)
    assert seen == list("6543210")


WISHES = {
    "all": Wish(),
    "ministry": Wish(ministries=("mss", "kcs")),
    "topic": Wish(topics=("trade",)),
    "kind": Wish(kinds=("notice",)),
    "since": Wish(since=date(2026, 11, 20)),
    "until": Wish(until=date(2026, 11, 19)),
    "day": Wish(since=date(2026, 11, 20), until=date(2026, 11, 20)),
    "open": Wish(open=True),
    "all at once": Wish(("mss",), ("trade",), ("notice",), until=date(2026, 11, 19)),
}


async def test_what_the_database_finds_is_what_is_wanted(browse: Browse, add: Add) -> None:
    today = sa.cast(sa.func.timezone("Asia/Seoul", sa.func.now()), sa.Date)
    choices = itertools.product(
        (["mss"], ["motir", "kcs"], None), (["trade", "sme"], ["energy"]), ("notice", "release")
    )
    for number, (publishers, topics, kind) in enumerate(choices):
        await story(
            add, str(number), publishers=publishers, topics=topics, kind=kind,
            published_at=NINE.replace(hour=0) + HOUR * 12 * (number % 3 - 1),
            call_end=today + (number % 3 - 1),
            facts={"call": {"end_clock": ("00:00", "24:00", None)[number % 4 % 3]}},
        )  # fmt: skip
    every = await browse.page(Wish(), 50)

    for name, wish in WISHES.items():
        found = {face.id for face in await browse.page(wish, 50)}
        assert found == {face.id for face in every if meets(wish, face)}, name
        assert 0 < len(found) <= len(every), name
    assert {(face.days, face.open) for face in every} == {
        (-1, False), (0, False), (0, True), (1, True)
    }  # fmt: skip


async def test_an_embargo_shows_as_long_as_it_lasts(browse: Browse, add: Add) -> None:
    far = NINE.replace(year=2926)
    await story(add, "곧", embargo_until=far)
    await story(add, "지난", embargo_until=NINE)
    await story(add, "조건", facts={"embargo": {"condition": "국회 의결 시"}})
    conditioned, over, held = await browse.page(Wish(), 5, held=True)
    assert (conditioned.held_until, conditioned.condition) == (None, "국회 의결 시")
    assert (over.held_until, over.condition) == (None, None)
    assert (held.held_until, held.condition) == (far, None)
    assert [face.title for face in await browse.page(Wish(), 5)] == ["조건", "지난"]


async def test_what_is_watched_leaves_out_what_is_paused(browse: Browse, add: Add) -> None:
    await add("source", id="gut", last_ok_at=NINE)
    await add("source", id="neu")
    await add("source", id="rot", failures=2, last_ok_at=NINE - HOUR)
    await add("source", id="still", last_ok_at=NINE + HOUR, paused_at=NINE)
    assert await browse.watch() == Watch(3, 1, 1, NINE)
