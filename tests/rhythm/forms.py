"""The forms in which a fixture writes a date or a key, so that new ones look the same."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from scrapers.dates import SEOUL

_FORMS = (
    "%a, %d %b %Y %H:%M:%S +0900",
    "%a, %d %b %Y %H:%M:%S +09:00",
    "%a, %d %b %Y %H:%M:%S KST",
    "%a, %d %b %Y %H:%M:%S GMT",
    "%a, %d %b %Y %H:%M:%S +0000",
    "%^a, %d %^b %Y %H:%M:%S KST",
    "%a %b %d %H:%M:%S KST %Y",
    "%d %b %Y %H:%M:%S +0900",
    "%d %b %Y %H:%M:%S KST",
    "%a, %d %b %Y %H:%M:%S",
    "%a,%d %m %Y %H:%M",
    "%Y-%m-%dT%H:%M:%S.000+09:00",
    "%Y-%m-%dT%H:%M:%S.000+0900",
    "%Y-%m-%dT%H:%M:%S.000Z",
    "%Y-%m-%dT%H:%M:%S+09:00",
    "%Y-%m-%dT%H:%M:%S+0900",
    "%Y-%m-%dT%H:%M:%SZ",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M+09:00",
    "%Y-%m-%d %H:%M:%S",
    "%Y.%m.%d %H:%M:%S",
    "%Y/%m/%d %H:%M:%S",
    "%m/%d/%Y %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y.%m.%d %H:%M",
    "%Y/%m/%d %H:%M",
    "%Y.%m.%d. %H:%M",
    "%y.%m.%d %H:%M",
    "%Y%m%d%H%M%S",
    "%Y. %-m. %-d",
    "%Y. %m. %d",
    "%Y-%m-%d",
    "%Y.%m.%d",
    "%Y/%m/%d",
    "%Y년 %m월 %d일",
    "%Y년 %-m월 %-d일",
    "%Y%m%d",
)
_UTC = ("GMT", "Z", "+0000")
_LEAST = 5  # digits in a row that leave room to count
_DAY = re.compile(r"20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")


def date_form(text: str, at: datetime) -> str | None:
    """The strftime form in which ``text`` writes ``at``, None where none is known."""
    return next((form for form in _FORMS if written(at, form) in text), None)


def written(at: datetime, form: str) -> str:
    """``at`` (aware) in that form."""
    zone = UTC if form.endswith(_UTC) else SEOUL
    return at.astimezone(zone).strftime(form)


@dataclass(frozen=True, slots=True)
class KeyForm:
    """Makes keys in the form of an example: its numbers counted on, its day the post's."""

    example: str

    def make(self, number: int, at: datetime) -> str:
        """The key of post ``number`` (from 1), which came out ``at``."""
        runs = list(re.finditer(r"\d+", self.example))
        longest = max(runs, key=lambda run: len(run[0]), default=None)
        if longest is None or len(longest[0]) < _LEAST:
            return f"{number:0{len(self.example)}d}"
        day = at.astimezone(SEOUL).strftime("%Y%m%d")
        pieces, end = [], 0
        for run in runs:
            pieces += [self.example[end : run.start()], _run(run[0], day, number, run == longest)]
            end = run.end()
        return "".join([*pieces, self.example[end:]])


def _run(digits: str, day: str, number: int, counts: bool) -> str:
    dated = bool(_DAY.match(digits))
    rest = len(digits) - len(day)
    if dated and (not counts or rest < _LEAST - 1):
        return day + digits[len(day) :] if not counts else str(int(digits) + number)
    if dated:
        return day + f"{number % 10**rest:0{rest}d}"
    return str(int(digits) + number).zfill(len(digits)) if counts else digits
