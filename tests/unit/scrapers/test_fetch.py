"""The fetcher against publishers on this machine that behave as publishers do, badly included."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from scrapers.errors import (
    Broken,
    Disallowed,
    Gone,
    RedirectTrouble,
    ScrapeError,
    ServerTrouble,
    Throttled,
    TooLarge,
    Unreachable,
)
from scrapers.model import Answer, Freshness, Request
from scrapers.wire import Limits
from tests.unit.scrapers.publisher import NOW, Asked, answer, fetching, get, page, publishing

MIB = 2**20

Reaction = Callable[[Asked, asyncio.StreamWriter], Awaitable[None]]


async def test_a_page_comes_with_its_body_headers_and_time() -> None:
    async with publishing(list=answer("보도자료".encode(), Content_Type="text/html")) as site:
        found = await page(f"{site.url}/list")
    assert found.body.decode() == "보도자료"
    assert found.headers["content-type"] == "text/html"
    assert (found.url, found.final_url) == (f"{site.url}/list", f"{site.url}/list")
    assert (found.status, found.fetched_at) == (200, NOW)


async def test_we_say_who_we_are_and_what_we_can_read() -> None:
    async with publishing(list=answer()) as site:
        await page(f"{site.url}/list")
    for asked in site.asked:
        assert asked.headers["user-agent"].startswith("Pabal/")
        assert asked.headers["user-agent"].endswith(" (+https://pabal.example/contact)")
        assert asked.headers["accept-encoding"] == "gzip, deflate"


async def test_a_form_is_posted_without_conditions() -> None:
    async with publishing(list=answer(b"rows")) as site:
        await get(f"{site.url}/list", form={"page": "2"}, freshness=Freshness(etag='"a"'))
    asked = site.asked[-1]
    assert (asked.method, asked.body) == ("POST", b"page=2")
    assert "if-none-match" not in asked.headers


async def test_json_is_posted_without_conditions_and_with_what_the_site_asks_for() -> None:
    headers = {"Origin-Method": "GET", "user-agent": "Mozilla/5.0"}
    request = Request("", json='{"page": 2}', headers=headers)
    async with publishing(list=answer(b"rows")) as site, fetching() as fetcher:
        known = Freshness(etag='"a"')
        await fetcher.get(replace(request, url=f"{site.url}/list"), freshness=known)
    robots, asked = site.asked
    assert "origin-method" not in robots.headers
    assert (asked.method, asked.body) == ("POST", b'{"page": 2}')
    assert asked.headers["content-type"] == "application/json"
    assert asked.headers["origin-method"] == "GET"
    assert asked.headers["user-agent"].startswith("Pabal/")
    assert "if-none-match" not in asked.headers


async def test_304_is_an_answer_without_a_page_that_keeps_the_validators() -> None:
    known = Freshness(etag='"a"', last_modified="Sun, 01 Nov 2026 00:00:00 GMT")
    unchanged = answer(b"", "304 Not Modified", ETag='"b"', Cache_Control="max-age=90")
    async with publishing(list=unchanged) as site:
        found = await get(f"{site.url}/list", freshness=known)
    assert found == Answer(None, Freshness('"b"', known.last_modified), 90.0)
    assert site.asked[-1].headers["if-none-match"] == '"a"'
    assert site.asked[-1].headers["if-modified-since"] == known.last_modified


async def test_a_304_that_was_not_asked_for_is_broken() -> None:
    async with publishing(list=answer(b"", "304 Not Modified")) as site:
        with pytest.raises(Broken, match="status 304"):
            await get(f"{site.url}/list")


async def test_validators_and_max_age_are_handed_on() -> None:
    async with publishing(
        list=answer(
            ETag='W/"7"',
            Last_Modified="Mon, 02 Nov 2026 00:00:00 GMT",
            Cache_Control="public, s-maxage=5, Max-Age=60",
        ),
        odd=answer(ETag='"보도"', Cache_Control="max-age=soon"),
        year=answer(Cache_Control="max-age=31536000"),
    ) as site:
        found = await get(f"{site.url}/list")
        odd = await get(f"{site.url}/odd")
        year = await get(f"{site.url}/year")
    assert found.freshness == Freshness('W/"7"', "Mon, 02 Nov 2026 00:00:00 GMT")
    assert found.max_age == 60
    assert (odd.freshness, odd.max_age) == (Freshness(), None)
    assert year.max_age == 86_400


async def _abort(_asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


@pytest.mark.parametrize(
    ("said", "error", "detail"),
    [
        pytest.param(_abort, Unreachable, "Error", id="reset"),
        pytest.param(b"", Unreachable, "disconnected", id="silence"),
        pytest.param(b"SSH-2.0-x\r\n\r\n", Unreachable, "ProtocolError", id="not-http"),
        pytest.param(answer(b"", "500 Oops"), ServerTrouble, "status 500", id="500"),
        pytest.param(answer(b"", "503 Busy"), ServerTrouble, "status 503", id="503"),
        pytest.param(answer(b"half", Content_Length="9"), ServerTrouble, "half way", id="half"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nzz\r\n",
            ServerTrouble,
            "half way",
            id="broken-chunk",
        ),
        pytest.param(
            answer(b"not gzip", Content_Encoding="gzip"), Broken, "gzip", id="mislabelled"
        ),
        pytest.param(answer(b"x", Content_Encoding="br"), Broken, "'br'", id="brotli"),
        pytest.param(answer(b"", "429 Slow"), Throttled, "status 429", id="429"),
        pytest.param(answer(b"", "404 No"), Gone, "status 404", id="404"),
        pytest.param(answer(b"", "410 Gone"), Gone, "status 410", id="410"),
        pytest.param(answer(b"", "401 Who"), Disallowed, "status 401", id="401"),
        pytest.param(answer(b"", "403 No"), Disallowed, "status 403", id="403"),
        pytest.param(answer(b"", "400 What"), Broken, "status 400", id="400"),
        pytest.param(answer(b"", "204 Empty"), Broken, "status 204", id="204"),
        pytest.param(answer(b"", "302 Where"), RedirectTrouble, "''", id="no-location"),
        pytest.param(
            answer(Content_Length=str(11 * MIB)), TooLarge, "11534336 bytes", id="announced"
        ),
    ],
)
async def test_each_trouble_has_its_class_and_names_the_page(
    said: bytes | Reaction, error: type[ScrapeError], detail: str
) -> None:
    async with publishing(list=said) as site:
        with pytest.raises(error, match=detail) as raised:
            await get(f"{site.url}/list")
    assert type(raised.value) is error
    assert f"{site.url}/list: " in str(raised.value)


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        (answer(b"", "429 Slow", Retry_After="120"), 120.0),
        (answer(b"", "503 Busy", Retry_After="Mon, 02 Nov 2026 00:01:30 GMT"), 90.0),
        (answer(b"", "503 Busy", Retry_After="Sun, 01 Nov 2026 00:00:00 GMT"), 0.0),
        (answer(b"", "503 Busy", Retry_After="later"), None),
        (answer(b"", "429 Slow", Retry_After="9" * 500), 86_400.0),
    ],
)
async def test_throttled_says_how_long_to_wait(said: bytes, wait: float | None) -> None:
    async with publishing(list=said) as site:
        with pytest.raises(Throttled) as raised:
            await get(f"{site.url}/list")
    assert raised.value.retry_after == wait


@pytest.mark.parametrize(
    ("asked", "wait"), [({"Retry_After": "120"}, 120.0), ({}, 30.0)], ids=["said", "not said"]
)
async def test_a_host_that_is_asked_too_often_is_asked_nothing_for_as_long_as_it_says(
    asked: dict[str, str], wait: float
) -> None:
    async with publishing(list=answer(b"", "429 Slow", **asked), view=answer(b"text")) as site:
        async with fetching() as fetcher:
            with pytest.raises(Throttled, match="status 429"):
                await fetcher.get(Request(f"{site.url}/list"))
            with pytest.raises(Throttled, match="asked to be left alone") as raised:
                await fetcher.get(Request(f"{site.url}/view"))
        assert raised.value.url == f"{site.url}/view"
        assert raised.value.retry_after == pytest.approx(wait, abs=5)
        assert site.paths() == ["/list"]


async def test_a_refused_connection_is_unreachable_with_its_cause() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, but not listening
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/list"
        with pytest.raises(Unreachable, match="ConnectionRefusedError") as raised:
            await get(url)
    assert raised.value.url == url


async def test_a_failed_tls_handshake_is_unreachable_with_its_cause() -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(answer())
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(plain, "127.0.0.1", 0) as server:
        with pytest.raises(Unreachable, match="SSLError"):
            await get(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/list")


@pytest.mark.parametrize(
    "url", ["ftp://127.0.0.1/", "/list", "http://", "http://127.0.0.1:99999/", "http://[::1/"]
)
async def test_what_is_no_web_address_is_broken(url: str) -> None:
    with pytest.raises(Broken, match="not an address on the web"):
        await get(url)


async def test_a_drip_is_cut_off_at_the_deadline() -> None:
    async def drip(_asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(answer(b"", Content_Length="99"))
        while True:
            writer.write(b".")
            await writer.drain()
            await asyncio.sleep(0.05)

    clock = asyncio.get_running_loop().time
    async with publishing(list=drip) as site:
        started = clock()
        with pytest.raises(Unreachable, match=r"within 0\.5 seconds"):
            await get(f"{site.url}/list", limits=Limits(total=0.5))
        assert 0.4 < clock() - started < 1.0


@pytest.mark.parametrize("size", [None, 2 * MIB], ids=["page", "file"])
async def test_a_file_may_take_as_long_as_its_length_asks_for(size: int | None) -> None:
    async def slowly(_asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(answer(b"", Content_Length=str(MIB)))
        for _ in range(8):
            writer.write(b"." * (MIB // 8))
            await writer.drain()
            await asyncio.sleep(0.05)

    limits = Limits(total=0.2, size=MIB)
    async with publishing(file=slowly) as site, fetching(limits=limits) as fetcher:
        if size is None:
            with pytest.raises(Unreachable, match=r"within 0\.2 seconds"):
                await fetcher.get(Request(f"{site.url}/file"))
            return
        answered = await fetcher.get(Request(f"{site.url}/file"), size=size)
    assert answered.page is not None
    assert len(answered.page.body) == MIB


async def test_a_slow_robots_txt_uses_up_the_same_deadline() -> None:
    async def never(_asked: Asked, _writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    async with publishing(robots_txt=never, list=answer()) as site:
        with pytest.raises(Unreachable, match=r"robots\.txt: no whole answer within 0\.2 s"):
            await get(f"{site.url}/list", limits=Limits(total=0.2))


async def test_an_endless_body_is_left_after_the_cap() -> None:
    sent = 0
    hung_up = asyncio.Event()

    async def pour(_asked: Asked, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        try:
            while sent < 100 * MIB:
                writer.write(b"100000\r\n" + bytes(MIB) + b"\r\n")
                await writer.drain()
                sent += MIB
        finally:
            hung_up.set()

    async with publishing(list=pour) as site:
        with pytest.raises(TooLarge, match="over 10485760 bytes"):
            await get(f"{site.url}/list")
        await asyncio.wait_for(hung_up.wait(), 2)
    assert 10 * MIB <= sent < 40 * MIB
