"""The demo: publish on the replica, let the ordinary service watch it, hold the two together."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from pathlib import Path

from notifier.channels.webhook import new_secret
from service.demo import invent, papers
from service.demo.ledger import Ledger, Published, draw_up
from service.demo.mailbox import open_mailbox
from service.demo.papers import Papers
from service.demo.process import ServiceProcess, free_port
from service.demo.server import HOST, Replica
from service.demo.sink import Sink
from service.demo.world import Release, World
from service.judging import rules as language
from service.judging.matcher import plain
from service.judging.morphemes import Morphology, Morphs
from service.judging.names import spellings
from service.ops.embedded import address
from service.reading.publishers import Registry
from service.store.database import Database
from service.store.evidence import Evidence, StoredRow
from service.store.overview import Overview
from service.store.server import AWAY
from service.web.serve import serving

SOURCES_OF_SITE = {
    "korea_kr": ("korea_kr",),
    "mss": ("mss_press", "mss_press_rss"),
    "mofa": ("mofa_rss",),
    "etoday": ("etoday",),
    "yna": ("yna",),
    "mk": ("mk",),
}
_FASTEST_PACE = 300.0  # korea.kr once a second
_PATIENCE = 180.0  # seconds for everything to arrive after the last release
_DIGITS = 8  # of a release's number, which every site prints at the end of its key


@dataclass(frozen=True, slots=True)
class Plan:
    """What to play. ``speed`` is how many seconds of the world pass in one of ours.

    ``distinct``: the releases are invented, one event has one title. ``slow_sink`` is how many
    seconds the receiver takes for an answer, ``home`` a directory that other accounts may pass.
    """

    releases: Sequence[Release]
    distinct: bool
    rules: Sequence[str]
    speed: float
    kills: int
    slow_sink: float
    seed: int
    home: Path
    database_url: str | None


@dataclass(slots=True)
class Progress:
    """Where the demo stands, for whoever shows it."""

    stage: str = ""
    published: int = 0
    of: int = 0
    stored: int = 0
    stories: int = 0
    owed: int = 0
    received: int = 0
    kills: int = 0


@dataclass(slots=True)
class Demo:
    """One run of the demo; ``progress`` moves while it runs."""

    plan: Plan
    progress: Progress = field(default_factory=Progress)
    papers: Papers | None = None

    async def run(self) -> Ledger:
        """Play the plan to its end and draw up the ledger. Raises ServiceDied."""
        plan, progress = self.plan, self.progress
        progress.of = len(plan.releases)
        world, secret = World(), new_secret()
        sink = Sink(secret)
        sink.delay = plan.slow_sink
        page = f"http://127.0.0.1:{free_port()}"
        for release in invent.history(plan.releases[0].published):
            world.publish(release, time.time())
        async with (
            serving(Replica(world, sink), HOST, 0) as base,
            open_mailbox() as mailbox,
            self._service(base, page, mailbox.address) as service,
            _database(plan.database_url or address(plan.home / "data")) as database,
        ):
            progress.stage = "첫 확인 / first look"
            evidence = Evidence(database)
            await self._until(service, evidence.baselined)
            await papers.subscribe(database, plan.rules, f"{base}/sink/demo", secret)
            progress.stage = "발행 / publishing"
            watching = asyncio.create_task(self._watch(database, sink))
            await self._publish(world, service)
            progress.stage = "마무리 / settling"
            shown = _appearances(plan.releases, world)
            wanted = {(each.source_id, each.release_id) for each in shown}
            await self._until(service, lambda: self._settled(database, wanted))
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
            self.papers = await papers.fetch(database, page, mailbox.mails)
            progress.stage = "대조 / reckoning"
            return await self._reckon(sink, evidence, _appearances(plan.releases, world))

    @asynccontextmanager
    async def _service(self, base: str, page: str, relay: str) -> AsyncIterator[ServiceProcess]:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PABAL_")}
        environment |= {
            "PABAL_DATA": str(self.plan.home / "data"),
            "PABAL_REPLICA_URL": base,
            "PABAL_SOURCES": ",".join(chain.from_iterable(SOURCES_OF_SITE.values())),
            "PABAL_PACE": str(min(max(self.plan.speed, 1.0), _FASTEST_PACE)),
            "PABAL_PRIVATE_ADDRESSES": "true",
            "PABAL_LOOK_AGAIN": "",  # hours of the world pass in seconds
            "PABAL_PORT": page.rpartition(":")[2],
            "PABAL_URL": page,
            "PABAL_MAIL_SERVER": relay,
            "PABAL_MAIL_FROM": "파발 <alerts@pabal.example>",
            "PABAL_LOG": "json",
        }
        if self.plan.database_url:
            environment["PABAL_DATABASE_URL"] = self.plan.database_url
        service = ServiceProcess(environment, self.plan.home / "service.log")
        self.progress.stage = "서비스 시작 / starting the service"
        await service.start()
        try:
            yield service
        finally:
            await service.stop()

    async def _publish(self, world: World, service: ServiceProcess) -> None:
        """Put releases up at their time, ``speed`` times faster."""
        began, first = time.monotonic(), self.plan.releases[0].published
        since = [(each.published - first).total_seconds() for each in self.plan.releases]
        offsets = [max(0.0, seconds) / self.plan.speed for seconds in since]
        killing = asyncio.create_task(self._kill(service, began, max(offsets)))
        for release, offset in zip(self.plan.releases, offsets, strict=True):
            await asyncio.sleep(began + offset - time.monotonic())
            service.check()
            world.publish(release, time.time())
            self.progress.published += 1
        await killing

    async def _kill(self, service: ServiceProcess, began: float, within: float) -> None:
        """Kill the service with all it started at random moments, and start it again at once."""
        rng = random.Random(self.plan.seed)  # noqa: S311 - no secret
        for moment in sorted(rng.uniform(0.05, 0.95) for _ in range(self.plan.kills)):
            await asyncio.sleep(began + moment * within - time.monotonic())
            await service.kill()
            await service.start()
            self.progress.kills += 1

    async def _until(self, service: ServiceProcess, ready: Callable[[], Awaitable[bool]]) -> None:
        """Wait until ``ready``, for at most three minutes: what is missing by then is missing."""
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            service.check()
            with suppress(*AWAY):  # not up yet, or not up again
                if await ready():
                    return
            await asyncio.sleep(0.3)

    async def _watch(self, database: Database, sink: Sink) -> None:
        """Keep the progress current for whoever shows it."""
        while True:
            self.progress.received = len(sink.ids())
            with suppress(*AWAY):
                counts = await Overview(database).counts()
                self.progress.stored, self.progress.stories = counts["articles"], counts["stories"]
                self.progress.owed = sum(
                    counts[each] for each in ("to_send", "held", "sent", "dead")
                )
            await asyncio.sleep(0.5)

    async def _settled(self, database: Database, wanted: set[tuple[str, int]]) -> bool:
        counts = await Overview(database).counts()
        if any(counts[queue] for queue in ("to_collect", "to_judge", "to_send", "held")):
            return False
        stored = await Evidence(database).stored()
        return wanted <= {(row.source_id, release_of(row)) for row in stored}

    async def _reckon(self, sink: Sink, evidence: Evidence, shown: Sequence[Published]) -> Ledger:
        reads = await asyncio.to_thread(_plain_reader, self.plan.rules)
        stored, owed = await evidence.stored(), await evidence.owed()
        return await asyncio.to_thread(
            draw_up,
            shown,
            stored,
            owed,
            sink.taken(),
            reads,
            release_of=release_of,
            distinct=self.plan.distinct,
            kills=self.progress.kills,
            in_flight_at_kills=await evidence.died_in_flight(),
        )


def release_of(row: StoredRow) -> int:
    """The release behind a stored row, by the last digits of its number."""
    return int(row.key[-_DIGITS:])


def _appearances(releases: Sequence[Release], world: World) -> list[Published]:
    """Where each release should turn up, with when it was put up and first shown."""
    return [
        Published(
            source_id,
            each.id % 10**_DIGITS,
            world.published_at_real.get(each.id, 0.0),
            world.first_shown.get(each.id),
        )
        for each in releases
        for site in sorted(each.sites)
        for source_id in SOURCES_OF_SITE[site]
    ]


def _plain_reader(rules: Sequence[str]) -> Callable[[str, str], bool]:
    """The oracle: every rule read against a text naively, one after the other."""
    parsed = [language.parse(each) for each in rules]
    registry = Registry.load()
    morphology = Morphology(registry.names())
    spell = partial(spellings, registry=registry)
    known: dict[str, Morphs] = {}

    def analyse(window: str) -> Morphs:
        if window not in known:
            (known[window],) = morphology.analyse([window])
        return known[window]

    def holds(title: str, text: str) -> bool:
        return any(plain(each, title, text, analyse, spell=spell) for each in parsed)

    return holds


@asynccontextmanager
async def _database(url: str) -> AsyncIterator[Database]:
    database = Database(url, size=3)
    try:
        yield database
    finally:
        await database.close()
