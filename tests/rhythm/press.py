"""What publishers put out over the simulated weeks: posts by their rhythm, same for a seed.

Ministries write in the office hours of working days, newspapers around the clock, nobody much at
night, on weekends and holidays, and over Chuseok hardly anybody.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

import holidays

from scrapers.dates import SEOUL
from scrapers.model import Source
from scrapers.platforms.sitemap import Sitemap
from service.demo import invent
from tests.rhythm.forms import KeyForm
from tests.rhythm.holes import Template, Words

CHUSEOK = (date(2026, 9, 24), date(2026, 9, 27))  # the last of them a Sunday
_OFFICE = (0.2, 1.5, 2, 1.5, 2, 1, 1, 2, 1.5, 1, 0.8, 0.3)  # from 7 to 18 o'clock
_DESK = (1, 0.5, 0.3, 0.3, 0.5, 1.5, 3, 5, 6, 7, 7, 7, 5, 6, 7, 7, 7, 7, 6, 4, 3, 3, 2, 1.5)
_FREE = {"release": 0.03, "notice": 0.0, "news": 0.4}  # of a working day
_FEAST = {"release": 0.01, "notice": 0.0, "news": 0.25}
_HOURS = {"release": (7, _OFFICE), "notice": (7, _OFFICE), "news": (0, _DESK)}
_PORTAL, _GATHERER = 60.0, 6.0  # a day
_TEXT = 500  # characters; more only costs time
_BEFORE = timedelta(days=120)
_ROWS, _PORTAL_ROWS, _DAYS = 45, 130, 5  # that were out before the first look, at least

_KOREAN = holidays.country_holidays("KR", years=range(2025, 2028))


@dataclass(frozen=True, slots=True)
class Stream:
    """What one publisher puts out under one address. ``posts`` are in the order of ``times``."""

    daily: float
    times: tuple[datetime, ...]
    posts: tuple[Words, ...]

    def out(self, at: datetime) -> int:
        """How many posts are out by then."""
        return bisect_right(self.times, at)


def daily(source_id: str, source: Source, rng: Random) -> float:
    """Posts on a working day."""
    if source.kind == "news":
        return rng.uniform(8, 14) if isinstance(source, Sitemap) else rng.uniform(3, 7)
    if source.kind == "notice":
        return _GATHERER if source.publisher is None else rng.uniform(0.4, 1.5)
    if source.publisher is None:
        return _PORTAL
    return rng.uniform(0.7, 1.2) if source_id.endswith("rebuttal") else rng.uniform(2, 8)


def streams(
    leads: Mapping[str, tuple[Source, Template]],
    begin: datetime,
    end: datetime,
    seed: int,
    busy: Mapping[str, float],
) -> dict[str, Stream]:
    """By id of the source that leads; ``busy`` has more posts a day than its like."""
    drawn = {}
    for name, (source, _) in leads.items():
        rng = Random(f"{seed} {name}")
        volume = busy.get(name, daily(name, source, rng))
        rows = _PORTAL_ROWS if volume >= _PORTAL else _ROWS
        times = tuple(_times(source.kind, volume, begin - _BEFORE, end, rng))
        old = bisect_right(times, begin) - max(rows, math.ceil(volume * _DAYS))
        drawn[name] = volume, times[max(old, 0) :]
    count = sum(len(times) for _, times in drawn.values())
    written = iter(invent.releases(seed, count, begin, hours=1))
    made = {}
    for name, (volume, times) in drawn.items():
        form, rng = KeyForm(leads[name][1].key), Random(f"{seed} {name} who")
        posts = []
        for number, at in enumerate(times, start=1):
            release = next(written)
            issuers = leads[name][1].issuers
            issuer = rng.choice(issuers) if issuers else None
            words = Words(form.make(number, at), release.title, release.text[:_TEXT], at, issuer)
            posts.append(words)
        made[name] = Stream(volume, times, tuple(posts))
    return made


def _times(
    kind: str, volume: float, begin: datetime, end: datetime, rng: Random
) -> Iterator[datetime]:
    first, weights = _HOURS[kind]
    whole = sum(weights)
    day = begin.astimezone(SEOUL).date()
    while day <= end.astimezone(SEOUL).date():
        for hour, weight in enumerate(weights, start=first):
            expected = volume * _share(kind, day) * weight / whole
            start = datetime(day.year, day.month, day.day, hour, tzinfo=SEOUL)
            seconds = sorted(rng.sample(range(3600), _poisson(rng, expected)))
            yield from (start + timedelta(seconds=each) for each in seconds)
        day += timedelta(days=1)


def _share(kind: str, day: date) -> float:
    """How much of a working day's posts come out on ``day``."""
    if CHUSEOK[0] <= day <= CHUSEOK[1]:
        return _FEAST[kind]
    return _FREE[kind] if day.weekday() >= 5 or day in _KOREAN else 1.0


def _poisson(rng: Random, expected: float) -> int:
    limit, count, product = math.exp(-expected), 0, rng.random()
    while product > limit:
        count += 1
        product *= rng.random()
    return count
