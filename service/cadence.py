"""When somebody is told: at once, by the hour, or in a digest; never in their quiet hours. Pure.

All clocks are Korean. A window is the stretch of time whose arrivals are told together, when it
closes: what comes at its end belongs to the next one. Quiet hours hold their first minute, not
their last: with ``21:00-08:00`` a digest at 08:00 is a digest after the night.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import count
from typing import Literal

from service.errors import UserError
from service.model import SEOUL
from service.pulse.calendar import working

Every = Literal["at-once", "hourly", "daily", "weekly"]

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NAMED = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_CLOCK = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_FORM = re.compile(
    "(?P<every>at-once|hourly|daily|weekly)"
    f"(?: (?P<weekday>{'|'.join(_DAYS)}))?(?: (?P<at>{_CLOCK}))?(?P<workdays> workdays)?"
    f"(?: quiet (?P<quiet>{_CLOCK}-{_CLOCK}))?"
)
_WORDS: Mapping[Every, tuple[str, str]] = {
    "at-once": ("나오는 대로", "as it comes"),
    "hourly": ("한 시간마다", "every hour"),
    "daily": ("매일", "every day"),
    "weekly": ("매주", "every week"),
}
_MORNING = time(8)
_DAY, _HOUR, _BURST = timedelta(days=1), timedelta(hours=1), timedelta(minutes=10)
_SHIFTS = timedelta(days=21)  # further than holidays in a row ever put a digest off


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often, as ``subscription.cadence`` keeps it in ``str(…)``.

    ``at``: the Korean time of a digest, ``weekday``: of a weekly one, Monday is 0; else None.
    ``workdays``: a daily digest only on working days, a weekly one on the next after a holiday.
    ``quiet``: from when to when nothing is sent, over midnight where the first is the later.
    """

    every: Every
    at: time | None = None
    weekday: int | None = None
    workdays: bool = False
    quiet: tuple[time, time] | None = None

    def __str__(self) -> str:
        """The one spelling of it, as ``parse`` reads it."""
        said: list[str] = [self.every]
        if self.weekday is not None:
            said.append(_DAYS[self.weekday])
        if self.at is not None:
            said.append(f"{self.at:%H:%M}")
        if self.workdays:
            said.append("workdays")
        if self.quiet is not None:
            said.append("quiet {:%H:%M}-{:%H:%M}".format(*self.quiet))
        return " ".join(said)


def parse(text: str) -> Cadence:
    """Read a cadence; a digest without a time is one at 08:00, a weekly one without a day Monday's.

    Raises UserError.
    """
    found = _FORM.fullmatch(" ".join(text.lower().split()))
    if found is None:
        raise UserError(
            f"{text}: at-once, hourly, daily 08:00, weekly mon 08:00에 workdays, "
            "quiet 21:00-08:00을 붙일 수 있습니다 (may be followed by those two)"
        )
    every: Every = found["every"]  # type: ignore[assignment] # the form names them
    digest = every in ("daily", "weekly")
    misplaced = not digest and (found["at"] or found["workdays"])
    if misplaced or (every != "weekly" and found["weekday"]):
        raise UserError(
            f"{text}: 시각과 workdays는 daily·weekly에, 요일은 weekly에만 씁니다 "
            "(a time and workdays go with daily and weekly, a day of the week with weekly)"
        )
    return Cadence(
        every,
        (time.fromisoformat(found["at"]) if found["at"] else _MORNING) if digest else None,
        _DAYS.index(found["weekday"] or "mon") if every == "weekly" else None,
        found["workdays"] is not None,
        _quiet(text, found["quiet"]),
    )


@lru_cache(1024)
def kept(text: str) -> Cadence:
    """Read what is kept: one that cannot be read (any more) costs nobody an alert."""
    try:
        return parse(text)
    except UserError:
        return Cadence("at-once")


def in_words(cadence: Cadence) -> tuple[str, str]:
    """As a reader is told it, in Korean and in English."""
    korean, english = _WORDS[cadence.every]
    if cadence.weekday is not None:
        korean = f"매주 {'월화수목금토일'[cadence.weekday]}요일"
        english = f"every {_NAMED[cadence.weekday]}"
    if cadence.at is not None:
        korean, english = f"{korean} {cadence.at:%H:%M}", f"{english} at {cadence.at:%H:%M}"
    if cadence.workdays:
        korean, english = f"{korean}, 주말과 공휴일 빼고", f"{english}, not on days off"
    if cadence.quiet is not None:
        hours = "{:%H:%M}–{:%H:%M}".format(*cadence.quiet)
        korean, english = f"{korean} · {hours} 방해 금지", f"{english} · quiet {hours}"
    return korean, english


def _quiet(text: str, said: str | None) -> tuple[time, time] | None:
    if said is None:
        return None
    start, end = map(time.fromisoformat, said.split("-"))
    if start == end:
        raise UserError(f"{text}: 방해 금지 시간이 하루 전체입니다 (quiet hours are the whole day)")
    return start, end


def window(cadence: Cadence, now: datetime) -> datetime | None:
    """When that is told which comes at ``now``: None at once, else in Asia/Seoul, after ``now``.

    Whatever comes until then is told then too.
    """
    now = now.astimezone(SEOUL)
    if cadence.every == "at-once":
        return quiet_end(cadence, now)
    if cadence.every == "hourly":
        closes = now.replace(minute=0, second=0, microsecond=0) + _HOUR
        if cadence.quiet is not None and now < (end := _on(now.date(), cadence.quiet[1])):
            closes = min(closes, end)
        return quiet_end(cadence, closes) or closes
    return next(each for each in _digests(cadence, now.date()) if each > now)


def quiet_end(cadence: Cadence, now: datetime) -> datetime | None:
    """When the quiet hours end that ``now`` lies in, in Asia/Seoul; None outside of them."""
    if cadence.quiet is None:
        return None
    (start, end), now = cadence.quiet, now.astimezone(SEOUL)
    clock, day = now.time(), now.date()
    if start < end:
        return _on(day, end) if start <= clock < end else None
    if clock >= start:
        return _on(day + _DAY, end)
    return _on(day, end) if clock < end else None


def remind_at(cadence: Cadence, day: date) -> datetime:
    """When somebody is reminded of what ends some days after ``day``, in Asia/Seoul.

    At the time of their digest, in the morning where they have none.
    """
    return _on(day, _clock(cadence))


def burst(now: datetime) -> datetime:
    """The end, after ``now``, of the ten minutes in which a burst is gathered, in Asia/Seoul."""
    now = now.astimezone(SEOUL)
    begun = now.replace(minute=now.minute // 10 * 10, second=0, microsecond=0)
    return begun + _BURST


def _digests(cadence: Cadence, day: date) -> Iterator[datetime]:
    """The digests from ``day`` on, and perhaps some before it, in order."""
    clock = _clock(cadence)
    if cadence.weekday is None:
        days = (day + _DAY * each for each in count())
        yield from (_on(each, clock) for each in days if not cadence.workdays or working(each))
        return
    first = day - _SHIFTS
    first += _DAY * ((cadence.weekday - first.weekday()) % 7)
    for each in count():
        due = first + _DAY * 7 * each
        while cadence.workdays and not working(due):
            due += _DAY
        yield _on(due, clock)


def _clock(cadence: Cadence) -> time:
    """When a digest comes: at its time, at the end of quiet hours that this lies in."""
    at = cadence.at or _MORNING
    end = quiet_end(cadence, _on(date.min + _DAY, at))
    return at if end is None else end.time()


def _on(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, SEOUL)
