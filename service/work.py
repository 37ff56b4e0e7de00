"""The engine's tasks: PgQueuer hands out wake-ups, each calls one verb of one step.

Handlers are idempotent: a wake-up may come twice, late or never, and the rows decide.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from datetime import timedelta

import asyncpg
import structlog
from pgqueuer.db import AsyncpgDriver
from pgqueuer.errors import FailingListenerError
from pgqueuer.models import Job
from pgqueuer.qm import QueueManager
from pgqueuer.queries import Queries
from pgqueuer.types import QueueExecutionMode

from service import reporting
from service.admit import Admit
from service.attach import Attach
from service.backfill import Backfill
from service.collect import Collect
from service.deliver import Deliver
from service.indexing import Indexing
from service.read import Read
from service.reconcile import Reconcile
from service.revisit import Revisit
from service.store.database import TOGETHER, WATCHED, watch
from service.store.queue import Due, Queue
from service.store.server import AWAY, is_cut, plain
from service.store.steps import Step
from service.triage import Triage

log = structlog.get_logger()


Handler = Callable[[str], Awaitable[object]]
Tasks = Mapping[Step, Handler]

_HEARTBEAT = timedelta(seconds=10)  # a dead worker's wake-ups are handed out again after this
_BATCH = 10
_LOOK = 0.5  # seconds
_STEADY = 60.0  # seconds of work after which a loss is a first one again
_LONGEST_WAIT = 2.0  # seconds: with what TCP waits between tries, at work within ten again
_GRACE = 10.0  # seconds a task may take to end once we are asked to stop
_PARTING = 1.0  # seconds a task has left when the whole process fails
_LOST = (*AWAY, FailingListenerError, RuntimeError)


def fetching(collect: Collect, attach: Attach, revisit: Revisit, backfill: Backfill) -> Tasks:
    """The tasks that talk to publishers: many at once, nearly always waiting."""

    async def poll(subject: str) -> None:
        source_id, number = subject.rsplit(":", 1)
        if source_id in collect.declared:
            await collect.poll(source_id, int(number))

    return {
        "poll": poll,
        "collect": _of_declared(collect.declared, collect.open_owed),
        "attach": _of_declared(attach.declared, attach.attach_owed),
        "revisit": _of_declared(revisit.declared, revisit.look_again),
        "backfill": _of_declared(backfill.declared, backfill.fill),
    }


def _of_declared(declared: Collection[str], handler: Handler) -> Handler:
    """``handler`` for those subjects that are declared sources of ours."""

    async def run(subject: str) -> None:
        if subject in declared:
            await handler(subject)

    return run


def judging(read: Read, triage: Triage, indexing: Indexing, reconcile: Reconcile) -> Tasks:
    """The tasks that carry an article on; kept apart, so that slow publishers hold up no alert."""
    return {
        "read": lambda subject: read.read(int(subject)),
        "triage": lambda subject: triage.judge(int(subject)),
        "index": lambda _: indexing.enter_all(),
        "reconcile": lambda _: reconcile.look(),
    }


def telling(deliver: Deliver, admit: Admit) -> Tasks:
    """The tasks that talk to receivers; kept apart, so that slow ones hold up no judgement."""
    return {"deliver": deliver.deliver, "admit": admit.admit}


async def work(
    url: str, tasks: Tasks, *, at_once: int, stop: asyncio.Event, grace: float = _GRACE
) -> None:
    """Work on wake-ups of ``tasks`` until ``stop``; a lost database is waited for with back-off.

    ``grace``: seconds a task may take to end once ``stop`` is set; then it is cut off, and its row
    comes due again when the lease runs out.
    """
    wait = 0.5
    leaving: set[asyncio.Task[None]] = set()
    try:
        while not stop.is_set():
            began = asyncio.get_running_loop().time()
            try:
                await _work(url, tasks, at_once, stop, leaving)
            except _LOST as error:
                why = f"{type(error).__name__}: {error}"
                if asyncio.get_running_loop().time() - began > _STEADY:
                    wait = 0.5
                log.error("work.database_lost", why=why, again_in=wait)
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), wait)
                wait = min(wait * 2, _LONGEST_WAIT)
    finally:
        if leaving:
            await asyncio.wait(leaving, timeout=grace if stop.is_set() else 0)
            await asyncio.gather(*map(_cut_off, leaving))


async def _work(
    url: str, tasks: Tasks, at_once: int, stop: asyncio.Event, leaving: set[asyncio.Task[None]]
) -> None:
    """Run one manager until ``stop`` or until its connection is lost.

    Either way the tasks it has begun go on in ``leaving``: a long one must not keep us from taking
    up new wake-ups over a new connection.
    """
    connection = await connect(url)
    queue = Queue(AsyncpgDriver(connection))
    manager = _manager(queue, tasks)
    running = asyncio.create_task(_run(manager, connection, at_once))
    leaving.add(running)
    waits = [
        asyncio.create_task(_closed(connection)),
        *(asyncio.create_task(each.wait()) for each in (stop, manager.shutdown, queue.refused)),
    ]
    try:
        await asyncio.wait({running, *waits}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        manager.shutdown.set()
        for each in waits:
            each.cancel()
    if running.done():
        leaving.discard(running)
        running.result()
    elif not stop.is_set():
        running.add_done_callback(lambda done: _forget(done, leaving))
        raise queue.why


async def _closed(connection: asyncpg.Connection) -> None:
    """Wait until the connection is closed, by whomever.

    It is looked at: a listener for its end is not called where it is ended in the midst of a query.
    """
    while not connection.is_closed():  # noqa: ASYNC110 - it has no event that can be relied on
        await asyncio.sleep(_LOOK)


async def _run(manager: QueueManager, connection: asyncpg.Connection, at_once: int) -> None:
    try:
        await manager.run(
            dequeue_timeout=timedelta(seconds=5),
            batch_size=_BATCH,
            max_concurrent_tasks=at_once,
            heartbeat_timeout=_HEARTBEAT,
            shutdown_on_listener_failure=True,
        )
    finally:
        connection.terminate()


def _forget(done: asyncio.Task[None], leaving: set[asyncio.Task[None]]) -> None:
    """What ended a manager whose connection was lost has been said already."""
    leaving.discard(done)
    if not done.cancelled():
        done.exception()


async def _cut_off(running: asyncio.Task[None]) -> None:
    """Cancelled once, the manager waits for its handlers; twice, it cancels them too."""
    while not running.done():
        running.cancel()
        await asyncio.wait({running}, timeout=_PARTING)
    if not running.cancelled():
        running.exception()


async def drain(url: str, tasks: Tasks) -> None:
    """Work on wake-ups of ``tasks`` until none is left that is due; what is put off is left."""
    connection = await connect(url)
    try:
        manager = _manager(Due(AsyncpgDriver(connection)), tasks)
        await manager.run(batch_size=_BATCH, mode=QueueExecutionMode.drain)
    finally:
        connection.terminate()


def _manager(queries: Queries, tasks: Tasks) -> QueueManager:
    manager = QueueManager(queries)
    for step, handler in tasks.items():
        manager.entrypoint(step)(_task(step, handler))
    return manager


async def connect(url: str) -> asyncpg.Connection:
    """One asyncpg connection to ``postgresql+asyncpg://…``."""
    # A server that vanished without a word must not hang us until TCP gives up.
    connection = await asyncpg.connect(
        plain(url), timeout=10, command_timeout=30, server_settings=WATCHED
    )
    watch(connection)
    return connection


def _task(step: Step, handler: Handler) -> Callable[[Job], Awaitable[None]]:
    async def run(job: Job) -> None:
        for subject in (job.payload or b"").decode().split(TOGETHER):
            try:
                await handler(subject)
            except Exception as error:
                # The one broad catch: the row stays as it was, and the sweep wakes it again.
                if is_cut(error):
                    log.warning("task.put_off", step=step, subject=subject, why=repr(error))
                    return
                log.exception("task.failed", step=step, subject=subject)
                reporting.report(error)

    return run
