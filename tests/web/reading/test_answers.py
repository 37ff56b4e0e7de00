"""The pages that answer questions, over the real store, asked as a browser would."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from urllib.parse import quote_plus

import httpx
import pytest
from bs4 import BeautifulSoup
from icalendar import Calendar

from service.store.database import Database
from service.store.tallies import Tallies
from tests.web.reading.stories import NOW, today

Add = Callable[..., Awaitable[int]]

HOSTILE = "<script>alert(1)</script>"
PAGES = ("/ministries", "/ministry/mss", "/calls", "/calls?view=month", "/charts", "/coverage")


async def shown(client: httpx.AsyncClient, path: str) -> BeautifulSoup:
    answer = await client.get(path)
    assert answer.status_code == 200, path
    return BeautifulSoup(answer.text, "lxml")


def words(page: BeautifulSoup, selector: str) -> list[str]:
    return [" ".join(each.get_text(" ").split()) for each in page.select(selector)]


async def test_an_empty_house_answers_every_question_with_nothing_yet(
    client: httpx.AsyncClient,
) -> None:
    said = {path: (await shown(client, path)).main for path in PAGES}

    texts = {path: main.get_text() if main else "" for path, main in said.items()}
    assert "아직 센 것이 없습니다" in texts["/charts"]
    assert "조건에 맞는 공고가 없습니다" in texts["/calls"]
    assert "아직 확인한 출처가 없습니다" in texts["/coverage"]
    assert "아직 들어온 글이 없습니다" in texts["/ministry/mss"]


async def test_an_english_page_says_of_the_names_in_korean_that_they_are(
    client: httpx.AsyncClient, release: Add, call: Add
) -> None:
    await release("수출 바우처 안내")
    await call("전시회 참가기업 모집")

    for path in ("/?view=all", "/ministries", "/ministry/mss", "/calls", "/release/1"):
        page = await shown(client, f"{path}{'&' if '?' in path else '?'}lang=en")
        assert page.main is not None
        alone = [
            str(text).strip()
            for text in page.main.find_all(string=re.compile(r"^\s*[가-힣]"))
            if text.find_parent(attrs={"lang": "ko"}) is None and text.find_parent("svg") is None
        ]
        assert alone == [], path


@pytest.mark.parametrize("language", ["ko", "en"])
async def test_every_chart_has_a_question_an_answer_a_name_and_its_figures(
    client: httpx.AsyncClient, database: Database, release: Add, language: str
) -> None:
    for days in (1, 2, 9):
        await release("제목", days)
    await Tallies(database).keep()

    page = await shown(client, f"/charts?lang={language}")

    panels = page.select(".panel")
    assert len(panels) == 6
    for each in panels:
        assert each.h2 is not None
        assert each.p is not None
        assert each.p.get_text().strip()
        drawing, table = each.select_one("svg[role=img]"), each.select_one("details table")
        assert (drawing is None) == (table is None)
        if drawing is not None:
            assert drawing.select_one("title") is not None
            assert drawing.select_one("desc") is not None
    assert page.select("[style], style, script:not([src])") == []


async def test_a_ministry_shows_its_names_figures_newest_calls_sources_and_series(
    client: httpx.AsyncClient, database: Database, release: Add, call: Add, add: Add
) -> None:
    for number in (1, 2):
        article = await release(f"제{number}차 정책협의회 개최", number)
        await add("mention", article_id=article, series="정책협의회", name="n", round=number,
                  parties=[])  # fmt: skip
    await call("수출바우처 모집")
    await Tallies(database).keep()

    page = await shown(client, "/ministry/mss")

    assert page.h1 is not None
    assert page.h1.get_text() == "중소벤처기업부"
    assert any("중소기업청" in each for each in words(page, ".eras li"))
    assert "제1차 정책협의회 개최" in " ".join(words(page, "section[aria-labelledby=newest] li"))
    (entry,) = words(page, "section[aria-labelledby=open] li")
    assert entry.startswith("D-3 수출바우처 모집")
    assert any("중소벤처기업부 보도자료 정상" in each for each in words(page, "li"))
    assert "가장 자주 이어지는 것은 정책협의회, 2번입니다." in page.get_text()
    assert page.select_one('a[href^="/series/"]') is not None
    assert len(page.select(".panel")) == 4


async def test_nothing_under_embargo_is_shown_before_it_lifts(
    client: httpx.AsyncClient, database: Database, release: Add, call: Add, add: Add
) -> None:
    held = {"embargo_until": NOW + timedelta(days=1)}
    article = await release("숨긴 글", 1, **held)
    await add("mention", article_id=article, series="숨긴 협의회", name="n", parties=[])
    await call("숨긴 공고", **held)
    await call("숨긴 상시 공고", None, **held)
    await Tallies(database).keep()

    for path in (*PAGES, "/calls.ics"):
        assert "숨긴" not in (await client.get(path)).text, path


async def test_a_body_that_nobody_knows_and_an_outlet_have_no_page(
    client: httpx.AsyncClient,
) -> None:
    for ident in ("nobody", "yna", "%00", "a" * 3_000):
        assert (await client.get(f"/ministry/{ident}")).status_code == 404


async def test_ministries_stand_by_how_much_they_announce(
    client: httpx.AsyncClient, database: Database, release: Add
) -> None:
    for _ in range(6):
        await release("중기부 글")
    await release("관세청 글", publishers=["kcs"])
    await Tallies(database).keep()

    page = await shown(client, "/ministries")

    assert words(page, "section[aria-labelledby=ministry] tbody tr") == [
        "중소벤처기업부 중소기업청 6 0%"
    ]
    (customs,) = words(page, "section[aria-labelledby=agency] tbody tr")
    assert customs.startswith("관세청")
    assert customs.endswith("1 —")  # of one release no share is said


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (60, []),
        (61, ["새로 나온 60건입니다. 나머지 1건은 기관이나 분야를 골라 좁혀 보세요."]),
    ],
)
async def test_that_not_all_calls_without_a_day_are_shown_is_said(
    client: httpx.AsyncClient, call: Add, count: int, said: list[str]
) -> None:
    for number in range(count):
        await call(f"마감 모를 모집 {number}", None)

    page = await shown(client, "/calls")

    assert len(page.select("section li")) == 60
    assert words(page, "section .note") == said


async def test_calls_stand_under_their_day_and_what_has_none_apart(
    client: httpx.AsyncClient, call: Add
) -> None:
    await call("사흘 뒤", 3, said={"end_clock": "18:00"})
    await call("오늘", 0)
    await call("상시 모집", None, said={"open_ended": True})
    await call("마감 모를 모집", None, said={"end_clock": "18:00"})

    page = await shown(client, "/calls")

    assert [each.split()[0] for each in words(page, ".deadline h2")] == ["오늘", "D-3"]
    assert words(page, ".deadline li a:first-child")[:2] == ["오늘", "사흘 뒤"]
    assert "18:00 마감" in words(page, ".deadline li")[1]
    assert words(page, "section[aria-labelledby=always] li")[0].startswith("상시 모집")
    assert words(page, "section[aria-labelledby=unknown] li")[0].startswith("마감 모를 모집")


async def test_a_month_shows_how_many_close_on_each_day_and_only_them(
    client: httpx.AsyncClient, call: Add
) -> None:
    first = (today().replace(day=1) + timedelta(days=31)).replace(day=1)
    for day in (first, first, first + timedelta(days=40)):
        await call("공고", (day - today()).days)

    page = await shown(client, f"/calls?month={first:%Y-%m}")

    (there,) = page.select("td a.all")
    assert (there.get_text(), there["href"]) == ("2건", f"#d{first}")
    assert len(page.select(".deadline li.call")) == 2
    for _ in range(11):
        await call("다른 날 공고", (first + timedelta(days=1) - today()).days)
    crowded = await shown(client, f"/calls?month={first:%Y-%m}")
    assert len(crowded.select(".deadline li.call")) == 2 + 10
    (more,) = crowded.select(".deadline > p > a")
    assert more.get_text() == "이 날 1건 더"
    assert len((await shown(client, str(more["href"]))).select("li.call")) == 11
    for asked in ("1999-01", "2026-13", "x", "9" * 50):
        assert (await client.get(f"/calls?month={asked}")).status_code == 200


async def test_the_calendar_holds_what_is_chosen_and_nothing_else(
    client: httpx.AsyncClient, call: Add
) -> None:
    await call("중기부 모집", 3, said={"end_clock": "18:00"})
    await call("관세청 모집", 4, publishers=["kcs"])
    await call("상시 모집", None)

    answer = await client.get("/calls.ics?ministry=관세청")

    assert answer.headers["content-type"].startswith("text/calendar")
    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert event["summary"] == "[마감] 관세청 모집"
    assert event.decoded("dtstart") == today() + timedelta(days=4)
    everything = Calendar.from_ical((await client.get("/calls.ics?topic=export")).content)
    assert len(everything.walk("VEVENT")) == 2
    assert len(everything.walk("VTIMEZONE")) == 1


async def test_what_is_covered_is_public_and_troubles_of_the_operator_are_not(
    client: httpx.AsyncClient, add: Add
) -> None:
    await add("source", id="mss_press", last_ok_at=NOW, failures=4, last_error="비밀 경로 /x",
              trouble="layout")  # fmt: skip
    await add("source", id="own_one", paused_at=NOW, paused_why="비밀 까닭", last_ok_at=NOW)
    await add("ops_item", kind="source-broken", subject="mss_press", detail="비밀 사정")
    await add("route_day", day=today(), source_id="mss_press", shown=50, missed=1)

    answer = await client.get("/coverage")
    page = BeautifulSoup(answer.text, "lxml")

    assert "비밀" not in answer.text
    rows = words(page, "tbody tr")
    assert rows[0].startswith("중소벤처기업부 보도자료 mss_press 읽지 못함")
    assert rows[0].endswith("2.0% 1/50")
    assert rows[1].startswith("own_one own_one 멈춰 둠")
    assert words(page, ".figures dd")[:2] == ["2", "0"]


async def test_hostile_words_are_shown_as_words(
    client: httpx.AsyncClient, database: Database, call: Add, add: Add
) -> None:
    for number in (1, 2):
        article = await call(HOSTILE, url="javascript:alert(1)", publisher=HOSTILE, days=number)
        await add("mention", article_id=article, series=HOSTILE, name=HOSTILE, parties=[])
    await add("source", id=HOSTILE)
    await Tallies(database).keep()

    for path in (*PAGES, f"/calls?ministry={HOSTILE}&topic={HOSTILE}"):
        page = await shown(client, path)
        assert "alert(1)" not in "".join(each.get_text() for each in page.find_all("script"))
        assert [a["href"] for a in page.find_all("a") if "javascript" in str(a["href"])] == []


@pytest.mark.parametrize("name", ["기재부", "재정경제부·기획예산처"])
async def test_calls_of_a_name_of_several_bodies_are_those_of_all(
    client: httpx.AsyncClient, call: Add, name: str
) -> None:
    for each in ("mofe", "mpb", "kcs"):
        await call(each, publishers=[each])

    page = await shown(client, f"/calls?ministry={name}")
    file = (await client.get(f"/calls.ics?ministry={name}")).text
    joined = f"ministry={quote_plus(name)}"

    assert [each.get_text() for each in page.select(".call > a")] == ["mofe", "mpb"]
    assert [each["value"] for each in page.select("#ministry [selected]")] == [name]
    assert any(joined in str(each["href"]) for each in page.select(".views a"))
    events = Calendar.from_ical(file).walk("VEVENT")
    assert sorted(str(each["SUMMARY"]).split()[-1] for each in events) == ["mofe", "mpb"]
