"""Pages of invented publishers: their text, their files and their viewers."""

from dataclasses import replace

import pytest

from scrapers.errors import LayoutError
from scrapers.model import File, Request
from scrapers.platforms.article import ArticleLayout
from tests.unit.scrapers.declared import LAYOUT, page, post


def test_text_of_the_body_is_kept_without_boilerplate() -> None:
    layout = ArticleLayout(body="div.body", drop=".share", boilerplate=r"이 자료는 .*알립니다\.")
    detail = layout.read(
        post(
            "<div class=body><p>가</p><i class=share>공유</i><p>이 자료는 남이 알립니다.</p></div>"
        )
    )

    assert detail.text == "가"
    assert detail.body is None


def test_a_file_is_listed_once_under_its_name() -> None:
    layout = replace(LAYOUT, files="a.file")
    detail = layout.read(
        post(
            "<div class=body>가</div><a class=file href='/f?id=1'>가.hwpx</a>"
            "<a class=file href='/f?id=1'>내려받기</a><a class=file href='/f?id=2'>나.pdf</a>"
        )
    )

    assert detail.files == (
        File("가.hwpx", "https://www.a.kr/f?id=1"),
        File("나.pdf", "https://www.a.kr/f?id=2"),
    )


def test_a_page_without_https_keeps_its_files_where_they_are() -> None:
    there = page(
        "<html><div class=body>가</div><a class=file href='/f?id=1'>가.hwpx</a></html>",
        "http://a.kr:8080/view?id=1",
    )

    detail = replace(LAYOUT, files="a.file").read(there)

    assert detail.files == (File("가.hwpx", "http://a.kr:8080/f?id=1"),)


def test_a_file_without_a_name_is_refused() -> None:
    with pytest.raises(LayoutError, match="without a name"):
        replace(LAYOUT, files="a").read(post("<div class=body>가</div><a href='/f'><img></a>"))


@pytest.mark.parametrize(
    "named",
    [
        "<div class=body>가</div><a class=moved href='/f?id=1'>가 (최종).hwpx (1.2MB)</a>",
        "<div class=body>가<ul><li><a href='/f?id=1'>가.PDF</a></ul></div>",
        "<div class=body>가<a onclick='load(1)'>가.hwp</a></div>",
        "<div class=body>가</div><p><b>가.zip</b><a href='/f?id=1'>내려받기</a></p>",
    ],
    ids=["elsewhere", "in what is dropped", "by a script in the text", "beside its link"],
)
def test_a_file_that_is_named_where_none_is_found_is_heard_of(named: str) -> None:
    layout = replace(LAYOUT, files="a.file", file_name="b", drop="ul")

    with pytest.raises(LayoutError, match="a file is named"):
        layout.read(post(named))
    assert replace(layout, files=None).read(post(named)).files == ()


def test_a_text_may_link_to_files_of_others() -> None:
    link = "<a href='https://b.example/1.pdf'>보고서.pdf</a>"
    detail = replace(LAYOUT, files="a.file").read(
        post(f"<div class=body>가 {link}</div><a href='/viewer'>pdf 뷰어 내려받기 (.hwp)</a>")
    )

    assert detail.files == ()


def test_what_is_dropped_from_the_body_may_hold_the_title_and_the_files() -> None:
    layout = replace(LAYOUT, title="h3", files="a[href]", file_name="b", drop="h3, ul")
    files = "".join(
        f"<li><b>{name}.hwpx</b><p><a href='/down?{name}'>받기</a></p></li>" for name in ("x", "y")
    )

    detail = layout.read(post(f"<div class=body><h3>제목</h3>가<ul>{files}</ul></div>"))

    assert (detail.title, detail.text) == ("제목", "가")
    assert [file.name for file in detail.files] == ["x.hwpx", "y.hwpx"]


def test_what_stands_above_the_body_is_read_first() -> None:
    layout = replace(LAYOUT, above="tr.period")
    table = (
        "<table><tr class=period><th>신청기간</th><td>상시</td></tr><tr><td>조회</td></tr></table>"
    )

    assert layout.read(post(f"{table}<div class=body>가</div>")).text == "신청기간\t상시\n가"
    assert layout.read(post("<div class=body>가</div>")).text == "가"


def test_the_address_of_a_file_is_made_of_what_its_script_is_called_with() -> None:
    layout = replace(
        LAYOUT,
        files="a[onclick]",
        file_key=r"down\('(\w+)', '(?P<order>\d+)'\)",
        file_link="https://www.a.kr/down?no={key}&order={order}",
    )
    links = "".join(
        f"<a href='#' onclick=\"down('x1', '{order}')\">{order}.hwpx</a>" for order in (1, 2)
    )

    assert [file.url for file in layout.read(post(f"<div class=body>{links}</div>")).files] == [
        "https://www.a.kr/down?no=x1&order=1",
        "https://www.a.kr/down?no=x1&order=2",
    ]


def test_a_page_with_neither_text_nor_files_is_refused() -> None:
    with pytest.raises(LayoutError, match="neither text nor files"):
        LAYOUT.read(post("<div class=body> <br> </div>"))


VIEWER = replace(LAYOUT, frame="iframe", part="https://www.a.kr/{rs}/{fn}.files/1.html")


def test_text_in_a_viewer_is_asked_for_page_by_page() -> None:
    detail = VIEWER.read(
        post("<div class=body><iframe src='/doc?fn=f 1&amp;rs=/r/1'></iframe></div>")
    )

    assert detail.text == ""
    assert detail.body == Request("https://www.a.kr/r/1/f%201.files/1.html")
    part = VIEWER.read_part(replace(post("<p>가</p>"), url=detail.body.url))
    assert part.text == "가"
    assert part.more == Request("https://www.a.kr/r/1/f%201.files/2.html")


def test_text_on_the_page_needs_no_viewer() -> None:
    detail = VIEWER.read(post("<div class=body><p>가</p></div>"))

    assert (detail.text, detail.body) == ("가", None)


def test_a_viewer_cannot_lead_to_another_host() -> None:
    detail = VIEWER.read(
        post("<div class=body><iframe src='/doc?fn=f&amp;rs=@evil.example/x'></iframe></div>")
    )

    assert detail.body == Request("https://www.a.kr/%40evil.example/x/f.files/1.html")


def test_a_viewer_without_an_address_is_refused() -> None:
    with pytest.raises(LayoutError, match="the viewer's address has no 'rs'"):
        VIEWER.read(post("<div class=body><iframe src='/doc?fn=f'></iframe></div>"))


@pytest.mark.parametrize(
    ("written", "precision"),
    [("2026-11-19T00:00:00+09:00", "day"), ("2026-11-19T14:20:00+09:00", "second")],
)
def test_midnight_on_a_page_that_fills_it_in_is_a_day(written: str, precision: str) -> None:
    layout = ArticleLayout(body="div.body", date="meta[name=at]", date_only=True)
    head = f"<head><meta name=at content='{written}'></head>"
    detail = layout.read(page(f"<html>{head}<body><div class=body>본문</div></body></html>"))

    assert detail.published is not None
    assert detail.published.precision == precision
