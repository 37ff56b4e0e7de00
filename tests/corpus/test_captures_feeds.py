"""Our parsers on feeds and answers that publishers really served; skipped where not at hand."""

import json
import re
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from scrapers.errors import Disallowed, LayoutError
from scrapers.model import Listing, Page, Source
from scrapers.sources import (
    bizinfo_api,
    google_news,
    kstartup_api,
    mofa_rss,
    mss_notice_api,
    mss_press_rss,
    naver_news,
    newsis,
)
from tests.corpus.captured import CAPTURES, captured, korea, portal, seen

pytestmark = pytest.mark.skipif(not CAPTURES.is_dir(), reason="no captured pages at hand")


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
