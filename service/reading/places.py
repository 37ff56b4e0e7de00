"""What stands around a stretch of days: its sentence, the note under it, its heading, its column.

Only so much is looked at on either side that a text is read in time linear in its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from service.reading import period_words as words
from service.reading.ranges import Range

AROUND = 160
"""How far around its days a label or a verb is looked for, in characters."""
TABLE = 1500
"""How much of a table is looked at on either side of a cell, in characters."""
_NOTE = 60
_SHORT_LINE = 40

STOP = re.compile(
    r"[|\t\n]|<br>|(?<=\s)[ㅇ○◦•▪▸§](?=\s)"  # a cell's end, a bullet
    r"|(?<=[다요음됨임함])\.(?=\s|$)"
)
"""Where a sentence or a cell ends."""
_ROUND = re.compile(r"(?<![0-9])([1-9])회?차(?![년수시])")
_ROUND_CELL = re.compile(rf"\W*제?{_ROUND.pattern}\W*(?:모집|공모|접수|신청)?\W*")
_ROUND_BEHIND = re.compile(rf"[ ]?[(（]제?{_ROUND.pattern}[)）]")
_CELL = re.compile(r"[|\t]")
_NOTE_LINE = re.compile(rf"(?:\s|<br>){{0,12}}[-•]?[ ]?[*※](?P<note>[^\n<]{{0,{_NOTE}}})")


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of days in its text: its own sentence (or cell) before and behind it."""

    found: Range
    text: str
    before: str
    after: str

    @property
    def begin(self) -> int:
        """Where its sentence begins, or what is looked at of a long one."""
        return self.found.span[0] - len(self.before)

    @property
    def has_end(self) -> bool:
        """Whether its last day is one beyond doubt, not a day of its own."""
        return self.found.until or (self.found.start is not None and self.found.end is not None)


def place(text: str, found: Range) -> Place:
    """The place of a stretch of days in the text it was found in."""
    first, last = found.span
    before = STOP.split(text[max(0, first - AROUND) : first])[-1]
    after = STOP.split(text[last : last + AROUND], maxsplit=1)[0]
    return Place(found, text, before, after)


def remark(spot: Place) -> str:
    """What is said of the days right behind them and in the note (※, *) under them."""
    note = _NOTE_LINE.match(spot.text, spot.found.span[1] + len(spot.after))
    return f"{spot.after[:_NOTE]}\n{note['note'] if note else ''}"


def round_of(spot: Place) -> int | None:
    """Which of several rounds it is, as its sentence says: ``(2차) 6. 22. ~ 7. 6.``."""
    if behind := _ROUND_BEHIND.match(spot.after):
        return int(behind[1])
    marks = list(_ROUND.finditer(spot.before))
    if marks and words.BETWEEN.fullmatch(words.LABEL.sub("", spot.before[marks[-1].end() :])):
        return int(marks[-1][1])
    return None


def round_of_row(spot: Place) -> int | None:
    """Which of several rounds its row of a table is about."""
    cells = map(_ROUND_CELL.fullmatch, beside(spot))
    return next((int(cell[1]) for cell in cells if cell), None)


def line_start(text: str, offset: int) -> int:
    """Where the line begins, or what is looked at of a long one."""
    floor = max(0, offset - TABLE)
    return max(floor, text.rfind("\n", floor, offset) + 1)


def is_alone(spot: Place) -> bool:
    """Whether its row has no cell before it with anything in it."""
    first, last = spot.found.span
    row = spot.text[line_start(spot.text, first) : last]
    return sum(1 for cell in _CELL.split(row) if cell.strip()) <= 1


def beside(spot: Place) -> list[str]:
    """The cells before its own in its row."""
    first = spot.found.span[0]
    row = _CELL.split(spot.text[line_start(spot.text, first) : first])
    return [cell.strip() for cell in row[:-1]]


def heads(spot: Place) -> list[str]:
    """The short ones of the three lines above, in order."""
    above = spot.text[max(0, spot.begin - AROUND) : spot.begin].split("\n")
    lines = [line for line in above if line.strip()][-3:]
    return [line for line in lines if len(line) <= _SHORT_LINE]


def column(spot: Place) -> tuple[str, list[str]]:
    """The head of its column and the column's other cells, itself among them; ``""`` if none."""
    text, first = spot.text, spot.found.span[0]
    start = line_start(text, first)
    index = len(_CELL.findall(text, start, first))
    if not index:
        return "", []
    above = list(_rows(reversed(text[max(0, start - TABLE) : start].split("\n")[:-1])))
    rows = [*reversed(above), *_rows(text[start : start + TABLE].split("\n"))]
    head, *cells = [row[index].strip() for row in rows if index < len(row)] or [""]
    return head, cells


def _rows(lines: Iterable[str]) -> Iterator[list[str]]:
    """The cells of each line, up to the first line that has none."""
    for line in lines:
        cells = _CELL.split(line)
        if len(cells) == 1:
            return
        yield cells
