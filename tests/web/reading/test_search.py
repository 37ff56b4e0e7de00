"""The page of the search: what it finds and marks, and what it says of a rule that is none."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import httpx
from bs4 import BeautifulSoup
from fastapi import FastAPI

from service.judging.excerpt import Excerpt
from service.judging.fields import usual
from service.judging.rules import Rule, canonical
from service.links import Signer
from service.search import PAGE, BadCursorError, Hit, Order, Results, Search
from service.web.reading.search import add_search
from service.web.shell import shell

NINE = datetime(2026, 11, 20, 9, 5, tzinfo=ZoneInfo("Asia/Seoul"))
HOSTILE = "<script>alert(1)</script>"
HIT = Hit(
    article_id=7, source_id="a", url="https://a.example/7", title="수출 <바우처> 모집",
    in_title=((0, 2),), excerpt=Excerpt(f"…기업의 수출을 {HOSTILE}", ((5, 7),)), publisher=None,
    publishers=("mss",), came=NINE, precision="minute", kind="notice", topics=("export",),
    files=("공고.hwpx",), copies=(8, 9),
)  # fmt: skip


class Shelf(Search):
    """One hit on the first page, none on the second; what was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Order, str | None]] = []

    async def find(
        self,
        rule: Rule,
        *,
        order: Order = "best",
        cursor: str | None = None,
        limit: int = PAGE,
        held: bool = False,
    ) -> Results:
        assert (limit, held) == (PAGE, False)
        self.asked.append((canonical(rule), order, cursor))
        if cursor not in {None, "second"}:
            raise BadCursorError(cursor)
        hits, later = ((HIT,), "second") if cursor is None else ((), None)
        return Results(hits, later, 1234, cursor is None, 0.01)


@asynccontextmanager
async def opened(search: Search | None) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    add_search(app, shell(Signer(b"a secret of this test, 32 or more"), None), search, usual())
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://pabal.test") as client:
        yield client


async def found(search: Search | None, **query: str) -> BeautifulSoup:
    async with opened(search) as client:
        answer = await client.get("/search", params=query)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "lxml")


async def test_a_hit_is_shown_with_its_words_marked_and_all_that_is_known_of_it() -> None:
    page = await found(Shelf(), q="수출")

    assert [each.get_text() for each in page.select("#results ~ ol mark")] == ["수출", "수출"]
    (hit,) = page.select("ol.stories > li")
    assert " ".join(hit.get_text(" ").split()) == (
        f"수출 <바우처> 모집 …기업의 수출 을 {HOSTILE} 중소벤처기업부 2026.11.20 09:05 모집·공고 "
        "수출·해외진출 첨부에 있음: 공고.hwpx 같은 글 2건"
    )
    assert page.find_all("script") == []
    assert [each.get_text() for each in page.select("p[role=status]")] == ["1,234건"]
    assert page.select('a[href="/release/7"]') != []


async def test_the_next_page_asks_for_the_same_in_the_same_order() -> None:
    shelf = Shelf()
    page = await found(shelf, q="수출 -전시회", order="newest")
    (later,) = page.select(".pager a")
    query = {key: each[0] for key, each in parse_qs(urlsplit(str(later["href"])).query).items()}

    beyond = await found(shelf, **query)

    assert [order for _, order, _ in shelf.asked] == ["newest", "newest"]
    assert shelf.asked[1][2] == "second"
    assert "찾은 것이 없습니다." in beyond.get_text()
    assert "1,234건 이상" in beyond.get_text()


async def test_a_place_that_is_none_is_the_beginning() -> None:
    shelf = Shelf()
    page = await found(shelf, q="수출", after="x")
    assert [cursor for _, _, cursor in shelf.asked] == ["x", None]
    assert len(page.select("ol.stories > li")) == 1


async def test_a_rule_that_cannot_be_read_says_why_and_keeps_what_was_typed() -> None:
    page = await found(Shelf(), q=f"(수출 {HOSTILE}")
    assert page.select("#q")[0]["value"] == f"(수출 {HOSTILE}"
    assert page.select("#q")[0]["aria-describedby"] == "wrong"
    (wrong,) = page.select("#wrong")
    assert wrong.get_text().strip().startswith("이 규칙은 읽을 수 없습니다.")
    assert page.select("ol.stories") == []


async def test_nothing_asked_shows_how_to_ask() -> None:
    shelf = Shelf()
    page = await found(shelf, q=" \0")
    assert shelf.asked == []
    assert len(page.select("details[open] td a")) == 8
    for each in page.select("details td a"):
        wrong = await found(shelf, q=each.get_text())
        assert wrong.select("#wrong") == [], each


async def test_where_nothing_can_be_searched_the_page_says_so() -> None:
    assert "읽기만 합니다" in (await found(None, q="수출")).get_text()
