"""Ten thousand requests mixed with ingestion, beside the same SQL alone: ``BENCH=visits``.

The page server, a worker and a scheduler run as processes on a store of very many releases, while
the replica of the sites publishes. Which statements a page runs is heard once, from the
application in this process; the bare figures are the same statements with the same values, sent
over one connection of asyncpg in the same run.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import asyncpg
import httpx
import sqlalchemy as sa
from rich.console import Console
from rich.table import Table

from service import desk
from service.analyser import Analyser
from service.config import Settings
from service.demo import invent
from service.demo.process import ServiceProcess, free_port
from service.demo.server import HOST, Replica
from service.demo.world import World
from service.ops.embedded import running
from service.store.database import Database
from service.store.server import plain
from service.watching import watched
from service.web.serve import serving
from tests.bench.million import STREAM, build

_SERVER = {
    "fsync": "off",
    "full_page_writes": "off",
    "max_wal_size": "8GB",
    "shared_buffers": "1GB",
}
_SHARES = {
    "front": 15,
    "filters": 10,
    "story": 30,
    "search": 25,
    "ministry": 5,
    "calls": 5,
    "api": 10,
}
_WORDS = (
    *("지원", "수출 바우처", "해녀", "반도체 인력"),
    '"업무 협약"',
    "수출 | 통상 | 관세",
    "제목:수출",
)
_BODIES = ("motir", "mss", "mofe", "msit", "molit", "mafra")
_TOPICS = ("export", "sme", "rnd", "energy", "finance")
_KEPT = httpx.Limits(keepalive_expiry=2)  # seconds: the server hangs up after five
_SAMPLES = 12  # addresses of a kind
_CLIENTS = 40  # of their own addresses, since the API lets each ask so often a minute
_A_SECOND = 2.0  # releases that come in meanwhile


@dataclass(slots=True)
class Asked:
    """Milliseconds by kind: of pages, and of their statements alone; ``wrong``: not 200."""

    pages: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    bare: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wrong: defaultdict[int, list[str]] = field(default_factory=lambda: defaultdict(list))


Statements = Sequence[tuple[str, tuple[Any, ...]]]


def addresses(count: int, rng: random.Random) -> Mapping[str, Sequence[str]]:
    """Some addresses of each kind."""
    story = [f"/release/{rng.randint(1, count)}" for _ in range(_SAMPLES)]
    filters = [
        f"/?view=all&ministry={rng.choice(_BODIES)}&topic={rng.choice(_TOPICS)}"
        for _ in range(_SAMPLES)
    ]
    return {
        "front": ["/", "/?view=all"],
        "filters": filters,
        "story": story,
        "search": [f"/search?q={quote(each)}" for each in _WORDS],
        "ministry": [f"/ministry/{each}" for each in _BODIES],
        "calls": ["/calls", *(f"/calls?ministry={each}" for each in _BODIES[:3])],
        "api": ["/api/v1/stories", "/api/v1/calls", *(f"/api/v1/releases{n[8:]}" for n in story)],
    }


async def statements(url: str, asked: Sequence[str]) -> Mapping[str, Statements]:
    """What each address has the database do, heard from the application in this process."""
    heard: list[tuple[str, tuple[Any, ...]]] = []
    settings = Settings(port=0)
    database = Database(url, size=2)

    @sa.event.listens_for(database.engine.sync_engine, "connect")
    def made(connection: Any, _: object) -> None:
        connection.driver_connection.add_query_logger(
            lambda said: heard.append((said.query, tuple(said.args)))
        )

    @sa.event.listens_for(database.engine.sync_engine, "before_cursor_execute")
    def prepared(_c: Any, _r: Any, statement: str, values: Any, *_: object) -> None:
        heard.append((statement, tuple(values)))  # of these the driver's own logger hears nothing

    found = {}
    async with AsyncExitStack() as stack:
        stack.push_async_callback(database.close)
        analyser = await stack.enter_async_context(Analyser())
        seen = await stack.enter_async_context(watched(settings, database, {}))
        page = await stack.enter_async_context(desk.pages(settings, database, analyser, seen))
        client = await stack.enter_async_context(
            httpx.AsyncClient(base_url=page, timeout=120, limits=_KEPT)
        )
        for each in asked:
            await client.get(each)
            heard.clear()
            await client.get(each)
            found[each] = [one for one in heard if not _framing(one[0])]
    return found


def _framing(statement: str) -> bool:
    return statement.strip(" ;\n").upper().partition(" ")[0] in {"", "BEGIN", "COMMIT", "ROLLBACK"}


@asynccontextmanager
async def service(home: Path, url: str) -> AsyncIterator[str]:
    """The page's address, with ingestion going on beside."""
    world = World()
    now = datetime.now(ZoneInfo("Asia/Seoul"))
    for old in invent.releases(99, 120, now - timedelta(days=3), hours=48):
        world.publish(old, time.time())
    page = f"http://127.0.0.1:{free_port()}"
    async with AsyncExitStack() as stack:
        replica = await stack.enter_async_context(serving(Replica(world), HOST, 0))
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PABAL_")} | {
            "PABAL_DATA": str(home),
            "PABAL_DATABASE_URL": url,
            "PABAL_REPLICA_URL": replica,
            "PABAL_SOURCES": "korea_kr,mss_press",
            "PABAL_PACE": "120",
            "PABAL_LOOK_AGAIN": "",
            "PABAL_PORT": page.rpartition(":")[2],
            "PABAL_LOG": "json",
        }
        for role in ("web", "worker", "scheduler"):
            child = ServiceProcess(environment, home / f"{role}.log", ("--only", role))
            await child.start()
            stack.push_async_callback(child.stop)
        publishing = asyncio.create_task(_publish(world, now))
        stack.callback(publishing.cancel)
        await _up(page, child)
        yield page


async def _publish(world: World, now: datetime) -> None:
    for each in invent.releases(11, 5_000, now - timedelta(hours=3), hours=3):
        world.publish(each, time.time())
        await asyncio.sleep(1 / _A_SECOND)


async def _up(page: str, child: ServiceProcess) -> None:
    async with httpx.AsyncClient(base_url=page) as client:
        for _ in range(300):
            child.check()
            try:
                if (await client.get("/readyz")).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.2)
    raise TimeoutError("the page did not come up")


async def ask(
    page: str, url: str, count: int, requests: int, at_once: int, rng: random.Random
) -> Asked:
    """Send the requests; of one in ten the statements alone as well, at the same time."""
    asked = Asked()
    kinds = addresses(count, rng)
    known = await statements(url, [each for some in kinds.values() for each in some])
    plan = iter(rng.choices(list(_SHARES), list(_SHARES.values()), k=requests))
    clients = [
        httpx.AsyncClient(
            base_url=page,
            timeout=120,
            transport=httpx.AsyncHTTPTransport(local_address=f"127.0.2.{n + 1}", limits=_KEPT),
        )
        for n in range(_CLIENTS)
    ]
    bare = await asyncpg.connect(plain(url))
    turn = asyncio.Lock()

    async def one() -> None:
        for number, kind in enumerate(plan):
            address = rng.choice(kinds[kind])
            begun = time.perf_counter()
            answer = await rng.choice(clients).get(address)
            asked.pages[kind].append((time.perf_counter() - begun) * 1000)
            if answer.status_code != 200:
                asked.wrong[answer.status_code].append(address)
            if number % 10 == 0:
                async with turn:
                    asked.bare[kind].append(await alone(bare, known[address]))

    await asyncio.gather(*(one() for _ in range(at_once)))
    await asyncio.gather(*(each.aclose() for each in clients), bare.close())
    return asked


async def alone(bare: asyncpg.Connection, said: Statements) -> float:
    """Milliseconds that the statements of a page take by themselves."""
    begun = time.perf_counter()
    async with bare.transaction():  # some set something up for the rest of it
        for statement, values in said:
            if values or ";" not in statement:
                await bare.fetch(statement, *values)
            else:
                await bare.execute(statement)
    return (time.perf_counter() - begun) * 1000


def shown(asked: Asked, title: str) -> Table:
    """The figures of one store."""
    table = Table("kind", "requests", "p50 ms", "p99", "SQL alone p50", "p99", title=title)
    every = {kind: asked.pages[kind] for kind in _SHARES}
    every["all pages"] = [each for kind in _SHARES for each in asked.pages[kind]]
    for kind, took in every.items():
        bare = asked.bare.get(kind) or [each for some in asked.bare.values() for each in some]
        table.add_row(kind, f"{len(took):,}", *_two(took), *_two(bare))
    return table


def _two(took: Sequence[float]) -> tuple[str, str]:
    if len(took) < 2:
        return "-", "-"
    return f"{median(took):.1f}", f"{quantiles(took, n=100)[98]:.1f}"


async def run(counts: Sequence[int], requests: int, at_once: int, seed: int) -> bool:
    """Build, ask, throw away; whether every answer was one."""
    console, good = Console(width=110), True
    for count in counts:
        with tempfile.TemporaryDirectory(prefix="pabal-") as made:
            home = Path(made)
            os.chmod(home, 0o755)  # noqa: PTH101 - the server is another's under root
            async with running(home / "data", options=_SERVER) as server:
                begun = time.monotonic()
                await build(server.url, count)
                built = time.monotonic() - begun
                async with service(home, server.url) as page:
                    begun = time.monotonic()
                    rng = random.Random(seed)
                    asked = await ask(page, server.url, count, requests, at_once, rng)
                took = time.monotonic() - begun
            title = f"{count:,} releases (built in {built:.0f} s), {requests:,} requests, "
            console.print(shown(asked, f"{title}{at_once} at once, {requests / took:.0f} a second"))
            for status, where in asked.wrong.items():
                console.print(f"{status}: {len(where)} times, {sorted(set(where))[:5]}")
            good &= not asked.wrong
    return good


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--releases", type=int, nargs="+", default=[100_000, 1_000_000])
    options.add_argument("--requests", type=int, default=10_000)
    options.add_argument("--at-once", type=int, default=4)
    options.add_argument("--seed", type=int, default=7)
    given = options.parse_args()
    if not STREAM.is_file():
        sys.exit("자료가 없습니다. / No releases at hand to measure with.")
    sys.exit(not asyncio.run(run(given.releases, given.requests, given.at_once, given.seed)))


if __name__ == "__main__":
    main()
