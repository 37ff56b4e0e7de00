"""A search for readers' words: whose turn it is, what came of it, and where it goes on."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from scrapers.errors import LayoutError
from scrapers.model import Asking, Page, Post
from scrapers.platforms.search import _OUTLETS, Search
from scrapers.sources import naver_news, naver_news_hub
from service.reading.publishers import Registry

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SEARCH = naver_news.SOURCE
BOTH = pytest.mark.parametrize("search", [naver_news.SOURCE, naver_news_hub.SOURCE])


def page(content: Any, start: int = 1) -> Page:
    url = SEARCH.first().url.replace("start=1&", f"start={start}&")
    return Page(url, url, 200, {}, json.dumps(content).encode(), NOW)


def answer(*items: object, total: int = 1) -> dict[str, object]:
    return {"total": total, "start": 1, "display": 100, "items": items}


def row(url: str = "https://a.kr/1", **fields: object) -> dict[str, object]:
    told = {"title": "제목", "originallink": url, "link": "https://n.news.naver.com/1"}
    return told | {"description": "", "pubDate": "Fri, 20 Nov 2026 16:02:00 +0900"} | fields


def read(*items: object) -> tuple[Post, ...]:
    return SEARCH.read_list(page(answer(*items))).posts


@BOTH
def test_each_turn_asks_for_the_next_word_and_begins_again(search: Search) -> None:
    words = ("수출 바우처", "R&D", '"A=B"?')

    asked = [search.first(Asking(turn=turn, terms=words)).url for turn in range(4)]

    assert "query=%EC%88%98%EC%B6%9C%20%EB%B0%94%EC%9A%B0%EC%B2%98&" in asked[0]
    assert "query=R%26D&display=100&start=1&sort=date" in asked[1]
    assert "query=%22A%3DB%22%3F&" in asked[2]
    assert asked[3] == asked[0]


def test_a_word_that_looks_like_our_marks_stays_a_word() -> None:
    url = SEARCH.first(Asking(terms=("{start} &start=7",))).url

    assert url.endswith("query=%7Bstart%7D%20%26start%3D7&display=100&start=1&sort=date")


@BOTH
def test_both_hosts_are_asked_with_their_own_keys_in_headers(search: Search) -> None:
    request = search.first()

    assert [*(request.headers or {}).values()] == [f"{{key:{name}}}" for name in search.needs]
    assert "key" not in request.url
    assert search.read_list(page(answer(row(), total=900))).more is not None


def test_marks_of_hits_go_without_a_blank_and_entities_are_resolved() -> None:
    (only,) = read(
        row(
            title="<b>주식</b>형 &quot;R&amp;D&quot; &lt;포토&gt;",
            description=" 가 <b>나</b>다... ",
        )
    )

    assert (only.title, only.summary) == ('주식형 "R&D" <포토>', "가 나다...")


def test_what_is_kept_of_an_article_is_a_teaser_and_a_time_to_the_minute() -> None:
    (only,) = read(row(description="가" * 300))

    assert only.text is None
    assert len(only.summary or "") == 200
    assert only.published is not None
    assert only.published.precision == "minute"
    assert only.published.at.isoformat() == "2026-11-20T16:02:00+09:00"
    assert SEARCH.open(only) is None


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (
            "https://www.etoday.co.kr/news/view/1",
            "http://www.etoday.co.kr:80/news/view/1?trc=x#top",
        ),
        ("https://www.yna.co.kr/view/AKR1", "https://www.yna.co.kr/view/AKR1?section=a&site=b"),
        (
            "http://www.weeklytrade.co.kr/news/view.html?section=1&category=3&item=&no=7",
            "https://www.weeklytrade.co.kr/news/view.html?no=7&section=2&category=4",
        ),
        (
            "http://www.edaily.co.kr/news/newspath.asp?newsid=00000000000000001",
            "https://www.edaily.co.kr/News/Read?newsId=00000000000000001&mediaCodeNo=257",
        ),
    ],
)
def test_an_article_has_one_key_however_it_is_linked_to(first: str, second: str) -> None:
    (one,), (other,) = read(row(first)), read(row(second))

    assert one.key == other.key


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("https://a.kr/view?idxno=1", "https://a.kr/view?idxno=2"),
        ("https://a.kr/view?no=1&board=2", "https://a.kr/view?no=1&board=3"),
        ("https://www.weeklytrade.co.kr/news/?a=1", "https://www.weeklytrade.co.kr/news/?a=2"),
        ("https://a.kr/View", "https://a.kr/view"),
    ],
)
def test_two_articles_have_two_keys(first: str, second: str) -> None:
    assert len(read(row(first), row(second))) == 2


def test_an_address_for_people_keeps_what_its_outlet_wrote() -> None:
    (only,) = read(row("http://www.weeklytrade.co.kr/news/view.html?section=1&no=7"))

    assert only.url == "https://www.weeklytrade.co.kr/news/view.html?section=1&no=7"


@pytest.mark.parametrize("bad", ["", None, 7, "javascript:x", "http://a.krhttp://b.kr/1"])
def test_where_the_outlets_address_is_none_the_portals_does(bad: object) -> None:
    (only,) = read(row(originallink=bad))

    assert only.url == only.key == "https://n.news.naver.com/1"


def test_a_row_without_any_address_is_refused() -> None:
    with pytest.raises(LayoutError, match="no address at 'originallink' or 'link'"):
        read(row("", link=""))


@pytest.mark.parametrize(
    ("url", "outlet"),
    [
        ("https://biz.heraldcorp.com/article/1", "헤럴드경제"),
        ("http://www.weeklytrade.co.kr/news/view.html?no=7", "한국무역신문"),
        ("https://notmk.co.kr/1", None),
        ("https://mk.co.kr.example/1", None),
    ],
)
def test_an_outlet_is_known_by_its_host(url: str, outlet: str | None) -> None:
    assert read(row(url))[0].publisher == outlet


def test_every_outlet_that_is_named_is_known_to_the_registry() -> None:
    registry = Registry.load()

    assert [name for name in _OUTLETS.values() if registry.find_all(name)[1]] == []


def test_that_nobody_wrote_of_a_word_is_no_trouble() -> None:
    assert SEARCH.read_list(page(answer(total=0))).posts == ()


@pytest.mark.parametrize("name", [*row(), "total"])
def test_an_answer_in_which_one_name_has_changed_is_refused(name: str) -> None:
    renamed = json.loads(
        json.dumps(answer(row(), row("https://a.kr/2"))).replace(f'"{name}"', '"x"')
    )

    with pytest.raises(LayoutError):
        SEARCH.read_list(page(renamed))


@pytest.mark.parametrize("content", [answer(total=5), {"total": 0}, {"errorMessage": "없음"}, []])
def test_an_answer_without_rows_that_does_not_say_so_is_refused(content: object) -> None:
    with pytest.raises(LayoutError):
        SEARCH.read_list(page(content))


@pytest.mark.parametrize(
    ("start", "total", "following"),
    [(1, 100, None), (1, 101, 101), (101, 350, 201), (801, 5_000, 901), (901, 5_000, None)],
)
def test_it_goes_on_as_far_as_there_are_headlines_and_the_service_gives_any(
    start: int, total: int, following: int | None
) -> None:
    more = SEARCH.read_list(page(answer(row(), total=total), start)).more

    assert (more and f"&start={following}&" in more.url) is (None if following is None else True)
    assert more is None or more.headers == SEARCH.headers


def test_a_page_behind_the_last_is_empty_and_no_trouble() -> None:
    assert SEARCH.read_list(page(answer(total=101), start=101)).posts == ()


def test_what_is_no_page_of_a_search_is_refused() -> None:
    with pytest.raises(LayoutError, match="not a page of a search"):
        SEARCH.read_list(replace(page(answer(row())), url="https://openapi.naver.com/"))


@BOTH
def test_a_day_of_calls_stays_within_the_quota(search: Search) -> None:
    assert 86_400 / (search.every * 0.9) * search.max_pages <= 25_000
