"""Deadlines for calendars (RFC 5545, 7986): those one was told of, all open, or one as a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlsplit

from icalendar import Alarm, Calendar, Event, Timezone, TimezoneStandard, vUri

from notifier.clean import line, lines, link
from notifier.letter import Letter
from service.model import SEOUL
from service.store.open_calls import OpenCall
from service.store.releases import Release
from service.store.told import Call, Reader
from service.web.entries import letter_of, text_of
from service.worded import Words

_HOURLY = timedelta(hours=1)
_MORNING = time(8)  # when an alarm rings: in nobody's quiet hours


@dataclass(frozen=True, slots=True)
class _Deadline:
    """The last day to apply, to the end of the day where it has no time (``at``).

    ``over``: there is nothing to apply for any more.
    """

    day: date
    at: time | None
    title: str
    url: str
    over: bool


def calendar(reader: Reader, calls: Sequence[Call], words: Words, base: str) -> bytes:
    """The calendar; an event for each call, as it is known now. ``base``: address of the pages."""
    events = [event for each in calls if (event := _told_event(reader, each, words, base))]
    return _written(f"파발 마감 · {line(reader.name)}", events)


def open_calendar(name: str, calls: Sequence[OpenCall], due: str, base: str) -> bytes:
    """The calendar ``name`` of open calls with a deadline; ``due``: the word for one."""
    return _written(name, [_open_event(each, due, base) for each in calls if each.end is not None])


def deadline_file(release: Release, base: str) -> bytes | None:
    """The last day of one call; None where there is none, or no story yet."""
    call = release.reading.call if release.reading else None
    if call is None or not call.is_call or call.end is None or release.story_id is None:
        return None
    changed = max([release.discovered_at, *(each.noticed_at for each in release.revisions)])
    start = _start(call.end, _clock(call.end_clock))  # in UTC it needs no zone beside it
    said = {
        "sequence": sum(each.article_id == release.id for each in release.revisions),
        "dtstart": start.astimezone(UTC) if isinstance(start, datetime) else start,
        "summary": f"[마감] {line(release.title)}",
        "description": "\n".join(filter(None, [line(call.sentence or ""), link(release.url)])),
    }
    event = _event(release.story_id, changed, said, f"{base}/release/{release.id}", base)
    made = _published("-//Pabal//Deadline//KO")
    made.add_component(event)
    written: bytes = made.to_ical()
    return written


def _published(by: str) -> Calendar:
    made = Calendar()
    made.add("prodid", by)
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    return made


def _written(name: str, events: Sequence[Event]) -> bytes:
    made = _published("-//Pabal//Deadlines//KO")
    made.add("name", name)
    made.add("x-wr-calname", name)
    made.add("x-wr-timezone", "Asia/Seoul")
    made.add("refresh-interval", _HOURLY, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", "PT1H")
    if any(isinstance(each.decoded("dtstart"), datetime) for each in events):
        made.add_component(_zone())
    for each in events:
        made.add_component(each)
    written: bytes = made.to_ical()
    return written


def _open_event(call: OpenCall, due: str, base: str) -> Event:
    """For whoever looks: nobody was told of it, so that nothing rings."""
    assert call.end is not None
    said = {
        "sequence": call.revisions,
        "last-modified": call.changed_at.astimezone(UTC),
        "dtstart": _start(call.end, _clock(call.end_clock)),
        "summary": f"[{due}] {line(call.title)}",
        "description": f"{base}/release/{call.id}",
        "categories": [due],
        "status": "CONFIRMED",
        "class": "PUBLIC",
    }
    return _event(call.story_id, call.changed_at, said, link(call.url), base)


def _told_event(reader: Reader, call: Call, words: Words, base: str) -> Event | None:
    deadline = _deadline(call)
    if deadline is None:
        return None
    letter = letter_of(call.told[-1], reader, words)
    said = {
        "sequence": call.revision,
        "last-modified": call.changed_at.astimezone(UTC),
        "created": call.told[0].told_at.astimezone(UTC),
        "dtstart": _start(deadline.day, deadline.at),
        "summary": f"[마감] {deadline.title or letter.title}",
        "description": _description(letter),
        "categories": ["마감", *lines(call.told[-1].facts.get("topics", ()))],
        "status": "CANCELLED" if deadline.over else "CONFIRMED",
        "class": "PRIVATE",
    }
    event = _event(call.story_id, call.changed_at, said, deadline.url or letter.url, base)
    for days in () if deadline.over else reader.remind:
        event.add_component(_alarm(days, deadline))
    return event


def _event(
    story_id: int, changed: datetime, said: Mapping[str, object], url: str, base: str
) -> Event:
    """A last day: it takes nobody's time, and goes by one name in every calendar of ours."""
    event = Event()
    event.add("uid", f"story-{story_id}@{urlsplit(base).hostname}")
    event.add("dtstamp", changed.astimezone(UTC))
    event.add("transp", "TRANSPARENT")
    for name, value in said.items():
        event.add(name, value)
    if url:
        event["url"] = vUri(url)
    return event


def _description(said: Letter) -> str:
    footer = [f"{said.labels.source}: {said.url}"] if said.url else []
    return "\n".join([said.byline, text_of(said), *footer])


def _alarm(days: int, deadline: _Deadline) -> Alarm:
    """In the morning so many days before; a trigger counts from the event's start."""
    rings = datetime.combine(deadline.day - timedelta(days=days), _MORNING)
    start = datetime.combine(deadline.day, deadline.at or time.min)
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", f"[마감 D-{days}] {deadline.title}")
    alarm.add("trigger", rings - start)
    return alarm


def _deadline(call: Call) -> _Deadline | None:
    """As it is known now; where nobody says it any more, as it was told."""
    standing = [each for each in call.standing if each.end]
    for each in sorted(standing, key=lambda each: each.withdrawn):
        if each.end is not None:
            return _Deadline(
                each.end, _clock(each.end_clock), line(each.title), link(each.url), each.withdrawn
            )
    for item in reversed(call.told):
        day, _, clock = (item.facts.get("apply_by") or "").partition(" ")
        if day:
            title, url = line(item.facts["title"]), link(item.facts["url"])
            return _Deadline(date.fromisoformat(day), _clock(clock), title, url, over=True)
    return None


def _start(day: date, at: time | None) -> date | datetime:
    """A day, or a moment in Asia/Seoul."""
    return day if at is None else datetime.combine(day, at, SEOUL)


def _clock(said: str | None) -> time | None:
    """None where none is said, and for 24:00: the end of the day."""
    return time.fromisoformat(said) if said and said != "24:00" else None


def _zone() -> Timezone:
    """Korean time as it is since the last summer time."""
    standard = TimezoneStandard()
    standard.add("dtstart", datetime(1988, 10, 9, 3))  # noqa: DTZ001 - local, as the format wants
    standard.add("tzoffsetfrom", timedelta(hours=10))
    standard.add("tzoffsetto", timedelta(hours=9))
    standard.add("tzname", "KST")
    zone = Timezone()
    zone.add("tzid", "Asia/Seoul")
    zone.add_component(standard)
    return zone
