"""Stretches of time as printed: from a day to a day, until a day, from a day on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from service.model import Span
from service.reading.times import Stamp, stamps

_REACH = 40
"""How far apart, in characters, the two ends of a stretch may stand."""
_FAR_OFF = timedelta(days=350)
_FILLER = r"(?:[\s|]|<br>|오는|같은|당해년도|[(（][^()（）\n]{0,16}[)）]){0,6}"
_JOIN = re.compile(rf"{_FILLER}[,.]?(?:부터|에서)?{_FILLER}[~∼～〜–—-]?{_FILLER}")
_JOINT = re.compile(r"부터|에서|[~∼～〜–—-]")
_OPENING = re.compile(r"(?:[~∼～〜]|공고일(?:로)?부터)\s{0,3}$")
_UNTIL = re.compile(
    r"(?:[ \t]{0,2}[(（][^()（）\n]{0,24}[)）])?[ \t,]{0,3}"
    r"(?:(?:우편|메일|이메일)[ ]?)?"
    r"(?:(?:도착|접수|제출|소인|신청)[ ]?(?:분|된 것)?[ ]?(?:에 한(?:함|하여)?)?[ ]?)?"
    r"(?:까지|限|한(?=[ \t\n)]|$)|이내|이전|마감)"
)
_BECOMES = re.compile(r"[ ]?(?:까지)?로[ ]")
"""Behind the later of two days: 18일에서 23일까지로 연장."""
_SINCE = re.compile(r"(?:[ \t]{0,2}[(（][^()（）\n]{0,16}[)）])?[ \t]{0,2}(?:부터|[~∼～〜–—])")
_DAY = r"[0-9]{1,2}(?:일(?!간)|(?=[~∼～〜–—-]))(?:[ ]?[(（][월화수목금토일][)）])?"
_COMING = re.compile(
    rf"(?P<said>오는|이달|이번 ?달|내달|다음 ?달)[ ](?P<day>{_DAY})"
    rf"(?:[ ]?(?:부터|[~∼～〜–—-])[ ]?(?P<until>{_DAY}))?"
)


@dataclass(frozen=True, slots=True)
class Range:
    """A stretch of days with at least one end. ``span`` are offsets into the text.

    ``until``: 까지 or the like stands behind the last day, so that it is an end beyond doubt.
    """

    start: Stamp | None
    end: Stamp | None
    span: Span
    until: bool


def ranges(text: str, near: date | None) -> Iterator[Range]:
    """Every stretch in order, a day of its own as a stretch that ends there."""
    days = _days(text, near)
    position = 0
    while position < len(days):
        first = days[position]
        after = days[position + 1] if position + 1 < len(days) else None
        if after is not None and _joined(text, first, after):
            yield _range(text, first, after)
            position += 2
            continue
        position += 1
        if _OPENING.search(text, max(0, first.span[0] - 12), first.span[0]):
            yield _range(text, None, first)
        elif _SINCE.match(text, first.span[1]):
            yield Range(first, None, first.span, until=False)
        else:
            yield _range(text, None, first)


def _range(text: str, start: Stamp | None, end: Stamp) -> Range:
    behind = _UNTIL.match(text, end.span[1])
    first = start.span[0] if start else end.span[0]
    last = behind.end() if behind else end.span[1]
    return Range(start, end, (first, last), until=behind is not None)


def _joined(text: str, first: Stamp, second: Stamp) -> bool:
    between = text[first.span[1] : second.span[0]]
    return (
        len(between) <= _REACH
        and second.day >= first.day
        and _JOINT.search(between) is not None
        and _JOIN.fullmatch(between) is not None
        and not ("에서" in between and _BECOMES.match(text, second.span[1]))
    )


def _days(text: str, near: date | None) -> list[Stamp]:
    """All stamps, and where ``near`` is known the days that are told from it (오는 20일)."""
    told = stamps(text, near)
    if near is None:
        return list(told)
    told = tuple(_sooner(stamp, near) for stamp in told)
    taken = {place for stamp in told for place in range(*stamp.span)}
    coming = [
        stamp
        for match in _COMING.finditer(text)
        if match.start("day") not in taken
        for stamp in _coming(match, near)
    ]
    return sorted([*told, *coming], key=lambda stamp: stamp.span)


def _sooner(stamp: Stamp, near: date) -> Stamp:
    """The day a year earlier where its weekday alone put it a year ahead: that is a misprint.

    Nobody announces a day of the next year that far off without its year.
    """
    if stamp.year_written or stamp.day - near < _FAR_OFF:
        return stamp
    try:
        return replace(stamp, day=stamp.day.replace(year=stamp.day.year - 1))
    except ValueError:
        return stamp


def _coming(match: re.Match[str], near: date) -> Iterator[Stamp]:
    """``오는 20일`` is this month's, or the next one's once that day is over."""
    day = _number(match["day"])
    this_month = match["said"].startswith(("이달", "이번")) or (
        match["said"] == "오는" and day >= near.day
    )
    month = near.month if this_month else near.month % 12 + 1
    year = near.year if this_month or near.month < 12 else near.year + 1  # noqa: PLR2004
    for name in ("day", "until"):
        try:
            if match[name]:
                yield Stamp(date(year, month, _number(match[name])), None, match.span(name), False)
        except ValueError:
            return


def _number(day: str) -> int:
    return int(re.split(r"\D", day, maxsplit=1)[0])
