"""Our parsers on pages that publishers really served; skipped where those are not at hand."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scrapers import registry
from scrapers.errors import ChallengePage, LayoutError
from scrapers.model import Page, Source
from scrapers.platforms.board import Board
from scrapers.sources import google_news, mofa_rss, mss_press, mss_press_rss, newsis

CAPTURES = Path(__file__).parents[2].parent / "shared" / "data" / "captures"
pytestmark = pytest.mark.skipif(not CAPTURES.is_dir(), reason="no captured pages at hand")


def captured(path: str, url: str) -> Page:
    body = (CAPTURES / path).read_bytes()
    return Page(url, url, 200, {}, body, datetime(2026, 11, 20, tzinfo=UTC))


def korea() -> Source:
    return registry.sources()["korea_kr"]


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


def test_the_feed_of_the_ministry_gives_seconds() -> None:
    page = captured("derived_shapes/mss/derived_rss_310.xml", "https://www.mss.go.kr/rss")

    posts = mss_press_rss.SOURCE.read_list(page).posts

    assert [post.key for post in posts] == ["1071550", "1071453"]
    assert posts[0].published is not None
    assert posts[0].published.at.isoformat() == "2026-10-01T10:33:52+09:00"


@pytest.mark.parametrize("encoding", ["euckr", "utf8"])
def test_the_feed_of_mofa_reads_alike_in_both_encodings(encoding: str) -> None:
    page = captured(f"derived_shapes/mofa/derived_rss_235_{encoding}.xml", "https://www.mofa.go.kr")

    (post,) = mofa_rss.SOURCE.read_list(page).posts

    assert "외교부" in post.title
    assert post.text
    assert post.url == "https://www.mofa.go.kr/www/brd/m_4080/view.do?seq=377346"


def test_the_feed_of_newsis_is_read_as_it_is_declared() -> None:
    page = captured("news/newsis/knews-rss_newsis_2022-08-01.xml", newsis.SOURCE.url)

    posts = newsis.SOURCE.read_list(page).posts

    assert len(posts) == 153  # of 160 items: seven stand twice
    # The capture has the addresses of its time; the key leads to those of today.
    assert posts[0].url == "https://www.newsis.com/view/NISX20220729_0001961681"
    assert not any("&#" in post.title or "&quot;" in post.title for post in posts)
    assert {post.published.at.year for post in posts if post.published} == {2022}
    assert all(post.published for post in posts)
    assert posts[0].published is not None
    assert posts[0].published.at.isoformat() == "2022-07-31T08:14:21+00:00"


def test_a_feed_that_sends_whole_articles_is_cut_to_a_teaser() -> None:
    # Who kept the capture moved the text of <description> into an element of another name.
    moved = replace(newsis.SOURCE, summary="{*}encoded")
    page = captured("news/newsis/knews-rss_newsis_2022-08-01.xml", moved.url)

    posts = moved.read_list(page).posts

    assert all(post.text is None and post.summary for post in posts)
    assert all(len(post.summary or "") <= 200 for post in posts)
    assert sum((post.summary or "").startswith("[") for post in posts) > 100  # not the picture
    assert not any("<" in (post.summary or "")[:5] for post in posts)


def test_a_search_of_google_news_names_the_outlet_of_each_headline() -> None:
    page = captured("news/google_news/google_news_ko_search_2026-09-27.xml", google_news.SOURCE.url)

    posts = google_news.SOURCE.read_list(page).posts

    assert [post.publisher for post in posts] == ["조선일보", "뉴시스", "gjdream.com"]
    assert not any(post.title.endswith(str(post.publisher)) for post in posts)
    assert all(post.summary is None and "?" not in post.url for post in posts)
    assert posts[1].published is not None
    assert posts[1].published.at.isoformat() == "2026-09-27T05:57:51+00:00"


def test_an_article_page_of_a_newspaper_is_no_list_of_releases() -> None:
    page = captured("news/mk/MBN_2025_06_03.html", korea().first().url)

    with pytest.raises(LayoutError):
        korea().read_list(page)
