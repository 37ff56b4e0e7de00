"""The calendar as a calendar program reads it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

SEOUL = ZoneInfo("Asia/Seoul")
TODAY = datetime.now(SEOUL).date()
SOON = TODAY + timedelta(days=20)
LONG = "가나다라마바사 " * 40 + "; , \\ \n끝"


@pytest.fixture
async def called(house: Any) -> Callable[..., Any]:
    """``await called(end=…)``: the ids of a story and its article with that deadline, told of."""
    await house.add("source", id="a")

    async def called(
        end: date | None, clock: str | None = None, title: str = "참여기업 모집", **facts: Any
    ) -> tuple[int, int]:
        story = await house.add("story")
        call = {"is_call": end is not None, "end": end and str(end), "end_clock": clock}
        article = await house.add(
            "article", story_id=story, source_id="a", key=str(story), summary="", baseline=False,
            url=f"https://a.example/{story}", title=title, read_title=title, kind="notice",
            call_end=end, facts={"call": call},
        )  # fmt: skip
        apply_by = f"{end} {clock or ''}".strip() if end else None
        await house.told(
            story_id=story, article_id=article, title=title, apply_by=apply_by, **facts
        )
        return story, article

    return called


async def read(house: Any) -> Any:
    answer = await house.get("/calendar/{}.ics")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))
    calendar = Calendar.from_ical(answer.content)
    assert calendar.to_ical() == answer.content
    return calendar


async def event(house: Any) -> Any:
    (found,) = (await read(house)).events
    return found


async def test_a_call_is_an_event_of_its_last_day(house: Any, called: Any) -> None:
    story, _ = await called(SOON, title=LONG)

    calendar = await read(house)
    (found,) = calendar.events

    assert str(calendar["method"]) == "PUBLISH"
    assert str(calendar["x-wr-calname"]) == "파발 마감 · 나 & <b>"
    assert calendar["refresh-interval"].to_ical() == b"PT1H"
    assert str(found["uid"]) == f"story-{story}@pabal.example"
    assert found.decoded("dtstart") == SOON
    assert found["dtstart"].params["VALUE"] == "DATE"
    assert str(found["summary"]) == "[마감] " + " ".join(LONG.split())
    assert str(found["url"]) == f"https://a.example/{story}"
    assert str(found["status"]) == "CONFIRMED"
    assert found.categories == ["마감", "수출", "중소기업"]
    assert found["dtstamp"].dt == found["last-modified"].dt
    assert found["dtstamp"].dt.utcoffset() == timedelta(0)
    description = str(found["description"])
    for each in (
        "바우처: 수출 바우처 참여기업",
        "사무관 김가온 044-000-0000",
        "https://a.example/1",
    ):
        assert each in description
    assert calendar.timezones == []


async def test_a_time_of_day_is_one_in_korea(house: Any, called: Any) -> None:
    await called(SOON, "18:00")
    calendar = await read(house)
    (found,) = calendar.events
    assert found.decoded("dtstart") == datetime(SOON.year, SOON.month, SOON.day, 18, tzinfo=SEOUL)
    assert found["dtstart"].params["TZID"] == "Asia/Seoul"
    (zone,) = calendar.timezones
    (standard,) = zone.standard
    assert standard["tzoffsetto"].td == timedelta(hours=9)


async def test_midnight_is_the_end_of_the_day_before(house: Any, called: Any) -> None:
    await called(SOON, "24:00")
    assert (await event(house)).decoded("dtstart") == SOON


@pytest.mark.parametrize("clock", [None, "18:00"])
async def test_alarms_ring_at_eight_on_the_days_chosen(
    house: Any, called: Any, clock: str | None
) -> None:
    await called(SOON, clock)
    found = await event(house)
    start = datetime.combine(SOON, time.fromisoformat(clock or "00:00"))
    rings = {start + each["trigger"].dt for each in found.walk("VALARM")}
    eight = datetime.combine(SOON, time.min) + timedelta(hours=8)
    assert rings == {eight - timedelta(days=7), eight - timedelta(days=1)}


async def test_a_deadline_that_moved_is_the_same_event_in_a_later_version(
    house: Any, called: Any
) -> None:
    story, article = await called(SOON)
    await house.run("UPDATE delivery SET created_at = now() - interval '1h'")
    before = await event(house)

    later = SOON + timedelta(days=5)
    await house.run("UPDATE article SET call_end = :end", end=later)
    revision = await house.add("revision", article_id=article, changes=[{"what": "마감"}])
    changed = {"reason": "correction", "revision_id": revision, "apply_by": str(later)}
    await house.told(story_id=story, article_id=article, **changed)
    after = await event(house)

    assert after["uid"] == before["uid"]
    assert after["sequence"] > before["sequence"]
    assert after["last-modified"].dt > before["last-modified"].dt
    assert (before.decoded("dtstart"), after.decoded("dtstart")) == (SOON, later)
    assert (await event(house))["sequence"] == after["sequence"]


async def test_a_call_that_was_withdrawn_is_cancelled(house: Any, called: Any) -> None:
    _, article = await called(SOON)
    before = await event(house)
    gone = {"what": "글이 내려감 (withdrawn)", "before": "", "after": "", "weighty": False}
    await house.add("revision", article_id=article, changes=[gone])
    after = await event(house)
    assert str(after["status"]) == "CANCELLED"
    assert after["sequence"] > before["sequence"]
    assert after.walk("VALARM") == []


async def test_a_deadline_that_is_said_no_more_is_cancelled(house: Any, called: Any) -> None:
    await called(SOON, "18:00")
    await house.run("UPDATE article SET call_end = NULL, facts = '{}'")
    found = await event(house)
    assert str(found["status"]) == "CANCELLED"
    assert found.decoded("dtstart").date() == SOON


async def test_what_ended_is_kept_for_a_while_and_what_has_no_end_is_no_event(
    house: Any, called: Any
) -> None:
    kept, gone = TODAY - timedelta(days=59), TODAY - timedelta(days=62)
    for end in (kept, gone, None):
        await called(end)
    assert [each.decoded("dtstart") for each in (await read(house)).events] == [kept]


async def test_nothing_to_apply_for_is_an_empty_calendar(house: Any) -> None:
    assert (await read(house)).events == []
