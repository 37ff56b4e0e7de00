"""Ten thousand releases, a million alerts, and two hundred processes killed meanwhile.

``make kills``: ten invented offices publish as fast as the service keeps up, two schedulers and
several workers share one database, and in flurries, over all of the way, whoever it hits of them
gets SIGKILL and is started again. What came in is held against whom every release concerns by a
plain reading. Exit code 1 unless every alert came, none that nobody asked for, none under two ids,
none more often than was on its way at the kills, and all within a minute of the last kill.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # run as a script, from wherever

from service.web.serve import serving
from tests.faults import record
from tests.storm.house import House, staffed, subscribe
from tests.storm.offices import Offices, Release, Rule, releases, rules

_SCHEDULERS, _WORKERS = 2, 2
_SOONEST, _LATEST = 0.2, 1.0  # seconds from one kill of a flurry to the next
_FLURRY = 8  # kills at most; then the house may come to itself
# At most so many wait at each step: whoever is killed has work to leave behind, but not for long.
_UNSEEN, _UNJUDGED, _UNSENT = 10, 60, 5_000  # releases of an office; of all; messages
_SAY = 15.0  # seconds
_STALLED = 300.0  # seconds without any progress, after which what is missing is missing
_MOST = {"lost": 0, "extra": 0, "twice": 0, "repeats_over_in_flight": 0, "drained_seconds": 60}
_STATE = """
    SELECT count(*) AS stored, count(triaged_at) AS judged,
           (SELECT count(*) FROM delivery WHERE settled_at IS NULL) AS unsent
    FROM article WHERE NOT baseline
"""
_STORED = "SELECT source_id, count(*) FROM article WHERE NOT baseline GROUP BY 1"
_ASKED = "SELECT subscription_id, text FROM rule"
_TOLD = """
    SELECT 'msg_' || message_id AS id, article.key::int AS number, subscription_id AS reader
    FROM delivery JOIN telling ON telling.id = telling_id JOIN article ON article.id = article_id
"""
_DIED = "SELECT count(*) FROM attempt WHERE finished_at IS NULL"
_LAST = "SELECT extract(epoch FROM max(settled_at))::float FROM delivery"


@dataclass(slots=True)
class Play:
    """One run. ``last_kill`` is in seconds since 1970."""

    built: House
    offices: Offices
    news: Sequence[Release]
    kills: int
    rng: random.Random
    out: int = 0
    hit: Counter[str] = field(default_factory=Counter)
    last_kill: float = 0.0
    state: Mapping[str, int] = field(default_factory=dict)

    async def run(self) -> None:
        """Publish and kill; then wait until all is sent, or nothing moves any more."""
        talking = asyncio.create_task(self._talk())
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._kill())
                group.create_task(self._publish())
            await self._drain()
        finally:
            talking.cancel()

    async def _publish(self) -> None:
        """As fast as they are read and sent, so that there is always something to leave behind."""
        while self.out < len(self.news):
            await self._look()
            stored = dict(await self.built.sql.fetch(_STORED))
            while self.out < len(self.news) and self._takes(self.news[self.out], stored):
                self.offices.publish(self.news[self.out])
                self.out += 1
            await asyncio.sleep(0.5)

    def _takes(self, release: Release, stored: Mapping[str, int]) -> bool:
        now = self.state
        behind = now["stored"] - now["judged"] >= _UNJUDGED or now["unsent"] >= _UNSENT
        unseen = self.offices.out[release.office] - stored.get(f"office{release.office}", 0)
        return not behind and unseen < _UNSEEN

    async def _kill(self) -> None:
        """In flurries, each when its share of the releases is out."""
        left = self.kills
        while left:
            flurry = min(left, self.rng.randint(1, _FLURRY))
            left -= flurry
            share = len(self.news) * (1 - left / self.kills)
            while self.out < share:  # noqa: ASYNC110 - who publishes looks twice a second anyway
                await asyncio.sleep(0.1)
            for _ in range(flurry):
                await asyncio.sleep(self.rng.uniform(_SOONEST, _LATEST))
                victim = self.rng.choice(self.built.everybody)
                await victim.kill()
                self.last_kill = time.time()
                await victim.start()
                self.hit["worker" if victim in self.built.workers else "scheduler"] += 1

    async def _drain(self) -> None:
        moved, before = time.monotonic(), dict(self.state)
        while self.state["judged"] < len(self.news) or self.state["unsent"]:
            await asyncio.sleep(0.5)
            await self._look()
            if self.state != before:
                moved, before = time.monotonic(), dict(self.state)
            elif time.monotonic() - moved > _STALLED:
                return

    async def _look(self) -> None:
        for each in self.built.everybody:
            each.check()
        self.state = dict(await self.built.sql.fetchrow(_STATE))

    async def _talk(self) -> None:
        began = time.monotonic()
        while True:
            await asyncio.sleep(_SAY)
            came = sum(self.built.sink.ask("count").values())
            say = f"{time.monotonic() - began:,.0f} s: {self.out:,} releases out, "
            say += f"{self.state['judged']:,} judged, {came:,} messages came, "
            sys.stdout.write(f"{say}{self.hit.total()} killed\n")
            sys.stdout.flush()


async def reckon(play: Play, asked: Sequence[Rule]) -> dict[str, float]:
    """Hold what came against what is owed by the plain reading; figures by promises.toml."""
    sql, home = play.built.sql, play.built.home
    rule_of = {each.text: each for each in asked}
    readers = [(row["subscription_id"], rule_of[row["text"]]) for row in await sql.fetch(_ASKED)]
    owed = {
        (release.number, reader)
        for release in play.news
        for reader, rule in readers
        if rule.wants(release.said)
    }
    play.built.sink.ask(f"ids {home / 'ids.txt'}")
    came = Counter((home / "ids.txt").read_text().split())
    strangers = set(came)
    told: Counter[tuple[int, int]] = Counter()
    async with sql.transaction():
        async for row in sql.cursor(_TOLD, prefetch=10_000):
            if row["id"] in came:
                strangers.discard(row["id"])
                told[row["number"], row["reader"]] += 1
    died, repeats = await sql.fetchval(_DIED), came.total() - len(came)
    sys.stdout.write(f"{repeats} came again, {died} were on their way at a kill\n")
    return {
        "kills": play.hit.total(),
        "releases": len(play.news),
        "alerts": len(told),
        "lost": len(owed - told.keys()),
        "extra": len(told.keys() - owed) + len(strangers),
        "twice": sum(each > 1 for each in told.values()),
        "repeats_over_in_flight": max(0, repeats - died),
        "drained_seconds": round(await sql.fetchval(_LAST) - play.last_kill, 1),
    }


async def _main(count: int, readers: int, kills: int, seed: int, home: Path) -> int:
    began, offices, asked = time.monotonic(), Offices(), rules(readers)
    settings = {"PABAL_SOURCES_DIR": str(home / "offices"), "PABAL_PACE": "10"}
    settings["PABAL_SOURCES"] = offices.declare(home / "offices")
    async with (
        serving(offices, "127.0.0.1", 0) as replica,
        staffed(home, replica, settings, _SCHEDULERS, _WORKERS) as built,
    ):
        await subscribe(built, readers, [each.text for each in asked], ["webhook"])
        play = Play(built, offices, releases(seed, count), kills, random.Random(seed))
        await play.run()
        figures = await reckon(play, asked)
    hit = ", ".join(f"{role} {times}" for role, times in sorted(play.hit.items()))
    sys.stdout.write(f"killed: {hit}\n")
    sys.stdout.write("".join(f"{name}: {figure:,}\n" for name, figure in figures.items()))
    good = all(figures[name] <= most for name, most in _MOST.items())
    record.script(1, __file__, figures, good=good, since=began)
    return 0 if good else 1


def main() -> int:
    """Read the options and play."""
    asks = argparse.ArgumentParser(description=__doc__)
    asks.add_argument("--releases", type=int, default=10_000)
    asks.add_argument("--readers", type=int, default=104)
    asks.add_argument("--kills", type=int, default=210)
    asks.add_argument("--seed", type=int, default=1)
    said = asks.parse_args()
    with tempfile.TemporaryDirectory(prefix="pabal-kills-") as made:
        Path(made).chmod(0o755)  # the server is another account's where we are root
        way = _main(said.releases, said.readers, said.kills, said.seed, Path(made))
        return asyncio.run(way)


if __name__ == "__main__":
    sys.exit(main())
