from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from datetime import UTC, datetime, timedelta
from typing import cast

import asyncpg
import pytest
from apscheduler.events import (
    EVENT_JOB_ERROR,
    EVENT_JOB_EXECUTED,
    EVENT_JOB_MAX_INSTANCES,
    EVENT_JOB_MISSED,
    JobExecutionEvent,
    JobSubmissionEvent,
)
from structlog.testing import capture_logs

from service.model import SEOUL
from service.schedule import Schedule
from service.store.database import Database
from service.store.sources import Sources
from service.store.vitals import Vitals
from service.watch import Watch

NOWHERE = "postgresql+asyncpg://nobody@127.0.0.1:1/nothing"  # port 1: nobody listens
THEN = datetime(2026, 11, 20, tzinfo=UTC)


class Claims:
    """Sources whose claims fail as told and are counted."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.claimed: list[Collection[str]] = []
        self.third = asyncio.Event()

    async def claim_due(self, ids: Collection[str]) -> list[tuple[str, int]]:
        self.claimed.append(ids)
        if len(self.claimed) == 3:
            self.third.set()
        if self.errors:
            raise self.errors.pop(0)
        return []


@pytest.fixture
async def database() -> AsyncIterator[Database]:
    made = Database(NOWHERE)
    yield made
    await made.close()


def schedule_of(database: Database, sources: Sources | None = None, pace: float = 1) -> Schedule:
    watch = Watch({}, Vitals(database), pace)
    return Schedule(database, sources or Sources(database), ("a", "b"), pace, watch)


def fast(database: Database, claims: Claims) -> Schedule:
    return schedule_of(database, cast("Sources", claims), pace=10_000)


async def test_ticks_claim_what_is_declared_until_stopped(database: Database) -> None:
    claims = Claims()
    schedule = fast(database, claims)

    schedule.start()
    async with asyncio.timeout(10):
        await claims.third.wait()
    schedule.stop()

    assert all(ids == ("a", "b") for ids in claims.claimed)
    await asyncio.sleep(0)
    assert schedule._scheduler is not None
    assert not schedule._scheduler.running


async def test_ticks_go_on_while_the_database_is_away(database: Database) -> None:
    claims = Claims(ConnectionRefusedError("nobody there"), TimeoutError())
    schedule = fast(database, claims)

    with capture_logs() as logs:
        schedule.start()
        async with asyncio.timeout(10):
            await claims.third.wait()
        schedule.stop()

    assert [(line["event"], line["job"]) for line in logs] == [
        ("schedule.database_away", "tick"),
        ("schedule.database_away", "tick"),
    ]
    assert [line["why"] for line in logs] == ["nobody there", "TimeoutError"]
    assert not schedule.trouble


async def test_a_bug_in_what_is_asked_is_not_taken_for_a_database_that_is_away(
    database: Database,
) -> None:
    schedule = fast(database, Claims(asyncpg.UndefinedColumnError("no such column")))
    schedule.start()
    assert schedule._scheduler is not None
    job = schedule._scheduler.get_job("tick")
    schedule.stop()

    with pytest.raises(asyncpg.UndefinedColumnError):
        await job.func()


@pytest.mark.parametrize("name", ["tick", "digest", "remind", "sweep", "watch", "tidy", "tally"])
async def test_a_run_without_a_database_is_one_line_of_the_log(
    database: Database, name: str
) -> None:
    schedule = schedule_of(database)
    schedule.start()
    assert schedule._scheduler is not None
    job = schedule._scheduler.get_job(name)

    with capture_logs() as logs:
        await job.func()
    schedule.stop()

    assert [(line["event"], line["log_level"]) for line in logs] == [
        ("schedule.database_away", "error")
    ]
    assert "\n" not in logs[0]["why"]


@pytest.mark.fault(23)
async def test_a_late_run_is_still_run_and_runs_never_pile_up(database: Database) -> None:
    schedule = schedule_of(database)
    schedule.start()
    assert schedule._scheduler is not None
    jobs = schedule._scheduler.get_jobs()
    schedule.stop()

    assert {job.id for job in jobs} == {
        "tick", "digest", "remind", "sweep", "watch", "tidy", "tally", "forget",
        "reconcile",
    }  # fmt: skip
    for job in jobs:
        assert (job.coalesce, job.max_instances) == (True, 1)
        assert job.misfire_grace_time >= 60


async def test_who_is_off_at_night_has_the_work_of_the_night_an_hour_after_the_start(
    database: Database,
) -> None:
    schedule = schedule_of(database)
    schedule.start()
    assert schedule._scheduler is not None
    jobs = [schedule._scheduler.get_job(each) for each in ("forget", "reconcile")]
    first = [job.next_run_time for job in jobs]
    then = [job.trigger.get_next_fire_time(at, at) for job, at in zip(jobs, first, strict=True)]
    schedule.stop()

    assert all(at - datetime.now(SEOUL) <= timedelta(hours=1) for at in first)
    assert [at.hour for at in then] == [4, 5]


async def test_runs_that_were_missed_late_or_failed_are_counted(database: Database) -> None:
    schedule = schedule_of(database)
    schedule.start()
    scheduler = schedule._scheduler
    assert scheduler is not None
    missed = JobExecutionEvent(EVENT_JOB_MISSED, "tick", "default", THEN)
    busy = JobSubmissionEvent(EVENT_JOB_MAX_INSTANCES, "sweep", "default", [THEN])
    failed = JobExecutionEvent(EVENT_JOB_ERROR, "tidy", "default", THEN, exception=OSError())
    done = JobExecutionEvent(EVENT_JOB_EXECUTED, "tick", "default", THEN)

    with capture_logs() as logs:
        for event in (missed, busy, missed, failed, done):
            scheduler._dispatch_event(event)
    schedule.stop()

    assert schedule.trouble == {"missed": 2, "still_running": 1, "failed": 1}
    assert [(line["job"], line["what"], line["times"]) for line in logs] == [
        ("tick", "missed", 1),
        ("sweep", "still_running", 1),
        ("tick", "missed", 2),
        ("tidy", "failed", 1),
    ]


async def test_a_schedule_that_never_started_stops(database: Database) -> None:
    schedule_of(database).stop()


@pytest.mark.parametrize(("pace", "seconds"), [(1, 60), (6, 10), (600, 5)])
async def test_the_watch_is_kept_every_minute_and_in_a_hurry_every_few_seconds(
    database: Database, pace: float, seconds: float
) -> None:
    schedule = schedule_of(database, pace=pace)
    schedule.start()
    assert schedule._scheduler is not None
    job = schedule._scheduler.get_job("watch")
    schedule.stop()

    assert job.trigger.interval.total_seconds() == seconds


async def test_a_run_that_the_stop_cuts_off_is_no_failure(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    class Waiting:
        async def claim_due(self, _: Collection[str]) -> None:
            begun.set()
            try:
                await asyncio.Event().wait()
            finally:
                ended.set()

    watch = Watch({}, Vitals(database), 10)
    schedule = Schedule(database, cast("Sources", Waiting()), (), 10, watch)
    schedule.start()
    async with asyncio.timeout(10):
        await begun.wait()
        schedule.stop()
        await ended.wait()
    await asyncio.sleep(0)

    assert caplog.records == []
    assert schedule.trouble == {}
