"""The service's own steps on simulated time: everything that is due, then on to the next moment.

Time stands still while a step works, so that no lease ever runs out. Wake-ups are taken off the
engine's queue by one statement instead of by a manager: a hundred thousand times a manager would be
started for nothing.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

import httpx

from notifier.model import Channel, Message, Receipt
from scrapers.fetch import Fetcher
from scrapers.keys import HOSTS
from scrapers.model import Source
from service import work
from service.analyser import Analyser
from service.attach import Attach
from service.backfill import Backfill
from service.collect import Collect
from service.deliver import Deliver
from service.documents import Documents
from service.indexing import Indexing
from service.judging.topics import Topics
from service.links import Signer
from service.preview import source_kinds
from service.read import Read
from service.reading.publishers import Registry
from service.reconcile import Reconcile
from service.revisit import Revisit
from service.store.articles import Articles
from service.store.attachments import Attachments
from service.store.backfills import Backfills
from service.store.database import TOGETHER, Database
from service.store.deliveries import Deliveries
from service.store.digests import Digests
from service.store.readings import Readings
from service.store.reconciled import Reconciled
from service.store.revisits import Revisits
from service.store.search import Searching
from service.store.sources import Sources
from service.store.steps import Step
from service.store.sweep import sweep
from service.store.verdicts import Verdicts
from service.store.vitals import Vitals
from service.triage import Triage
from service.watch import Watch
from service.worded import Words
from tests.rhythm.clock import Clock

CHANNEL = "rhythm"
_AT_ONCE = 10  # of the connections to the database; a poll holds one at a time
_NO_PAUSE = 1e9
_TAKE = """
DELETE FROM pgqueuer WHERE id IN (
    SELECT id FROM pgqueuer WHERE execute_after <= now() ORDER BY priority DESC, id
) RETURNING entrypoint, coalesce(convert_from(payload, 'UTF8'), '') AS subjects
"""
_AILING = "SELECT id, failures FROM source WHERE failures > 0 ORDER BY id"
_NAMED = """
SELECT ops_item.id, source.trouble FROM ops_item LEFT JOIN source ON source.id = subject
WHERE ops_item.id <> all($1::bigint[])
"""


@dataclass(slots=True)
class Mailbox:
    """A channel that keeps what it is handed, with the time."""

    now: Callable[[], datetime]
    got: list[tuple[datetime, Message]] = field(default_factory=list)

    async def send(self, message: Message) -> Receipt:
        """Keep it."""
        self.got.append((self.now(), message))
        return Receipt("kept")

    async def aclose(self) -> None:
        """Nothing is open."""

    def check_address(self, address: str) -> None:
        """Any will do."""


@dataclass(slots=True)
class Driver:
    """The steps with the clock. ``broken`` are what tasks raised, ``done`` how often each ran.

    ``looking``: seconds of real time spent on the health of sources.
    """

    clock: Clock
    sources: Sources
    database: Database
    declared: Mapping[str, Source]
    tasks: work.Tasks
    mailbox: Mailbox
    look: Callable[[], Awaitable[None]]
    digests: Digests
    done: Counter[str] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)
    last: dict[str, BaseException] = field(default_factory=dict)
    looking: float = 0.0
    ailing: list[tuple[str, int]] = field(default_factory=list)
    troubles: dict[int, str | None] = field(default_factory=dict)

    async def until(
        self, end: datetime, step: timedelta, *, look: timedelta, told: Callable[[], None]
    ) -> None:
        """Live through the time to ``end``; ``told`` is called once a simulated day."""
        at, looked, day = self.clock.at, self.clock.at, self.clock.at.date()
        while at < end:
            at += step
            await self.clock.set(at)
            await self.sources.claim_due(self.declared)
            await self.work()
            ailing = await self._ailing()
            # What is found of failures changes with them; what is found of silence, by the hour.
            if ailing != self.ailing or at - looked >= look:
                self.ailing, looked = ailing, at
                began = time.monotonic()
                await self.look()
                self.looking += time.monotonic() - began
                self.done["look"] += 1
                await self._remember()
                await sweep(self.database)
                await self.work()
            await self.digests.tell_all()
            await self.work()
            if at.date() != day:
                day = at.date()
                told()

    async def _ailing(self) -> list[tuple[str, int]]:
        """The sources that fail, and how often they did in a row."""
        rows = await self.clock.connection.fetch(_AILING)
        return [(row["id"], row["failures"]) for row in rows]

    async def _remember(self) -> None:
        """What ailed a source when a notice of it was opened: later it may be something else."""
        rows = await self.clock.connection.fetch(_NAMED, list(self.troubles))
        self.troubles |= {row["id"]: row["trouble"] for row in rows}

    async def work(self) -> None:
        """Do what is due until nothing is."""
        limit = asyncio.Semaphore(_AT_ONCE)
        while jobs := await self.clock.connection.fetch(_TAKE):
            await asyncio.gather(
                *(
                    self._one(limit, job["entrypoint"], subject)
                    for job in jobs
                    for subject in job["subjects"].split(TOGETHER)
                )
            )

    async def _one(self, limit: asyncio.Semaphore, step: str, subject: str) -> None:
        async with limit:
            self.done[step] += 1
            try:
                await self.tasks[cast("Step", step)](subject)
            except Exception as error:  # noqa: BLE001 - as the engine's: what failed is told at the end
                self.broken[f"{step}: {type(error).__name__}"] += 1
                self.last[step] = error


@asynccontextmanager
async def driver(
    url: str, clock: Clock, declared: Mapping[str, Source], site: httpx.AsyncBaseTransport
) -> AsyncIterator[Driver]:
    """The steps of the service on the migrated database at ``url``, with ``site`` as the world."""
    async with AsyncExitStack() as stack:
        database = Database(url)
        stack.push_async_callback(database.close)
        fetcher = Fetcher(
            contact="https://example.org",
            pace=_NO_PAUSE,
            keys=dict.fromkeys(HOSTS, "invented"),
            now=clock.now,
        )
        stack.push_async_callback(fetcher.aclose)
        # The fetcher's own transport is its one part that knows a network.
        fetcher._wire._transport = site
        analyser = await stack.enter_async_context(Analyser())
        documents = await stack.enter_async_context(Documents())
        mailbox = Mailbox(clock.now)
        tasks = _tasks(database, declared, fetcher, analyser, documents, {CHANNEL: mailbox})
        sources = Sources(database)
        await sources.declare(declared)
        watch, digests = _watch(database, declared), Digests(database)
        yield Driver(clock, sources, database, declared, tasks, mailbox, watch, digests)


def _tasks(
    database: Database,
    declared: Mapping[str, Source],
    fetcher: Fetcher,
    analyser: Analyser,
    documents: Documents,
    channels: Mapping[str, Channel],
) -> work.Tasks:
    """As ``service.app`` builds them; nothing is looked at again."""
    registry = Registry.load()
    collect = Collect(declared, fetcher, Sources(database), Articles(database), 1.0)
    attach = Attach(declared, fetcher, documents, Attachments(database), 1.0)
    revisit = Revisit(declared, fetcher, Revisits(database, ()), 1.0)
    backfill = Backfill(declared, fetcher, Backfills(database), 1.0)
    read = Read(declared, registry, Readings(database))
    triage = Triage(declared, Verdicts(database), analyser, registry, Topics.load())
    indexing = Indexing(Searching(database), analyser.analyse, source_kinds(declared))
    words = Words(Signer(bytes(32)), None)
    deliver = Deliver(Deliveries(database), channels, {}, words, 1.0)
    return {
        **work.fetching(collect, attach, revisit, backfill),
        **work.judging(read, triage, indexing, Reconcile(triage.again, Reconciled(database))),
        "deliver": deliver.deliver,
    }


def _watch(database: Database, declared: Mapping[str, Source]) -> Callable[[], Awaitable[None]]:
    """What looks at how sources do."""
    return Watch(declared, Vitals(database), 1.0).look
