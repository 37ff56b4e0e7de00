"""Open calls: what one can still apply for, as its newest article says it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from service.store.database import Database
from service.store.open_calls import OpenCalls

Add = Callable[..., Awaitable[int]]

NOW = datetime.now(UTC)


def today() -> date:
    """Today in Korea, asked when it is needed: a day may end while the tests run."""
    return datetime.now(ZoneInfo("Asia/Seoul")).date()


@pytest.fixture
def calls(database: Database) -> OpenCalls:
    return OpenCalls(database)


@pytest.fixture
def call(add: Add) -> Add:
    """``await call("제목", days=3)``: a call that closes so many days from now; None: not said."""

    async def call(title: str, days: int | None = 3, **values: Any) -> int:
        story = values.pop("story_id", None) or await add("story")
        said = {"is_call": True} | values.pop("call", {})
        fields = {
            "read_title": title, "kind": "notice", "story_id": story, "published_at": NOW,
            "publishers": ["mss"], "topics": ["export"], "facts": {"call": said},
            "call_end": None if days is None else today() + timedelta(days=days),
        }  # fmt: skip
        return await add("article", **(fields | values))

    return call


async def titles(calls: OpenCalls, **wish: object) -> tuple[list[str], list[str]]:
    board = await calls.board(**wish)  # type: ignore[arg-type]
    return [each.title for each in board.dated], [each.title for each in board.undated]


async def test_calls_stand_by_their_deadline_to_the_hour_and_those_over_do_not(
    calls: OpenCalls, call: Add
) -> None:
    await call("모레", 2)
    await call("오늘", 0)
    await call("모레 낮", 2, call={"end_clock": "12:00"})
    await call("어제", -1)

    assert await titles(calls) == (["오늘", "모레 낮", "모레"], [])


async def test_a_call_of_today_is_open_until_its_hour(
    calls: OpenCalls, call: Add, add: Add
) -> None:
    await call("밤까지", 0, call={"end_clock": "24:00"})
    await call("지남", 0, call={"end_clock": "00:00"})
    await call("내일 자정", 1, call={"end_clock": "00:00"})
    story = await add("story")
    await call("열려 있다던 글", 0, story_id=story, discovered_at=NOW - timedelta(days=1))
    await call("시각을 밝힌 글", 0, story_id=story, call={"end_clock": "00:00"})

    assert await titles(calls) == (["밤까지", "내일 자정"], [])


async def test_what_has_no_last_day_is_apart_by_why(calls: OpenCalls, call: Add) -> None:
    await call("상시", None, call={"open_ended": True})
    await call("모름", None)
    await call("오래됨", None, published_at=NOW - timedelta(days=200))
    await call("모집 아님", None, facts={"call": {"is_call": False}})

    board = await calls.board()

    assert board.dated == ()
    assert {each.title: each.deadline for each in board.undated} == {
        "상시": "always", "모름": "unknown",
    }  # fmt: skip


async def test_of_an_event_the_newest_article_tells_the_deadline(
    calls: OpenCalls, call: Add, add: Add
) -> None:
    story = await add("story")
    await call("처음", 9, story_id=story, discovered_at=NOW - timedelta(days=1))
    await call("앞당김", 1, story_id=story)
    over = await add("story")
    await call("열려 있다던 글", 5, story_id=over, discovered_at=NOW - timedelta(days=1))
    await call("이미 닫음", -2, story_id=over)

    assert await titles(calls) == (["앞당김"], [])


async def test_a_page_that_was_changed_last_tells_the_deadline_of_its_event(
    calls: OpenCalls, call: Add, add: Add
) -> None:
    story = await add("story")
    page = await call("연장함", 20, story_id=story, discovered_at=NOW - timedelta(days=2))
    await call("옛 마감의 사본", 1, story_id=story, discovered_at=NOW - timedelta(days=1))
    await add("revision", article_id=page, noticed_at=NOW, changes=[{"what": "마감 (deadline)"}])

    assert await titles(calls) == (["연장함"], [])


async def test_whatever_page_stands_for_an_event_its_revisions_only_grow(
    calls: OpenCalls, call: Add, add: Add
) -> None:
    story = await add("story")
    page = await call("처음", 9, story_id=story, discovered_at=NOW - timedelta(days=2))
    for _ in range(3):
        await add("revision", article_id=page, noticed_at=NOW - timedelta(days=1))
    before = (await calls.board()).dated[0].revisions
    await call("앞당김", 1, story_id=story)

    [now] = (await calls.board()).dated
    assert (now.title, before, now.revisions) == ("앞당김", 3, 4)


async def test_what_is_under_embargo_or_withdrawn_is_not_shown(
    calls: OpenCalls, call: Add, add: Add
) -> None:
    await call("엠바고", embargo_until=NOW + timedelta(days=1))
    await call("엠바고 상시", None, embargo_until=NOW + timedelta(days=1))
    gone = await call("내려감")
    what = {"what": "글이 내려감 (withdrawn)", "before": "", "after": "", "weighty": False}
    await add("revision", article_id=gone, changes=[what])
    await call("풀림", embargo_until=NOW - timedelta(hours=1))

    assert await titles(calls) == (["풀림"], [])


async def test_a_choice_of_ministry_and_topic_leaves_the_others_out(
    calls: OpenCalls, call: Add
) -> None:
    await call("중기부 수출")
    await call("관세청 수출", publishers=["kcs"])
    await call("중기부 금융", topics=["finance"])
    await call("상시 수출", None)

    assert await titles(calls, publishers=("mss",), topic="export") == (
        ["중기부 수출"],
        ["상시 수출"],
    )
    both = await titles(calls, publishers=("mss", "kcs"), topic="export")
    assert both == (["중기부 수출", "관세청 수출"], ["상시 수출"])
