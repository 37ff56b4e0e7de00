"""Polls answered 304: a thousand sources from one process, beside bare httpx. ``make bench``.

Both ask one server on this machine for the same lists with the same validators, in turns and
equally many at once; the peer knows no database, no robots.txt and no turns at a host. Counted is
the processor time of this process: neither the server's nor PostgreSQL's.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, redirect_stderr
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import fmean, median

import asyncpg
import httpx
from rich.console import Console
from rich.table import Table

from scrapers.fetch import Fetcher
from scrapers.model import Source
from scrapers.platforms.feed import Feed
from service import logs, work
from service.collect import Collect
from service.ops.embedded import running
from service.store.articles import Articles
from service.store.database import Database
from service.store.migrate import migrate
from service.store.sources import Sources

SOURCES = 1_000
EVERY_WHOLE = 10  # one list in so many comes whole, though nothing on it is new
AT_ONCE = 8  # with which httpx is at its best
PACE = 1_000.0  # a host rests half a millisecond
ETAG = '"6123-5f1"'
ITEM = """<item><title>{n}번째 소식</title><link>https://news.example.kr/view/{n}</link>
<pubDate>Fri, 20 Nov 2026 09:{n:02}:00 +0900</pubDate><description>요약 {n}</description></item>"""
FEED = f"<rss><channel>{''.join(ITEM.format(n=n) for n in range(5))}</channel></rss>".encode()
ROBOTS = b"User-agent: *\nDisallow: /admin\nDisallow: /search\n"
HEADERS = "Date: Fri, 20 Nov 2026 00:00:00 GMT\r\nServer: nginx\r\nVary: Accept-Encoding\r\n"
console = Console(width=100)


class Serving(asyncio.Protocol):
    """HTTP/1.1 as light as can be: 304 to whoever brings the validator, but not of ``whole…``."""

    transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer a request: those here are small and come in one piece."""
        if data.startswith(b"GET /robots.txt "):
            self._answer("200 OK", ROBOTS)
        elif b"\nhost: whole" in data.lower() or ETAG.encode() not in data:
            self._answer("200 OK", FEED)
        else:
            self._answer("304 Not Modified", b"")

    def _answer(self, status: str, body: bytes) -> None:
        length = f"Content-Length: {len(body)}\r\n" if body else ""
        head = f"HTTP/1.1 {status}\r\n{HEADERS}ETag: {ETAG}\r\n{length}\r\n"
        self.transport.write(head.encode() + body)


def serve(ready: Connection) -> None:
    """Answer until killed; ``ready`` is sent the port."""

    async def forever() -> None:
        server = await asyncio.get_running_loop().create_server(Serving, "127.0.0.1", 0)
        ready.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(forever())


@asynccontextmanager
async def served() -> AsyncIterator[str]:
    """The address of the server, which is a process of its own."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=serve, args=(theirs,), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{await asyncio.to_thread(ours.recv)}"
    finally:
        process.kill()
        process.join()


def declared() -> dict[str, Source]:
    """The sources, each at a host of its own."""
    names = (f"whole{n}" if n % EVERY_WHOLE == 0 else f"list{n}" for n in range(SOURCES))
    url = "https://{name}.example.kr/rss/all.xml"
    return {
        name: Feed(publisher=name, url=url.format(name=name), key=r"view/(\d+)", kind="news")
        for name in names
    }


async def spread(one: Callable[[str], Awaitable[None]], names: Sequence[str]) -> None:
    """Do ``one`` for all ``names``, AT_ONCE at a time."""
    left = iter(names)

    async def worker() -> None:
        for name in left:
            await one(name)

    await asyncio.gather(*(worker() for _ in range(AT_ONCE)))


class Bare:
    """The peer: httpx used well, one client for all and conditional requests."""

    def __init__(self, client: httpx.AsyncClient, sources: Mapping[str, Source], base: str) -> None:
        """``base`` stands in for all hosts."""
        self._client = client
        self._urls = {name: httpx.URL(each.first().url) for name, each in sources.items()}
        self._base = base

    async def round(self, names: Sequence[str]) -> None:
        """Ask for the list of each of ``names``."""
        await spread(self._one, names)

    async def _one(self, name: str) -> None:
        url = self._urls[name]
        headers = {"Host": url.host, "If-None-Match": ETAG}
        reply = await self._client.get(self._base + url.path, headers=headers)
        assert reply.status_code == (200 if name.startswith("whole") else 304)


@dataclass(frozen=True)
class Pabal:
    """The product from a due source to its rows; the queue hands nothing out here."""

    collect: Collect
    sources: Sources
    sql: asyncpg.Connection
    url: str
    handed: list[float] = field(default_factory=list)

    async def due(self, names: Sequence[str]) -> None:
        """Make the sources due, and forget wake-ups."""
        await self.sql.execute("UPDATE source SET next_due = now() WHERE id = ANY($1)", names)
        await self.sql.execute("DELETE FROM pgqueuer")

    async def round(self, names: Sequence[str]) -> None:
        """Poll each of ``names``."""
        slots = dict(await self.sources.claim_due(names))
        await spread(lambda name: self.collect.poll(name, slots[name]), names)

    async def hand_out(self) -> None:
        """Have PgQueuer hand out the wake-ups of the last round to a task that does nothing."""

        async def nothing(_subject: str) -> None:
            return

        await work.drain(self.url, {"poll": nothing})

    async def failed(self) -> int:
        """How many polls did not work."""
        failed = "SELECT count(*) FROM poll WHERE outcome IS DISTINCT FROM 'ok'"
        return int(await self.sql.fetchval(failed))


@asynccontextmanager
async def pabal(sources: Mapping[str, Source], base: str) -> AsyncIterator[Pabal]:
    """The product on a PostgreSQL of its own, after the first look at every source."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="pabal-"))
        os.chmod(folder, 0o755)  # noqa: PTH101 - as root the server is ``nobody``
        server = await stack.enter_async_context(running(Path(folder, "data")))
        await migrate(server.url)
        database = Database(server.url)
        stack.push_async_callback(database.close)
        fetcher = Fetcher(contact="bench@example.kr", replica=base, pace=PACE)
        stack.push_async_callback(fetcher.aclose)
        sql = await work.connect(server.url)
        stack.push_async_callback(sql.close)
        store = Sources(database)
        await store.declare(sources)
        collect = Collect(sources, fetcher, store, Articles(database), PACE)
        made = Pabal(collect, store, sql, server.url)
        await made.round(list(sources))
        yield made


@contextmanager
def timed(into: list[float], count: int) -> Iterator[None]:
    """Add the milliseconds of processor time that one of ``count`` took."""
    started = time.process_time()
    yield
    into.append((time.process_time() - started) / count * 1e3)


async def compare(ours: Pabal, bare: Bare, names: Sequence[str], rounds: int) -> None:
    """Print what a poll costs either, in turns."""
    unchanged = [name for name in names if not name.startswith("whole")]
    whole = [name for name in names if name.startswith("whole")]
    table = Table("ms of processor a poll", "httpx", "파발 / Pabal", "times", "handed out")
    for title, chosen in (("304", unchanged), ("200, nothing new", whole)):
        peer, mine, handed = list[float](), list[float](), list[float]()
        for _ in range(rounds):
            with timed(peer, len(chosen)):
                await bare.round(chosen)
            await ours.due(chosen)
            with timed(mine, len(chosen)):
                await ours.round(chosen)
            with timed(handed, len(chosen)):
                await ours.hand_out()
        cells = [f"{median(each):.3f}" for each in (peer, mine)]
        ratio = median(a / b for a, b in zip(mine, peer, strict=True))
        table.add_row(title, *cells, f"{ratio:.2f}", f"{median(handed):.3f}")
    console.print(table)


def resident() -> float:
    """MiB of memory of this process."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


async def endure(ours: Pabal, names: Sequence[str], polls: int) -> None:
    """Print how memory goes over many polls."""
    memory = []
    started = time.perf_counter()
    for _ in range(polls // len(names)):
        await ours.due(names)
        await ours.round(names)
        memory.append(resident())
    a_second = polls / (time.perf_counter() - started)
    tenth = max(1, len(memory) // 10)
    first, last = fmean(memory[:tenth]), fmean(memory[-tenth:])
    console.print(
        f"{polls:,} polls, {a_second:,.0f} a second: {memory[0]:.1f} MiB after the first"
        f" {len(names):,}, {memory[-1]:.1f} at the end; the last tenth"
        f" {(last / first - 1) * 100:+.1f} % against the first; {await ours.failed()} failed"
    )


async def measure(rounds: int, polls: int) -> None:
    """Measure and print."""
    sources = declared()
    async with AsyncExitStack() as stack:
        base = await stack.enter_async_context(served())
        client = await stack.enter_async_context(httpx.AsyncClient(trust_env=False))
        ours = await stack.enter_async_context(pabal(sources, base))
        bare = Bare(client, sources, base)
        await bare.round(list(sources))
        await compare(ours, bare, list(sources), rounds)
        await endure(ours, list(sources), polls)


def main() -> None:
    """Measure and print; what the service would log is made and thrown away."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--polls", type=int, default=100_000, help="of the long run")
    chosen = options.parse_args()
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stderr(nowhere):
        logs.set_up("json")
        asyncio.run(measure(chosen.rounds, chosen.polls))


if __name__ == "__main__":
    main()
