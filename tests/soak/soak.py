"""Half an hour of everything at once: ``make soak``, ``ARGS="--minutes 2"`` for a try.

Five times a usual day for six hours: ``ARGS="--minutes 360 --pace 5 --rate 0.0167 --readers 10"``
(of a real month 12 releases come in an hour of a working day; each list is asked every few
minutes).

The service in its four processes watches the replica of the sites, which publishes without a pause.
Sites fall silent, err, and change their pages; the receiver of alerts refuses and hangs up;
connections to the database are ended; a worker is stopped, then killed. Fifty readers look at
whatever pages link to, search, ask the API, hold lines open and sign in by mail.

Exit code 1 where memory of a process grew by more than 5 % (the median of the sixth before the
middle, of half an hour minutes 10 to 15, against that of the last sixth), where an error was left
unhandled, where a reader got an answer of 5xx that no cut explains, or where a release was lost or
told twice.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import asyncpg

sys.path.insert(0, str(Path(__file__).parents[2]))  # run as a script, from wherever

from service.demo import invent
from service.demo.ledger import Ledger, percentile
from service.demo.mailbox import open_mailbox
from service.demo.server import HOST, Replica
from service.demo.world import World
from service.links import Signer
from service.ops.embedded import running
from service.store.consent import Consent
from service.store.migrate import migrate
from service.store.server import plain
from service.store.told import Told
from service.web.serve import serving
from tests.faults import record
from tests.partition import reckoning
from tests.partition.reckoning import Books
from tests.soak import memory
from tests.soak.faults import Door, Mischief, Weather
from tests.soak.house import House, house
from tests.soak.readers import Crowd, crowd

_PATIENCE = 8 * 3600.0  # seconds at the usual pace: what was refused is tried again hours later
_FLAT = 0.05
_JUDGED = 15.0  # minutes: memory of a shorter run is shown, not judged
_AFTER = 15.0  # seconds after a cut that it explains what fails
_BYTES = "SELECT sum(pg_total_relation_size(relid))::float FROM pg_stat_user_tables"
_OF_DATABASE = ("Connection", "Interface", "AdminShutdown", "OperationalError", "terminating")


@dataclass(frozen=True, slots=True)
class Asked:
    """How long and how much: ``rate`` releases a second, lists asked ``pace`` times as often."""

    minutes: float
    rate: float
    pace: float
    readers: int
    seed: int


async def _run(home: Path, asked: Asked) -> int:
    this = asyncio.current_task()
    assert this is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, this.cancel)
    world = World()
    sink, secret = reckoning.sink()
    start = datetime.now(ZoneInfo("Asia/Seoul")) - timedelta(hours=3)
    for old in invent.releases(99, 120, start - timedelta(days=3), hours=48):
        world.publish(old, time.time())
    weather = Weather(Replica(world, sink))
    async with (
        running(home / "data") as server,
        serving(weather, HOST, 0) as replica,
        Door().open(int(replica.rpartition(":")[2])) as door,
        open_mailbox() as mailbox,
        reckoning.opened(server.url) as database,
    ):
        await migrate(server.url)
        sql = await asyncpg.connect(plain(server.url))
        async with house(home, server.url, replica, mailbox.address, asked.pace) as made:
            books = Books(sql, database, world, sink)
            await books.open(f"http://127.0.0.1:{door.port}/sink/reader", secret, made.check)
            seen = await _soak(made, books, weather, door, mailbox.mails, asked)
        await sql.close()
    return seen.say(asked.minutes)


@dataclass(slots=True)
class Soaked:
    """What came of it."""

    ledger: Ledger
    sizes: memory.Series
    crowd: Crowd
    mischief: Mischief
    errors: Sequence[tuple[float, str]]
    began: float
    bloat: float

    def _figures(self, minutes: float) -> dict[str, float]:
        """For docs/reliability.md: memory by its medians, half of the run apart."""
        found = [memory.compared(each, minutes * 60) for each in self.sizes.values()]
        more = [(after - before) * 120 / minutes for before, after, _ in filter(None, found)]
        half = len(self.crowd.took) // 2
        early, late = (
            percentile(sorted(each), 0.99)
            for each in (self.crowd.took[half // 3 : half], self.crowd.took[half:])
        )
        figures = {"hours": minutes / 60, "lost": len(self.ledger.missed), "bloat": self.bloat}
        if more and minutes >= _JUDGED:
            figures["memory_mb_an_hour"] = max(more)
        if early and late:
            figures["p99_drift_percent"] = abs(100 * (late / early - 1))
        return figures

    def say(self, minutes: float) -> int:
        """Print one table; the exit code."""
        say = sys.stdout.write
        bad = []
        say("memory, MiB                     10-15 min   last 5   growth\n")
        for name, series in sorted(self.sizes.items()):
            if found := memory.compared(series, minutes * 60):
                before, after, growth = found
                over = growth > _FLAT and minutes >= _JUDGED
                bad += [f"memory of {name}"] * over
                say(f"  {name:30}{before:9.1f}{after:9.1f}{growth:+9.1%}{' !' * over}\n")
        faults = ", ".join(f"{name} {count}" for name, count in sorted(self.mischief.done.items()))
        say(f"faults: {faults}\n")
        bad += self._say_readers()
        told = [each for each in self.errors if not self.excused(*each)]
        say(f"unhandled errors in logs: {len(told)}; explained by cuts: ")
        say(f"{len(self.errors) - len(told)}\n")
        for at, line in told[:20]:
            say(f"  {time.strftime('%H:%M:%S', time.localtime(at))} {line[:300]}\n")
        bad += ["errors"] * bool(told)
        say(reckoning.summary(self.ledger))
        bad += ["ledger"] * (not self.ledger.clean)
        record.script(24, __file__, self._figures(minutes), good=not bad, since=self.began)
        say(f"NOT met: {', '.join(bad)}\n" if bad else "all goals met\n")
        return 1 if bad else 0

    def _say_readers(self) -> Sequence[str]:
        say, crowd = sys.stdout.write, self.crowd
        wrong = [each for each in crowd.troubles if not self.excused(each.at, each.what)]
        took = sorted(crowd.took)
        say(f"readers: {sum(crowd.pages.values())} answers, p50 {percentile(took, 0.5)} s, ")
        say(f"p99 {percentile(took, 0.99)} s; events heard {crowd.events}; signed in ")
        say(f"{crowd.signed_in}; 5xx or none {len(crowd.troubles)}, unexplained {len(wrong)}\n")
        for (first, status), count in sorted(crowd.pages.items()):
            say(f"  {first:24}{status:5}{count:8}\n")
        kinds = {(each.address.partition("?")[0], each.what[:4]): each for each in wrong}
        for each in list(kinds.values())[:20]:
            when = time.strftime("%H:%M:%S", time.localtime(each.at))
            say(f"  {when} {each.address[:80]} {' '.join(each.what.split())[:160]}\n")
        return ["answers"] * bool(wrong) + ["nobody signed in"] * (not crowd.signed_in)

    def excused(self, at: float, what: str) -> bool:
        """Whether a cut of the database explains it: it came soon after and says so."""
        soon = any(0 <= at - cut <= _AFTER for cut in self.mischief.cuts)
        return soon and (what.startswith("503") or any(each in what for each in _OF_DATABASE))


async def _soak(
    house: House,
    books: Books,
    weather: Weather,
    door: Door,
    mails: Sequence[bytes],
    asked: Asked,
) -> Soaked:
    began = time.monotonic()
    length = asked.minutes * 60
    rng = random.Random(asked.seed)
    mischief = Mischief(weather, books.sink, door, books.sql, rng)
    watching = asyncio.create_task(memory.watch(house.roles))
    start = datetime.now(ZoneInfo("Asia/Seoul")) - timedelta(hours=3)
    fresh = invent.releases(asked.seed, int((length - 10) * asked.rate), start, hours=3)

    async def publish() -> None:
        for each in fresh:
            books.world.publish(each, time.time())
            house.check()
            await asyncio.sleep(1 / asked.rate)

    lines = await _lines(books)
    _, _, _, came = await asyncio.gather(
        publish(),
        mischief.make(began + length - 20),
        house.worker_mishaps(asked.minutes),
        crowd(house.page, mails, asked.readers, length, lines, asked.seed),
    )
    watching.cancel()
    sizes = await watching
    await books.settle(fresh, house.check, _PATIENCE / asked.pace)
    ledger, errors = await books.reckon(fresh), list(_errors(house))
    bloat = await _bloat(books.sql)
    return Soaked(ledger, sizes, came, mischief, errors, began, bloat)


async def _bloat(sql: asyncpg.Connection) -> float:
    """How many times as large the tables are as they must be."""
    grown = await sql.fetchval(_BYTES)
    await sql.execute("VACUUM FULL")
    return round(float(grown / await sql.fetchval(_BYTES)), 2)


async def _lines(books: Books) -> Sequence[str]:
    """Where a subscription's events can be listened to: five lines are one's own."""
    reader = await Told(books.database).address("reader")
    assert reader is not None
    signer = Signer(await Consent(books.database).secret())
    return [f"/stream/{signer.sign('feed', *reader)}"]


def _errors(house: House) -> Iterator[tuple[float, str]]:
    """What no handler was there for: tracebacks, units of work that broke, lines of strangers."""
    for role in house.roles:
        last = 0.0
        for line in (house.home / f"{role}.log").read_text(errors="replace").splitlines():
            if not line.startswith("{"):
                if "Traceback" in line or "Error" in line:
                    yield last, f"{role}: {line}"
                continue
            said = json.loads(line)
            last = datetime.fromisoformat(said["timestamp"]).timestamp()
            if said.get("what") == "still_running":  # a tick that took a while: the next one comes
                continue
            if "exception" in said or said["event"] in {"task.failed", "schedule.trouble"}:
                yield last, f"{role}: {said['event']} {said.get('exception', said)!s:.2000}"


def main() -> int:
    """Read the options and soak."""
    asks = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    asks.add_argument("--minutes", type=float, default=30)
    asks.add_argument("--rate", type=float, default=1.5, help="releases a second")
    asks.add_argument("--pace", type=float, default=120, help="times as often as usual")
    asks.add_argument("--readers", type=int, default=50)
    asks.add_argument("--seed", type=int, default=7)
    asks.add_argument("--keep", type=Path, help="a folder to keep the logs in")
    said = asks.parse_args()
    asked = Asked(said.minutes, said.rate, said.pace, said.readers, said.seed)
    with tempfile.TemporaryDirectory(prefix="pabal-soak-") as made:
        Path(made).chmod(0o755)  # the server is another account's where we are root
        try:
            return asyncio.run(_run(Path(made), asked))
        except (KeyboardInterrupt, asyncio.CancelledError):
            return 130
        finally:
            for log in Path(made).glob("*.log") if said.keep else ():
                (said.keep / log.name).write_bytes(log.read_bytes())


if __name__ == "__main__":
    sys.exit(main())
