"""Where the fetcher follows a publisher, and with what."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from scrapers.errors import Broken, RedirectTrouble
from scrapers.model import Freshness, Request
from tests.unit.scrapers.publisher import Asked, answer, fetching, get, moved, page, publishing

Reaction = Callable[[Asked, asyncio.StreamWriter], Awaitable[None]]


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


@pytest.mark.parametrize("host", ["www.press.go.kr", "www.semas.or.kr"])
async def test_a_replica_sees_the_host_and_scheme_that_were_meant(host: str) -> None:
    async with publishing(list=answer(b"rows")) as site:
        found = await page(f"https://{host}/list", replica=site.url)
    assert found.final_url == f"https://{host}/list"
    assert [asked.path for asked in site.asked] == ["/robots.txt", "/list"]
    for asked in site.asked:
        assert asked.headers["host"] == host
        assert asked.headers["x-forwarded-proto"] == "https"


_THEN = "Sun, 01 Nov 2026 00:00:00 GMT"


async def _dated(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """A file as servers serve it: unchanged to whoever knows a later time."""
    unchanged = "if-modified-since" in asked.headers
    writer.write(answer(b"", "304 Not Modified") if unchanged else answer(Last_Modified=_THEN))


async def test_where_an_address_leads_to_nothing_of_ours_counts_nor_is_kept() -> None:
    known = Freshness(last_modified="Mon, 02 Nov 2026 00:00:00 GMT")
    async with publishing(list=moved("/notice"), notice=_dated) as site:
        found = await get(f"{site.url}/list", freshness=known)
    assert found.page is not None
    assert found.page.final_url == f"{site.url}/notice"
    assert found.freshness == Freshness()
    first, last = site.asked[1:]
    assert first.headers["if-modified-since"] == known.last_modified
    assert "if-modified-since" not in last.headers


async def test_a_304_behind_a_redirect_is_broken() -> None:
    unchanged = answer(b"", "304 Not Modified")
    async with publishing(list=moved("/notice"), notice=unchanged) as site:
        with pytest.raises(Broken, match="status 304"):
            await get(f"{site.url}/list", freshness=Freshness('"a"'))


async def test_a_gate_on_the_way_costs_no_validator() -> None:
    async def gate(asked: Asked, writer: asyncio.StreamWriter) -> None:
        shut = moved("/list", "307 Again", Set_Cookie="gate=open; Path=/list")
        if "cookie" in asked.headers:
            await _dated(asked, writer)
        else:
            writer.write(shut)

    async with publishing(list=gate) as site:
        first = await get(f"{site.url}/list")
        again = await get(f"{site.url}/list", freshness=first.freshness)
    assert first.freshness == Freshness(last_modified=_THEN)
    assert again.page is None
