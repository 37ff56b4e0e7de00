"""The figures of a text, each with what it counts: days, rounds, shares, amounts."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from service.reading import phones

_READ = 8_000
_GAP = r"[ \t]{0,2}"
# Numbers that are not the release's but its office's.
_REACH = re.compile(rf"{phones.ANY}(?:[~∼,]\s?\d{{1,4}}){{0,4}}")
_YEAR = re.compile(rf"(?<!\d)(?:20)?\d\d\.{_GAP}(?=(?:1[0-2]|0?[1-9])\.{_GAP}\d)")
_MONTH, _DAY = r"(?<![\d.,])(?P<month>1[0-2]|0?[1-9])", "3[01]|[12][0-9]|0?[1-9]"
_DATE = re.compile(
    rf"{_MONTH}(?:{_GAP}월{_GAP}(?P<worded>{_DAY}){_GAP}일"
    rf"|\.{_GAP}(?P<dotted>{_DAY})(?=\.(?!\d)|{_GAP}[(),~∼]))"
)
_NUMBER = re.compile(
    rf"(?<!\d)(?P<value>\d{{1,15}}(?:,\d{{3}}){{0,5}}(?:\.\d{{1,6}})?)"
    rf"{_GAP}(?P<unit>차례|[가-힣]|%|[A-Za-z]{{1,3}})?"
)
_NAME = re.compile(r"[A-Za-z]{1,8}$")
_SERIES = frozenset({"day", "차", "회", "호", "기", "년", "월", "분", "주", "일"})


class Figure(NamedTuple):
    """``value`` is a plain number, of a day ``month.day``.

    ``unit`` is the first letter of what is counted (3,349명 → 명), empty where nothing stands
    there; ``day`` for a day, ``name`` for a name with a number in it (H5N1). A year of two digits
    is one of this century.
    """

    value: str
    unit: str

    def __str__(self) -> str:
        """As a person would write it."""
        return self.value + (self.unit if len(self.unit) == 1 else "")

    @property
    def tells_series(self) -> bool:
        """Whether it says which one of a series it is: 제69차, 3월, 2분기."""
        return self.unit in _SERIES


@lru_cache(maxsize=32)
def figures(text: str) -> frozenset[Figure]:
    """The figures in the first 8,000 characters, without phone numbers. Kept for a while.

    A year that stands before a day is left out: ``2026. 3. 5.`` and ``3월 5일`` are one day.
    """
    rest = _YEAR.sub(" ", _REACH.sub(" ", text[:_READ]))
    days = (
        Figure(f"{int(found['month'])}.{int(found['worded'] or found['dotted'])}", "day")
        for found in _DATE.finditer(rest)
    )
    rest_of_them = _DATE.sub(" ", rest)
    return frozenset(days) | {
        _figure(rest_of_them, each) for each in _NUMBER.finditer(rest_of_them)
    }


def differing(ones: frozenset[Figure], others: frozenset[Figure]) -> tuple[Figure, Figure] | None:
    """Two figures of one unit that stand on one side only, those that tell a series first.

    None where nothing contradicts: a figure that the other side does not give does not.
    """
    own, foreign = sorted(ones - others), sorted(others - ones)
    both = [(a, b) for a in own for b in foreign if a.unit == b.unit]
    return min(both, key=lambda pair: not pair[0].tells_series, default=None)


def _figure(text: str, found: re.Match[str]) -> Figure:
    value = found["value"].replace(",", "").lstrip("0") or "0"
    unit = (found["unit"] or "").casefold()
    if unit == "차례":  # seven times is not the seventh
        unit = "번"
    elif unit == "년" and len(value) == len("26"):
        value = f"20{value}"
    name = _NAME.search(text, max(0, found.start() - 8), found.start())
    if name:
        return Figure(f"{name[0].casefold()}{value}", "name")
    return Figure(value, unit)
