"""When each step is woken: APScheduler as a trigger only, the rows decide what is due.

Any number of schedulers may run: a tick claims its slots by one conditional UPDATE.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED, JobEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from service.alarm import Alarm
from service.bounces import Bounces
from service.model import SEOUL
from service.remind import Remind
from service.store.database import Database, Wake, wake
from service.store.digests import Digests
from service.store.reminders import Reminders
from service.store.retention import Retention
from service.store.routes import Groups, Routes
from service.store.server import AWAY, is_away
from service.store.sources import Sources
from service.store.subscriptions import Subscriptions
from service.store.sweep import sweep, tidy
from service.store.tallies import Tallies
from service.watch import Watch

log = structlog.get_logger()

_Job = Callable[[], Awaitable[object]]

_TICK, _DIGEST, _SWEEP, _REMIND, _WATCH, _TIDY = 1.0, 5.0, 10.0, 60.0, 60.0, 3600.0  # seconds
_SOONEST = 5.0
_LATE = 1.0  # seconds that a tick may come late without a word
_BOUNCES = 60.0
_TALLY = 300.0
_NIGHT = 4  # o'clock in Korea
_FIRST = timedelta(hours=1)
_EVENTS = {
    EVENT_JOB_MISSED: "missed",
    EVENT_JOB_MAX_INSTANCES: "still_running",
    EVENT_JOB_ERROR: "failed",
}


@dataclass(slots=True)
class Schedule:
    """Ticks, digests, reminders, sweeps, watch, figures and tidying.

    ``trouble`` counts runs that were missed, late or failed.
    ``routes``: the sources that list the same posts, whose misses are kept by the day.
    ``alarm``: who tells of ops items; None: nobody.
    ``bounces``: where mail that comes back is read; None: nowhere.
    ``retention``: what is forgotten, looked at once a day before the morning; None: nothing is.
    """

    database: Database
    sources: Sources
    declared: Collection[str]
    pace: float
    watch: Watch
    routes: Groups = field(default_factory=dict)
    alarm: Alarm | None = None
    bounces: Bounces | None = None
    retention: Retention | None = None
    trouble: Counter[str] = field(default_factory=Counter)
    _scheduler: AsyncIOScheduler | None = field(default=None, init=False)
    _ticked: float = field(default=0.0, init=False)

    def start(self) -> None:
        """Start triggering on the running event loop."""
        scheduler = AsyncIOScheduler(timezone="Asia/Seoul")
        scheduler.add_listener(self._count, sum(_EVENTS))
        watching = max(_WATCH / self.pace, _SOONEST)
        jobs: tuple[tuple[str, _Job, float], ...] = (
            ("tick", self._tick, max(_TICK / self.pace, 0.1)),
            ("digest", self._digest, max(_DIGEST / self.pace, 1.0)),
            ("remind", Remind(Reminders(self.database)).look, max(_REMIND / self.pace, _SOONEST)),
            ("sweep", self._sweep, _SWEEP),
            ("watch", self.watch.look, watching),
            ("tidy", self._tidy, _TIDY),
            ("tally", Tallies(self.database).keep, max(_TALLY / self.pace, _SOONEST)),
            *([("alarm", self.alarm.look, watching)] if self.alarm else []),
            *([("bounces", self.bounces.read, _BOUNCES)] if self.bounces else []),
        )
        for name, job, every in jobs:
            # The default grace of one second silently drops a run that is a little late.
            scheduler.add_job(
                _guarded(name, job), "interval", seconds=every, id=name, misfire_grace_time=60
            )
        soon = datetime.now(SEOUL) + _FIRST
        for name, job, hour in (
            ("forget", self._forget, _NIGHT), ("reconcile", self._reconcile, _NIGHT + 1),
        ):  # fmt: skip
            # Who is off at night has them an hour after each start: twice is as once.
            scheduler.add_job(
                _guarded(name, job), "cron", hour=hour, id=name, misfire_grace_time=3600,
                next_run_time=soon,
            )  # fmt: skip
        scheduler.start()
        self._ticked = asyncio.get_running_loop().time()
        self._scheduler = scheduler

    def stop(self) -> None:
        """Trigger nothing more."""
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)

    async def _tick(self) -> None:
        self._look_at_the_clock()
        await self.sources.claim_due(self.declared)

    def _look_at_the_clock(self) -> None:
        """Runs that were missed while the process stood still are made up for by one: say so."""
        now = asyncio.get_running_loop().time()
        late = now - self._ticked - _TICK / self.pace
        self._ticked = now
        if late > _LATE:
            self.trouble["late"] += 1
            log.warning("schedule.late", seconds=round(late, 1), times=self.trouble["late"])

    async def _digest(self) -> None:
        if told := await Digests(self.database).tell_all():
            log.info("digest.told", windows=told)

    async def _sweep(self) -> None:
        woken = await sweep(self.database)
        if any(woken.values()):
            log.info("sweep.woke", **woken)

    async def _tidy(self) -> None:
        await tidy(self.database)
        await Subscriptions(self.database).end_expired()
        await Routes(self.database).keep(self.routes)

    async def _forget(self) -> None:
        if self.retention:
            gone = {rule.what: n for rule, n in await self.retention.apply() if n}
            log.info("retention.done", **gone)

    async def _reconcile(self) -> None:
        async with self.database.transaction() as tx:
            await wake(tx, [Wake("reconcile", "all", once=True)])

    def _count(self, event: JobEvent) -> None:
        what = _EVENTS[event.code]
        self.trouble[what] += 1
        log.warning("schedule.trouble", job=event.job_id, what=what, times=self.trouble[what])


def _guarded(name: str, job: _Job) -> _Job:
    """A database that is away costs this run, said in one line; the next one tries again."""

    async def run() -> None:
        try:
            await job()
        except asyncio.CancelledError:
            return  # by the stop alone, which the scheduler would print as a failure
        except AWAY as error:
            if not is_away(error):
                raise
            # A timeout says nothing of itself.
            why = next(iter(str(error).splitlines()), type(error).__name__)
            log.error("schedule.database_away", job=name, why=why)

    return run
