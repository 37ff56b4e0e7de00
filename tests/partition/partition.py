"""Three workers in three network namespaces: one is cut off from the database, one is killed.

``make partition``: the replica publishes all along. One worker loses its link for a minute, later
the other way, without a word: every packet vanishes and nothing says so. Meanwhile another one is
killed with SIGKILL and comes back. Exit code 1 where a release was lost or told twice beyond what
was on its way (ADR 0004), or where a worker needs over ten seconds from healing to work; 2 where
namespaces cannot be made.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain, product
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

import asyncpg
import uvicorn

sys.path.insert(0, str(Path(__file__).parents[2]))  # run as a script, from wherever

from service.demo import invent
from service.demo.ledger import Ledger
from service.demo.process import ServiceProcess
from service.demo.server import Replica
from service.demo.sink import Sink
from service.demo.world import Release, World
from service.ops.embedded import Server, running
from service.store.migrate import migrate
from service.store.server import plain
from service.web.serve import _Server
from tests.partition import reckoning
from tests.partition.net import HUB, PORT, Castaway, Cut, Island, NoNetwork, islands, listen_for

_PLAY: Sequence[tuple[Cut, int, int]] = (("down", 0, 1), ("silent", 1, 2))
_A_SECOND = 3.0  # releases
_CALM = 25.0  # seconds before, between and after
_SOON = 10.0
_SEEN = """
    SELECT min(query_start) FROM pg_stat_activity
    WHERE client_addr = $1::text::inet AND query_start > $2
"""
_HELD = """
    SELECT count(*) AS sessions, count(*) FILTER (WHERE xact_start IS NOT NULL) AS open
    FROM pg_stat_activity WHERE client_addr = $1::text::inet AND backend_start < $2
"""


@dataclass(slots=True)
class Outage:
    """One worker without its database, seconds counted from healing.

    ``answered``: its first statement was answered. ``worked``: it ended a piece of work. ``held``:
    sessions that the server still kept for it half way, ``locking`` those within a transaction.
    """

    how: Cut
    seconds: float
    published: int = 0
    done: int = 0
    held: int = 0
    locking: int = 0
    answered: float = float("inf")
    worked: float = float("inf")


@dataclass(slots=True)
class Scene:
    """What is running."""

    sql: asyncpg.Connection
    world: World
    workers: Sequence[Castaway]
    scheduler: ServiceProcess
    published: list[Release] = field(default_factory=list)

    def check(self) -> None:
        """Raise ServiceDied where one ended by itself."""
        for each in (self.scheduler, *self.workers):
            each.check()


async def _cut(scene: Scene, worker: Castaway, other: Castaway, how: Cut, seconds: float) -> Outage:
    """Cut ``worker`` off for so long and kill ``other`` meanwhile."""
    outage = Outage(how, seconds)
    before, began = len(scene.published), datetime.now(ZoneInfo("UTC"))
    worker.island.cut(how)
    await asyncio.sleep(seconds / 3)
    await other.kill()
    await asyncio.sleep(seconds / 6)
    row = await scene.sql.fetchrow(_HELD, worker.island.address, began)
    outage.held, outage.locking = row["sessions"], row["open"]
    await other.start()
    await asyncio.sleep(seconds / 2)
    outage.published = len(scene.published) - before
    outage.done = sum(began.timestamp() < at for at in chain(*map(_works, scene.workers)))
    worker.island.heal(how)
    healed = datetime.now(ZoneInfo("UTC"))
    await _back(scene, worker, healed, outage)
    return outage


async def _back(scene: Scene, worker: Castaway, healed: datetime, outage: Outage) -> None:
    """See how long ``worker`` takes."""
    while (now := datetime.now(ZoneInfo("UTC"))) < healed + timedelta(seconds=90):
        scene.check()
        if outage.answered == float("inf"):
            at = await scene.sql.fetchval(_SEEN, worker.island.address, healed)
            outage.answered = (at - healed).total_seconds() if at else outage.answered
        later = [at for at in _works(worker) if at > healed.timestamp()]
        if later:
            outage.worked = later[0] - healed.timestamp()
            return
        await asyncio.sleep(0.1 if now - healed < timedelta(seconds=20) else 0.5)


def _works(worker: Castaway) -> Iterator[float]:
    """When it ended pieces of work, by its own log; seconds since 1970."""
    for line in worker._log.read_text(errors="replace").splitlines():
        if line.startswith("{"):
            said = json.loads(line)
            if said["event"].endswith((".done", ".settled")):
                yield datetime.fromisoformat(said["timestamp"]).timestamp()


async def _publish(scene: Scene, releases: Sequence[Release]) -> None:
    for each in releases:
        scene.world.publish(each, time.time())
        scene.published.append(each)
        await asyncio.sleep(1 / _A_SECOND)


@asynccontextmanager
async def _near(world: World, sink: Sink, places: Sequence[Island]) -> AsyncIterator[None]:
    """The replica and the receiver, on the loopback of every island."""
    config = uvicorn.Config(
        Replica(world, sink), log_config=None, log_level="critical", access_log=False,
        lifespan="off", ws="none", timeout_graceful_shutdown=1,
    )  # fmt: skip
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[each.near for each in places]))
    try:
        await server.ready.wait()
        yield
    finally:
        server.should_exit = True
        await task


def _environment(home: Path, url: str) -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith("PABAL_")} | {
        "PABAL_DATA": str(home),
        "PABAL_DATABASE_URL": url,
        "PABAL_REPLICA_URL": f"http://127.0.0.1:{PORT}",
        "PABAL_SOURCES": reckoning.SOURCES,
        "PABAL_PACE": "300",
        "PABAL_PRIVATE_ADDRESSES": "true",
        "PABAL_LOOK_AGAIN": "",
        "PABAL_LOG": "json",
    }


@asynccontextmanager
async def _scene(
    home: Path, server: Server, world: World, places: Sequence[Island]
) -> AsyncIterator[Scene]:
    """The scheduler beside the database, a worker on every island."""
    listen_for(home / "data" / "cluster")
    sql = await asyncpg.connect(plain(server.url))
    await sql.execute("SELECT pg_reload_conf()")
    environment = _environment(home, f"postgresql://pabal@{HUB}:5432/pabal")
    scheduler = ServiceProcess(environment, home / "scheduler.log", ("--only", "scheduler"))
    workers = [Castaway(each, environment, home / f"worker{each.number}.log") for each in places]
    try:
        for one in (scheduler, *workers):
            await one.start()
        yield Scene(sql, world, workers, scheduler)
    finally:
        for each, how in product(places, get_args(Cut)):
            each.heal(how)
        for one in (*workers, scheduler):
            await one.stop()
        await sql.close()


async def _run(home: Path, places: Sequence[Island], seconds: float) -> int:
    this = asyncio.current_task()
    assert this is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, this.cancel)
    world = World()
    sink, secret = reckoning.sink()
    sink.delay = 0.5
    start = datetime.now(ZoneInfo("Asia/Seoul")) - timedelta(hours=3)
    for old in invent.releases(99, 120, start - timedelta(days=3), hours=48):
        world.publish(old, time.time())
    length = 2 * (seconds + 2 * _CALM)
    fresh = invent.releases(77, int(length * _A_SECOND), start, hours=3)
    async with running(home / "data", options={"listen_addresses": HUB}) as server:
        await migrate(server.url)
        async with (
            _near(world, sink, places),
            _scene(home, server, world, places) as scene,
            reckoning.opened(server.url) as database,
        ):
            books = reckoning.Books(scene.sql, database, world, sink)
            await books.open(f"http://127.0.0.1:{PORT}/sink/reader", secret, scene.check)
            outages = await _play(scene, fresh, seconds)
            await books.settle(fresh, scene.check)
            return _say(outages, await books.reckon(fresh))


async def _play(scene: Scene, fresh: Sequence[Release], seconds: float) -> Sequence[Outage]:
    """One worker after the other is cut off, while releases come out."""
    publishing = asyncio.create_task(_publish(scene, fresh))
    outages = []
    for how, worker, other in _PLAY:
        await asyncio.sleep(_CALM)
        _tell(f"{how}: worker {worker} is cut off, worker {other} is killed meanwhile")
        both = scene.workers[worker], scene.workers[other]
        outages.append(await _cut(scene, *both, how, seconds))
        _tell(f"  back after {outages[-1].worked:.1f} s")
    await publishing
    return outages


def _tell(line: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {line}\n")


def _say(outages: Sequence[Outage], ledger: Ledger) -> int:
    say = sys.stdout.write
    for each in outages:
        say(f"{each.how}, {each.seconds:.0f} s: published {each.published}, pieces of work done ")
        say(f"by the others {each.done}; half way the server still held {each.held} of its ")
        say(f"sessions, {each.locking} within a transaction\n  after healing: first answer ")
        say(f"{each.answered:.1f} s, first piece of work done {each.worked:.1f} s\n")
    say(reckoning.summary(ledger))
    late = [each.how for each in outages if each.worked > _SOON]
    say(f"NOT back within {_SOON:.0f} s: {late}\n" if late else "")
    return 0 if ledger.clean and not late else 1


def main() -> int:
    """Read the options and cut."""
    asks = argparse.ArgumentParser(description=__doc__)
    asks.add_argument("--seconds", type=float, default=60, help="of each cut")
    asks.add_argument("--keep", type=Path, help="a folder to keep the logs in")
    said = asks.parse_args()
    try:
        with islands(3) as places, tempfile.TemporaryDirectory(prefix="pabal-cut-") as made:
            Path(made).chmod(0o755)  # the server is another account's where we are root
            try:
                return asyncio.run(_run(Path(made), places, said.seconds))
            finally:
                for log in Path(made).glob("*.log") if said.keep else ():
                    shutil.copy(log, said.keep)
    except NoNetwork as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except (KeyboardInterrupt, asyncio.CancelledError):
        return 130


if __name__ == "__main__":
    sys.exit(main())
