"""The composition root: every part built once, roles run side by side until asked to stop."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Any, Literal, get_args

import structlog

from notifier import registry as channels
from notifier.errors import BadAddress
from notifier.model import Channel, ChannelOptions
from scrapers import routes
from scrapers.fetch import Fetcher
from scrapers.model import Source
from service import catalogue, work
from service.analyser import Analyser
from service.attach import Attach
from service.backfill import Backfill
from service.bounces import Bounces, opener
from service.collect import Collect
from service.config import Settings
from service.deliver import Deliver
from service.documents import Documents
from service.errors import BadSetting
from service.judging.topics import Topics
from service.links import Signer
from service.ops.reach import reachable
from service.read import Read
from service.reading.publishers import Registry
from service.revisit import Revisit
from service.schedule import Schedule
from service.store.articles import Articles
from service.store.attachments import Attachments
from service.store.backfills import Backfills
from service.store.bounces import Bounces as Returns
from service.store.consent import Consent
from service.store.database import Database
from service.store.deliveries import FAILING, Deliveries
from service.store.migrate import migrate
from service.store.readings import Readings
from service.store.revisits import Revisits
from service.store.sources import Sources
from service.store.steps import Step
from service.store.sweep import sweep
from service.store.triage import Triage
from service.store.vitals import Vitals
from service.triage import Judge
from service.watch import Watch
from service.worded import Words

log = structlog.get_logger()

Role = Literal["scheduler", "worker", "web"]
ROLES: tuple[Role, ...] = get_args(Role)

# Wake-ups taken at once; fetching and delivering nearly always wait.
_FETCHES, _JUDGEMENTS, _DELIVERIES = 200, 40, 40

YOUNG = 10_000
"""Objects before Python looks for unused circles among them: at 700 that is a fifth of sending."""


@asynccontextmanager
async def database_url(settings: Settings) -> AsyncIterator[str]:
    """The address of a database that answers: the configured one, else the embedded one."""
    if settings.database_url is not None:
        await reachable(settings.database_url)
        yield settings.database_url
        return
    from service.ops.embedded import running  # noqa: PLC0415 - only where no server is given

    async with running(settings.data) as server:
        await reachable(server.url)
        yield server.url


def declared(settings: Settings) -> Mapping[str, Source]:
    """The sources to poll: those that are named, else all but those that are off or lack a key.

    Raises BadSetting for one that nobody declared, or that is named and lacks a key.
    """
    every = catalogue.every(settings)
    strange = sorted(set(settings.sources) - set(every))
    if strange:
        raise BadSetting("PABAL_SOURCES", f"{strange[0]} 출처가 없습니다: no such source")
    for name in settings.sources:
        if lacked := settings.lacks(every[name].needs):
            why = f"{name} 출처에 {lacked[0]} 설정이 필요합니다: needs {lacked[0]}"
            raise BadSetting("PABAL_SOURCES", why)
    on = [name for name, source in every.items() if catalogue.off(source, settings) is None]
    return {each: every[each] for each in settings.sources or on}


def open_channels(settings: Settings) -> dict[str, Channel]:
    """Every channel, opened once for the process."""
    options = ChannelOptions(
        private_addresses=settings.private_webhooks,
        contact=settings.contact,
        telegram_token=settings.telegram_token or "",
        vapid_key=settings.vapid_key or "",
        kakao_key=settings.kakao_key or "",
        kakao_secret=settings.kakao_secret or "",
        kakao_profile=settings.kakao_profile or "",
        kakao_templates=settings.kakao_templates or "",
        apprise=settings.apprise,
        mail_server=settings.mail_server or "",
        mail_password=settings.mail_password or "",
        mail_from=settings.mail_from or "",
        mail_bounces=settings.mail_bounces or "",
        dkim_key=settings.dkim_key or "",
        dkim_selector=settings.dkim_selector,
    )
    try:
        return {name: channels.open_channel(name, options) for name in channels.names()}
    except BadAddress as error:  # whatever else a channel needs was looked at with the settings
        raise BadSetting("PABAL_DKIM_KEY", str(error)) from None


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
    sources = declared(settings)
    await migrate(url)
    async with AsyncExitStack() as stack:
        database = Database(url)
        stack.push_async_callback(database.close)
        store = Sources(database)
        await store.declare(sources)
        page = await stack.enter_async_context(_page(settings, database, wanted="web" in roles))
        tasks = await _tasks(settings, database, sources, stack) if "worker" in roles else ()
        watch = Watch(sources, Vitals(database), settings.pace)
        schedule = Schedule(
            database,
            store,
            tuple(sources),
            settings.pace,
            watch,
            routes.groups(sources),
            _bounces(settings, database),
        )
        if "scheduler" in roles:
            schedule.start()
            stack.callback(schedule.stop)
        async with asyncio.TaskGroup() as group:
            for handlers, at_once in tasks:
                group.create_task(work.work(url, handlers, at_once=at_once, stop=stop))
            ready(page)
            await stop.wait()


async def _tasks(
    settings: Settings, database: Database, sources: Mapping[str, Source], stack: AsyncExitStack
) -> tuple[tuple[work.Tasks, int], ...]:
    """The worker's tasks with how many may run at once; ``stack`` closes what they use."""
    registry = Registry.load()
    fetcher = Fetcher(
        contact=settings.contact,
        replica=settings.replica_url,
        pace=settings.pace,
        keys=settings.keys,
    )
    stack.push_async_callback(fetcher.aclose)
    ways_out = open_channels(settings)
    for channel in ways_out.values():
        stack.push_async_callback(channel.aclose)
    analyser = await stack.enter_async_context(Analyser())
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
    read = Read(sources, registry, Readings(database))
    judge = Judge(sources, Triage(database), analyser, registry, Topics.load())
    await stack.enter_async_context(_beside(judge.warm()))
    traits = {name: channels.traits(name) for name in ways_out}
    words = Words(await signer(settings, database), settings.url)
    failing = FAILING / settings.pace
    deliver = Deliver(Deliveries(database, failing), ways_out, traits, words, settings.pace)
    return (
        (work.fetching(collect, attach, revisit, backfill), _FETCHES),
        (work.judging(read, judge), _JUDGEMENTS),
        (work.telling(deliver), _DELIVERIES),
    )


@asynccontextmanager
async def _beside(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Let ``work`` go on beside what is done within; whatever it fails at is tried when needed."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def signer(settings: Settings, database: Database) -> Signer:
    """What signs the links of messages and reads them: by the chosen secret, else by our own."""
    chosen = settings.secret
    return Signer(chosen.encode() if chosen else await Consent(database).secret())


async def once(settings: Settings, url: str, step: Step) -> None:
    """Do what one step has to do now, and return when nothing is left for it."""
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
        for tasks, _ in await _tasks(settings, database, sources, stack):
            if step in tasks:
                await work.drain(url, {step: tasks[step]})


@asynccontextmanager
async def _page(
    settings: Settings, database: Database, *, wanted: bool
) -> AsyncIterator[str | None]:
    """The page's address while it is served; None where this process serves none."""
    if not wanted:
        yield None
        return
    from service.web.app import build  # noqa: PLC0415 - a worker needs no web framework
    from service.web.serve import serving  # noqa: PLC0415

    heard = Bounces(Returns(database), None).heard
    pages = build(database, await signer(settings, database), settings.url, heard)
    async with AsyncExitStack() as stack:
        try:
            address = await stack.enter_async_context(serving(pages, settings.host, settings.port))
        except OSError as error:
            where = f"{settings.host}:{settings.port}"
            raise BadSetting("PABAL_PORT", f"{where}: {error.strerror}") from error
        stack.push_async_callback(pages.state.stream.aclose)
        yield address
