"""A source's own time: it runs while the source uses to post and hardly moves while it sleeps.

Its unit is about the interval between two *occasions*: posts that come out within an hour of each
other are one. In own time a weekend is no longer than a working morning, and Chuseok no longer than
a day. Silence is judged by it alone.
"""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Final

from service.model import SEOUL
from service.pulse import calendar
from service.pulse.model import Vital

STRETCHED: Final = 4.0
"""How many times its declared interval a source that brings nothing new waits for its next poll."""

_DAY = timedelta(days=1)
_TOGETHER = timedelta(hours=1)
_ENOUGH = 5  # occasions: of fewer nothing is learnt

# What is held likely before anything is known, and how much that weighs.
_WORKING, _SATURDAY, _SUNDAY, _HOLIDAY = range(4)
_FRIDAY = 4  # as a weekday
_LEVELS, _LEVELS_WEIGH = (1.0, 0.15, 0.15, 0.15), 2.0  # days
_HOLIDAY_SHARE = 0.25  # of the quieter weekend day: at Chuseok less comes out than on a Sunday
_NIGHT, _EDGE, _OFFICE = 0.005, 0.03, 0.085
_HOURS = (*[_NIGHT] * 6, *[_EDGE] * 2, *[_OFFICE] * 10, *[_EDGE] * 2, *[_NIGHT] * 4)
_HOURS_WEIGH = 10.0  # occasions
_SPREAD_WEIGHS = 3.0  # intervals that lie as chance would have it
_LONG_END = 2.5  # standard deviations
_BUSY_HOURS = 3  # less cannot be told by polls

_QUIET = 1.8  # usual intervals: named within two of them, with the polls that it takes
_SOONEST = timedelta(hours=2)
_LONGEST_WAIT = timedelta(hours=6)
_FAR = timedelta(days=400)  # what is silent for so long is silent, however it used to be
_LONG = {True: timedelta(days=90), False: timedelta(days=30)}  # of government or not: hardly known


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When a source posts. ``passed[kind of day][hour]``: own time from midnight to that hour.

    ``usual`` is the long end of its ordinary intervals, in own time: the longest known, or two and
    a half standard deviations above the mean where that is more; longer the fewer days are known,
    and never less than passes in three busy hours.
    """

    passed: tuple[tuple[float, ...], ...]
    usual: float

    def between(self, since: datetime, until: datetime) -> float:
        """Own time from ``since`` to ``until``, both aware; 0 where that is not later."""
        if until <= since:
            return 0.0
        since, until = since.astimezone(SEOUL), until.astimezone(SEOUL)
        whole = sum(self.passed[_kind(day)][-1] for day in _days(since.date(), until.date()))
        return whole + self._of_day(until) - self._of_day(since)

    def intervals(self, since: datetime, until: datetime) -> float:
        """How many usual intervals pass from ``since`` to ``until``."""
        return self.between(since, until) / self.usual

    def _of_day(self, moment: datetime) -> float:
        hours = self.passed[_kind(moment.date())]
        part = (moment.minute * 60 + moment.second) / 3600
        return hours[moment.hour] * (1 - part) + hours[moment.hour + 1] * part


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing came ``since``: so many usual ``intervals``, of which one is ``usual`` on an average.

    Both are None where hardly a post is known.
    """

    since: datetime
    intervals: float | None = None
    usual: timedelta | None = None


def usual(came: Sequence[datetime], now: datetime) -> timedelta | None:
    """The long end of the ordinary intervals between posts, on an average over the week.

    ``came`` are aware and ascending. None where fewer than five occasions are known. For people:
    what is judged is own time, see ``Rhythm.intervals``.
    """
    rhythm = learn([each for each in came if each <= now])
    return None if rhythm is None else _on_average(rhythm)


def quiet(vital: Vital, now: datetime) -> Silence | None:
    """The silence of a source, where it comes to nearly two of its usual intervals.

    Of a source that does not answer it is what it was when it last did. A source of which hardly
    a post is known is quiet after months (an outlet after one), or after twice the longest interval
    known.
    """
    known = [each for each in vital.came if each <= now]
    newest = max((each for each in (vital.newest_at, *known[-1:]) if each), default=None)
    # What came out since the last poll is not seen yet.
    wait = min(timedelta(seconds=vital.every * STRETCHED), _LONGEST_WAIT)
    seen = (vital.failing_since or now) - wait
    if newest is None or seen - newest < _SOONEST:
        return None
    rhythm = learn(known)
    if rhythm is None:
        longest = max((later - each for each, later in pairwise(known)), default=timedelta())
        limit = max(_LONG[vital.government], 2 * longest)
        return Silence(newest) if seen - newest > limit else None
    intervals = rhythm.intervals(max(newest, seen - _FAR), seen)
    return Silence(newest, intervals, _on_average(rhythm)) if intervals > _QUIET else None


def learn(came: Sequence[datetime]) -> Rhythm | None:
    """The rhythm of posts that came out at these aware times, ascending; None of too few."""
    times = _occasions(each.astimezone(SEOUL) for each in came)
    if len(times) < _ENOUGH:
        return None
    office, off = _shares(times)
    passed = tuple(
        tuple(level * each for each in accumulate(office if kind == _WORKING else off, initial=0.0))
        for kind, level in enumerate(_levels(times))
    )
    gaps = [Rhythm(passed, 1.0).between(each, later) for each, later in pairwise(times)]
    least = _BUSY_HOURS * max(later - each for each, later in pairwise(passed[_WORKING]))
    return Rhythm(passed, max(least, _long_end(gaps, days=len({e.date() for e in times}))))


def _occasions(times: Iterable[datetime]) -> list[datetime]:
    first: list[datetime] = []
    for each in times:
        if not first or each - first[-1] > _TOGETHER:
            first.append(each)
    return first


def _levels(times: Sequence[datetime]) -> list[float]:
    """Occasions to be expected on a day of each kind."""
    had = Counter(_kind(each.date()) for each in times)
    days = Counter(map(_kind, _days(times[0].date(), times[-1].date() + _DAY)))
    base = len(times) / sum(_LEVELS[kind] * count for kind, count in days.items())
    levels = [
        (had[kind] + _LEVELS_WEIGH * likely * base) / (days[kind] + _LEVELS_WEIGH)
        for kind, likely in enumerate(_LEVELS)
    ]
    # Eight weeks hold too few holidays to learn them, and no two are alike.
    levels[_HOLIDAY] = _HOLIDAY_SHARE * min(levels[_SATURDAY], levels[_SUNDAY])
    return levels


def _shares(times: Sequence[datetime]) -> tuple[list[float], list[float]]:
    """What share of a day's posts falls into each hour: of working days, of others."""
    had = Counter((_kind(each.date()) == _WORKING, each.hour) for each in times)
    office = _to_one([had[True, hour] + _HOURS_WEIGH * _HOURS[hour] for hour in range(24)])
    off = _to_one([had[False, hour] + _HOURS_WEIGH * office[hour] for hour in range(24)])
    return office, off


def _to_one(weights: Sequence[float]) -> list[float]:
    total = sum(weights)
    return [each / total for each in weights]


def _long_end(gaps: Sequence[float], *, days: int) -> float:
    mean = statistics.fmean(gaps)
    chance = _SPREAD_WEIGHS * mean**2  # intervals of pure chance spread as wide as they are long
    spread = math.sqrt(
        (sum((each - mean) ** 2 for each in gaps) + chance) / (len(gaps) + _SPREAD_WEIGHS)
    )
    # Posts of one day hang together: what is known is known from as many days.
    return max(*gaps, mean + _LONG_END * spread) * (1 + 1 / math.sqrt(days))


def _on_average(rhythm: Rhythm) -> timedelta:
    working, saturday, sunday = (rhythm.passed[kind][-1] for kind in (_WORKING, _SATURDAY, _SUNDAY))
    return timedelta(days=rhythm.usual * 7 / (5 * working + saturday + sunday))


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=each) for each in range((last - first).days))


@lru_cache(maxsize=4096)
def _kind(day: date) -> int:
    """Of a weekend that a holiday lengthens every day is one: people are away."""
    if calendar.holiday(day):
        return _HOLIDAY
    weekday = day.weekday()
    if weekday <= _FRIDAY:
        return _WORKING
    friday = day - timedelta(days=weekday - _FRIDAY)
    if any(calendar.holiday(friday + timedelta(days=each)) for each in range(4)):
        return _HOLIDAY
    return _SATURDAY if weekday == _FRIDAY + 1 else _SUNDAY
