"""Three invented sites on one loopback server, and the answers that a publisher can give."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from socket import SO_LINGER, SOL_SOCKET
from typing import Any

import sqlalchemy as sa

from scrapers.model import Source
from scrapers.platforms.article import ArticleLayout
from scrapers.platforms.board import Board
from scrapers.platforms.feed import Feed
from scrapers.platforms.sitemap import Sitemap
from service.store.database import Database

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


async def rows(database: Database, query: str) -> Sequence[Any]:
    async with database.transaction() as tx:
        return list((await tx.execute(sa.text(query))).all())
