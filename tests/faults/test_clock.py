"""Midnight in Seoul, the end of a year, a leap day, steps of an hour, a machine of another zone."""

from __future__ import annotations

import random
import time as clock_of_the_machine
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from scrapers.model import Freshness
from service.cadence import Cadence, parse, window
from service.listed import Listed
from service.pulse.calendar import working
from service.store.database import Database
from service.store.migrate import migrate
from service.store.polled import Polled
from service.store.sources import Sources
from tests.rhythm.clock import Clock, install

SEOUL = ZoneInfo("Asia/Seoul")
CADENCES = (
    "at-once quiet 21:00-08:00", "hourly", "hourly quiet 22:30-07:15", "daily 00:00",
    "daily 23:45 workdays", "weekly sun 00:00", "weekly mon 08:00 workdays quiet 21:00-07:30",
    "at-once quiet 00:00-00:15",
)  # fmt: skip
BEGIN, YEARS = datetime(2027, 3, 1, tzinfo=SEOUL), 731  # the 29th of February 2028 is in them
QUARTER, HOUR, DAY = timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)
Measured = Callable[..., None]


@pytest.fixture(params=["America/New_York", pytest.param("Asia/Seoul", marks=pytest.mark.faults)])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The zone that the machine is set to."""
    monkeypatch.setenv("TZ", request.param)
    clock_of_the_machine.tzset()
    yield request.param
    monkeypatch.undo()
    clock_of_the_machine.tzset()


class Model:
    """The quarters of an hour at which something may be told, one by one, as the words say it."""

    def __init__(self, cadence: Cadence) -> None:
        self.cadence = cadence
        quarters = [BEGIN + QUARTER * each for each in range((YEARS + 30) * 96)]
        self.opens = [each for each in quarters if not self._quiet(each)]
        self.closes = self._digests() or (
            [each for each in quarters if each.minute == 0] if cadence.every == "hourly" else []
        )

    def _quiet(self, at: datetime) -> bool:
        if self.cadence.quiet is None:
            return False
        (start, end), clock = self.cadence.quiet, at.time()
        return start <= clock < end if start < end else clock >= start or clock < end

    def _digests(self) -> list[datetime]:
        told = []
        for number in range(YEARS + 30):
            day = (BEGIN + DAY * number).date()
            if self.cadence.every == "daily" and (working(day) or not self.cadence.workdays):
                told.append(day)
            elif self.cadence.every == "weekly" and day.weekday() == self.cadence.weekday:
                while self.cadence.workdays and not working(day):
                    day += DAY
                told.append(day)
        at = self.cadence.at
        return [datetime.combine(day, at, SEOUL) for day in told if at is not None]

    def told(self, now: datetime) -> datetime | None:
        """When that is told which comes ``now``: None at once."""
        if self.cadence.every == "at-once":
            return self._after(self.opens, now, same=True) if self._quiet(now) else None
        if self.cadence.every == "hourly" and self._quiet(now):
            return self._after(self.opens, now, same=True)
        closes = self._after(self.closes, now, same=False)
        return self._after(self.opens, closes, same=True)

    @staticmethod
    def _after(times: list[datetime], now: datetime, *, same: bool) -> datetime:
        low, high = 0, len(times)
        while low < high:
            middle = (low + high) // 2
            if times[middle] < now or (times[middle] == now and not same):
                low = middle + 1
            else:
                high = middle
        return times[low]


def _moments(every: timedelta) -> Iterator[datetime]:
    """Two years in steps, to the second before, at and after; now and then an hour back."""
    rng = random.Random(22)
    for number in range(int(DAY * (YEARS - 1) / every)):
        at = BEGIN + every * number
        yield from (at - timedelta(seconds=1), at, at + timedelta(seconds=rng.randrange(3600)))
        if number % 50 == 0:
            yield at - HOUR
            yield at + HOUR


@pytest.mark.fault(22)
@pytest.mark.parametrize("every", [DAY, pytest.param(QUARTER, marks=pytest.mark.faults)])
def test_what_comes_within_two_years_is_told_when_the_model_says(
    zone: str, measured: Measured, every: timedelta
) -> None:
    models = [Model(parse(each)) for each in CADENCES]
    moments = [each for each in _moments(every) if each >= BEGIN]
    different = [
        (zone, str(each.cadence), now)
        for each in models
        for now in moments
        if window(each.cadence, now.astimezone(UTC)) != each.told(now)
    ]

    measured(days=YEARS - 1 if zone == "America/New_York" else 0, different=len(different))
    assert different == []


@pytest.fixture
async def clock(database_url: str) -> AsyncIterator[Clock]:
    made = await install(database_url, datetime(2027, 12, 31, 23, 0, tzinfo=SEOUL))
    await migrate(database_url)
    yield made
    await made.connection.close()


@pytest.fixture
async def sources(clock: Clock, database_url: str) -> AsyncIterator[Sources]:
    assert clock.at.tzinfo
    database = Database(database_url, size=2)
    yield Sources(database)
    await database.close()


@pytest.mark.fault(22)
async def test_a_clock_that_is_set_costs_no_source_a_look_and_none_is_looked_at_over_and_over(
    clock: Clock, sources: Sources, measured: Measured
) -> None:
    """From the last hour of a year into the next, set on by an hour, and back by one."""
    intervals = {"minute": 60.0, "five": 300.0, "long": 1800.0}
    await sources.declare(intervals)
    due = dict.fromkeys(intervals, clock.at)
    looked: dict[str, datetime] = {}
    steps = {40: HOUR, 70: -HOUR, 110: -HOUR, 130: HOUR}
    different = []
    for minute in range(150):
        if minute:
            await clock.set(clock.at + timedelta(minutes=1) + steps.get(minute, timedelta(0)))
        back = steps.get(minute, timedelta(0)) < timedelta(0)
        expected = {
            each
            for each in intervals
            if due[each] <= clock.at or (back and looked.get(each, clock.at) > clock.at)
        }
        claimed = await sources.claim_due(intervals)
        if {each for each, _ in claimed} != expected:
            different.append((minute, claimed, expected))
        for each, number in claimed:
            slot = await sources.begin_poll(each, number)
            assert slot is not None
            await sources.finish_poll(slot, _nothing(intervals[each]))
            due[each] = clock.at + timedelta(seconds=intervals[each])
            looked[each] = clock.at
        assert await sources.claim_due(intervals) == []

    measured(steps=len(steps), different=len(different))
    assert different == []


def _nothing(next_in: float) -> Polled:
    return Polled(Listed(pages=1), Freshness(), None, next_in)
