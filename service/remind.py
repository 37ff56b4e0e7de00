"""Remind: look | remind. Deadlines that come near are told of, at the hour each has chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import structlog

from service import cadence
from service.cadence import Cadence
from service.model import SEOUL
from service.store.reminders import Call, Reminders, Rung

log = structlog.get_logger()

_DAY = timedelta(days=1)
_ANY_DAY = date(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class Remind:
    """The step with its tools."""

    reminders: Reminders

    async def look(self) -> None:
        """Remind of every deadline whom a reminder is due by now, whatever was missed before.

        Of reminders that were missed only the nearest to the deadline is made up.
        """
        now, wished = await self.reminders.wished()
        if not wished:
            return
        await self.reminders.forget_outdated()
        today = now.astimezone(SEOUL).date()
        last = today + _DAY * (1 + max(max(days) for _, days in wished))
        calls = await self.reminders.calls(today, last)
        rhythms = awake(wished, now)
        due = [rung for each in calls for rung in rungs(each, rhythms, now)]
        told = sum([await self.reminders.remind(each) for each in due])
        if told:
            log.info("remind.told", messages=told, deadlines=len(calls))


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Those who are reminded together, even of what was missed: ``name`` says what they share.

    ``chosen`` is the cadence of one of them; ``by_days`` are all of theirs, by the days before a
    deadline that somebody has chosen.
    """

    name: str
    chosen: Cadence
    by_days: dict[int, list[str]]


def awake(wished: Sequence[tuple[str, Sequence[int]]], now: datetime) -> list[Rhythm]:
    """Who has no quiet hours ``now``.

    ``wished``: each cadence as kept, with the days before a deadline that are chosen with it.
    """
    found: dict[str, Rhythm] = {}
    for text, days in wished:
        chosen = cadence.kept(text)
        if cadence.quiet_end(chosen, now) is None:
            quiet = "" if chosen.quiet is None else " quiet {:%H:%M}-{:%H:%M}".format(*chosen.quiet)
            name = f"at {cadence.remind_at(chosen, _ANY_DAY):%H:%M}{quiet}"
            rhythm = found.setdefault(name, Rhythm(name, chosen, {}))
            for each in days:
                rhythm.by_days.setdefault(each, []).append(text)
    return list(found.values())


def rungs(call: Call, rhythms: Sequence[Rhythm], now: datetime) -> list[Rung]:
    """The reminders of ``call`` that are due ``now`` and were not made yet."""
    last_day, over = date.fromisoformat(call.apply_by[:10]), _over(call.apply_by)
    found = []
    for rhythm in rhythms if now < over else ():
        hours = {
            each: cadence.remind_at(rhythm.chosen, last_day - _DAY * each)
            for each in rhythm.by_days
        }
        # Whose hour comes too late on the last day is reminded at that of the day before.
        dues = {each: at if at < over else at - _DAY for each, at in hours.items()}
        passed = {each: due for each, due in dues.items() if call.first_at < due <= now}
        for each, due in passed.items():
            key = f"reminder {call.story_id} {call.apply_by} {each} {rhythm.name}"
            if key not in call.done:
                nearer = [other for other in passed if other < each]
                texts = rhythm.by_days[each]
                found.append(Rung(key, call, each, due, over, texts, nearer))
    return found


def _over(apply_by: str) -> datetime:
    """When it is too late: at the time of day, which may be 24:00, or at the end of the day."""
    day, _, clock = apply_by.partition(" ")
    hours, minutes = map(int, (clock or "24:00").split(":"))
    midnight = datetime.combine(date.fromisoformat(day), time(), SEOUL)
    return midnight + timedelta(hours=hours, minutes=minutes)
