"""What must hold of whatever is read, however hurt it was."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import chain
from typing import get_args

from scrapers import dates
from scrapers.documents.model import Document, DocumentError, Reason
from service.model import Call, Embargo, Given, Mention, Printed, Reading
from service.reading import calls, contacts, embargo, mentions, news, record, times
from service.reading.periods import periods
from service.reading.publishers import Registry
from service.reading.ranges import ranges
from service.reading.release import read

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")  # but line end and tab
_PHONE = re.compile(r"0(?:\d{1,2}|50\d)-\d{3,4}-\d{4}", re.ASCII)
_CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d|24:00", re.ASCII)
_YEARS = range(1899, 2101)  # a day before 1900 and after 2099 on the other side of the earth
_LINES = 40  # of a text, that are read as dates one by one

REGISTRY = Registry.load()


def document(read_: Document) -> None:
    """Of a document that was read."""
    clean(read_.text)
    assert read_.text.strip()
    assert read_.tables >= 0
    facts = read_.facts
    for said in (facts.title, facts.byline, facts.outlet):
        on_one_line(said)
    if facts.published:
        sane(facts.published.at)


def error(refused: DocumentError) -> None:
    """Of one that was not: its reason is one of the document, not of its reader."""
    assert refused.reason in get_args(Reason)
    assert refused.reason not in {"crashed", "too-slow"}, refused
    assert refused.detail


def reading(given: Given, documents: Sequence[tuple[str, str]]) -> Reading:
    """Read an announcement, whatever it says, and look at what comes out."""
    found = read(given, documents, REGISTRY)
    clean(found.text)
    for said in _words(found):
        on_one_line(said)
    for each in found.publishers:
        REGISTRY.by_id(each)
    if found.published_at:
        sane(found.published_at)
    if found.distributed:
        printed(found.distributed)
    if found.embargo:
        held_back(found.embargo)
    for contact in found.contacts:
        assert contact.phone is None or _PHONE.fullmatch(contact.phone), contact
        assert contact.department or contact.name or contact.phone
        assert not re.search(r"\s", f"{contact.rank}{contact.name}"), contact
    call(found.call, f"{found.title}\n{found.text}")
    named(found.mentions)
    written = json.dumps(record.plain(found, REGISTRY), ensure_ascii=False).encode()
    assert json.loads(written)["text"] == found.text
    return found


def _words(found: Reading) -> Iterable[str | None]:
    people = ((each.department, each.rank, each.name) for each in found.contacts)
    called = ((each.name, each.series) for each in found.mentions)
    held = found.embargo
    return chain(
        (found.title, found.unknown_publisher, found.byline, *found.named, *found.subtitles),
        chain.from_iterable(people),
        chain.from_iterable(called),
        (held.sentence, held.condition) if held else (),
    )


def parts(text: str, near: date | None) -> None:
    """What the readers of one fact each make of a text as it comes, before anything is cleaned."""
    last = 0
    for stamp in times.stamps(text, near):
        start, end = stamp.span
        assert last <= start < end <= len(text), stamp
        printed(Printed(stamp.day, stamp.clock))
        last = end
    for stretch in ranges(text, near):
        assert 0 <= stretch.span[0] < stretch.span[1] <= len(text), stretch
    for period in periods(text, near):
        assert 0 <= period.span[0] < period.span[1] <= len(text), period
    call(calls.find("", text, near), f"\n{text}")
    embargo.find(text, near)
    embargo.distributed(text, near)
    assert all(each.phone is None or _PHONE.fullmatch(each.phone) for each in contacts.find(text))
    named(mentions.find("", text, near, REGISTRY))
    news.looks_like_news(text)
    piece = news.take_apart(text, None)
    on_one_line(piece.title)
    clean(piece.body)
    for line in text.split("\n")[:_LINES]:
        moment = dates.read(line, date_only=True) or dates.in_address(line)
        if moment:
            sane(moment.at)


def record_of(fields: Mapping[str, object]) -> Given | None:
    """What a line of JSON gives to read; None where it refuses the time."""
    try:
        return record.given(fields)
    except ValueError:
        return None


def clean(text: str) -> None:
    """Whether a person can be shown it, and PostgreSQL given it."""
    odd = _CONTROLS.search(text)
    assert odd is None, f"{odd!r} in {text[max(0, odd.start() - 40) : odd.end() + 40]!r}"


def on_one_line(text: str | None) -> None:
    """Likewise, of a field."""
    clean(text or "")
    assert "\n" not in (text or ""), repr(text)


def sane(at: datetime) -> None:
    """A time that every zone can say."""
    assert at.tzinfo is not None
    assert at.astimezone(dates.SEOUL).year in _YEARS, at


def printed(when: Printed) -> None:
    """A day of our times, and a clock of 24 hours."""
    assert when.day.year in _YEARS, when
    assert when.clock is None or _CLOCK.fullmatch(when.clock), when


def held_back(held: Embargo) -> None:
    """An embargo says something, and ends. How long one is believed is for ``service.read``."""
    assert held.immediate or held.online or held.paper or held.date_only or held.condition
    if held.online:
        printed(held.online)
    lifts = embargo.lifts_at(held)
    if lifts:
        sane(lifts)


def call(found: Call, text: str) -> None:
    """A period that ends behind its beginning, and words that stand in the text."""
    if not found.is_call:
        assert found == Call(is_call=False)
    if found.start and found.end:
        assert found.start <= found.end, found
    assert not (found.open_ended and found.end), found
    assert found.end_clock is None or _CLOCK.fullmatch(found.end_clock), found
    assert found.sentence is None or (len(found.sentence) <= 120 and found.sentence in text), found


def named(found: Sequence[Mention]) -> None:
    """A few names, by bodies that are known."""
    assert len(found) <= 40
    for each in found:
        assert each.name.strip(), each
        assert each.series, each
        assert each.year is None or each.year in range(1900, 2200), each
        for party in each.parties:
            REGISTRY.by_id(party)
