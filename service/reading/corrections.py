"""Corrections: which of the printed days gave way to others, and which stand in their place."""

from __future__ import annotations

import re

from service.reading import period_words as words
from service.reading.places import Place, beside, column
from service.reading.times import ARROW

_CHANGED = r"(?:변경|연장|정정|수정)"
_OLD = rf"(?:당초|기존|종전|현행|{_CHANGED}[ ]?전)"
_NEW = rf"(?:{_CHANGED}(?:[ ]?[후안])?)"
_OF_WHAT = r"(?:[ ]?(?:공고문?|내용|기간|기한|일정|사항|계획))?"
WORD = re.compile(rf"{_OLD}|{_CHANGED}")
"""Where none is near, no cell and no heading speaks of a correction."""
_OLD_CELL = re.compile(rf"\W*{_OLD}{_OF_WHAT}\W*")
_NEW_CELL = re.compile(rf"\W*{_NEW}{_OF_WHAT}\W*")
_LONGEST_CELL = 24
_HEADING = re.compile(
    rf"^[^\w\n]{{0,6}}(?:[0-9가-하][.)][ ]?)?(?:{_OLD}|(?P<new>{_NEW})){_OF_WHAT}[^\w\n]{{0,6}}$",
    re.MULTILINE,
)
_SECTION = 300
"""How far above its days the heading of a section is looked for, in characters."""

_MARK = rf"[(（\[]?{_CHANGED}?(?:[ ]?후)?[)）\]]?[\s:：~∼～〜]{{0,4}}"
_DAY = (
    r"(?:['’‘]?[0-9]{2,4}[.년-][ ]?)?[0-9]{1,2}[ ]?"
    r"(?:[./월-][ ]?[0-9]|일|\.?[ ]?[(（][월화수목금토일])"
)
_DAYS_BELOW = re.compile(rf"[ \t]{{0,4}}\n\s{{0,8}}{_DAY}")
_OLD_BEFORE = re.compile(rf"{_OLD}[ )）\]:：]{{0,4}}$")
_SETTLED = rf"[ )）\].]{{0,4}}(?:$|[\n\t|,(（※*/]|까지|으?로|마감|{_CHANGED})"
"""Behind a day: it is not that of the next step, as in 접수 5. 1. ~ 5. 4. → 5. 7. 심사."""
_LEADS_ON = re.compile(
    rf"[)）\]]?\s{{0,2}}(?:[(（][^()（）\n]{{0,16}}[)）])?\s{{0,2}}{ARROW}\s{{0,2}}{_MARK}(?={_DAY})"
    rf"(?:[0-9 .:：~∼～〜월일년시분오전후'’‘–-]|[(（][월화수목금토일][)）]){{1,60}}+{_SETTLED}"
)
"""Behind days: they became others."""
_MOVED = re.compile(
    rf"(?:까지)?에서[ ]{{0,2}}(?={_DAY})"
    r"(?:[0-9 .:：년월일시분오전후'’‘]|[(（][월화수목금토일][)）]){1,40}+(?:까지)?로[ ]"
)
"""The same in words: 18일에서 23일까지로."""
_MOVED_HERE = re.compile(rf"[ ]?로[ ][^\n.]{{0,12}}{_CHANGED}")
_EXTENDED_BEFORE = re.compile(r"(?:연장|변경)[^\w\n]{0,6}(?:안내)?[^\w\n]{0,6}$")
_EXTENDED_BEHIND = re.compile(
    r"[ ]?(?:으?로)?[ ]?[(（]?(?:[^\s.()（）]{1,5}[ ])?"
    rf"(?:(?:{words.LABEL.pattern})[을를]?[ ]?)?연장(?![ ]?(?:가능|시|신청|될|할))"
)
_NEW_BEFORE = re.compile(rf"(?:{_CHANGED}|추가)[^\n]{{0,12}}$")
_LED_TO = re.compile(rf"{ARROW}[ ]?{_MARK}$")
_END_LED_TO = re.compile(rf"[~∼～〜][^\n]{{0,40}}{_LED_TO.pattern}")
_BEHIND = re.compile(_SETTLED)


def is_old(spot: Place) -> bool:
    """Whether its sentence says that others stand in the place of its days."""
    return (
        _OLD_BEFORE.search(spot.before) is not None
        or _LEADS_ON.match(spot.text, spot.found.span[1]) is not None
        or _MOVED.match(spot.text, spot.found.span[1]) is not None
    )


def is_placed_as_old(spot: Place) -> bool:
    """Whether its row, its column or its section is that of the old days."""
    return (
        _says(_OLD_CELL, _NEW_CELL, _above(spot))
        or _says(_OLD_CELL, _NEW_CELL, beside(spot))
        or _is_in_old_section(spot)
    )


def is_new(spot: Place) -> bool:
    """Whether its sentence says that its days are in the place of others."""
    if _NEW_BEFORE.search(spot.before) or _is_moved_here(spot):
        return True
    return _LED_TO.search(spot.before) is not None and _BEHIND.match(spot.after) is not None


def is_new_end(spot: Place) -> bool:
    """Whether a single day is in the place of the last of a range: ``5. 1. ~ 5. 4. → 5. 8.``."""
    if _is_moved_here(spot):
        return True
    return _END_LED_TO.search(spot.before) is not None and _BEHIND.match(spot.after) is not None


def is_extended(spot: Place) -> bool:
    """Whether it is said to be a period prolonged, the one before being printed as it was."""
    return (
        _EXTENDED_BEFORE.search(spot.before) is not None
        or _EXTENDED_BEHIND.match(spot.after) is not None
    )


def _is_moved_here(spot: Place) -> bool:
    return spot.before.rstrip(" ").endswith("에서") and _MOVED_HERE.match(spot.after) is not None


def label_of_new_cell(spot: Place) -> re.Match[str] | None:
    """The label of a row or column where a cell is that of the new days; within its own text."""
    above, left = _above(spot), beside(spot)
    for news, labelled in ((above, left), (left, above)):
        if _says(_NEW_CELL, _OLD_CELL, news):
            labels = (label for cell in labelled for label in words.LABEL.finditer(cell))
            return next((label for label in labels if label["term"]), None)
    return None


def _above(spot: Place) -> list[str]:
    head, cells = column(spot)
    return [head, *cells]


def _says(one: re.Pattern[str], other: re.Pattern[str], cells: list[str]) -> bool:
    """Whether a cell says the one and none the other."""
    telling = (cell for cell in cells if len(cell) <= _LONGEST_CELL and WORD.search(cell))
    bare = [words.LABEL.sub("", cell) for cell in telling]
    return any(map(one.fullmatch, bare)) and not any(map(other.fullmatch, bare))


def _is_in_old_section(spot: Place) -> bool:
    """Under a heading 변경 전; where that of the new follows at once, the first of two lines."""
    floor = max(0, spot.begin - _SECTION)
    headings = list(_HEADING.finditer(spot.text, floor, spot.begin))
    if not headings:
        return False
    *before, last = headings
    if not last["new"]:
        return True
    is_pair = bool(before) and not spot.text[before[-1].end() : last.start()].strip()
    return is_pair and _DAYS_BELOW.match(spot.text, spot.found.span[1]) is not None
