"""Our parsers on pages that publishers really served; skipped where those are not at hand.

What the three 한국일보 mark-ups and 매일경제 say is in test_news.py.
"""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from scrapers.errors import ChallengePage
from scrapers.platforms.board import Board
from scrapers.sources import mss_press
from tests.corpus.captured import CAPTURES, captured, korea, portal, seen

pytestmark = pytest.mark.skipif(not CAPTURES.is_dir(), reason="no captured pages at hand")


def test_the_list_of_korea_kr_has_twenty_releases() -> None:
    page = captured("korea_kr/pressReleaseList_2026-01-07.html", korea().first().url)

    listing = korea().read_list(page)

    assert len({post.key for post in listing.posts}) == 20
    assert all(post.key.isdigit() and len(post.key) == 9 for post in listing.posts)
    assert {str(post.published.at.date()) for post in listing.posts if post.published} == {
        "2026-01-07"
    }
    assert {post.published.precision for post in listing.posts if post.published} == {"day"}
    assert listing.posts[0].publisher == "고용노동부"
    assert sum(post.publisher == "중소벤처기업부" for post in listing.posts) == 3
    assert all(post.summary for post in listing.posts)
    assert listing.more is not None
    assert "pageIndex=2&" in listing.more.url


def test_every_headline_body_and_newsid_of_the_list_of_korea_kr_is_read_as_shown() -> None:
    path = "korea_kr/pressReleaseList_2026-01-07.html"
    markup = (CAPTURES / path).read_text("utf-8")
    listed = markup[markup.index('class="list_type"') :]
    rows = re.findall(
        r"pressReleaseView\.do\?newsId=(\d+).*?<strong[^>]*>(.*?)</strong>", listed, re.DOTALL
    )
    issuers = re.findall(
        r'class="source">\s*<span>[\d.]+</span>\s*<span>(.*?)</span>', listed, re.DOTALL
    )

    posts = korea().read_list(captured(path, korea().first().url)).posts

    assert [(post.key, post.title) for post in posts] == [(key, seen(title)) for key, title in rows]
    assert [post.publisher for post in posts] == [seen(name) for name in issuers]
    # One more release stands in a box beside the list.
    assert len(set(re.findall(r"newsId=(\d{9})", markup))) > len(posts) == 20


def test_the_error_page_of_korea_kr_is_not_a_list_nor_a_release() -> None:
    page = captured("korea_kr/download_error_page.html", korea().first().url)

    with pytest.raises(ChallengePage):
        korea().read_list(page)
    with pytest.raises(ChallengePage):
        korea().read_post(page)


def test_a_release_of_korea_kr_keeps_its_text_in_a_viewer() -> None:
    detail = korea().read_post(
        captured("derived_shapes/korea_kr/derived_view_shell.html", "https://www.korea.kr/v")
    )

    assert detail.text == ""
    assert detail.publisher == "외교부"
    assert detail.published is not None
    assert detail.published.at.isoformat() == "2026-04-30T14:20:00+09:00"
    assert [file.url for file in detail.files] == [
        "https://www.korea.kr/common/download.do?fileId=198448595&tblKey=GMN"
    ]
    assert detail.files[0].name.endswith(".hwpx")
    assert detail.body is not None
    assert detail.body.url == (
        "https://www.korea.kr/docViewer/result/2026.04/30/abc/abc.hwpx.files/1.html"
    )


def board(number: int) -> Board:
    """Another board of the engine that mss_press reads."""
    return replace(
        mss_press.SOURCE,
        url=mss_press.SOURCE.url.replace("cbIdx=86", f"cbIdx={number}"),
        key=mss_press.SOURCE.key.replace("'86'", f"'{number}'"),
    )


def test_a_regional_board_of_the_ministry_has_ten_pinned_rows() -> None:
    page = captured("mss/mss_gyeonggi_list_cbIdx323.html", board(323).first().url)

    posts = board(323).read_list(page).posts

    assert len({post.key for post in posts}) == 10
    assert all(post.pinned for post in posts)
    # The row's title attribute ends at the first quotation mark.
    assert posts[2].title.count('"') == 2
    assert posts[0].published is not None
    assert posts[0].published.at.isoformat() == "2026-05-20T00:00:00+09:00"


def test_the_board_of_support_notices_has_the_same_engine() -> None:
    page = captured("derived_shapes/mss/derived_list_cbIdx310.html", board(310).first().url)

    (post,) = board(310).read_list(page).posts

    assert post.key == "1071550"
    assert len(post.title.split()) == 2  # once, though the row says it four times
    assert post.published is not None
    assert post.published.at.isoformat() == "2026-10-01T00:00:00+09:00"


def test_a_notice_of_the_ministry_that_was_escaped_twice_is_read() -> None:
    detail = mss_press.SOURCE.read_post(
        captured("derived_shapes/mss/derived_view_cbIdx310.html", "https://www.mss.go.kr/v")
    )

    assert len(detail.text.split("\n")) == 2
    assert detail.text.count('"') == 2
    assert "&" not in detail.text
    assert [Path(file.name).suffix for file in detail.files] == [".hwpx"]
    assert detail.published is not None
    assert detail.published.precision == "day"


def test_a_release_of_midnight_comes_in_the_windows_of_two_days_under_one_key() -> None:
    (first, last), (again,) = (
        portal("press_list_20260520").posts,
        portal("press_list_20260521_boundary_repeat").posts,
    )

    assert last == again
    assert [post.published.precision for post in (first, last) if post.published] == [
        "second", "day",
    ]  # fmt: skip
