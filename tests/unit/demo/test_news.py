from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from lxml import etree

from service.demo.sites import mofa, mss, news
from service.demo.sites.web import Reply
from service.demo.world import SITES, Release, World

ADDRESSES: Mapping[str, Callable[[Release], str]] = {
    "korea_kr": lambda each: f"https://www.korea.kr/briefing/pressReleaseView.do?newsId={each.id}",
    "mss": mss.address,
    "mofa": mofa.address,
    "etoday": news.etoday_address,
    "yna": news.yna_address,
    "mk": news.mk_address,
}
MakeRelease = Callable[..., Release]
Get = Callable[..., Reply]

FEEDS = {
    "etoday": ("https://rss.etoday.co.kr/eto/etoday_news_all.xml", "channel/item", 200),
    "yna": ("https://www.yna.co.kr/rss/news.xml", "channel/item", 120),
    "mk": ("https://www.mk.co.kr/sitemap/latest-articles/", "{*}url", 200),
}


def publish(world: World, make: MakeRelease, site: str, **changes: str) -> None:
    world.publish(make(7, ministry="견본신문", sites=frozenset({site}), **changes), at=0.0)


@pytest.mark.parametrize("site", FEEDS)
def test_a_feed_holds_the_newest_and_is_not_sent_twice(
    get: Get, world: World, make: MakeRelease, site: str
) -> None:
    url, path, size = FEEDS[site]
    for number in range(size + 3):
        world.publish(make(number, sites=frozenset({site})), at=number)
    reply = get(url)
    assert len(etree.fromstring(reply.body).findall(path)) == size
    assert reply.shown[0] == 157_000_000 + size + 2
    assert get(url, if_none_match=dict(reply.headers)["etag"]).status == 304


def test_etoday_links_by_number(get: Get, world: World, make: MakeRelease) -> None:
    publish(world, make, "etoday", title="A&B <속보>")
    item = etree.fromstring(get(FEEDS["etoday"][0]).body).findall("channel/item")[0]
    assert {child.tag: child.text for child in item} == {
        "title": "A&B <속보>",
        "link": "https://www.etoday.co.kr/news/view/157000007",
        "description": "첫 줄 7 둘째 줄",
        "author": "파발꾼 (reporter@example.com)",
        "pubDate": "Fri, 20 Nov 2026 09:07:07 +0900",
    }


def test_yna_escapes_its_descriptions_twice(get: Get, world: World, make: MakeRelease) -> None:
    publish(world, make, "yna", text="연구·개발(R&D)")
    reply = get(FEEDS["yna"][0])
    assert "R&amp;amp;D" in reply.body.decode()
    item = etree.fromstring(reply.body).findall("channel/item")[0]
    assert item.findtext("description") == "(서울=연합뉴스) 파발꾼 기자 = 연구·개발(R&amp;D)"
    assert item.findtext("link") == "https://www.yna.co.kr/view/AKR20261120157000007"
    assert item.findtext("{http://purl.org/dc/elements/1.1/}creator") == "파발꾼"
    assert b"<title><![CDATA[" in reply.body


def test_mk_is_a_news_sitemap(get: Get, world: World, make: MakeRelease) -> None:
    publish(world, make, "mk", title="A&B")
    url = etree.fromstring(get(FEEDS["mk"][0]).body).findall("{*}url")[0]
    assert url.findtext("{*}loc") == "https://www.mk.co.kr/news/economy/57000007"
    assert url.findtext("{*}news/{*}publication/{*}name") == "매일경제"
    assert url.findtext("{*}news/{*}publication_date") == "2026-11-20T09:07:07+09:00"
    assert url.findtext("{*}news/{*}title") == "A&B"


def test_an_empty_feed_is_still_a_feed(get: Get) -> None:
    reply = get(FEEDS["yna"][0])
    assert etree.fromstring(reply.body).findall("channel/item") == []
    assert "last-modified" not in dict(reply.headers)


@pytest.mark.parametrize("host", ["rss.etoday.co.kr", "www.yna.co.kr", "www.mk.co.kr"])
@pytest.mark.parametrize("path", ["/robots.txt", "/"])
def test_anything_else_is_404(get: Get, host: str, path: str) -> None:
    assert get(f"https://{host}{path}").status == 404


def test_every_site_says_where_a_release_is(make: MakeRelease) -> None:
    assert set(ADDRESSES) == SITES
    assert len({address(make(1)) for address in ADDRESSES.values()}) == len(SITES)
