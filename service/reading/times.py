"""Days and clock times as Korean officials print them.

Most dates of a release have no year, many have no month (``5. 11.(월) ~ 15.(금)``), and numbers
that look like dates stand all around them: decimals, section numbers, phones. So a date without a
year counts only where something beside it says that it is one: its weekday, 일, a clock, a range.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from service.model import Span
from service.reading.clocks import GAP
from service.reading.clocks import clock as read_clock

_JOIN = r"[~∼～〜–—-]"
ARROW = r"(?:→|⇒|➡|➔|➜|⇨|[-=]>)"
"""Between what was and what is."""
_WEEKDAYS = "월화수목금토일"
_CENTURY_TURN = 70
"""A year of two digits from here on is of the last century."""

_HEAD = re.compile(
    rf"""(?<![0-9A-Za-z])(?<![0-9][.,-])(?:
      (?P<year>(?:19|20)[0-9]{{2}}|['’‘`´′][0-9]{{2}})
        {GAP}(?:(?P<sep>[./-])|년도?)\s{{0,3}}(?P<m1>[0-9]{{1,2}}){GAP}(?:(?P=sep)|[.월])
        {GAP}(?P<d1>[0-9]{{1,2}})
    | (?P<short>[0-9]{{2}})(?:\.(?P<m2>[0-9]{{1,2}})\.(?P<d2>[0-9]{{1,2}})(?!\.?[0-9])
        |\.{GAP}(?P<m6>[0-9]{{1,2}}){GAP}\.{GAP}(?P<d6>[0-9]{{1,2}})
          (?={GAP}(?:\.(?!{GAP}[0-9]{{1,2}}[ ]?\.)|일(?!간)|[(（][ ]?[{_WEEKDAYS}][)）]))
        |년{GAP}(?P<m3>[0-9]{{1,2}})월{GAP}(?P<d3>[0-9]{{1,2}})(?={GAP}(?:일(?!간)|[(])))
    | (?P<next>(?:익년도?|다음[ ]?해|이듬해){GAP})?
      (?:(?:(?P<said>지난해|작년|올해|금년|내년){GAP})?
        (?P<m4>[0-9]{{1,2}}){GAP}월{GAP}(?P<d4>[0-9]{{1,2}})(?={GAP}(?:일(?!간)|[(]))
      | (?P<m5>[0-9]{{1,2}})[ ]?(?P<bare>[./])[ ]?(?P<d5>[0-9]{{1,2}}))
    )(?![0-9:])""",
    re.VERBOSE,
)
_TAIL = re.compile(
    rf"""(?P<dot>[ ]?\.)?(?P<il>{GAP}일(?!간))?
    (?:{GAP}(?:[(（\[][ ]?(?P<w1>[{_WEEKDAYS}])(?:요일)?(?=[\s,.·/)）\]])[ ]?[)）\]]?
      |(?P<w2>[{_WEEKDAYS}])(?:요일|(?=[)）]))))?""",
    re.VERBOSE,
)
_INDENT = 8
_TERM = 12
"""How far before a day its label is looked for, in characters."""
_NUMBERED = re.compile(r"[0-9][ ]?[.,][ \t]*$")
_EDITION = re.compile(rf"{GAP}[(（<\[]?{GAP}(?:조간|석간)")
_RANGE_AHEAD = re.compile(
    rf"{GAP}{_JOIN}{GAP}(?:[0-9]{{1,2}}[ ]?\.[ ]?)?[0-9]{{1,2}}"
    rf"(?:[ ]?\.(?![0-9])|[ ]?일(?!간)|[ ]?[(（][{_WEEKDAYS}]|까지|[)）])"
    rf"|{GAP}[~∼～〜]{GAP}[0-9]{{1,2}}\.[0-9]{{1,2}}[ ](?:[0-9]{{1,2}}[:：]|[0-9]{{1,2}}시(?!간))"
)
_LAST = r"(?=[ ]*(?:$|[\n\t|,(（]))"
"""Where a line, a cell or what is said of the days ends."""
_DOTTED_RANGE_AHEAD = re.compile(rf"{GAP}[~∼～〜]{GAP}[0-9]{{1,2}}\.[ ]?[0-9]{{1,2}}{_LAST}")
_TERM_BEFORE = re.compile(
    r"(?:(?:기[ ]{0,2}간|일[ ]{0,2}[시정]|신청|접수|제출|응모|모집)[ ]?[:：)）\]\t\n~∼～〜]"
    r"|기[ ]{0,2}한|마[ ]{0,2}감(?:일시?)?)[\s:：)）\]~∼～〜]{0,5}$"
)
_UNTIL_AHEAD = re.compile(
    rf"[ ]?까지|{GAP}[~∼～〜]{GAP}[0-9]{{1,2}}[./][0-9]{{1,2}}(?:[ ]?까지|{_LAST})"
)
_SLASHED_RANGE_AHEAD = re.compile(rf"{GAP}[~∼～〜]{GAP}[0-9]{{1,2}}/[0-9]{{1,2}}(?![0-9/])")
_SPACED_DAY = re.compile(r"[0-9]{1,2}\.[ ][0-9]{1,2}[ ]?\.(?![ ]?[0-9])")
_CHANGE = rf"{GAP}{ARROW}{GAP}(?:[(（\[][^()（）\n]{{0,8}}[)）\]]{GAP})?"
_CHANGED = re.compile(_CHANGE)
_CHANGE_AHEAD = re.compile(rf"{_SPACED_DAY.pattern}{_CHANGE}{_SPACED_DAY.pattern}")
_JOINED = re.compile(rf"(?:{GAP}[(（][^()（）\n]{{0,20}}[)）])?{GAP}(?:부터|에서|{_JOIN}){GAP}")
_RANGE_DAY = re.compile(
    r"(?P<day>[0-9]{1,2})"
    rf"(?:[ ]?일(?!간|[ ]?동안)|[ ]?\.(?![ ]?[0-9])|(?=[ ]?[(（][{_WEEKDAYS}]))"
)
_YEAR_HYPHENED = re.compile("[0-9]{4}-")
_HYPHENED = re.compile(r"(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})(?![0-9-])")


@dataclass(frozen=True, slots=True)
class Stamp:
    """A day as printed, with its clock if one is. ``span`` are offsets into the text.

    ``clock`` is ``"HH:MM"`` to ``"24:00"``, as printed, of no zone (releases print Asia/Seoul).
    ``year_written``: the year stands there (or 올해, 내년), it was not inferred.
    """

    day: date
    clock: str | None
    span: Span
    year_written: bool


@dataclass(frozen=True, slots=True)
class _Tail:
    """What follows a day's number: its weekday (0 is Monday), its clock, where it ends."""

    day_said: bool
    dotted: bool
    weekday: int | None
    clock: str | None
    end: int


def stamps(text: str, near: date | None) -> tuple[Stamp, ...]:
    """Every printed date in order, impossible ones left out.

    A missing year is the start's in a range, else the one that brings the date nearest to ``near``
    (a printed weekday decides), else that of the last date before it with a year, else the date is
    left out.
    """
    found: list[Stamp] = []
    position = 0
    while head := _HEAD.search(text, position):
        last = found[-1] if found else None
        stamp = _stamp(text, head, near, last)
        if stamp is None:
            position = head.start() + 1
            continue
        found.append(stamp)
        if until := _range_day(text, stamp):
            found.append(until)
        position = found[-1].span[1]
    return tuple(found)


def _stamp(text: str, head: re.Match[str], near: date | None, last: Stamp | None) -> Stamp | None:
    """The date that begins here, or None where the numbers are something else."""
    parts = head.groupdict()
    month = int(next(parts[f"m{n}"] for n in range(1, 7) if parts[f"m{n}"]))
    day = int(next(parts[f"d{n}"] for n in range(1, 7) if parts[f"d{n}"]))
    tail = _tail(text, head.end())
    joined = last is not None and _is_joined(text, last.span[1], head.start())
    clear = joined or (
        _SPACED_DAY.match(text, head.start()) is not None
        and (_ends_open_range(text, head) or _is_changed(text, head, last))
    )
    if parts["bare"] and not (clear or _says_date(text, head, tail)):
        return None
    year = _written_year(parts, near)
    if parts["next"]:
        if not joined or last is None:
            return None  # a year after what, nobody can say
        year = last.day.year + 1
    if parts["short"] and near and year is not None and abs(year - near.year) > 10:  # noqa: PLR2004
        return None  # 12.3.14 is a section at least as often as a day long ago
    if year is not None:
        when = _day(year, month, day)
    elif joined and last is not None:
        when = _first_from(last.day, month, day)
    else:
        when = _nearest(month, day, tail.weekday, near or (last.day if last else None), near)
    if when is None:
        return None
    stamp = Stamp(when, tail.clock, (head.start(), tail.end), year is not None)
    if parts["m6"] and not (near and _is_year(text, parts["short"], stamp, tail.weekday, last)):
        return None
    return stamp


def _tail(text: str, start: int) -> _Tail:
    match = _TAIL.match(text, start)
    assert match is not None  # all of it is optional
    weekday = match["w1"] or match["w2"]
    clock, end = read_clock(text, match.end())
    return _Tail(
        day_said=match["il"] is not None,
        dotted=match["dot"] is not None,
        weekday=None if weekday is None else _WEEKDAYS.index(weekday),
        clock=clock,
        end=end,
    )


def _says_date(text: str, head: re.Match[str], tail: _Tail) -> bool:
    """Whether ``4.13`` or ``4/13`` is a day: by what stands beside it."""
    if tail.weekday is not None or tail.clock is not None:
        return True
    before = text[max(0, head.start() - _TERM) : head.start()]
    if _UNTIL_AHEAD.match(text, tail.end) and _TERM_BEFORE.search(before):
        return True
    if head["bare"] == "/":
        return _SLASHED_RANGE_AHEAD.match(text, tail.end) is not None
    return (
        tail.day_said
        or (tail.dotted and text[tail.end : tail.end + 1] in {")", "）"})
        or _EDITION.match(text, tail.end) is not None
        or _RANGE_AHEAD.match(text, tail.end) is not None
        or (tail.dotted and _DOTTED_RANGE_AHEAD.match(text, tail.end) is not None)
    )


def _is_year(text: str, short: str, stamp: Stamp, weekday: int | None, last: Stamp | None) -> bool:
    """Whether ``26. 4. 15.`` begins with a year: 26 is no day before it and numbers no item."""
    start, end = stamp.span
    before = text[max(0, start - _INDENT) : start]
    if _NUMBERED.search(before):
        return False
    if weekday is not None:
        return weekday == stamp.day.weekday()
    if last is not None and _is_joined(text, last.span[1], start):
        # 5. 11. ~ 26. 6. 1. can be the 26th and a 1st.
        return last.year_written or last.day.year != stamp.day.year
    opens = before.endswith("\n") or not before.strip(" \t\u00a0\u3000")
    return not opens or text[end : end + _INDENT].lstrip(" ~∼～〜–-").startswith(f"{short}.")


def _ends_open_range(text: str, head: re.Match[str]) -> bool:
    """Whether it is the day of ``~ 6. 30.``: blanks and dots as no decimal has them."""
    start = head.start()
    return text[max(0, start - 2) : start].rstrip(" ").endswith(("~", "∼", "～", "〜"))


def _is_changed(text: str, head: re.Match[str], last: Stamp | None) -> bool:
    """Whether it is a day of ``11. 20. → 12. 4.``, either one."""
    if last is not None and _CHANGED.fullmatch(text, last.span[1], head.start()):
        return True
    return _CHANGE_AHEAD.match(text, head.start()) is not None


def _is_joined(text: str, start: int, end: int) -> bool:
    """Whether nothing but the sign of a range stands between two places."""
    return end - start <= 40 and _JOINED.fullmatch(text, start, end) is not None  # noqa: PLR2004


def _range_day(text: str, start: Stamp) -> Stamp | None:
    """The end of a range whose month or year stands before it: ``5월 11일 ~ 20일``."""
    joint = _JOINED.match(text, start.span[1])
    if joint is None:
        return None
    day = None
    if match := _RANGE_DAY.match(text, joint.end()):
        day = _day(start.day.year, start.day.month, int(match["day"]))
    elif "-" not in joint[0] and _YEAR_HYPHENED.match(text, start.span[0]):
        match = _HYPHENED.match(text, joint.end())
        day = match and _first_from(start.day, int(match["month"]), int(match["day"]))
    if match is None or day is None or day < start.day:
        return None
    tail = _tail(text, match.end())
    return Stamp(day, tail.clock, (match.start(), tail.end), start.year_written)


def _written_year(parts: dict[str, str | None], near: date | None) -> int | None:
    if parts["said"]:
        offset = {"지난해": -1, "작년": -1, "내년": 1}.get(parts["said"], 0)
        return near.year + offset if near else None
    digits = (parts["year"] or parts["short"] or "").lstrip("'’‘`´′")
    if not digits:
        return None
    year = int(digits)
    if len(digits) > 2:  # noqa: PLR2004
        return year
    return year + (1900 if year >= _CENTURY_TURN else 2000)


def _nearest(
    month: int, day: int, weekday: int | None, anchor: date | None, near: date | None
) -> date | None:
    """The day in the year that suits it best, ``anchor``'s own where ``near`` is not known."""
    if anchor is None:
        return None
    if near is None:
        return _day(anchor.year, month, day)
    years = (_day(near.year + offset, month, day) for offset in (-1, 0, 1))
    days = [one for one in years if one is not None]
    fitting = [one for one in days if one.weekday() == weekday]
    return min(fitting or days, key=lambda one: abs(one - near), default=None)


def _first_from(start: date, month: int, day: int) -> date | None:
    """The first such day that is not before the start of its range."""
    same = _day(start.year, month, day)
    if same is not None and same >= start:
        return same
    return _day(start.year + 1, month, day)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
