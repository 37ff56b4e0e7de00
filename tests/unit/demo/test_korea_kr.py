from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from bs4 import BeautifulSoup

from service.demo.sites.korea_kr import REP_CODES
from service.demo.sites.web import Reply
from service.demo.world import Release, World

MakeRelease = Callable[..., Release]
Get = Callable[..., Reply]

LIST = "https://www.korea.kr/briefing/pressReleaseList.do?pageIndex={}&repCode={}"
VIEW = "https://www.korea.kr/briefing/pressReleaseView.do?newsId={}"
DOWNLOAD = "https://www.korea.kr/common/download.do?fileId={}&tblKey=GMN"


def soup(reply: Reply) -> BeautifulSoup:
    assert reply.status == 200
    return BeautifulSoup(reply.body, "lxml")


@pytest.fixture
def full(world: World, make: MakeRelease) -> World:
    for number in range(45):
        world.publish(make(number, ministry="산림청" if number % 9 == 0 else "관세청"), at=number)
    return world


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize(("page", "rows"), [(1, 20), (2, 20), (3, 5), (4, 0)])
def test_a_list_page_has_twenty_rows_and_past_the_end_none(get: Get, page: int, rows: int) -> None:
    reply = get(LIST.format(page, ""))
    assert len(soup(reply).select("div.list_type ul > li")) == rows
    assert len(reply.shown) == rows


@pytest.mark.usefixtures("full")
def test_a_row_holds_link_title_lead_day_and_ministry(get: Get) -> None:
    row = soup(get(LIST.format(1, ""))).select("div.list_type ul > li")[0]
    link = row.select_one("a")
    assert link is not None
    assert str(link["href"]).startswith(
        "/briefing/pressReleaseView.do?newsId=157000044&pageIndex=1&repCodeType=&repCode="
    )
    assert row.select("span.text > strong")[0].get_text() == "44번째 견본"
    assert row.select("span.lead")[0].get_text().strip() == "첫 줄 44둘째 줄"
    assert [s.get_text() for s in row.select("span.source > span")] == ["2026.11.20", "관세청"]


@pytest.mark.usefixtures("full")
def test_the_filter_takes_several_ministries(get: Get) -> None:
    both = f"{REP_CODES['산림청']},{REP_CODES['기상청']}"
    rows = soup(get(LIST.format(1, both))).select("div.list_type ul > li")
    assert len(rows) == 5
    assert {row.select("span.source > span")[1].get_text() for row in rows} == {"산림청"}


@pytest.mark.usefixtures("full")
def test_an_unknown_code_filters_everything_away(get: Get) -> None:
    assert get(LIST.format(1, "Z99999")).shown == ()


@pytest.mark.usefixtures("full")
def test_a_side_box_holds_one_more_link_to_a_release(get: Get) -> None:
    links = soup(get(LIST.format(1, ""))).select('a[href*="pressReleaseView.do"]')
    assert len(links) == 21


@pytest.mark.usefixtures("full")
def test_paging_names_every_page(get: Get) -> None:
    numbers = soup(get(LIST.format(2, ""))).select("div.paging span.num > a")
    assert [number.get_text() for number in numbers] == ["1", "2", "3"]
    assert numbers[1]["class"] == ["on"]
    assert numbers[2]["onclick"] == "pageLink(3); return false;"


@pytest.mark.usefixtures("full")
def test_the_first_page_is_not_sent_twice(get: Get, world: World, make: MakeRelease) -> None:
    tag = dict(get(LIST.format(1, "")).headers)["etag"]
    again = get(LIST.format(1, ""), if_none_match=tag)
    assert (again.status, again.body, again.shown) == (304, b"", ())
    world.publish(make(99), at=99.0)
    assert get(LIST.format(1, ""), if_none_match=tag).status == 200
    assert "etag" not in dict(get(LIST.format(2, "")).headers)


def test_a_view_says_everything_but_the_text(get: Get, world: World, make: MakeRelease) -> None:
    world.publish(make(1, title="「A&B」 발표", files=("가.hwpx", "나.pdf")), at=0.0)
    reply = get(VIEW.format(157_000_001))
    page = soup(reply)
    assert page.select(".view_title h1")[0].get_text() == "「A&B」 발표"
    assert "「A&amp;amp;B」 발표 | 정책브리핑" in reply.body.decode()
    published = page.select('meta[property="article:published_time"]')[0]
    assert published["content"] == "2026-11-20T09:01:07+09:00"
    assert page.select(".article_head .info span")[0].get_text() == "2026.11.20"
    ministry = page.select(".article_head a.gotosite")[0]
    assert (ministry.get_text(), ministry["href"]) == (
        "관세청",
        "/news/ministryNewsList.do?repCode=B00003",
    )
    names = [a.get_text() for a in page.select("div.filedown p > span > a")]
    assert names == ["가.hwpx", "나.pdf"]
    assert "둘째 줄" not in reply.body.decode()


def test_a_date_only_ministry_prints_midnight(get: Get, world: World, make: MakeRelease) -> None:
    midnight = datetime(2026, 11, 20, tzinfo=ZoneInfo("Asia/Seoul"))
    world.publish(make(1, published=midnight), at=0.0)
    assert b'content="2026-11-20T00:00:00+09:00"' in get(VIEW.format(157_000_001)).body


def test_the_text_lies_in_the_viewer_over_several_pages(
    get: Get, world: World, make: MakeRelease
) -> None:
    text = "\n".join(
        f"{number}. <표> & 글자가 이어지는 문단 {'가나다라' * 20}" for number in range(80)
    )
    world.publish(make(1, text=text), at=0.0)
    frame = soup(get(VIEW.format(157_000_001))).select("iframe#content_press")[0]
    name, _, folder = str(frame["src"]).partition("fn=")[2].partition("&rs=")
    assert folder == "/docViewer/result/2026.11/20/157000001"
    address = f"https://www.korea.kr{folder}/{name}.files/{{}}.html"
    pages = [
        "\n".join(p.get_text() for p in soup(get(address.format(number))).select("p"))
        for number in (1, 2, 3)
    ]
    assert "\n".join(pages) == text
    assert [2800 < len(page) <= 3000 for page in pages] == [True, True, False]
    assert get(address.format(4)).status == 404
    assert get(address.format(0)).status == 404


@pytest.mark.parametrize(
    "path", ["/briefing/pressReleaseView.do?newsId=1", "/common/download.do?fileId=x", "/rss/x.xml"]
)
def test_what_is_not_there_is_404(get: Get, path: str) -> None:
    assert get(f"https://www.korea.kr{path}").status == 404


def test_one_download_in_ten_is_an_error_page_with_200(
    get: Get, world: World, make: MakeRelease
) -> None:
    world.publish(make(0, files=("가.hwpx", "나.pdf")), at=0.0)
    broken, whole = get(DOWNLOAD.format(1_570_000_000)), get(DOWNLOAD.format(1_570_000_001))
    assert soup(broken).select("title")[0].get_text() == "정책브리핑 - Error"
    assert whole.body.startswith(b"%PDF")
    disposition = dict(whole.headers)["content-disposition"]
    assert disposition.encode("latin-1").decode() == 'attachment; filename="나.pdf"'
    assert get(DOWNLOAD.format(1_570_000_002)).status == 404


def test_robots_may_come(get: Get) -> None:
    assert get("https://www.korea.kr/robots.txt").body == b"User-agent: *\nAllow: /\n"


def test_every_ministry_has_a_code_of_its_own() -> None:
    assert len(REP_CODES) == len(set(REP_CODES.values())) == 56
