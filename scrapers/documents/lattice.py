"""Rules on a page → the tables they draw.

Korean tables are often open at the sides, so the outermost rules count as a border all round.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from scrapers.documents.geometry import Box, Rule, Sheet

_APART = 3.0  # rules nearer than this meet; dots nearer than this are one dotted rule
_SHORTEST = 8.0  # what is shorter is a dot, a tick or part of a letter
_MOST = 400  # rules one way; a page with more is a drawing


@dataclass(frozen=True, slots=True)
class Grid:
    """A table. ``xs`` run rightwards, ``ys`` downwards; ``cells[row][column]`` is a cell's number.

    A merged cell has the same number at all its places. ``rights`` is where each cell ends.
    """

    box: Box
    xs: Sequence[float]
    ys: Sequence[float]
    cells: Sequence[Sequence[int]]
    rights: Mapping[int, float]

    def cell_at(self, x: float, y: float) -> int:
        """The number of the cell around a point; the nearest for a point outside."""
        column = bisect_right(self.xs, x) - 1
        row = bisect_right([-edge for edge in self.ys], -y) - 1
        last_row, last_column = len(self.cells) - 1, len(self.cells[0]) - 1
        return self.cells[min(max(row, 0), last_row)][min(max(column, 0), last_column)]


def grids(sheet: Sheet) -> list[Grid]:
    """Every table on the page with more than one cell or none around it."""
    across, upright = joined(sheet.across), joined(sheet.upright)
    if len(across) > _MOST or len(upright) > _MOST:
        return []
    return [_grid(*together) for together in _meeting(across, upright)]


def joined(rules: Iterable[Rule]) -> list[Rule]:
    """Pieces and dots on one line as one rule; too short ones left out."""
    whole: list[Rule] = []
    for line in _lines(sorted(rules, key=lambda rule: rule.at)):
        line.sort(key=lambda rule: rule.start)
        at, start, end = line[0].at, line[0].start, line[0].end
        for rule in line[1:]:
            if rule.start > end + _APART:
                whole.append(Rule(at, start, end))
                start = rule.start
            end = max(end, rule.end) if rule.start <= end + _APART else rule.end
        whole.append(Rule(at, start, end))
    return [rule for rule in whole if rule.end - rule.start >= _SHORTEST]


def _lines(rules: Iterable[Rule]) -> list[list[Rule]]:
    lines: list[list[Rule]] = []
    for rule in rules:
        if lines and rule.at - lines[-1][0].at <= _APART / 2:
            lines[-1].append(rule)
        else:
            lines.append([rule])
    return lines


def _meeting(
    across: Sequence[Rule], upright: Sequence[Rule]
) -> Iterable[tuple[list[Rule], list[Rule]]]:
    """Rules that hang together, directly or through others; both kinds in each group."""
    groups = _Groups(len(across) + len(upright))
    for i, lying in enumerate(across):
        for j, standing in enumerate(upright, start=len(across)):
            if _reaches(lying, standing.at) and _reaches(standing, lying.at):
                groups.merge(i, j)
    found: dict[int, tuple[list[Rule], list[Rule]]] = defaultdict(lambda: ([], []))
    for i, lying in enumerate(across):
        found[groups.of(i)][0].append(lying)
    for j, standing in enumerate(upright, start=len(across)):
        found[groups.of(j)][1].append(standing)
    return [both for both in found.values() if both[0] and both[1]]


class _Groups:
    """Numbers from 0 on, of which some are the same; a group is named by its least number."""

    def __init__(self, count: int) -> None:
        self._same = list(range(count))

    def of(self, number: int) -> int:
        while self._same[number] != number:
            self._same[number] = self._same[self._same[number]]
            number = self._same[number]
        return number

    def merge(self, one: int, other: int) -> None:
        first, second = sorted((self.of(one), self.of(other)))
        self._same[second] = first


def _reaches(rule: Rule, place: float) -> bool:
    return rule.start - _APART <= place <= rule.end + _APART


def _grid(across: Sequence[Rule], upright: Sequence[Rule]) -> Grid:
    xs = _edges([rule.at for rule in upright], across)
    ys = _edges([rule.at for rule in across], upright)[::-1]
    cells = _cells(xs, ys, across, upright)
    rights = {cell: edge for row in cells for cell, edge in zip(row, xs[1:], strict=True)}
    return Grid(Box(xs[0], ys[-1], xs[-1], ys[0]), xs, ys, cells, rights)


def _edges(places: Sequence[float], crossing: Sequence[Rule]) -> list[float]:
    ends = (min(rule.start for rule in crossing), max(rule.end for rule in crossing))
    edges: list[float] = []
    for place in sorted((*places, *ends)):
        if not edges or place - edges[-1] > _APART:
            edges.append(place)
    return edges


def _cells(
    xs: Sequence[float], ys: Sequence[float], across: Sequence[Rule], upright: Sequence[Rule]
) -> list[list[int]]:
    """Number the places; those without a rule between them alike."""
    width = len(xs) - 1
    groups = _Groups(width * (len(ys) - 1))
    lying = [[rule for rule in across if abs(rule.at - y) <= _APART] for y in ys]
    standing = [[rule for rule in upright if abs(rule.at - x) <= _APART] for x in xs]
    for row, (top, bottom) in enumerate(pairwise(ys)):
        for column, (left, right) in enumerate(pairwise(xs)):
            place = row * width + column
            if column + 1 < width and not _covered(standing[column + 1], bottom, top):
                groups.merge(place, place + 1)
            if row + 2 < len(ys) and not _covered(lying[row + 1], left, right):
                groups.merge(place, place + width)
    return [
        [groups.of(row * width + column) for column in range(width)] for row in range(len(ys) - 1)
    ]


def _covered(rules: Iterable[Rule], start: float, end: float) -> bool:
    """Whether rules cover most of a stretch."""
    held = sum(max(0.0, min(rule.end, end) - max(rule.start, start)) for rule in rules)
    return held > (end - start) / 2
