"""The last day of one call as a file for a calendar (RFC 5545)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vUri

from notifier.clean import line, link
from service.store.releases import Release
from service.web.calendar import uid

_SEOUL = ZoneInfo("Asia/Seoul")


def deadline(release: Release, base: str) -> bytes | None:
    """The file; None where there is no last day or no story yet. ``base``: address of the pages."""
    call = release.reading.call if release.reading else None
    if call is None or not call.is_call or call.end is None or release.story_id is None:
        return None
    changed = max([release.discovered_at, *(each.noticed_at for each in release.revisions)])
    event = Event()
    event.add("uid", uid(release.story_id, base))
    own = sum(each.article_id == release.id for each in release.revisions)
    event.add("sequence", own)
    event.add("dtstamp", changed.astimezone(UTC))
    event.add("dtstart", _start(call.end, call.end_clock))
    event.add("summary", f"[마감] {line(release.title)}")
    event.add(
        "description", "\n".join(filter(None, [line(call.sentence or ""), link(release.url)]))
    )
    event.add("transp", "TRANSPARENT")
    event["url"] = vUri(f"{base}/release/{release.id}")
    made = Calendar()
    for name, value in (
        ("prodid", "-//Pabal//Deadline//KO"),
        ("version", "2.0"),
        ("calscale", "GREGORIAN"),
        ("method", "PUBLISH"),
    ):
        made.add(name, value)
    made.add_component(event)
    written: bytes = made.to_ical()
    return written


def _start(day: date, clock: str | None) -> date | datetime:
    """A day where no hour is said, and for 24:00; else the moment in UTC, which needs no zone."""
    if clock is None or clock == "24:00":
        return day
    return datetime.combine(day, time.fromisoformat(clock), _SEOUL).astimezone(UTC)
