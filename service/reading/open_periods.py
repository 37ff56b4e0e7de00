"""What a period of application is, and those that have no last day."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from service.model import Span
from service.reading import period_words as words
from service.reading.places import STOP

SENTENCE = 120
TAIL = 40
"""How much of a sentence is kept behind its days when it is too long."""
DAY_LIKE = re.compile(r"\d{1,2}[ ]?[./월][ ]?\d")


class Grade(IntEnum):
    """How surely a period is the application's."""

    NOTICE = 1
    """공고기간: a notice mostly stands as long as one may apply."""
    NEAR = 2
    """A heading, a column or a bare word says so: 기업모집 4. 23. ~ 5. 8."""
    SAID = 3
    """신청기간: 1. 12. ~ 2. 6., or a sentence: 5월 4일부터 20일까지 모집한다."""


@dataclass(frozen=True, slots=True)
class Period:
    """From when until when one may apply, as one place of the text says.

    ``clock`` is ``"HH:MM"``. ``open_ended``: at any time, or until the money is used up; it then
    has no ``end``. ``may_close_early``: before ``end``, once the money is used up. ``sentence`` is
    verbatim, at most 120 characters; ``span`` are the offsets of its label and days. ``extended``:
    it is said to be prolonged, so that others may be printed as they were.
    """

    grade: Grade
    start: date | None
    end: date | None
    clock: str | None
    open_ended: bool
    may_close_early: bool
    sentence: str
    span: Span
    extended: bool = False


def is_in_sight(marks: Sequence[int], first: int, last: int) -> bool:
    """Whether one of the sorted offsets is near enough: most days of a text are let go here."""
    following = bisect_left(marks, first)
    return following < len(marks) and marks[following] <= last


def labelled_open(text: str, labels: Sequence[re.Match[str]]) -> Iterator[Period]:
    """``신청기간: 예산 소진 시까지``: labelled, and no day in it."""
    marks = sorted(
        said.start() for kind in (words.ANY_TIME, words.UNTIL_SPENT) for said in kind.finditer(text)
    )
    for label in labels:
        if not label["term"] or not is_in_sight(marks, label.end(), label.end() + SENTENCE):
            continue
        gap = words.BETWEEN.match(text, label.end())
        assert gap is not None  # all of it is optional
        rest = STOP.split(text[gap.end() : gap.end() + SENTENCE // 2], maxsplit=1)[0]
        end = gap.end() + len(rest)
        if DAY_LIKE.search(rest):
            continue
        if any(kind.search(text, gap.end(), end) for kind in (words.ANY_TIME, words.UNTIL_SPENT)):
            yield _open(text, Grade.SAID, (label.start(), end))


def said_open(text: str) -> Iterator[Period]:
    """``예산 소진 시까지 신청``."""
    for said in words.AT_ANY_TIME.finditer(text):
        before = STOP.split(text[max(0, said.start() - TAIL) : said.start()])[-1]
        yield _open(text, Grade.NOTICE, (said.start() - len(before), said.end()))


def _open(text: str, grade: Grade, span: Span) -> Period:
    quote = text[span[0] : min(span[1], span[0] + SENTENCE)].strip()
    return Period(grade, None, None, None, True, False, quote, span)
