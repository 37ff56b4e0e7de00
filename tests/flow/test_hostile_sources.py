"""Hostile publishers against the whole collecting side: a bad answer costs that poll and no more.

Three invented sites stand on one loopback server: a board that falls ill, a feed and a news
sitemap that stay well.
"""

from __future__ import annotations

import asyncio
import gzip
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from socket import SO_LINGER, SOL_SOCKET
from typing import Any

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from scrapers.fetch import Fetcher, Limits
from scrapers.model import Source
from scrapers.platforms.article import ArticleLayout
from scrapers.platforms.board import Board
from scrapers.platforms.feed import Feed
from scrapers.platforms.sitemap import Sitemap
from service.collect import Collect
from service.pulse.wording import TROUBLES
from service.store.articles import Articles
from service.store.database import Database
from service.store.sources import Sources
from service.store.vitals import Vitals
from service.watch import Watch

LIST = "https://www.ill.go.kr/list"
SOURCES: dict[str, Source] = {
    "ill": Board(
        publisher=None,
        url=LIST,
        row="ul.list > li",
        key=r"view\?id=(\d+)",
        link="https://www.ill.go.kr/view?id={key}",
        title="a",
        date="span",
        article=ArticleLayout(body="div.text"),
    ),
    "feed": Feed(publisher=None, url="https://www.feed.go.kr/rss", key=r"id=(\d+)"),
    "news": Sitemap(publisher=None, url="https://www.news.co.kr/map", key=r"/(\d+)$"),
}
TOTAL = 0.7  # seconds one fetch may take here

Writer = asyncio.StreamWriter
Answer = Callable[[Writer], Awaitable[None]]


def page(body: str | bytes, status: str = "200 OK", *headers: str) -> Answer:
    """One whole answer with its length."""
    data = body.encode() if isinstance(body, str) else body
    head = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(data)}", "Connection: close"]

    async def answer(writer: Writer) -> None:
        writer.write("\r\n".join([*head, "", ""]).encode() + data)
        await writer.drain()

    return answer


def stream(chunk: bytes, times: int, pause: float, *headers: str) -> Answer:
    """``chunk`` again and again, its length not announced."""

    async def answer(writer: Writer) -> None:
        writer.write("\r\n".join(["HTTP/1.1 200 OK", *headers, "", ""]).encode())
        for _ in range(times):
            writer.write(chunk)
            await writer.drain()
            await asyncio.sleep(pause)

    return answer


async def silence(_: Writer) -> None:
    """Take the request and never answer it."""
    await asyncio.Event().wait()


async def reset(writer: Writer) -> None:
    """Cut the connection as a crashing server does."""
    writer.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def cut(writer: Writer) -> None:
    """Announce more than is sent."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n<html><body>" + b"x" * 500)
    await writer.drain()


def row(number: int, date: str = "2026-03-02", title: str = "") -> str:
    return f'<li><a href="view?id={number}">{title or f"소식 {number}"}</a><span>{date}</span></li>'


def listing(*rows: str) -> str:
    return f'<html><body><ul class="list">{"".join(rows)}</ul></body></html>'


def moved(to: str) -> Answer:
    return page("", "302 Found", f"Location: {to}")


BOMB = gzip.compress(b"\0" * (20 * 2**20))
ERROR_PAGE = "<html><title>시스템오류 | 오류안내</title><body>잠시 후 다시</body></html>"
CHALLENGE = "<html><title>Just a moment...</title><script>_cf_chl_opt={}</script></html>"
HOSTILE: dict[str, tuple[Answer, str, str, str]] = {
    "500": (page("", "500 Oops"), "ServerTrouble", "server", "status 500"),
    "503 with Retry-After": (
        page("", "503 No", "Retry-After: 9"),
        "Throttled", "throttled", "status 503",
    ),
    "404": (page("", "404 Not Found"), "Gone", "gone", "status 404"),
    "403": (page("", "403 Forbidden"), "Disallowed", "disallowed", "status 403"),
    "no answer": (silence, "Unreachable", "unreachable", f"no whole answer within {TOTAL}"),
    "a reset": (reset, "Unreachable", "unreachable", "Error"),
    "a drip without end": (
        stream(b"<", 10_000, 0.05),
        "Unreachable", "unreachable", "no whole answer within",
    ),
    "a body cut short": (cut, "ServerTrouble", "server", "the body stopped half way"),
    "100 MB": (stream(b"x" * 2**20, 100, 0), "TooLarge", "too-large", "over 2097152 bytes"),
    "100 MB, announced": (
        stream(b"x", 1, 0, "Content-Length: 104857600"),
        "TooLarge", "too-large", "104857600 bytes announced",
    ),
    "a gzip bomb": (
        page(BOMB, "200 OK", "Content-Encoding: gzip"),
        "TooLarge", "too-large", "times its sent size",
    ),
    "gzip that is none": (
        page("<html></html>", "200 OK", "Content-Encoding: gzip"),
        "Broken", "layout", "not the gzip it says",
    ),
    "a redirect loop": (moved(LIST), "RedirectTrouble", "redirect", "a redirect loop"),
    "a redirect into the house": (
        moved("http://169.254.169.254/meta"), "RedirectTrouble", "redirect", "leaves ill.go.kr",
    ),
    "a redirect to a file": (
        moved("file:///etc/passwd"),
        "RedirectTrouble", "redirect", "file:///etc/passwd",
    ),
    "neither charset": (
        page(listing(row(9)).encode("utf-16-be")[1:] + b"\xff\xff"),
        "LayoutError", "layout", "neither UTF-8 nor CP949",
    ),
    "half a page": (
        page(listing(row(9))[:-20]),
        "LayoutError", "cut-off", "stopped half way: no </html>",
    ),
    "an error page with 200": (page(ERROR_PAGE), "ChallengePage", "error-page", "오류안내"),
    "a browser check": (page(CHALLENGE), "ChallengePage", "challenge", "in place of the page"),
    "an empty list": (
        page(listing()),
        "LayoutError", "empty", "expected at least one 'ul.list > li'",
    ),
    "another layout": (
        page(listing(row(9)).replace("span", "em")), "LayoutError", "layout", "expected one 'span'",
    ),
    "all dates in 2099": (
        page(listing(row(9, "2099-01-01"))),
        "LayoutError", "layout", "no row has a date that can be read",
    ),
}  # fmt: skip
"""By behaviour: the answer, class and name of what it is told as, and words of its cause."""


@dataclass
class Sites:
    """What the three publishers show: numbers of posts, newest first; and what the ill one does.

    ``whole_list`` takes the place of the board, ``posts`` of the page of one post.
    """

    numbers: list[int] = field(default_factory=lambda: [2, 1])
    whole_list: Answer | None = None
    posts: dict[str, Answer] = field(default_factory=dict)
    answering: set[asyncio.Task[None] | None] = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, writer: Writer) -> None:
        self.answering.add(asyncio.current_task())
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            await self._answer(head.split(" ")[1])(writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the other side has had enough
        finally:
            writer.close()

    def _answer(self, path: str) -> Answer:
        if path == "/robots.txt":
            return page("", "404 Not Found")
        if path == "/list":
            return self.whole_list or page(listing(*map(row, self.numbers)))
        if path in {"/rss", "/map"}:
            return page(self._feed() if path == "/rss" else self._map())
        text = f"<html><body><div class='text'>본문 {path}</div></body></html>"
        return self.posts.get(path, page(text))

    def _feed(self) -> str:
        items = (
            f"<item><title>소식 {n}</title><link>https://www.feed.go.kr/view?id={n}</link>"
            "<pubDate>Mon, 02 Mar 2026 09:00:00 +0900</pubDate></item>"
            for n in self.numbers
        )
        return f"<rss><channel>{''.join(items)}</channel></rss>"

    def _map(self) -> str:
        urls = (
            f"<url><loc>https://www.news.co.kr/{n}</loc><n:news><n:title>기사 {n}</n:title>"
            "<n:publication_date>2026-03-02T09:00:00+09:00</n:publication_date></n:news></url>"
            for n in self.numbers
        )
        return f'<urlset xmlns:n="http://n.test">{"".join(urls)}</urlset>'


@pytest.fixture
def sites() -> Sites:
    return Sites()


@pytest.fixture
async def collect(database: Database, sites: Sites) -> AsyncIterator[Collect]:
    """The step with its real tools; every host is the loopback server."""
    server = await asyncio.start_server(sites.serve, "127.0.0.1", 0)
    base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    limits = Limits(total=TOTAL, size=2 * 2**20)
    fetcher = Fetcher(contact="test@example.org", replica=base, pace=10_000, limits=limits)
    sources = Sources(database)
    await sources.declare(SOURCES)
    yield Collect(SOURCES, fetcher, sources, Articles(database), pace=1.0)
    await fetcher.aclose()
    server.close()
    for task in filter(None, sites.answering):
        task.cancel()
    await asyncio.gather(*filter(None, sites.answering), return_exceptions=True)


@pytest.fixture
async def look(database: Database, collect: Collect) -> Callable[[], Awaitable[None]]:
    """``await look()``: every source is due now, polled at the same time, its posts opened."""

    async def look() -> None:
        await rows(database, "UPDATE source SET next_due = now() RETURNING id")
        claimed = await collect.sources.claim_due(SOURCES)
        assert len(claimed) == len(SOURCES)
        await asyncio.gather(*(collect.poll(*each) for each in claimed))
        await asyncio.gather(*(collect.open_owed(each) for each in SOURCES))

    return look


async def rows(database: Database, query: str) -> Sequence[Any]:
    async with database.transaction() as tx:
        return list((await tx.execute(sa.text(query))).all())


async def stored(database: Database) -> dict[tuple[str, str], str]:
    """Every article and its files, whole, by source and key."""
    whole = await rows(
        database,
        "SELECT source_id, key, article::text || coalesce(string_agg(f::text, ' '), '')"
        " FROM article LEFT JOIN attachment AS f ON article_id = article.id GROUP BY article.id",
    )
    return {(source, key): text for source, key, text in whole}


Look = Callable[[], Awaitable[None]]


@pytest.mark.fault(10)
@pytest.mark.parametrize("behaviour", HOSTILE)
async def test_a_bad_answer_fails_that_poll_loudly_and_touches_nothing_else(
    behaviour: str, database: Database, sites: Sites, look: Look, measured: Callable[..., None]
) -> None:
    answer, kind, trouble, cause = HOSTILE[behaviour]
    await look()
    before = await stored(database)
    assert len(before) == 6
    # Passing trouble is told to a person when it comes the third time.
    await rows(database, "UPDATE source SET failures = 2 WHERE id = 'ill' RETURNING id")

    sites.whole_list, sites.numbers = answer, [3, 2, 1]
    with capture_logs() as logs:
        await look()

    ((outcome, detail),) = await rows(
        database, "SELECT outcome, detail FROM poll WHERE source_id = 'ill' AND slot = 2"
    )
    assert outcome == kind
    assert detail.startswith(f"{LIST}: ")
    assert cause in detail
    (line,) = [each for each in logs if each["event"] == "poll.failed"]
    assert (line["source"], line["url"], line["kind"]) == ("ill", LIST, kind)
    assert cause in line["why"]
    assert line["log_level"] == "error"
    after = await stored(database)
    assert {key: after[key] for key in before} == before
    assert set(after) - set(before) == {("feed", "3"), ("news", "3")}
    assert await rows(database, "SELECT trouble FROM poll WHERE trouble <> ''") == [(trouble,)]
    watch = Watch(SOURCES, Vitals(database), 1.0)
    await watch.look()
    open_items = (
        "SELECT subject, detail FROM ops_item WHERE kind = 'source-broken' AND closed_at IS NULL"
    )
    ((subject, told),) = await rows(database, open_items)
    assert subject == "ill"
    assert f"{kind}: {detail}" in told
    assert TROUBLES[trouble][0] in told

    sites.whole_list = None
    await look()
    await watch.look()
    assert await rows(database, open_items) == []
    assert set(await stored(database)) - set(after) == {("ill", "3")}
    health = "SELECT failures, last_error FROM source WHERE id = 'ill'"
    assert await rows(database, health) == [(0, None)]
    measured(behaviours=1, crashes=0)


ODD_LISTS: dict[str, tuple[str | bytes, dict[str, tuple[str, str | None]]]] = {
    "NUL bytes": (
        listing(row(9, title="가\0나"), row(2)), {"9": ("가나", "2026-03-02")},
    ),
    "one date in 2099": (
        listing(row(9, "2099-01-01"), row(2)), {"9": ("소식 9", None)},
    ),
    "one date in 1970": (
        listing(row(9, "1970-01-01"), row(2)), {"9": ("소식 9", "1970-01-01")},
    ),
    "one date in the year 1": (
        listing(row(8), row(9, "0001-01-01"), row(2)), {"8": ("소식 8", "2026-03-02"),
                                                         "9": ("소식 9", None)},
    ),
    "the same post twice": (
        listing(row(9), row(9, title="다시"), row(2)), {"9": ("소식 9", "2026-03-02")},
    ),
    "a label that lies": (
        f"<?xml encoding='utf-8'?>{listing(row(9, title='똠방각하 펲'), row(2))}".encode("cp949"),
        {"9": ("똠방각하 펲", "2026-03-02")},
    ),
    "a title of a megabyte": (
        listing(row(9, title="가" * 300_000), row(2)), {"9": ("가" * 1000, "2026-03-02")},
    ),
    "half a surrogate pair": (
        listing(row(9, title="가&#xD800;나"), row(2)), {"9": ("가\ufffd나", "2026-03-02")},
    ),
    "markup in a title": (
        listing(row(9, title="<속보> A&lt;script&gt;<b>B</b>"), row(2)),
        {"9": ("<속보> A<script>B", "2026-03-02")},
    ),
    "elements twenty thousand deep": (
        listing(row(9, title="<b>" * 20_000 + "깊이"), row(2)), {"9": ("깊이", "2026-03-02")},
    ),
    "three thousand new posts": (
        listing(*(row(n) for n in range(4_000, 1_000, -1)), row(2)),
        {str(n): (f"소식 {n}", "2026-03-02") for n in range(1_001, 4_001)},
    ),
}  # fmt: skip
"""By oddity: a list that is still read, and by key the title and day of what is new on it."""


@pytest.mark.fault(10)
@pytest.mark.parametrize("oddity", ODD_LISTS)
async def test_an_odd_post_is_stored_as_far_as_it_can_be_read(
    oddity: str, database: Database, sites: Sites, collect: Collect, measured: Callable[..., None]
) -> None:
    body, new = ODD_LISTS[oddity]
    await _poll_ill(database, collect)
    before = await stored(database)
    sites.whole_list = page(body)
    await _poll_ill(database, collect)
    outcomes = await rows(database, "SELECT outcome, new FROM poll ORDER BY slot DESC LIMIT 1")
    assert outcomes == [("ok", len(new))]
    found = await rows(
        database,
        "SELECT key, title, (published_at AT TIME ZONE 'Asia/Seoul')::date::text FROM article"
        " WHERE key NOT IN ('1', '2')",
    )
    assert {key: (title, day) for key, title, day in found} == new
    after = await stored(database)
    assert {key: after[key] for key in before} == before
    measured(behaviours=1, crashes=0)


async def _poll_ill(database: Database, collect: Collect) -> None:
    await rows(database, "UPDATE source SET next_due = now() RETURNING id")
    (claimed,) = await collect.sources.claim_due(["ill"])
    await collect.poll(*claimed)


async def test_a_post_whose_page_is_broken_holds_up_no_other(
    database: Database, sites: Sites, look: Look
) -> None:
    await look()
    sites.numbers = [6, 5, 4, 3, 2, 1]
    sites.posts = {
        "/view?id=3": page("<html><body>다른 얼굴</body></html>"),
        "/view?id=4": page("", "500 Oops"),
        "/view?id=5": page("", "410 Gone"),
    }
    with capture_logs() as logs:
        await look()
    failed = {each["why"].split(": ")[0] for each in logs if each["event"] == "open.failed"}
    assert failed == {"LayoutError", "ServerTrouble", "Gone"}
    opened = await rows(
        database,
        "SELECT key, text, failures FROM article WHERE source_id = 'ill' ORDER BY id",
    )
    # 3 and 4 are tried again; what is gone for good is told by its list's words.
    assert sorted(opened) == [
        ("1", "본문 /view?id=1", 0),
        ("2", "본문 /view?id=2", 0),
        ("3", None, 1),
        ("4", None, 1),
        ("5", "", 0),
        ("6", "본문 /view?id=6", 0),
    ]
    items = await rows(database, "SELECT kind, subject FROM ops_item WHERE closed_at IS NULL")
    assert items == [("post-unreadable", "https://www.ill.go.kr/view?id=5")]

    sites.posts = {}
    await rows(database, "UPDATE article SET collect_due = now() RETURNING id")
    await look()
    texts = "SELECT text FROM article WHERE key IN ('3', '4') AND source_id = 'ill' ORDER BY key"
    assert await rows(database, texts) == [("본문 /view?id=3",), ("본문 /view?id=4",)]
