"""What is known of an announcement beside its text: what the filters of rules ask for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, get_args

from service.judging.fields import MAX_DAYS
from service.judging.logic import Field
from service.model import Call, Kind, Reading, day_of
from service.reading.publishers import Registry

SourceKind = Literal["government", "news"]


@dataclass(frozen=True, slots=True)
class Facts:
    """What filters ask about an announcement, beside its text. What is not known holds nowhere.

    ``publishers`` are registry ids, ``topics`` codes, ``published`` a day in Asia/Seoul,
    ``source`` the id of a declared source.
    """

    publishers: tuple[str, ...] = ()
    kind: Kind | None = None
    topics: tuple[str, ...] = ()
    call: Call = field(default=Call(is_call=False))
    published: date | None = None
    source: str | None = None
    source_kind: SourceKind | None = None

    def fields(self) -> frozenset[Field]:
        """All that a rule may ask for and that is so."""
        return frozenset(self._each())

    def _each(self) -> Iterator[Field]:
        yield from (Field("ministry", each) for each in self.publishers)
        yield from (Field("topic", each) for each in self.topics)
        sources = (self.source, self.source_kind)
        yield from (Field("source", each) for each in sources if each is not None)
        if self.kind is not None:
            yield Field("kind", self.kind)
        yield from (Field("deadline", each) for each in self._deadlines())

    def _deadlines(self) -> Iterator[str]:
        """``open``, or every number of days that the call ends within, counted from publication."""
        if not self.call.is_call:
            return
        if self.call.open_ended:
            yield "open"
        if self.call.end is not None and self.published is not None:
            left = (self.call.end - self.published).days
            if left >= 0:
                yield from map(str, range(left, MAX_DAYS + 1))


NOTHING_KNOWN = Facts()


def of_reading(
    reading: Reading,
    topics: Iterable[str] = (),
    source: str | None = None,
    source_kind: SourceKind | None = None,
) -> Facts:
    """What filters ask about an article that was read. ``topics`` are codes."""
    return Facts(
        reading.publishers,
        reading.kind,
        tuple(topics),
        reading.call,
        day_of(reading.published_at),
        source,
        source_kind,
    )


def of_record(record: Mapping[str, Any], registry: Registry) -> Facts:
    """The same of a record as ``pabal read --json`` gives it; what is missing is not known.

    Besides its ``publishers`` (or ``publisher``, or ``ministries``), ``kind``, ``topics``, ``call``
    and ``published_at`` it may have ``source`` and ``source_kind``. What has another form than it
    should is not known either.
    """
    printed = [*_texts(record.get("publishers")), *_texts(record.get("ministries"))]
    printed += _texts([record.get("publisher")])
    bodies = [body.id for name in printed for body in registry.find_all(name)[0]]
    source, source_kind = record.get("source"), record.get("source_kind")
    return Facts(
        tuple(dict.fromkeys(bodies)),
        next((each for each in get_args(Kind) if each == record.get("kind")), None),
        tuple(_codes(record.get("topics"))),
        _call(record.get("call")),
        _day(record.get("published_at")),
        source if isinstance(source, str) else None,
        source_kind if source_kind in ("government", "news") else None,
    )


def _texts(given: object) -> list[str]:
    return [each for each in given if isinstance(each, str)] if isinstance(given, list) else []


def _codes(given: object) -> list[str]:
    """Codes, alone or each in an object with its score."""
    if not isinstance(given, list):
        return []
    return _texts([each.get("code") if isinstance(each, dict) else each for each in given])


def _call(given: object) -> Call:
    if not isinstance(given, dict):
        return Call(is_call=False)
    return Call(
        is_call=given.get("is_call") is True,
        end=_day(given.get("end")),
        open_ended=given.get("open_ended") is True,
    )


def _day(given: object) -> date | None:
    """The day in Asia/Seoul of an ISO day or time; a time without zone is one of Asia/Seoul."""
    try:
        at = datetime.fromisoformat(given) if isinstance(given, str) else None
        return day_of(at) if at and at.tzinfo else at and at.date()
    except (ValueError, OverflowError):
        return None
