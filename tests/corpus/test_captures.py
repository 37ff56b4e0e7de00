"""Our parsers on pages that publishers really served; skipped where those are not at hand.

What the three 한국일보 mark-ups and 매일경제 say is in test_news.py.
"""

import json
import re
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from scrapers import registry
from scrapers.errors import ChallengePage, Disallowed, LayoutError
from scrapers.model import Listing, Page, Source
from scrapers.platforms.board import Board
from scrapers.sources import (
    bizinfo_api,
    google_news,
    korea_kr_api,
    kstartup_api,
    mofa_rss,
    mss_notice_api,
    mss_press,
    mss_press_rss,
    naver_news,
    newsis,
)

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


def seen(text: str) -> str:
    """Markup as a browser shows it, on one line; by other means than ours."""
    return " ".join(unescape(unescape(re.sub(r"<[^>]*>", "", text))).split())


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


def test_every_headline_and_time_of_the_feed_of_newsis_is_read_as_it_was_sent() -> None:
    path = "news/newsis/knews-rss_newsis_2022-08-01.xml"
    sent: dict[str, tuple[str, datetime]] = {}
    for item in ET.parse(CAPTURES / path).iter("item"):
        key = re.findall(r"NISX\w+", item.findtext("link") or "")[0]
        at = datetime.fromisoformat(item.findtext("pubDate") or "")
        sent.setdefault(key, (seen(item.findtext("title") or ""), at))

    posts = newsis.SOURCE.read_list(captured(path, newsis.SOURCE.url)).posts

    read = {post.key: (post.title, post.published.at) for post in posts if post.published}
    assert {key: (seen(title), at) for key, (title, at) in read.items()} == sent


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


def naver(name: str) -> Any:
    return json.loads((CAPTURES / "news" / "naver_api" / name).read_text("utf-8"))


def searched(content: object) -> Listing:
    url = naver_news.SOURCE.first().url
    body = json.dumps(content).encode()
    return naver_news.SOURCE.read_list(
        Page(url, url, 200, {}, body, datetime(2026, 11, 20, tzinfo=UTC))
    )


@pytest.mark.parametrize(
    ("name", "count", "outlets"),
    [
        ("naver_news_search_2021-01-18.json", 6, {"이투데이": 1}),
        ("naver_news_rows_2021-05-28.json", 4, {"한국무역신문": 1}),
    ],
)
def test_an_answer_of_naver_is_read_as_it_was_sent(
    name: str, count: int, outlets: dict[str, int]
) -> None:
    said = naver(name)
    sent = said["items"] if isinstance(said, dict) else said

    posts = searched({"total": count, "items": sent}).posts

    assert len(posts) == len(sent) == count
    for post, item in zip(posts, sent, strict=True):
        assert post.title == seen(item["title"])
        assert post.summary == seen(item["description"])
        assert post.url.removeprefix("https") == re.sub("^https?", "", item["originallink"])
        assert post.published is not None
        assert post.published.at == parsedate_to_datetime(item["pubDate"])
    assert Counter(post.publisher for post in posts if post.publisher) == outlets


def test_an_alias_that_naver_still_gives_leads_to_the_article_of_today() -> None:
    probe = naver("naver_news_probe_2026-05-14.json")
    names = ("title", "originallink", "link", "pubDate")
    items = [
        {"description": ""} | {name: probe[name][place] for name in names} for place in range(3)
    ]

    posts = searched({"total": 3, "items": items}).posts

    assert [post.publisher for post in posts] == ["이데일리", None, None]
    number = re.findall(r"newsid=(\d{17})", items[0]["originallink"])[0]
    assert posts[0].url == f"https://www.edaily.co.kr/News/Read?newsId={number}&mediaCodeNo=257"
    assert searched(probe["empty_result_shape"]).posts == ()


def portal(name: str) -> Listing:
    path = f"derived_shapes/data_go_kr/derived_{name}.xml"
    return korea_kr_api.SOURCE.read_list(captured(path, korea_kr_api.SOURCE.first().url))


def test_a_release_of_midnight_comes_in_the_windows_of_two_days_under_one_key() -> None:
    (first, last), (again,) = (
        portal("press_list_20260520").posts,
        portal("press_list_20260521_boundary_repeat").posts,
    )

    assert last == again
    assert [post.published.precision for post in (first, last) if post.published] == [
        "second", "day",
    ]  # fmt: skip


def test_answers_of_the_portal_that_are_cut_empty_or_refused_are_told_apart() -> None:
    cut = portal("press_list_truncated")

    assert ([post.key for post in cut.posts], cut.trouble) == (["156762540"], "cut-off")
    assert portal("nodata").posts == ()
    with pytest.raises(LayoutError, match="98: THREE_DAYS_OVER"):
        portal("three_days_over")
    with pytest.raises(Disallowed, match="30: SERVICE_KEY_IS_NOT_REGISTERED"):
        portal("gateway_key_error")


def test_shapes_of_other_services_that_want_a_key_are_read() -> None:
    shapes: list[tuple[Source, str, int]] = [
        (mss_notice_api.SOURCE, "data_go_kr/derived_mssBizService_v2.xml", 1),
        (bizinfo_api.SOURCE, "bizinfo/derived_api.json", 2),
        (kstartup_api.SOURCE, "kstartup/derived_api.json", 1),
    ]
    for source, path, count in shapes:
        posts = source.read_list(captured(f"derived_shapes/{path}", source.first().url)).posts
        assert len(posts) == count
        assert all(post.published for post in posts)
    with pytest.raises(LayoutError, match="the site says: 존재하지 않는 인증키"):
        bizinfo_api.SOURCE.read_list(
            captured("derived_shapes/bizinfo/derived_api_error.json", bizinfo_api.SOURCE.url)
        )


def test_an_article_page_of_a_newspaper_is_no_list_of_releases() -> None:
    page = captured("news/mk/MBN_2025_06_03.html", korea().first().url)

    with pytest.raises(LayoutError):
        korea().read_list(page)
