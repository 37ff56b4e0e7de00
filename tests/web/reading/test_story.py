"""The page of a story and of a series, and the file of its deadline, over the real store."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from urllib.parse import quote

import httpx
import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from service.model import Call, Change, Contact, Embargo, Mention, Reading
from service.store import tables
from service.store.database import Database
from tests.web.reading.stories import NINE, entries, shown

HOSTILE = "<script>alert(1)</script>"

Store = Callable[..., Awaitable[int]]


def under(page: BeautifulSoup, heading: str) -> str:
    """The first paragraph under a heading."""
    title = next(each for each in page.find_all("h2") if each.get_text() == heading)
    said = title.find_next("p")
    assert said is not None
    return " ".join(said.get_text(" ").split())


async def test_a_release_is_shown_with_all_that_it_says(
    client: httpx.AsyncClient, store: Store
) -> None:
    page = await shown(client, f"/release/{await store()}")

    head = page.select_one("article > header")
    assert head is not None
    words = " ".join(head.get_text(" ").split())
    assert words.startswith(
        "수출 상담회 참가기업 모집 모집·공고 중소벤처기업부 2026.11.20 09:05 원문"
    )
    assert [p.get_text() for p in page.select(".read p")] == ["첫 문단", "끝"]
    rows = [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in page.select("tr")]
    assert rows == [["구분", "올해"], ["기업", "75"]]
    assert [each["scope"] for each in page.select(".read th")] == ["col", "col"]
    assert entries(page, "문의") == ["통상과 사무관 누리 044-000-0000"]
    assert under(page, "신청").startswith("~ 2026.12.20 18:00")
    assert under(page, "보도시점") == "보도시점 2026. 5. 28. 10:30 2026.05.28 10:30부터 알립니다"
    assert [each.get_text() for each in page.select('a[href="/ministry/mss"]')] == [
        "중소벤처기업부"
    ]


async def test_every_attachment_tells_its_state_or_its_reason(
    client: httpx.AsyncClient, store: Store
) -> None:
    done: dict[str, object] = {"settled_at": NINE, "document": 0, "rank": 0}
    number = await store(
        files=(
            {"name": "가.hwpx", **done, "text": "네 글자다", "container": "hwpx", "tables": 2},
            {"name": "나.hwpx", **done, "reason": "encrypted", "detail": "HWPX with a password"},
            {"name": "다.pdf", "document": 0, "rank": 1},
            {"name": "라.hwp", "document": 1, "rank": 0, "due_at": NINE},
            {"name": "마.jpg"},
            {
                "name": "바.pdf",
                **done,
                "document": 2,
                "text": "글",
                "container": "pdf",
                "detail": "page 2: a picture without text",
            },
        )
    )

    assert entries(await shown(client, f"/release/{number}"), "첨부") == [
        "가.hwpx 읽음 · HWPX · 5자 · 표 2개",
        "나.hwpx 암호가 걸려 있습니다 HWPX with a password",
        "다.pdf 다른 형식으로 읽었거나 읽습니다",
        "라.hwp 읽을 차례를 기다립니다",
        "마.jpg 읽지 않는 파일",
        "바.pdf 읽음 · PDF · 1자 일부는 읽지 못했습니다 · page 2: a picture without text",
    ]


async def test_a_mention_leads_to_its_series_and_back(
    client: httpx.AsyncClient, store: Store
) -> None:
    number = await store()
    page = await shown(client, f"/release/{number}")
    (link,) = page.select('a[href^="/series/"]')

    series = await shown(client, str(link["href"]))

    assert series.h1 is not None
    assert series.h1.get_text().startswith("한–중 협의회/실무")
    assert [each.get_text() for each in series.select("h3")] == ["2026"]
    (entry,) = entries(series, "흐름")
    assert entry == (
        "수출 상담회 참가기업 모집 제2차 제2차 한–중 협의회 중소벤처기업부 2026.11.20 09:05"
    )
    (back,) = series.select("main li a")
    assert back["href"] == f"/release/{number}"


async def test_what_is_not_read_yet_is_shown_as_its_list_told_it(
    client: httpx.AsyncClient, store: Store
) -> None:
    page = await shown(client, f"/release/{await store(reading=None)}")

    assert page.h1 is not None
    assert page.h1.get_text() == "목록의 제목"
    assert "아직 읽지 않았습니다" in page.get_text()
    assert page.select("aside h2") == []


async def test_hostile_words_are_shown_as_words(client: httpx.AsyncClient, store: Store) -> None:
    hostile = Reading(
        title=HOSTILE,
        text=f"{HOSTILE}\n\n{HOSTILE}\t{HOSTILE}",
        publishers=(),
        unknown_publisher=None,
        subtitles=(HOSTILE,),
        embargo=Embargo(HOSTILE, condition=HOSTILE),
        contacts=(Contact(HOSTILE, HOSTILE, HOSTILE, HOSTILE),),
        call=Call(is_call=True, sentence=HOSTILE),
        mentions=(Mention(HOSTILE, HOSTILE),),
    )
    failed: dict[str, object] = {
        "name": HOSTILE, "url": "javascript:alert(1)", "document": 0, "rank": 0,
        "settled_at": NINE, "reason": HOSTILE, "detail": HOSTILE,
    }  # fmt: skip
    number = await store(hostile, files=(failed,), publisher=HOSTILE, url="javascript:alert(1)")

    for path in (f"/release/{number}", f"/series/{quote(HOSTILE, safe='')}"):
        page = await shown(client, path)
        assert page.find_all("script") == []
        assert HOSTILE in page.get_text()
        assert [a["href"] for a in page.find_all("a") if "javascript" in str(a["href"])] == []


CHANGES = [
    Change("문장 (sentence)", "두 가지를 고른다.", "세 가지를 고른다.", weighty=False),
    Change("붙임 (attachment)", "", "신청서.hwp", weighty=True),
    Change("마감 (deadline)", "12.6 18:00", "12.13 18:00", weighty=True),
]


async def test_versions_stand_side_by_side_figures_and_days_first(
    client: httpx.AsyncClient, store: Store, database: Database
) -> None:
    number = await store()
    changes = [asdict(each) for each in CHANGES]
    async with database.transaction() as tx:
        row = {"article_id": number, "noticed_at": NINE, "changes": changes}
        await tx.execute(sa.insert(tables.revision).values(row))

    page = await shown(client, f"/release/{number}")

    rows = [
        [" ".join(cell.get_text(" ").split()) for cell in row.find_all(["th", "td"])]
        for row in page.select(".versions tbody tr")
    ]
    assert rows == [
        ["마감", "12.6 18:00", "12.13 18:00"],
        ["붙임", "없음", "신청서.hwp"],
        ["문장", "두 가지를 고른다.", "세 가지를 고른다."],
    ]
    assert [each.get_text() for each in page.select(".versions mark")] == [
        "12.6", "12.13", "두", "세",
    ]  # fmt: skip


@pytest.mark.parametrize("number", ["0", "99", "-1", "x", "９", "9" * 30, "1/2"])
async def test_a_number_that_nothing_has_is_not_there(
    client: httpx.AsyncClient, number: str
) -> None:
    for path in (f"/release/{number}", f"/release/{number}.ics"):
        assert (await client.get(path)).status_code == 404
