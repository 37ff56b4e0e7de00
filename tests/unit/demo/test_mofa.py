from __future__ import annotations

from collections.abc import Callable

import pytest
from lxml import etree

from service.demo.sites.mofa import COOKIE
from service.demo.sites.web import Reply
from service.demo.world import Release, World

MakeRelease = Callable[..., Release]
Get = Callable[..., Reply]
FEED = "https://www.mofa.go.kr/www/brd/rss.do?brdId=235"


@pytest.fixture
def full(world: World, make: MakeRelease) -> World:
    for number in range(35):
        world.publish(make(number, ministry="외교부", sites=frozenset({"mofa"})), at=number)
    return world


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize("headers", [{}, {"cookie": "TMOSHCooKie=wrong"}])
def test_without_the_cookie_the_gate_sends_back(get: Get, headers: dict[str, str]) -> None:
    reply = get(FEED, **headers)
    assert (reply.status, reply.body, reply.shown) == (307, b"", ())
    assert dict(reply.headers) == {
        "location": "/www/brd/rss.do?brdId=235",
        "set-cookie": f"{COOKIE}; path=/www/brd",
    }


@pytest.mark.usefixtures("full")
def test_with_the_cookie_the_feed_comes_in_euc_kr(get: Get) -> None:
    reply = get(FEED, cookie=f"other=1; {COOKIE}")
    assert reply.status == 200
    assert "외교부 보도자료".encode("euc-kr") in reply.body
    assert b'encoding="EUC-KR"' in reply.body
    items = etree.fromstring(reply.body).findall("channel/item")
    assert len(items) == 30
    assert {item.tag: item.text for item in items[0]} == {
        "title": "34번째 견본",
        "link": "http://www.mofa.go.kr:443/www/brd/m_4080/view.do?seq=157000034",
        "description": "첫 줄 34<br />둘째 줄",
        "pubDate": "Fri, 20 Nov 2026 00:34:07 GMT",
    }


def test_what_the_code_page_lacks_is_a_question_mark(
    get: Get, world: World, make: MakeRelease
) -> None:
    world.publish(make(1, title="평화🕊회의", sites=frozenset({"mofa"})), at=0.0)
    assert "평화?회의".encode("cp949") in get(FEED, cookie=COOKIE).body


@pytest.mark.usefixtures("full")
def test_the_feed_is_not_sent_twice(get: Get) -> None:
    tag = dict(get(FEED, cookie=COOKIE).headers)["etag"]
    assert get(FEED, cookie=COOKIE, if_none_match=tag).status == 304


@pytest.mark.parametrize("path", ["/www/brd/rss.do?brdId=302", "/robots.txt"])
def test_what_is_not_there_is_404(get: Get, path: str) -> None:
    assert get(f"https://www.mofa.go.kr{path}", cookie=COOKIE).status == 404
