"""The parts of a long story, its coverage, its series, and the file of its deadline."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from icalendar import Calendar

from service.model import Call, Contact
from service.store import tables
from service.store.database import Database
from tests.web.reading.stories import NINE, READING, entries, shown

Store = Callable[..., Awaitable[int]]


async def test_coverage_is_told_with_its_lead_time_and_the_share_it_repeats(
    client: httpx.AsyncClient, store: Store, database: Database
) -> None:
    number = await store()
    async with database.transaction() as tx:
        made = await tx.execute(sa.insert(tables.story).returning(tables.story.c.id))
        story = made.scalar_one()
        own = sa.update(tables.article).where(tables.article.c.id == number)
        await tx.execute(own.values(story_id=story))
        for key, after, share in (("late", 26, 0.18), ("soon", 2, 0.624)):
            news = {
                "source_id": "a", "key": key, "url": "https://a.example/n", "title": key,
                "summary": "", "baseline": False, "kind": "news", "story_id": story,
                "twin_id": number, "joined_as": "coverage", "share": share,
                "published_at": NINE + timedelta(hours=after), "precision": "minute",
                "publisher": "새벽일보",
            }  # fmt: skip
            await tx.execute(sa.insert(tables.article).values(news))

    page = await shown(client, f"/release/{number}")

    rows = [[cell.get_text() for cell in row.find_all("td")] for row in page.select(".coverage tr")]
    assert rows == [
        [],
        ["새벽일보", "soon", "2시간 뒤", "62%"],
        ["새벽일보", "late", "1일 2시간 뒤", "18%"],
    ]
    english = await shown(client, f"/release/{number}?lang=en")
    assert [each.get_text() for each in english.select(".coverage td:nth-child(3)")] == [
        "2 h after", "1 d 2 h after",
    ]  # fmt: skip


async def test_bodies_that_released_it_together_stand_under_their_names_of_then(
    client: httpx.AsyncClient, store: Store
) -> None:
    both = replace(READING, publishers=("motir", "mss"), named=("산업통상자원부", "중소벤처기업부"))
    page = await shown(client, f"/release/{await store(both)}")
    assert entries(page, "함께 낸 기관") == [
        "산업통상부 당시 이름 산업통상자원부", "중소벤처기업부",
    ]  # fmt: skip


async def test_a_long_text_is_cut_into_light_pages_and_none_of_it_is_lost(
    client: httpx.AsyncClient, store: Store
) -> None:
    lines = [f"{number} " + "가" * 400 + "<" * 100 for number in range(200)]
    tables_ = "\t".join("나" for _ in range(12_000))
    number = await store(replace(READING, text="\n".join([*lines, "", tables_])))
    seen: list[str] = []
    cells = 0
    path: str | None = f"/release/{number}"
    while path is not None:
        answer = await client.get(path)
        assert len(answer.content) < 75_000  # with the style below 100 kB
        page = BeautifulSoup(answer.text, "lxml")
        seen += [each.get_text() for each in page.select(".read p")]
        cells += len(page.select(".read td, .read th"))
        later = [a for a in page.select(".pager a") if a.get_text() == "본문 이어서"]
        path = f"/release/{number}{later[0]['href']}" if later else None
    assert seen == lines
    assert cells >= 12_000
    beyond = await shown(client, f"/release/{number}?part=9999")
    assert "본문 이어서" not in beyond.get_text()


async def test_many_of_a_kind_are_cut_and_it_is_said_where_the_rest_is(
    client: httpx.AsyncClient, store: Store
) -> None:
    many = tuple(Contact("통상과", "사무관", f"누리{each}", None) for each in range(14))
    number = await store(replace(READING, contacts=many))
    page = await shown(client, f"/release/{number}")
    assert len(entries(page, "문의")) == 10
    (more,) = page.select('a[href="?all=1"]')
    assert more.get_text() == "외 4건 모두 보기"
    assert len(entries(await shown(client, f"/release/{number}?all=1"), "문의")) == 14


async def test_the_deadline_of_a_call_is_a_file_for_a_calendar(
    client: httpx.AsyncClient, store: Store
) -> None:
    number = await store()
    page = await shown(client, f"/release/{number}")
    (link,) = page.select('a[href$=".ics"]')

    answer = await client.get(str(link["href"]))

    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert event.decoded("dtstart") == datetime(2026, 12, 20, 9, tzinfo=UTC)
    assert str(event["summary"]) == "[마감] 수출 상담회 참가기업 모집"
    assert str(event["uid"]) == "story-1@pabal.test"
    assert str(event["url"]) == f"http://pabal.test/release/{number}"


@pytest.mark.parametrize(
    ("call", "start"),
    [
        (Call(is_call=True, end=date(2026, 12, 20)), date(2026, 12, 20)),
        (Call(is_call=True, end=date(2026, 12, 20), end_clock="24:00"), date(2026, 12, 20)),
        (Call(is_call=True, open_ended=True), None),
        (Call(is_call=False), None),
    ],
)
async def test_without_an_hour_the_deadline_is_a_day_and_without_a_day_there_is_none(
    client: httpx.AsyncClient, store: Store, call: Call, start: date | None
) -> None:
    number = await store(replace(READING, call=call))
    answer = await client.get(f"/release/{number}.ics")
    if start is None:
        assert answer.status_code == 404
    else:
        (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
        assert event.decoded("dtstart") == start


@pytest.mark.parametrize("name", ["없는 이름", "a%00b", "%ed%a0%80", "..%2f", "가" * 3_000])
async def test_a_series_that_nobody_names_is_empty(client: httpx.AsyncClient, name: str) -> None:
    assert "이 이름을 쓰는 글이 없습니다" in (await shown(client, f"/series/{name}")).get_text()
