"""Polls answered 304: a thousand sources from one process, beside bare httpx. ``make bench``.

Both ask one server on this machine for the same lists with the same validators, in turns and
equally many at once; the peer knows no database, no robots.txt and no turns at a host. Counted is
the processor time of this process: neither the server's nor PostgreSQL's.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, redirect_stderr
from dataclasses import dataclass, field
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
from tests.bench.lists import ETAG, served
from tests.bench.report import OURS, Figure, Growth, named, save, shown

SOURCES = 1_000
EVERY_WHOLE = 10  # one list in so many comes whole, though nothing on it is new
AT_ONCE = 8  # with which httpx is at its best
PACE = 1_000.0  # a host rests half a millisecond
console = Console(width=100)


def declared(count: int) -> dict[str, Source]:
    """So many sources, each at a host of its own."""
    names = (f"whole{n}" if n % EVERY_WHOLE == 0 else f"list{n}" for n in range(count))
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


@dataclass(frozen=True)
class Compared:
    """Milliseconds of processor time a poll, medians over rounds, and the median of the ratios."""

    peer: float
    ours: float
    handed: float
    ratio: float


async def compare(ours: Pabal, bare: Bare, names: Sequence[str], rounds: int) -> Compared:
    """What a poll of ``names`` costs either, in turns."""
    peer, mine, handed = list[float](), list[float](), list[float]()
    for _ in range(rounds):
        with timed(peer, len(names)):
            await bare.round(names)
        await ours.due(names)
        with timed(mine, len(names)):
            await ours.round(names)
        with timed(handed, len(names)):
            await ours.hand_out()
    ratio = median(a / b for a, b in zip(mine, peer, strict=True))
    return Compared(median(peer), median(mine), median(handed), ratio)


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


Lists = Mapping[int, Compared]


async def measure(count: int, rounds: int, polls: int) -> tuple[Lists, Compared]:
    """What a poll answered 304 costs by the lists that are asked for, and one that comes whole."""
    sources = declared(count)
    async with AsyncExitStack() as stack:
        base = await stack.enter_async_context(served())
        client = await stack.enter_async_context(httpx.AsyncClient(trust_env=False))
        ours = await stack.enter_async_context(pabal(sources, base))
        bare = Bare(client, sources, base)
        await bare.round(list(sources))
        unchanged = [name for name in sources if not name.startswith("whole")]
        whole = [name for name in sources if name.startswith("whole")]
        lists = {
            many: await compare(ours, bare, unchanged[:many], rounds)
            for many in (10, len(unchanged) // 9, len(unchanged))
        }
        came = await compare(ours, bare, whole, rounds)
        await endure(ours, list(sources), polls)
    return lists, came


def report(lists: Lists, came: Compared) -> None:
    """Print, and leave it for the page."""
    table = Table("ms of processor a poll", "httpx", OURS, "times", "handed out")
    rows = {f"304, {count} lists": each for count, each in lists.items()}
    for title, each in (rows | {"200, nothing new": came}).items():
        cells = (f"{ms:.3f}" for ms in (each.peer, each.ours))
        table.add_row(title, *cells, f"{each.ratio:.2f}", f"{each.handed:.3f}")
    console.print(table)
    most = max(lists)
    figures = [
        Figure(
            what=what,
            value=each.ratio,
            ours=shown(each.ours / 1e3),
            peer=f"{named('httpx')}: {shown(each.peer / 1e3)}",
            must=must,
            at_most=True,
        )
        for what, each, must in (
            (f"304, 목록 {most} / lists: CPU", lists[most], 1.5),
            ("200, 새 글 없음 / nothing new: CPU", came, None),
        )
    ]
    growth = Growth(
        title="목록 수에 따른 한 바퀴의 CPU / Processor time of a round, by number of lists",
        sizes="목록 수 / lists",
        seconds={
            OURS: {count: each.ours * count / 1e3 for count, each in lists.items()},
            "httpx": {count: each.peer * count / 1e3 for count, each in lists.items()},
        },
    )
    save("poll", figures, growth)


def main() -> None:
    """Measure and print; what the service would log is made and thrown away."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--sources", type=int, default=SOURCES)
    options.add_argument("--polls", type=int, default=20_000, help="of the long run")
    chosen = options.parse_args()
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stderr(nowhere):
        logs.set_up("json")
        lists, came = asyncio.run(measure(chosen.sources, chosen.rounds, chosen.polls))
    report(lists, came)


if __name__ == "__main__":
    main()
