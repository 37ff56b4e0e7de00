"""Keys go to the publisher that wants them, and nowhere else: into no message, to no other host."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from scrapers.errors import Broken, ScrapeError
from scrapers.fetch import Fetcher
from scrapers.model import Request
from tests.unit.scrapers.publisher import NOW, Publisher, answer, moved, publishing

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
