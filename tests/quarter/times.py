"""When a person is told: windows, quiet hours and deadlines, written out by the calendar."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from tests.quarter.world import BEGIN, SEOUL, Minutes, Person, working

DAY, _MINUTE = timedelta(days=1), timedelta(minutes=1)
_AGES = 140  # days that are written out


def reminded(who: Person, by: str, days: int) -> datetime:
    """When a person is reminded so many days before a deadline, or a day earlier if too late."""
    at = _on(date.fromisoformat(by[:10]) - DAY * days, _clock(who))
    return at if at < over(by) else at - DAY


def over(by: str) -> datetime:
    """When it is too late to apply."""
    hours, minutes = map(int, (by[11:] or "24:00").split(":"))
    return _on(date.fromisoformat(by[:10]), hours * 60 + minutes)


def quiet_end(who: Person, at: datetime) -> datetime | None:
    """When the quiet hours end that a time lies in."""
    if who.quiet is None:
        return None
    for day in (at.date() - DAY, at.date()):
        start, end = _on(day, who.quiet[0]), _on(day, who.quiet[1])
        if end <= start:
            end = _on(day + DAY, who.quiet[1])
        if start <= at < end:
            return end
    return None


def closings(who: Person) -> Iterator[datetime]:
    """Every end of a window."""
    days = [BEGIN.date() + DAY * each for each in range(-14, _AGES)]
    for day in days:
        if who.every == "hourly":
            hours = [_on(day, hour * 60) for hour in range(24)]
            yield from (each for each in hours if quiet_end(who, each) is None)
            if who.quiet is not None:
                yield _on(day, who.quiet[1])
        elif who.every == "daily" and (working(day) or not who.workdays):
            yield _on(day, _clock(who))
        elif who.every == "weekly" and day.weekday() == who.weekday:
            shift = day
            while who.workdays and not working(shift):
                shift += DAY
            yield _on(shift, _clock(who))


def _clock(who: Person) -> Minutes:
    """The time of day of what is told by the day: at 8:00, or as chosen; never in quiet hours."""
    minutes = 480 if who.at is None else who.at
    if who.quiet is None:
        return minutes
    start, end = who.quiet
    within = start <= minutes < end if start < end else minutes >= start or minutes < end
    return end if within else minutes


def ten_minutes(at: datetime) -> datetime:
    """The end of the ten minutes that a time lies in."""
    return at.replace(minute=at.minute // 10 * 10, second=0) + 10 * _MINUTE


def _on(day: date, minutes: Minutes) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SEOUL) + _MINUTE * minutes
