"""A publisher is asked one thing at a time, with its pauses, and not what it closes."""

from __future__ import annotations

import asyncio

import pytest

from scrapers.errors import Disallowed, ServerTrouble
from scrapers.fetch import _site
from scrapers.model import Request
from scrapers.wire import Limits
from tests.unit.scrapers.publisher import Asked, answer, fetching, get, publishing


async def test_what_robots_txt_closes_is_not_asked_for() -> None:
    rules = answer(b"User-agent: *\nDisallow: /list\n")
    async with publishing(robots_txt=rules, list=answer(), view=answer()) as site:
        with pytest.raises(Disallowed, match=f"{site.url}/list: .*: closed by the robots.txt"):
            await get(f"{site.url}/list")
        await get(f"{site.url}/view")
    assert site.paths() == ["/view"]


async def test_a_failing_robots_txt_stops_the_page_loudly() -> None:
    async with publishing(robots_txt=answer(b"", "500 Oops"), list=answer()) as site:
        with pytest.raises(ServerTrouble, match=f"{site.url}/list: .*: robots.txt: status 500"):
            await get(f"{site.url}/list")
    assert site.paths() == []


async def test_a_host_rests_between_two_requests_and_resting_is_not_counted() -> None:
    async with (
        publishing(list=answer(), view=answer()) as site,
        fetching(pace=2, limits=Limits(total=0.15)) as fetcher,
    ):
        requests = (Request(f"{site.url}/list"), Request(f"{site.url}/view"))
        await asyncio.gather(*(fetcher.get(request, pause=0.5) for request in requests))
    robots, first, second = (asked.at for asked in site.asked)
    assert first - robots >= 0.25
    assert second - first >= 0.25


async def test_a_crawl_delay_is_kept_like_a_pause() -> None:
    rules = answer(b"User-agent: *\nCrawl-delay: 20\n")
    async with publishing(robots_txt=rules, list=answer()) as site, fetching(pace=100) as fetcher:
        await fetcher.get(Request(f"{site.url}/list"), pause=1)
    robots, first = (asked.at for asked in site.asked)
    assert 0.2 <= first - robots < 0.5


async def test_one_host_is_asked_one_thing_at_a_time_and_two_hosts_two() -> None:
    both = asyncio.Barrier(2)
    open_hosts: list[str] = []

    async def meet(asked: Asked, writer: asyncio.StreamWriter) -> None:
        assert asked.headers["host"] not in open_hosts
        open_hosts.append(asked.headers["host"])
        await both.wait()
        open_hosts.remove(asked.headers["host"])
        writer.write(answer())

    urls = [f"http://{host}.go.kr/list" for host in ("a", "a", "b", "b")]
    async with publishing(list=meet) as site, fetching(site.url) as fetcher:
        await asyncio.gather(*(fetcher.get(Request(url)) for url in urls))
    assert len(site.paths()) == 4


@pytest.mark.parametrize(
    ("host", "site"),
    [
        ("www.press.go.kr", "press.go.kr"),
        ("PRESS.go.kr.", "press.go.kr"),
        ("a.b.example.co.kr", "example.co.kr"),
        ("news.example.kr", "example.kr"),
        ("www.korea.kr", "korea.kr"),
        ("go.kr", "go.kr"),
        ("api.example.com", "example.com"),
        ("localhost", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("::1", "::1"),
    ],
)
def test_hosts_of_one_publisher_share_a_site(host: str, site: str) -> None:
    assert _site(host) == site
