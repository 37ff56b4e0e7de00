"""Deadlines for calendars (RFC 5545, 7986): those one was told of, all open, or one as a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlsplit

from icalendar import Alarm, Calendar, Event, Timezone, TimezoneStandard, vUri

from notifier.clean import line, lines, link
from notifier.letter import Letter
from service.model import SEOUL
from service.store.called import Call
from service.store.open_calls import OpenCall
from service.store.releases import Release
from service.store.told import Reader
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

    @property
    def start(self) -> date | datetime:
        """A day, or a moment in Asia/Seoul."""
        return self.day if self.at is None else datetime.combine(self.day, self.at, SEOUL)


def calendar(reader: Reader, calls: Sequence[Call], words: Words, base: str) -> bytes:
    """The calendar; an event for each call, as it is known now. ``base``: address of the pages."""
    events = [event for each in calls if (event := _event(reader, each, words, base))]
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
    deadline = _Deadline(call.end, _clock(call.end_clock), line(release.title), "", over=False)
    about = filter(None, [line(call.sentence or ""), link(release.url)])
    event = Event()
    event.add("uid", _uid(release.story_id, base))
    event.add("sequence", sum(each.article_id == release.id for each in release.revisions))
    event.add("dtstamp", changed.astimezone(UTC))
    start = deadline.start  # a moment in UTC needs no zone beside it
    event.add("dtstart", start.astimezone(UTC) if isinstance(start, datetime) else start)
    event.add("summary", f"[마감] {deadline.title}")
    event.add("description", "\n".join(about))
    event.add("transp", "TRANSPARENT")
    event["url"] = vUri(f"{base}/release/{release.id}")
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
    deadline = _Deadline(
        call.end, _clock(call.end_clock), line(call.title), link(call.url), over=False
    )
    event = Event()
    event.add("uid", _uid(call.story_id, base))
    event.add("sequence", call.revisions)
    event.add("dtstamp", call.changed_at.astimezone(UTC))
    event.add("last-modified", call.changed_at.astimezone(UTC))
    event.add("dtstart", deadline.start)
    event.add("summary", f"[{due}] {deadline.title}")
    event.add("description", f"{base}/release/{call.id}")
    event.add("categories", [due])
    event.add("status", "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    event.add("class", "PUBLIC")
    if deadline.url:
        event["url"] = vUri(deadline.url)
    return event


def _uid(story_id: int, base: str) -> str:
    """What one event goes by in every calendar of ours. ``base``: address of the pages."""
    return f"story-{story_id}@{urlsplit(base).hostname}"


def _event(reader: Reader, call: Call, words: Words, base: str) -> Event | None:
    deadline = _deadline(call)
    if deadline is None:
        return None
    said = letter_of(call.told[-1], reader, words)
    event = Event()
    event.add("uid", _uid(call.story_id, base))
    event.add("sequence", call.revision)
    event.add("dtstamp", call.changed_at.astimezone(UTC))
    event.add("last-modified", call.changed_at.astimezone(UTC))
    event.add("created", call.told[0].told_at.astimezone(UTC))
    event.add("dtstart", deadline.start)
    event.add("summary", f"[마감] {deadline.title or said.title}")
    event.add("description", _description(said))
    event.add("categories", ["마감", *lines(call.told[-1].facts.get("topics", ()))])
    event.add("status", "CANCELLED" if deadline.over else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    if deadline.url or said.url:
        event["url"] = vUri(deadline.url or said.url)
    for days in () if deadline.over else reader.remind:
        event.add_component(_alarm(days, deadline))
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
