"""The engine's tasks: PgQueuer hands out wake-ups, each calls one verb of one step.

Handlers are idempotent: a wake-up may come twice, late or never, and the rows decide.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

import asyncpg
import structlog
from pgqueuer.db import AsyncpgDriver
from pgqueuer.errors import FailingListenerError
from pgqueuer.models import Job
from pgqueuer.qm import QueueManager
from pgqueuer.queries import Queries
from pgqueuer.types import QueueEntrypoint, QueueExecutionMode
from sqlalchemy.engine import make_url

from service.collect import Collect
from service.deliver import Deliver
from service.read import Read
from service.store.steps import Step
from service.triage import Judge

log = structlog.get_logger()

Handler = Callable[[str], Awaitable[None]]
Tasks = Mapping[Step, Handler]

_HEARTBEAT = timedelta(seconds=10)  # a dead worker's wake-ups are handed out again after this
_BATCH = 10
_GRACE = 10.0  # seconds a task may take to end once we are asked to stop
_PARTING = 1.0  # seconds a task has left when the whole process fails
_LOST = (
    OSError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    FailingListenerError,
    RuntimeError,
)


def fetching(collect: Collect) -> Tasks:
    """The tasks that talk to publishers: many at once, nearly always waiting."""

    async def poll(subject: str) -> None:
        source_id, number = subject.rsplit(":", 1)
        if source_id in collect.declared:
            await collect.poll(source_id, int(number))

    async def owed(subject: str) -> None:
        if subject in collect.declared:
            await collect.open_owed(subject)

    return {"poll": poll, "collect": owed}


def judging(read: Read, judge: Judge) -> Tasks:
    """The tasks that carry an article on; kept apart, so that slow publishers hold up no alert."""

    async def reading(subject: str) -> None:
        await read.read(int(subject))

    async def triage(subject: str) -> None:
        await judge.judge(int(subject))

    return {"read": reading, "triage": triage}


def telling(deliver: Deliver) -> Tasks:
    """The task that talks to receivers; kept apart, so that slow ones hold up no judgement."""

    async def delivering(_subject: str) -> None:
        await deliver.deliver()

    return {"deliver": delivering}


async def work(
    url: str, tasks: Tasks, *, at_once: int, stop: asyncio.Event, grace: float = _GRACE
) -> None:
    """Work on wake-ups of ``tasks`` until ``stop``; a lost database is waited for with back-off.

    ``grace``: seconds a task may take to end once ``stop`` is set; then it is cut off.
    """
    wait = 0.5
    while not stop.is_set():
        try:
            await _work(url, tasks, at_once, stop, grace)
            wait = 0.5
        except _LOST as error:
            log.error("work.database_lost", why=f"{type(error).__name__}: {error}", again_in=wait)
            await _pause(stop, wait)
            wait = min(wait * 2, 30.0)


async def _work(url: str, tasks: Tasks, at_once: int, stop: asyncio.Event, grace: float) -> None:
    async with _manager(url, tasks) as manager:
        running = asyncio.create_task(
            manager.run(
                dequeue_timeout=timedelta(seconds=5),
                batch_size=_BATCH,
                max_concurrent_tasks=at_once,
                heartbeat_timeout=_HEARTBEAT,
                shutdown_on_listener_failure=True,
            )
        )
        stopped = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({running, stopped}, return_when=asyncio.FIRST_COMPLETED)
            manager.shutdown.set()
            # What does not end in time is cut off: its row comes due again when the lease runs out.
            await asyncio.wait({running}, timeout=grace)
        finally:
            stopped.cancel()
            await _cut_off(running)
        if not running.cancelled():
            running.result()


async def _cut_off(running: asyncio.Task[None]) -> None:
    """Cancelled once, the manager waits for its handlers; twice, it cancels them too."""
    while not running.done():
        running.cancel()
        await asyncio.wait({running}, timeout=_PARTING)


async def drain(url: str, tasks: Tasks) -> None:
    """Work on wake-ups of ``tasks`` until none is left that is due; what is put off is left."""
    async with _manager(url, tasks) as manager:
        await manager.run(batch_size=_BATCH, mode=QueueExecutionMode.drain)


class _Due(Queries):
    """The queue as draining sees it: a wake-up that is put off is no work yet."""

    async def queued_work(self, entrypoints: list[QueueEntrypoint]) -> int:
        return await self.eligible_queued_work(entrypoints)


@asynccontextmanager
async def _manager(url: str, tasks: Tasks) -> AsyncIterator[QueueManager]:
    connection = await connect(url)
    try:
        manager = QueueManager(_Due(AsyncpgDriver(connection)))
        for step, handler in tasks.items():
            manager.entrypoint(step)(_task(step, handler))
        yield manager
    finally:
        connection.terminate()


async def connect(url: str) -> asyncpg.Connection:
    """One asyncpg connection to ``postgresql+asyncpg://…``."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return await asyncpg.connect(plain)


def _task(step: Step, handler: Handler) -> Callable[[Job], Awaitable[None]]:
    async def run(job: Job) -> None:
        subject = (job.payload or b"").decode()
        try:
            await handler(subject)
        except Exception:
            # The one broad catch: the row stays as it was, and the sweep wakes it again.
            log.exception("task.failed", step=step, subject=subject)

    return run


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
