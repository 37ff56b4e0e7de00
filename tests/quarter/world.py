"""A quarter of a year, written down before it happens: who is told, and what comes when.

Everything is invented from one seed. A script is a list of moments with what happens at each: the
same for the service and for the oracle.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SEOUL = ZoneInfo("Asia/Seoul")
BEGIN = datetime(2026, 8, 17, tzinfo=SEOUL)  # a Monday, and a holiday
HOLIDAYS = frozenset(
    date(2026, *each) for each in ((8, 17), (9, 24), (9, 25), (9, 26), (10, 3), (10, 5), (10, 9))
)
_DAY, _HOUR, _MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Minutes = int  # since midnight


@dataclass(frozen=True, slots=True)
class Person:
    """A subscription. ``at`` and ``quiet`` in minutes since midnight."""

    number: int
    every: str
    at: Minutes | None
    weekday: int | None
    workdays: bool
    quiet: tuple[Minutes, Minutes] | None
    remind: tuple[int, ...]
    endpoints: int
    expires_at: datetime | None = None

    @property
    def cadence(self) -> str:
        """As it is typed."""
        said = [self.every]
        said += [] if self.weekday is None else [_WEEKDAYS[self.weekday]]
        said += [] if self.at is None else [_clock(self.at)]
        said += ["workdays"] if self.workdays else []
        said += [] if self.quiet is None else ["quiet", "-".join(map(_clock, self.quiet))]
        return " ".join(said)


@dataclass(frozen=True, slots=True)
class Release:
    """Something is announced. ``concerned``: numbers of persons, and for whom it is urgent."""

    number: int
    concerned: Mapping[int, bool]
    apply_by: str | None = None
    until: datetime | None = None
    late: bool = False


@dataclass(frozen=True, slots=True)
class Correction:
    """Its page says something else: another deadline, none any more, or a matter of its own."""

    number: int
    change: str
    apply_by: str | None


@dataclass(frozen=True, slots=True)
class Snooze:
    """A person wants to hear nothing before ``until``."""

    number: int
    until: datetime


@dataclass(frozen=True, slots=True)
class Pause:
    """A person wants to hear nothing until further notice, or again (``over``)."""

    number: int
    over: bool


@dataclass(frozen=True, slots=True)
class Kill:
    """The service is killed in the middle of what it does at this moment."""


Event = Release | Correction | Snooze | Pause | Kill
Moment = tuple[datetime, Sequence[Event]]


@dataclass(slots=True)
class World:
    """``days`` from BEGIN on; every ``tick`` the service looks whether anything is due."""

    days: int
    tick: timedelta
    persons: Sequence[Person]
    script: list[Moment] = field(default_factory=list)


def world(days: int, persons: int, seed: int, tick: timedelta) -> World:
    """Invent it. ``tick`` divides half an hour: so do all times of day that somebody chooses."""
    chance = random.Random(seed)
    end = BEGIN + days * _DAY
    made = World(days, tick, [_person(chance, number, end) for number in range(persons)])
    events = defaultdict(list)
    for at, event in _events(chance, made, end):
        events[at].append(event)
        for due in _due(at, event):
            events[due] += []
    ticks = {BEGIN + tick * each for each in range(int((end - BEGIN) / tick))}
    for at in _digest_times(chance, days):
        events[at].append(Kill())
    made.script = [(at, events.get(at, [])) for at in sorted(ticks | set(events)) if at < end]
    _ahead(made)
    _back(chance, made)
    return made


def working(day: date) -> bool:
    """Whether it is worked on that day."""
    return day.weekday() < 5 and day not in HOLIDAYS


def _person(chance: random.Random, number: int, end: datetime) -> Person:
    every = chance.choices(("at-once", "hourly", "daily", "weekly"), (7, 3, 7, 3))[0]
    digest = every in ("daily", "weekly")
    nights = ((21, 8), (21, 8), (21, 8), (22, 7), (23.5, 6.5), (12, 13))
    night = chance.choice(nights) if chance.random() < 0.65 else None
    expires = chance.random() < 0.1 and number % 5 == 0
    return Person(
        number,
        every,
        chance.choice((480, 480, 480, 540, 450, 1050, 1380)) if digest else None,
        chance.choice((0, 0, 2, 4, 5)) if every == "weekly" else None,
        digest and chance.random() < 0.6,
        night and (int(night[0] * 60), int(night[1] * 60)),
        chance.choice(((), (7, 1), (7, 1), (14, 7, 1), (3,), (1,))),
        chance.choice((1, 1, 1, 2)),
        end - _MINUTE * chance.randrange(1, 60 * 24 * 40) if expires else None,
    )


def _events(chance: random.Random, made: World, end: datetime) -> Iterator[tuple[datetime, Event]]:
    tastes = {each.number: chance.choice((0.01, 0.03, 0.06, 0.15)) for each in made.persons}
    hasty = {each.number: chance.random() < 0.25 for each in made.persons}
    calls: list[tuple[datetime, int, str]] = []
    for number, (at, late) in enumerate(sorted(_arrivals(chance, made.days))):
        by = _deadline(chance, at) if chance.random() < 0.12 and not late else None
        until = at + _MINUTE * chance.randrange(30, 1200) if chance.random() < 0.03 else None
        concerned = {
            who: hasty[who] and chance.random() < 0.1
            for who, taste in tastes.items()
            if chance.random() < (taste * 3 if by else taste)
        }
        yield at, Release(number, concerned, by, until, late)
        if by is not None:
            calls.append((at, number, by))
    for at, which, by in calls:
        if chance.random() < 0.45:
            yield from _corrections(chance, at, which, by, end)
    yield from _silences(chance, made)


def _due(at: datetime, event: Event) -> Iterator[datetime]:
    """When something comes due apart from the ticks: the service is woken then."""
    if isinstance(event, Release | Snooze) and event.until is not None:
        yield event.until
    if isinstance(event, Release) and event.late:
        first = at.replace(minute=at.minute // 10 * 10, second=0)
        yield from (first + 10 * _MINUTE, first + 20 * _MINUTE)


def _arrivals(chance: random.Random, days: int) -> Iterator[tuple[datetime, bool]]:
    """When something is announced, and whether it comes to light only long after it."""
    for each in range(days):
        day = BEGIN + each * _DAY
        for _ in range(chance.randrange(40, 91) if working(day.date()) else chance.randrange(2, 7)):
            minute = chance.choices(
                (chance.randrange(9 * 60, 18 * 60), chance.randrange(24 * 60)), (85, 15)
            )[0]
            # Now and then upon the very end of a window, or just before it.
            second = chance.choice((chance.randrange(60), chance.randrange(60), 0, 59))
            yield day + timedelta(minutes=minute, seconds=second), False
        if each % 30 == 11:  # an outage ends
            at = day + _MINUTE * chance.choice((11 * 60 + 4, 20 * 60 + 57))
            yield from ((at + timedelta(seconds=3 * n), True) for n in range(40))


def _deadline(chance: random.Random, at: datetime) -> str:
    day = at.date() + _DAY * chance.randrange(2, 30)
    return f"{day} {chance.choice(('', '', '18:00', '16:00', '24:00'))}".rstrip()


def _corrections(
    chance: random.Random, at: datetime, number: int, by: str, end: datetime
) -> Iterator[tuple[datetime, Event]]:
    """Once or more: it is put off, comes nearer, is as it was, is none any more, or stays."""
    first = by
    for which in range(chance.choice((1, 1, 2, 3))):
        last = date.fromisoformat(by[:10])
        at += timedelta(minutes=chance.randrange(300, 60 * 24 * 8), seconds=chance.randrange(60))
        if at >= end or at.date() >= last:
            return
        later = last + _DAY * chance.randrange(1, 12)
        nearer = max(at.date() + _DAY, last - _DAY * chance.randrange(1, 10))
        again = chance.choice(
            (f"{later}", f"{later} 18:00", f"{nearer}", f"{by[:10]} 15:00", by, first)
        )
        gone = chance.random() < 0.1
        yield at, Correction(number, f"고침 {which + 1}", None if gone else again)
        if gone or date.fromisoformat(again[:10]) <= at.date():
            return
        by = again


def _silences(chance: random.Random, made: World) -> Iterator[tuple[datetime, Event]]:
    """Snoozes and pauses, of different persons, so that none overlap."""
    for each in made.persons:
        at = BEGIN + _MINUTE * chance.randrange(60 * 24 * made.days)
        if each.number % 5 == 1:
            for _ in range(3):
                until = at + _MINUTE * chance.randrange(120, 60 * 24 * 5)
                yield at, Snooze(each.number, until)
                at = until + _MINUTE * chance.randrange(60, 60 * 24 * 20)
        elif each.number % 10 == 2:
            yield at, Pause(each.number, over=False)
            yield at + _MINUTE * chance.randrange(600, 60 * 24 * 9), Pause(each.number, over=True)


def _digest_times(chance: random.Random, days: int) -> list[datetime]:
    """Three mornings on which most digests are told."""
    mornings = [BEGIN + each * _DAY for each in range(1, days - 1)]
    chosen = chance.sample([each for each in mornings if working(each.date())], 3)
    return [each.replace(hour=8) for each in chosen]


def _ahead(made: World) -> None:
    """The clock jumps ahead over the morning: what was to happen meanwhile happens after it."""
    first = BEGIN + _DAY * (made.days * 2 // 5) + 7 * _HOUR
    last = first + 3 * _HOUR
    between = [event for at, events in made.script if first < at < last for event in events]
    kept = [(at, events) for at, events in made.script if not first < at < last]
    made.script = [(at, [*between, *events] if at == last else events) for at, events in kept]


def _back(chance: random.Random, made: World) -> None:
    """The clock is put back by an hour, which is lived through once more."""
    when = BEGIN + _DAY * (made.days * 3 // 4) + 14 * _HOUR
    place = next(each for each, (at, _) in enumerate(made.script) if at > when)
    again: dict[datetime, list[Event]] = {
        when - made.tick * each: [] for each in range(_HOUR // made.tick + 1)
    }
    for each in range(9):
        number, at = 1_000_000 + each, when - timedelta(seconds=chance.randrange(1, 3600))
        concerned = {who.number: False for who in made.persons if chance.random() < 0.3}
        again[at] = [Release(number, concerned)]
    made.script[place:place] = sorted(again.items())


def _clock(minutes: Minutes) -> str:
    return f"{time(minutes // 60, minutes % 60):%H:%M}"
