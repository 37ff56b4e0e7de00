"""The composition root: every part built once, roles run side by side until asked to stop."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Any, Literal, get_args

import structlog

from scrapers import routes
from scrapers.model import Source
from service import work
from service.admit import Admit
from service.alarm import Alarm
from service.analyser import Analyser
from service.attach import Attach
from service.backfill import Backfill
from service.bounces import Bounces, opener
from service.collect import Collect
from service.config import Settings
from service.deliver import Deliver
from service.documents import Documents
from service.heap import kept_small
from service.indexing import Indexing
from service.judging.topics import Topics
from service.ops.reach import reachable
from service.parts import declared, publishers, signer, ways_to_tell
from service.preview import source_kinds
from service.read import Read
from service.reading.publishers import Registry
from service.reconcile import Reconcile
from service.revisit import Revisit
from service.schedule import Schedule
from service.store.alarms import Alarms
from service.store.articles import Articles
from service.store.attachments import Attachments
from service.store.backfills import Backfills
from service.store.bounces import Returns
from service.store.database import Database
from service.store.deliveries import FAILING, Deliveries
from service.store.migrate import migrate
from service.store.readings import Readings
from service.store.reconciled import Reconciled
from service.store.retention import Kept, Retention
from service.store.revisits import Revisits
from service.store.search import Searching
from service.store.sign_ins import SignIns
from service.store.sources import Sources
from service.store.steps import Step
from service.store.sweep import sweep
from service.store.verdicts import Verdicts
from service.store.vitals import Vitals
from service.triage import Triage
from service.watch import Watch
from service.watching import watched
from service.web.metrics import Watched
from service.worded import Words

log = structlog.get_logger()

Role = Literal["scheduler", "worker", "web"]
ROLES: tuple[Role, ...] = get_args(Role)

_Tasks = tuple[tuple[work.Tasks, int], ...]  # with how many of each may run at once

# Wake-ups taken at once; fetching and delivering nearly always wait.
_FETCHES, _JUDGEMENTS, _DELIVERIES = 200, 40, 40

YOUNG = 10_000
"""Objects before Python looks for unused circles among them: at 700 that is a fifth of sending."""


def _bounces(settings: Settings, database: Database) -> Bounces | None:
    """What reads the mailbox that mail comes back to; None where there is none."""
    if settings.bounces_mailbox is None:
        return None
    place = opener(settings.bounces_mailbox, settings.bounces_password or "")
    return Bounces(Returns(database), place)


async def run(
    settings: Settings,
    url: str,
    roles: Sequence[Role],
    stop: asyncio.Event,
    *,
    ready: Callable[[str | None], None],
) -> None:
    """Run ``roles`` on the database at ``url`` until ``stop``.

    ``ready`` is called once everything is up, with the page's address where there is one.
    """
    gc.set_threshold(YOUNG)
    kept_small()
    sources = declared(settings)
    await reachable(url, writes=True)
    await migrate(url)
    async with AsyncExitStack() as stack:
        database = Database(url)
        stack.push_async_callback(database.close)
        await Sources(database).declare(sources)
        analyser = Analyser()
        stack.push_async_callback(analyser.stop)
        seen = await stack.enter_async_context(watched(settings, database, sources))
        page = None
        if "web" in roles:
            page = await _page(settings, database, analyser, seen, stack)
        tasks: _Tasks = ()
        if "worker" in roles:
            tasks = await _tasks(settings, database, sources, analyser, stack)
        if "scheduler" in roles:
            schedule = _schedule(settings, database, sources)
            schedule.start()
            stack.callback(schedule.stop)
        async with asyncio.TaskGroup() as group:
            for handlers, at_once in tasks:
                group.create_task(work.work(url, handlers, at_once=at_once, stop=stop))
            gc.freeze()  # what is loaded by now stays: to look through it stops all for 60 ms
            ready(page)
            await stop.wait()


async def _page(
    settings: Settings,
    database: Database,
    analyser: Analyser,
    seen: Watched,
    stack: AsyncExitStack,
) -> str:
    """The address of the pages; ``stack`` ends them. Morphology is loaded for their searches."""
    from service.desk import pages  # noqa: PLC0415 - a worker needs no pages

    page = await stack.enter_async_context(pages(settings, database, analyser, seen))
    await stack.enter_async_context(_beside(analyser.start()))
    return page


def _schedule(settings: Settings, database: Database, sources: Mapping[str, Source]) -> Schedule:
    """What is done by the clock: polls, the sweep, the watch over sources, tidying."""
    return Schedule(
        database,
        Sources(database),
        tuple(sources),
        settings.pace,
        Watch(sources, Vitals(database), settings.pace),
        routes.groups(sources),
        Alarm(Alarms(database), settings.url, settings.pace),
        _bounces(settings, database),
        Retention(database, Kept(settings.keep_told, settings.keep_audit)),
    )


async def _tasks(
    settings: Settings,
    database: Database,
    sources: Mapping[str, Source],
    analyser: Analyser,
    stack: AsyncExitStack,
) -> _Tasks:
    """The worker's tasks with how many may run at once; ``stack`` closes what they use."""
    return (
        (await _fetching(settings, database, sources, stack), _FETCHES),
        (await _judging(database, sources, analyser, stack), _JUDGEMENTS),
        (await _telling(settings, database, stack), _DELIVERIES),
    )


async def _fetching(
    settings: Settings, database: Database, sources: Mapping[str, Source], stack: AsyncExitStack
) -> work.Tasks:
    """The steps that ask publishers."""
    fetcher = publishers(settings)
    stack.push_async_callback(fetcher.aclose)
    documents = await stack.enter_async_context(Documents())
    await documents.start()
    ladder = tuple(each / settings.pace for each in settings.looks)
    first_look = ladder[0] if ladder else None
    collect = Collect(
        sources, fetcher, Sources(database), Articles(database), settings.pace, first_look
    )
    attach = Attach(sources, fetcher, documents, Attachments(database), settings.pace)
    revisit = Revisit(sources, fetcher, Revisits(database, ladder), settings.pace)
    backfill = Backfill(sources, fetcher, Backfills(database), settings.pace)
    return work.fetching(collect, attach, revisit, backfill)


async def _judging(
    database: Database, sources: Mapping[str, Source], analyser: Analyser, stack: AsyncExitStack
) -> work.Tasks:
    """The steps that think: what an article says, whom it concerns, how it is found."""
    registry = Registry.load()
    await analyser.start()
    read = Read(sources, registry, Readings(database))
    triage = Triage(sources, Verdicts(database), analyser, registry, Topics.load())
    await stack.enter_async_context(_beside(triage.warm()))
    indexing = Indexing(Searching(database), analyser.analyse_once, source_kinds(sources))
    reconcile = Reconcile(triage.again, Reconciled(database))
    return work.judging(read, triage, indexing, reconcile)


async def _telling(settings: Settings, database: Database, stack: AsyncExitStack) -> work.Tasks:
    """The steps that tell people."""
    ways_out, traits = ways_to_tell(settings, stack)
    signs = await signer(settings, database)
    words = Words(signs, settings.url)
    admit = Admit(SignIns(database), ways_out["mail"], signs, settings.url, settings.pace)
    failing = FAILING / settings.pace
    deliver = Deliver(Deliveries(database, failing), ways_out, traits, words, settings.pace)
    return work.telling(deliver, admit)


@asynccontextmanager
async def _beside(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Let ``work`` go on beside what is done within; whatever it fails at is tried when needed."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def once(settings: Settings, url: str, step: Step) -> None:
    """Do what one step has to do now, and return when nothing is left for it.

    No more is loaded than that: a look at the lists by cron does not wait for morphology.
    """
    await migrate(url)
    async with AsyncExitStack() as stack:
        database = Database(url)
        stack.push_async_callback(database.close)
        sources = declared(settings)
        await Sources(database).declare(sources)
        if step == "poll":
            await Sources(database).claim_due(tuple(sources))
        else:
            await sweep(database, patience=timedelta(0))
        if step in ("deliver", "admit"):
            tasks = await _telling(settings, database, stack)
        elif step in ("read", "triage", "index", "reconcile"):
            analyser = await stack.enter_async_context(Analyser())
            tasks = await _judging(database, sources, analyser, stack)
        else:
            tasks = await _fetching(settings, database, sources, stack)
        await work.drain(url, {step: tasks[step]})
