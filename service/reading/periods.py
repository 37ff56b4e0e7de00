"""Periods of application: which of the printed days say until when one may apply."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from service.reading import clocks, corrections
from service.reading import period_words as words
from service.reading.open_periods import (
    DAY_LIKE,
    SENTENCE,
    TAIL,
    Grade,
    Period,
    is_in_sight,
    labelled_open,
    said_open,
)
from service.reading.places import (
    AROUND,
    TABLE,
    Place,
    column,
    heads,
    is_alone,
    line_start,
    place,
    remark,
    round_of,
    round_of_row,
)
from service.reading.ranges import ranges

_WORD = 20
"""No act that stands alone in its line is longer, marks and all."""
_HORIZON = timedelta(days=550)
"""No period ends later than this after it was announced."""


def periods(text: str, near: date | None) -> tuple[Period, ...]:
    """Every period of application, in the order of the text.

    ``near`` is the day of publication: it gives the missing years, and what ended before it is
    left out, being news of an earlier call.
    """
    labels = list(words.LABEL.finditer(text))
    marks = [label.start() for label in labels]
    changes = [change.start() for change in corrections.WORD.finditer(text)]
    spots = (
        place(text, one)
        for one in ranges(text, near)
        if is_in_sight(marks, one.span[0] - TABLE, one.span[1] + AROUND)
    )
    dated = (
        (spot, _period(spot, is_in_sight(changes, span[0] - TABLE, span[1] + TABLE)))
        for spot in spots
        for span in [spot.found.span]
    )
    found = [one for one in _in_rounds(dated, near) if _is_ahead(one, near)]
    found += [*labelled_open(text, labels), *said_open(text)]
    return tuple(sorted(found, key=lambda one: one.span[::-1]))


def _is_ahead(period: Period, near: date | None) -> bool:
    if near is None or period.end is None:
        return True
    return near <= period.end and period.end - near <= _HORIZON


def _in_rounds(dated: Iterable[tuple[Place, Period | None]], near: date | None) -> list[Period]:
    """The periods, rounds of one call (1차 …, 2차 …) as one that ends with the last of them.

    The label of the first is that of all. It begins with the first that is not over.
    """
    found: list[Period] = []
    rounds: dict[bool, tuple[int, int]] = {}  # by whether in a row: the last one, its place
    for spot, period in dated:
        said, row = round_of(spot), round_of_row(spot)
        number, before = said or row, rounds.get(said is None)
        if before and number == before[0] + 1:
            earlier = found[before[1]]
            one = _made(spot, earlier.grade, earlier.span[0])
            if _follows(one, earlier, spot):
                is_over = not _is_ahead(earlier, near)
                found[before[1]] = replace(one, start=one.start if is_over else earlier.start)
                rounds[said is None] = (number, before[1])
                continue
        if period:
            found.append(period)
            if number and period.end:
                rounds[said is None] = (number, len(found) - 1)
    return found


def _follows(one: Period, earlier: Period, spot: Place) -> bool:
    """Whether a round ends later than the one before and stands right behind it."""
    assert earlier.end is not None  # else it were no round
    return (
        one.end is not None
        and one.end > earlier.end
        and spot.found.span[0] - earlier.span[1] <= AROUND
    )


def _period(spot: Place, is_near_change: bool) -> Period | None:
    last = spot.found.end.span[0] if spot.found.end else spot.found.span[0]
    if (
        corrections.is_old(spot)
        or (is_near_change and corrections.is_placed_as_old(spot))
        or words.NOT_NOW.search(spot.before)
        or words.TENTATIVE.search(spot.text, max(0, last - 6), last)
    ):
        return None
    if labelled := _labelled(spot):
        return _made(spot, *labelled)
    if _in_sentence(spot):
        return _made(spot, Grade.SAID, spot.begin)
    if _under_heading(spot) or _in_column(spot):
        return _made(spot, Grade.NEAR, spot.begin)
    if is_near_change and (label := corrections.label_of_new_cell(spot)):
        return _made(spot, Grade.SAID, spot.begin, label[0])
    return None


def _labelled(spot: Place) -> tuple[Grade, int] | None:
    """The grade its label gives it, and where the label stands."""
    first = spot.found.span[0]
    labels = list(words.LABEL.finditer(spot.text, max(0, first - AROUND), first))
    if not labels or not _reaches(spot, labels[-1]):
        return None
    label = labels[-1]
    if label["notice"]:
        return Grade.NOTICE, label.start()
    if label["term"]:
        return Grade.SAID, label.start()
    if not spot.has_end or words.PAST.search(spot.after):
        return None
    is_subject = words.PARTICLE.match(spot.text, label.end()) is not None
    return Grade.SAID if is_subject else Grade.NEAR, label.start()


def _reaches(spot: Place, label: re.Match[str]) -> bool:
    """Whether a label is the one of the days: nothing of weight stands between."""
    text, first = spot.text, spot.found.span[0]
    if words.BETWEEN.fullmatch(text, label.end(), first):
        if label["act"] and not label["term"] and "\n" in text[label.end() : first]:
            # An act without its term (모집) labels the next line only where both are cells.
            own = label.end() - line_start(text, label.start())
            return own <= _WORD and len(spot.after) <= _WORD
        return True
    return label.end() > spot.begin and corrections.is_new(spot)


def _in_sentence(spot: Place) -> bool:
    """``5월 4일부터 20일까지 … 모집한다``, ``신청은 … 20일까지 가능하다``."""
    if not spot.has_end or words.PAST.search(spot.after) or _is_aside(spot):
        return False
    if act := words.DOES.search(spot.after):
        return not words.EVENT.search(words.QUOTED.sub("", spot.after[: act.start()]))
    subjects = list(words.SUBJECT.finditer(spot.before))
    return (
        bool(subjects)
        and not words.EVENT.search(spot.before, subjects[-1].end())
        and words.POSSIBLE.search(spot.after) is not None
    )


def _is_aside(spot: Place) -> bool:
    """Whether the days belong to the word before them: ``관람(4. 7. ~ 4. 10.), 접수 시작``."""
    if spot.after.startswith((")", "）")) and re.search("[(（]", spot.before):
        return True
    return not spot.found.until and not words.BETWEEN.fullmatch(spot.before)


def _under_heading(spot: Place) -> bool:
    """A line of its own, or one that only says 기간, right under a heading that names the act."""
    own = words.NOTED.sub("", spot.before)
    if not spot.has_end or not is_alone(spot):
        return False
    if not words.BETWEEN.fullmatch(words.TERM.sub("", own)):
        return False
    says_term = words.TERM.search(own) is not None
    return any(_is_head(line, says_term) for line in heads(spot))


def _is_head(line: str, says_term: bool) -> bool:
    label = words.LABEL.search(line)
    if label is None or label["notice"]:
        return False
    if says_term or label["term"]:
        return True
    rest = line[: label.start()] + line[label.end() :]
    return words.BETWEEN.fullmatch(rest) is not None


def _in_column(spot: Place) -> bool:
    """A cell in a column whose head names the period, the other cells saying nothing else."""
    head, cells = column(spot)
    told = {cell for cell in cells if DAY_LIKE.search(cell) or words.ANY_TIME.search(cell)}
    is_sure = len(told) == 1 or round_of_row(spot) is not None
    return is_sure and any(label["term"] for label in words.LABEL.finditer(head))


def _made(spot: Place, grade: Grade, begin: int, label: str = "") -> Period:
    """The period of a place; ``label`` is what names it from another cell."""
    start, end = spot.found.start, spot.found.end
    remarked = remark(spot)
    is_open = _is_open(spot, remarked)
    if is_open:
        end = None
    elif not (spot.has_end or _is_last(spot, label + spot.text[begin : spot.found.span[0]])):
        start, end = start or end, None  # 접수일자 : 2. 2. is a beginning
    return Period(
        grade,
        start.day if start else None,
        end.day if end else None,
        (end.clock or clocks.closing(DAY_LIKE.split(remarked, maxsplit=1)[0])) if end else None,
        is_open,
        grade is Grade.NEAR or words.MAY_CLOSE_EARLY.search(remarked) is not None,
        _quote(spot, begin),
        (begin, spot.found.span[1]),
        corrections.is_extended(spot),
    )


def _is_last(spot: Place, said: str) -> bool:
    """Whether a single day is an end, by what is said before it."""
    return words.LAST_DAY.search(said) is not None or corrections.is_new_end(spot)


def _is_open(spot: Place, remarked: str) -> bool:
    """Whether what is said behind the days takes the last one away: 예산 소진 시까지."""
    behind, note = remarked.split("\n", 1)
    if words.UNTIL_SPENT.search(behind) or words.SPENT_NOTE.match(note):
        return True
    return spot.found.end is None and words.ANY_TIME.search(behind) is not None


def _quote(spot: Place, begin: int) -> str:
    """The words it was read from, verbatim: from where its label or its sentence begins."""
    first, last = spot.found.span
    end = last + len(spot.after)
    if last - begin > SENTENCE - TAIL and end - begin > SENTENCE:
        begin = min(first, max(begin, last - SENTENCE + TAIL))
        begin = max(begin, spot.text.rfind(" ", begin, min(first, begin + 12)) + 1)
    return spot.text[begin : min(end, begin + SENTENCE)].strip()
