"""A publisher on this machine that answers as it is told, and the fetcher that asks it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

from scrapers.fetch import Fetcher
from scrapers.model import Answer, Freshness, Page, Request
from scrapers.wire import Limits

NOW = datetime(2026, 11, 2, 0, 0, tzinfo=UTC)


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
            asked = await read_request(reader)
            self.asked.append(asked)
            reaction = self.routes.get(asked.path, answer(b"", "404 Not Found"))
            if isinstance(reaction, bytes):
                writer.write(reaction)
            else:
                await reaction(asked, writer)
            await writer.drain()
        writer.close()


async def read_request(reader: asyncio.StreamReader) -> Asked:
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
    freshness: Freshness = Freshness(),  # noqa: B008 - frozen
) -> Answer:
    async with fetching(replica, limits=limits) as fetcher:
        return await fetcher.get(Request(url, form), freshness=freshness)


async def page(url: str, *, replica: str | None = None, form: dict[str, str] | None = None) -> Page:
    found = (await get(url, replica=replica, form=form)).page
    assert found is not None
    return found
