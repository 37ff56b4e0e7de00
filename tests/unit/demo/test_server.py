from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx
import pytest

from scrapers.fetch import Fetcher
from scrapers.model import Request
from service.demo.server import HOST, Replica
from service.demo.sink import Sink
from service.demo.world import Release, World
from service.errors import BadSetting
from service.web.serve import serving
from tests.replica import Watched

MakeRelease = Callable[..., Release]


async def test_a_site_is_found_by_its_host(world: World, make: MakeRelease) -> None:
    world.publish(make(1), at=0.0)
    before = time.time()
    async with serving(Replica(world), HOST, 0) as base, httpx.AsyncClient(base_url=base) as client:
        path = "/briefing/pressReleaseList.do"
        answer = await client.get(path, headers={"host": "www.korea.kr"})
        elsewhere = await client.get(path, headers={"host": "www.yna.co.kr"})
        nowhere = await client.get(path)
    assert [answer.status_code, elsewhere.status_code, nowhere.status_code] == [200, 404, 404]
    assert "1번째 견본" in answer.text
    assert before <= world.first_shown[157_000_001] <= time.time()


async def test_unchanged_pages_come_without_a_body(world: World, make: MakeRelease) -> None:
    world.publish(make(1, sites=frozenset({"yna"})), at=0.0)
    async with serving(Replica(world), HOST, 0) as base, httpx.AsyncClient(base_url=base) as client:
        client.headers["host"] = "www.yna.co.kr"
        first = await client.get("/rss/news.xml")
        again = await client.get("/rss/news.xml", headers={"if-none-match": first.headers["etag"]})
        head = await client.head("/rss/news.xml")
        posted = await client.post("/rss/news.xml")
    assert (again.status_code, again.content) == (304, b"")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(first.content))
    assert posted.status_code == 405


async def test_the_fetcher_passes_the_cookie_gate(world: World, make: MakeRelease) -> None:
    world.publish(make(1, ministry="외교부", sites=frozenset({"mofa"})), at=0.0)
    feed = Request("https://www.mofa.go.kr/www/brd/rss.do?brdId=235")
    watched = Watched(world)
    async with serving(watched, HOST, 0) as base:
        fetcher = Fetcher(contact="ops@example.com", replica=base)
        try:
            answers = [await fetcher.get(feed) for _ in range(2)]
        finally:
            await fetcher.aclose()
    assert all(answer.page and b"157000001" in answer.page.body for answer in answers)
    statuses = [status for _, path, status in watched.asked if path == "/www/brd/rss.do"]
    assert statuses == [307, 200, 200]


async def test_the_sink_stands_beside_the_sites(world: World) -> None:
    sink = Sink("whsec_AAAA")
    async with (
        serving(Replica(world, sink), HOST, 0) as base,
        httpx.AsyncClient(base_url=base) as client,
    ):
        answer = await client.post("/sink/team", content=b"{}")
    assert answer.status_code == 401
    assert [receipt.name for receipt in sink.receipts] == ["team"]


async def test_without_a_sink_its_address_is_unknown(world: World) -> None:
    async with serving(Replica(world), HOST, 0) as base, httpx.AsyncClient(base_url=base) as client:
        assert (await client.post("/sink/team", content=b"{}")).status_code == 404


async def test_it_leaves_signals_and_the_port_alone(world: World) -> None:
    handlers = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    async with serving(Replica(world), HOST, 0) as base:
        assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == handlers
        port = urlsplit(base).port
    assert port
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)
    async with serving(Replica(world), HOST, port) as again:
        assert again == base


async def test_a_taken_port_is_an_error(world: World) -> None:
    async with serving(Replica(world), HOST, 0) as base:
        with pytest.raises(BadSetting, match=r"PABAL_PORT.*in use"):
            async with serving(Replica(world), HOST, urlsplit(base).port or 0):
                pass
