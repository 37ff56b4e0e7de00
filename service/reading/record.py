"""Records of docs/formats.md: a line of JSON → what is given to read, a reading → plain JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from service.model import SEOUL, Embargo, Given, Precision, Printed, Reading
from service.reading.publishers import Registry

_DAY = len("2026-11-22")
_YEARS = range(1900, 2100)


def given(record: Mapping[str, Any]) -> Given:
    """What ``{"title", "publisher", "published", "text"}`` gives to read, all but text optional.

    Raises ValueError where ``published`` is no ISO time of the years 1900 to 2099; without a zone
    it is Asia/Seoul.
    """
    at, precision = _published(record.get("published"))
    return Given(
        text=str(record.get("text") or ""),
        title=str(record.get("title") or "") or None,
        publisher=str(record.get("publisher") or "") or None,
        published_at=at,
        precision=precision,
    )


def plain(reading: Reading, registry: Registry) -> dict[str, Any]:
    """A reading as plain JSON; what judging adds (topics) is not in it."""
    names = [registry.by_id(each).name for each in reading.publishers]
    return {
        "title": reading.title or None,
        "subtitles": list(reading.subtitles),
        "publisher": names[0] if names else reading.unknown_publisher,
        "publishers": names,
        "ministries": list(reading.named),
        "published_at": reading.published_at and reading.published_at.astimezone(SEOUL).isoformat(),
        "published_precision": reading.precision,
        "kind": reading.kind,
        "embargo": reading.embargo and _embargo(reading.embargo),
        "distributed_at": reading.distributed and _printed_iso(reading.distributed),
        "byline": reading.byline,
        "contacts": [asdict(each) for each in reading.contacts],
        "call": {
            "is_call": reading.call.is_call,
            "start": _day(reading.call.start),
            "end": _day(reading.call.end),
            "end_time": reading.call.end_clock,
            "open_ended": reading.call.open_ended,
            "sentence": reading.call.sentence,
        },
        "mentions": [
            {**asdict(each), "parties": [registry.by_id(party).name for party in each.parties]}
            for each in reading.mentions
        ],
        "text": reading.text,
    }


def _printed_iso(printed: Printed) -> str:
    """``2026-04-12T11:00+09:00``, or the day alone where no clock is printed."""
    day = printed.day.isoformat()
    return f"{day}T{printed.clock}+09:00" if printed.clock else day


def _embargo(embargo: Embargo) -> dict[str, Any]:
    paper = embargo.paper
    return {
        "immediate": embargo.immediate,
        "online_at": embargo.online and _printed_iso(embargo.online),
        "paper_at": paper and f"{paper[0].isoformat()} {paper[1]}",
        "date_only": _day(embargo.date_only),
        "condition": embargo.condition,
        "sentence": embargo.sentence,
    }


def _published(value: object) -> tuple[datetime | None, Precision | None]:
    if not value:
        return None, None
    text = str(value)
    at = datetime.fromisoformat(text)
    if at.year not in _YEARS:  # year 1 and year 9999 cannot be told in every zone
        raise ValueError(f"no time that anything is published at: {text}")
    zoned = at if at.tzinfo else at.replace(tzinfo=SEOUL)
    return zoned, "day" if len(text) == _DAY else "minute"


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
