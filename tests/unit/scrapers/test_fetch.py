"""The fetcher against publishers on this machine that behave as publishers do, badly included."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

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
from scrapers.fetch import Fetcher, Limits, _site
from scrapers.model import Answer, Freshness, Page, Request

NOW = datetime(2026, 11, 2, 0, 0, tzinfo=UTC)
MIB = 2**20


@dataclass(frozen=True)
class Asked:
    """One request as the server saw it; ``headers`` has lower-case names."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    at: float


Reaction = Callable[[Asked, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Publisher:
    """A server on loopback that answers by path; a path it does not know is a 404."""

    routes: dict[str, bytes | Reaction]
    asked: list[Asked] = field(default_factory=list)
    url: str = ""

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked if asked.path != "/robots.txt"]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            asked = await _read_request(reader)
            self.asked.append(asked)
            reaction = self.routes.get(asked.path, answer(b"", "404 Not Found"))
            if isinstance(reaction, bytes):
                writer.write(reaction)
            else:
                await reaction(asked, writer)
            await writer.drain()
        writer.close()


async def _read_request(reader: asyncio.StreamReader) -> Asked:
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    method, path, _ = first.split(" ")
    return Asked(method, path, headers, body, asyncio.get_running_loop().time())


def answer(body: bytes = b"", status: str = "200 OK", **headers: str) -> bytes:
    """The bytes of a whole answer; ``Retry_After="1"`` becomes a header."""
    headers = {"Content_Length": str(len(body)), "Connection": "close"} | headers
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode() + body


def moved(to: str, status: str = "302 Found", **headers: str) -> bytes:
    return answer(b"", status, Location=to, **headers)


@asynccontextmanager
async def publishing(**routes: bytes | Reaction) -> AsyncIterator[Publisher]:
    """A publisher; the route ``robots_txt`` is /robots.txt, any other its own name."""
    named = {f"/{name.replace('robots_txt', 'robots.txt')}": how for name, how in routes.items()}
    publisher = Publisher(named)
    serving: dict[asyncio.StreamWriter, asyncio.Task[None]] = {}

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving[writer] = asyncio.create_task(publisher.serve(reader, writer))

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    publisher.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield publisher
        for writer, task in serving.items():
            task.cancel()
            writer.transport.abort()
        await asyncio.gather(*serving.values(), return_exceptions=True)


@asynccontextmanager
async def fetching(
    replica: str | None = None, pace: float = 1.0, limits: Limits | None = None
) -> AsyncIterator[Fetcher]:
    fetcher = Fetcher(
        contact="https://pabal.example/contact",
        replica=replica,
        pace=pace,
        limits=limits or Limits(total=5),
        now=lambda: NOW,
    )
    try:
        yield fetcher
    finally:
        await fetcher.aclose()


async def get(
    url: str,
    *,
    replica: str | None = None,
    limits: Limits | None = None,
    form: dict[str, str] | None = None,
    freshness: Freshness | None = None,
) -> Answer:
    async with fetching(replica, limits=limits) as fetcher:
        return await fetcher.get(Request(url, form), freshness=freshness)


async def page(url: str, *, replica: str | None = None, form: dict[str, str] | None = None) -> Page:
    found = (await get(url, replica=replica, form=form)).page
    assert found is not None
    return found


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


async def test_a_redirect_on_the_site_is_followed() -> None:
    routes: dict[str, bytes | Reaction] = {
        "old": moved("http://www.press.go.kr/half"),
        "half": moved("https://m.press.go.kr/new#top", "301 Moved"),
        "new": answer(b"here"),
    }
    async with publishing(**routes) as site:
        found = await page("http://press.go.kr/old", replica=site.url)
    assert found.body == b"here"
    assert (found.url, found.final_url) == ("http://press.go.kr/old", "https://m.press.go.kr/new")


@pytest.mark.parametrize(
    "to",
    [
        "http://169.254.169.254/latest",
        "https://other.go.kr/list",
        "https://press.go.kr.example.com/list",
        "file:///etc/hostname",
        "javascript:alert(1)",
        "http://press.go.kr:99999/",
        "http://[/",
        "http://xn--/",
    ],
)
async def test_a_redirect_that_leaves_the_site_is_not_followed(to: str) -> None:
    async with publishing(list=moved(to)) as site:
        with pytest.raises(RedirectTrouble, match=r"http://press\.go\.kr/list: "):
            await get("http://press.go.kr/list", replica=site.url)
    assert site.paths() == ["/list"]


async def test_a_redirect_loop_is_seen_at_once() -> None:
    async with publishing(a=moved("/b"), b=moved("/a")) as site:
        with pytest.raises(RedirectTrouble, match=f"a redirect loop at {site.url}/a"):
            await get(f"{site.url}/a")
    assert site.paths() == ["/a", "/b"]


async def test_redirects_are_counted() -> None:
    async def further(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(moved("/list", Set_Cookie=f"n={asked.at}"))

    async with publishing(list=further) as site:
        with pytest.raises(RedirectTrouble, match="more than 5 redirects"):
            await get(f"{site.url}/list")
    assert site.paths() == ["/list"] * 6


async def test_a_gate_that_sets_a_cookie_is_passed_once_and_for_all() -> None:
    async def gate(asked: Asked, writer: asyncio.StreamWriter) -> None:
        known = asked.headers.get("cookie") == "gate=open"
        shut = moved("/list", "307 Again", Set_Cookie="gate=open; Path=/list")
        writer.write(answer(b"rows") if known else shut)

    async with publishing(list=gate) as site, fetching(site.url) as fetcher:
        for _ in range(2):
            found = await fetcher.get(Request("https://www.press.go.kr/list"))
            assert found.page is not None
            assert found.page.body == b"rows"
    assert site.paths() == ["/list"] * 3


@pytest.mark.parametrize(
    ("status", "method", "body"), [("303 See", "GET", b""), ("307 Again", "POST", b"q=1")]
)
async def test_a_form_is_sent_on_only_where_the_redirect_says_so(
    status: str, method: str, body: bytes
) -> None:
    async with publishing(a=moved("/b", status), b=answer()) as site:
        await page(f"{site.url}/a", form={"q": "1"})
    assert (site.asked[-1].method, site.asked[-1].body) == (method, body)


@pytest.mark.parametrize(
    ("status", "method", "body"), [("302 Found", "GET", b""), ("308 Again", "POST", b"{}")]
)
async def test_json_is_sent_on_only_where_the_redirect_says_so(
    status: str, method: str, body: bytes
) -> None:
    async with publishing(a=moved("/b", status), b=answer()) as site, fetching() as fetcher:
        await fetcher.get(Request(f"{site.url}/a", json="{}", headers={"X-Site": "1"}))
    last = site.asked[-1]
    assert (last.method, last.body, last.headers["x-site"]) == (method, body, "1")
    assert ("content-type" in last.headers) is (method == "POST")


async def test_a_replica_sees_the_host_and_scheme_that_were_meant() -> None:
    async with publishing(list=answer(b"rows")) as site:
        found = await page("https://www.press.go.kr/list", replica=site.url)
    assert found.final_url == "https://www.press.go.kr/list"
    assert [asked.path for asked in site.asked] == ["/robots.txt", "/list"]
    for asked in site.asked:
        assert asked.headers["host"] == "www.press.go.kr"
        assert asked.headers["x-forwarded-proto"] == "https"


SECRET = "s3cret+/key=="
KEYED = Request("https://apis.data.go.kr/list?serviceKey={key:data_go_kr}&page=1")
HEADED = Request("https://openapi.naver.com/list", headers={"X-Id": "{key:naver_id}"})


@asynccontextmanager
async def keyed(site: Publisher) -> AsyncIterator[Fetcher]:
    keys = {"data_go_kr": SECRET, "naver_id": SECRET}
    fetcher = Fetcher(contact="ops@example.com", replica=site.url, keys=keys, now=lambda: NOW)
    try:
        yield fetcher
    finally:
        await fetcher.aclose()


async def test_a_key_goes_over_the_wire_and_its_name_comes_back() -> None:
    echoed = f'{{"url": "/list?serviceKey={SECRET}", "again": "s3cret%2B%2Fkey%3D%3D"}}'.encode()
    target = "/list?serviceKey=s3cret%2B%2Fkey%3D%3D&page=1"
    async with publishing(list=answer()) as site, keyed(site) as fetcher:
        site.routes |= {target: answer(echoed, X_Asked=SECRET)}
        found = (await fetcher.get(KEYED)).page
        await fetcher.get(HEADED)
    assert [asked.path for asked in site.asked] == [target, "/list"]  # nobody asks robots.txt
    assert site.asked[1].headers["x-id"] == SECRET
    assert found is not None
    assert found.url == found.final_url == KEYED.url
    assert "s3cret" not in f"{found!r}"
    assert (
        found.body == b'{"url": "/list?serviceKey={key:data_go_kr}", "again": "{key:data_go_kr}"}'
    )


@pytest.mark.parametrize(
    "said",
    [
        answer(b"", "401 No"),
        answer(b"", "404 No"),
        answer(b"", "429 Slowly"),
        answer(b"", "500 Oops"),
        answer(b"", "204 Nothing"),
        answer(b"x", Content_Length="9"),
        moved(""),
        moved(f"ftp://apis.data.go.kr/{SECRET}"),
        moved(f"https://evil.example/?k={SECRET}"),
        moved(f"http://apis.data.go.kr/list?serviceKey={SECRET}"),
        moved(f"https://www.data.go.kr/list?serviceKey={SECRET}"),
        moved("/list?serviceKey=s3cret%2b%2fkey%3d%3d&page=1"),
    ],
)
async def test_no_trouble_repeats_a_key(said: bytes) -> None:
    async with publishing() as site, keyed(site) as fetcher:
        site.routes |= {"/list?serviceKey=s3cret%2B%2Fkey%3D%3D&page=1": said}
        with pytest.raises(ScrapeError) as failed:
            await fetcher.get(KEYED)
    assert failed.value.url == KEYED.url
    assert "s3cret" not in f"{failed.value} {failed.value!r} {failed.value.__cause__!r}"
    assert len(site.asked) == 1  # nor was it told again, in clear or to somebody else


async def test_a_redirect_does_not_carry_a_key_in_a_header_to_another_host() -> None:
    async with publishing(list=moved("https://www.naver.com/list")) as site, keyed(site) as fetcher:
        with pytest.raises(Broken, match=r"the key naver_id is not for https://www\.naver\.com"):
            await fetcher.get(HEADED)
    assert site.paths() == ["/list"]


async def test_a_redirect_at_its_own_host_keeps_the_key() -> None:
    to = "/new?serviceKey=s3cret%2B%2Fkey%3D%3D&page=1"
    async with publishing() as site, keyed(site) as fetcher:
        site.routes |= {
            "/list?serviceKey=s3cret%2B%2Fkey%3D%3D&page=1": moved(to),
            to: answer(b"x"),
        }
        found = (await fetcher.get(KEYED)).page
    assert found is not None
    assert found.final_url == "https://apis.data.go.kr/new?serviceKey={key:data_go_kr}&page=1"
    assert site.paths()[1] == to


async def test_what_robots_txt_closes_is_not_asked_for() -> None:
    rules = answer(b"User-agent: *\nDisallow: /list\n")
    async with publishing(robots_txt=rules, list=answer(), view=answer()) as site:
        with pytest.raises(Disallowed, match=f"{site.url}/list: closed by the robots.txt"):
            await get(f"{site.url}/list")
        await get(f"{site.url}/view")
    assert site.paths() == ["/view"]


async def test_a_failing_robots_txt_stops_the_page_loudly() -> None:
    async with publishing(robots_txt=answer(b"", "500 Oops"), list=answer()) as site:
        with pytest.raises(ServerTrouble, match=f"{site.url}/list: robots.txt: status 500"):
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
