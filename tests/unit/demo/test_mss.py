from __future__ import annotations

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from lxml import etree

from service.demo.sites.mss import PINNED
from service.demo.sites.web import Reply
from service.demo.world import Release, World

MakeRelease = Callable[..., Release]
Get = Callable[..., Reply]

LIST = "https://www.mss.go.kr/site/smba/ex/bbs/List.do?cbIdx=86&pageIndex={}"
VIEW = "https://www.mss.go.kr/site/smba/ex/bbs/View.do?cbIdx=86&bcIdx={}"
FEED = "https://www.mss.go.kr/rss/smba/board/86.do"


def rows(reply: Reply) -> list[str]:
    found = BeautifulSoup(reply.body, "lxml").select('tr[onclick^="doBbsFView("]')
    return [str(row["onclick"]) for row in found]


@pytest.fixture
def full(world: World, make: MakeRelease) -> World:
    for number in range(25):
        world.publish(
            make(number, ministry="중소벤처기업부", sites=frozenset({"mss"})), at=number + 0.5
        )
    return world


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize(("page", "ordinary"), [(1, 10), (2, 10), (3, 5), (4, 0)])
def test_pinned_rows_stand_on_every_page(get: Get, page: int, ordinary: int) -> None:
    found = rows(get(LIST.format(page)))
    assert len(found) == 2 + ordinary
    assert [f"'{notice.id}'" in row for notice, row in zip(PINNED, found, strict=False)] == [
        True
    ] * 2


@pytest.mark.usefixtures("full")
def test_a_row_is_written_as_the_engine_writes_it(get: Get) -> None:
    reply = get(LIST.format(2))
    assert rows(reply)[2] == "doBbsFView('86','157000014','16010100','157000014');return false;"
    page = BeautifulSoup(reply.body, "lxml")
    row = page.select("tbody > tr")[2]
    cells = row.select("td")
    assert [cell.get_text().strip() for cell in (cells[0], cells[1], cells[4])] == [
        "15",
        "14번째 견본",
        "2026.11.20",
    ]
    assert row.get_text().count("14번째 견본") == 2
    assert [r["class"] for r in page.select("tbody > tr")[:3]] == [["notice"], ["notice"], []]
    assert reply.shown[0] == 157_000_014


def test_quotes_in_a_title_break_its_attribute_as_on_the_real_page(
    get: Get, world: World, make: MakeRelease
) -> None:
    world.publish(make(1, title='"수출" 간담회', sites=frozenset({"mss"})), at=0.0)
    row = BeautifulSoup(get(LIST.format(1)).body, "lxml").select("tbody > tr")[2]
    assert row["title"] == ""
    assert row.select("td.subject > a")[0].get_text().strip() == '"수출" 간담회'


def test_a_view_has_its_text_in_paragraphs(get: Get, world: World, make: MakeRelease) -> None:
    world.publish(
        make(1, text="첫째 <줄>\n둘째", files=("가.hwpx",), sites=frozenset({"mss"})), at=0
    )
    page = BeautifulSoup(get(VIEW.format(157_000_001)).body, "lxml")
    area = page.select("div.view_contents > div.txt-area > p")
    assert [p.get_text() for p in area] == ["첫째 <줄>", "둘째"]
    assert (
        page.select('div.board_view th:-soup-contains("등록일") + td')[0].get_text() == "2026.11.20"
    )
    file = page.select("li")[0]
    assert file.select(".name")[0].get_text() == "가.hwpx"
    assert "bcIdx=157000001&cbIdx=86&streFileNm=" in str(file.select("a.btn.type_down")[0]["href"])


def test_a_pinned_notice_can_be_opened(get: Get) -> None:
    assert PINNED[0].title in get(VIEW.format(PINNED[0].id)).body.decode()


@pytest.mark.parametrize("url", [VIEW.format(5), LIST.format(1).replace("86", "310")])
def test_what_is_not_there_is_404(get: Get, url: str) -> None:
    assert get(url).status == 404


@pytest.mark.usefixtures("full")
def test_the_feed_holds_twenty_with_a_clock_and_no_description(get: Get) -> None:
    reply = get(FEED)
    items = etree.fromstring(reply.body).findall("channel/item")
    assert len(items) == 20 == len(reply.shown)
    assert {item.tag: item.text for item in items[0]} == {
        "title": "24번째 견본",
        "link": VIEW.format(157_000_024),
        "pubDate": "20261120092407",
        "id": "86",
    }


@pytest.mark.usefixtures("full")
def test_the_feed_is_not_sent_twice(get: Get) -> None:
    headers = dict(get(FEED).headers)
    assert headers["last-modified"] == "Thu, 01 Jan 1970 00:00:24 GMT"
    assert get(FEED, if_none_match=headers["etag"]).status == 304
    assert get(FEED, if_none_match='"other"').status == 200
