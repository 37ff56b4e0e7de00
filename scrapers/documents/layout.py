"""Letters and rules of a sheet → the pages on it, each as lines and tables from top to bottom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from scrapers.documents.blocks import Cell, Table
from scrapers.documents.flow import Item, Page, paragraphs
from scrapers.documents.geometry import Glyph, Sheet
from scrapers.documents.lattice import Grid, grids
from scrapers.documents.lines import Line, lines

_BROAD = 1.2  # width by height of a sheet that may hold two pages
_BORDER = 9.0  # of a page's frame that may reach over the middle
_OFF_CENTRE = 0.2  # of a row's height, that a line in its middle may be off
_LOW = 3.0  # lines; a row as high is no row of single lines
_BRACKETS = (("<", ">"), ("(", ")"), ("[", "]"), ("「", "」"), ("‘", "’"), ("“", "”"))
_STEP = 1_000  # places that a cell is divided into at most, each way


def pages(sheet: Sheet) -> list[Page]:
    """What is read, page by page; of two pages side by side the left one first."""
    return [Page(half.height, _Reader(half).items()) for half in _halves(sheet)]


def _halves(sheet: Sheet) -> list[Sheet]:
    middle = sheet.width / 2
    crossing = any(
        rule.start < middle - _BORDER and rule.end > middle + _BORDER for rule in sheet.across
    )
    if sheet.width < sheet.height * _BROAD or crossing:
        return [sheet]
    left = tuple(glyph for glyph in sheet.glyphs if glyph.right <= middle)
    right = tuple(glyph for glyph in sheet.glyphs if glyph.left >= middle)
    if len(left) + len(right) < len(sheet.glyphs):
        return [sheet]
    return [
        replace(
            sheet,
            glyphs=glyphs,
            across=tuple(rule for rule in sheet.across if (rule.start < middle - _BORDER) is first),
            upright=tuple(rule for rule in sheet.upright if (rule.at < middle) is first),
        )
        for first, glyphs in ((True, left), (False, right))
    ]


@dataclass(slots=True)
class _Region:
    """A page or a cell: what lies directly in it. ``edge`` is where its full lines end.

    ``flowing``: it holds running text rather than a field of a table.
    """

    edge: float
    flowing: bool
    glyphs: list[Glyph] = field(default_factory=list)
    tables: list[int] = field(default_factory=list)


class _Reader:
    def __init__(self, sheet: Sheet) -> None:
        self._grids = sorted(grids(sheet), key=lambda grid: grid.box.area)
        inked = (glyph.right for glyph in sheet.glyphs if not glyph.char.isspace())
        self._page = _Region(max(inked, default=0.0), flowing=True)
        self._cells: dict[tuple[int, int], _Region] = {}
        for glyph in sheet.glyphs:
            x, y = (glyph.left + glyph.right) / 2, (glyph.bottom + glyph.top) / 2
            self._around(x, y, 0).glyphs.append(glyph)
        for number, grid in enumerate(self._grids):
            x, y = (grid.box.left + grid.box.right) / 2, (grid.box.bottom + grid.box.top) / 2
            self._around(x, y, number + 1).tables.append(number)

    def items(self) -> list[Item]:
        return self._items(self._page)

    def _around(self, x: float, y: float, first: int) -> _Region:
        """The smallest cell around a point, of the grids from ``first`` on; else the page."""
        for number, grid in enumerate(self._grids[first:], start=first):
            if grid.box.holds(x, y):
                cell = grid.cell_at(x, y)
                known = self._cells.get((number, cell))
                if known is None:
                    known = _Region(grid.rights[cell], flowing=len(grid.cells[0]) == 1)
                    self._cells[number, cell] = known
                return known
        return self._page

    def _items(self, region: _Region) -> list[Item]:
        placed = [_Placed(line, line.top, line.bottom, line.left) for line in _lines(region)]
        for number in region.tables:
            box = self._grids[number].box
            placed.append(_Placed(self._table(number), box.top, box.bottom, box.left))
        return [one.item for one in _in_order(placed)]

    def _table(self, number: int) -> Table:
        grid = self._grids[number]
        places: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for row, line in enumerate(grid.cells):
            for column, cell in enumerate(line):
                places[cell].append((row, column))
        return Table(
            [
                part
                for cell, held in places.items()
                if (number, cell) in self._cells
                for part in _parts(self._items(self._cells[number, cell]), held, grid)
            ]
        )


@dataclass(frozen=True, slots=True)
class _Placed:
    item: Item
    top: float
    bottom: float
    left: float

    def beside(self, other: _Placed) -> bool:
        shared = min(self.top, other.top) - max(self.bottom, other.bottom)
        return shared > max(self.top - self.bottom, other.top - other.bottom) / 2


def _lines(region: _Region) -> list[Line]:
    return lines(region.glyphs, region.edge, flowing=region.flowing)


def _in_order(placed: Iterable[_Placed]) -> list[_Placed]:
    """From top to bottom; what stands side by side from left to right."""
    order: list[_Placed] = []
    for one in sorted(placed, key=lambda one: -one.top):
        place = len(order)
        while place and one.left < order[place - 1].left and one.beside(order[place - 1]):
            place -= 1
        order.insert(place, one)
    return order


def _parts(items: Sequence[Item], places: Sequence[tuple[int, int]], grid: Grid) -> Iterator[Cell]:
    """The cell; or several, where no rule is drawn between what are columns or rows.

    Places are counted in steps, so that the parts of a cell find theirs between its neighbours'.
    """
    top, left = (min(place[axis] for place in places) for axis in (0, 1))
    bottom, right = (max(place[axis] for place in places) + 1 for axis in (0, 1))
    columns = (right - left) * _STEP
    read = [item for item in items if isinstance(item, Line)]
    if len(read) < len(items):
        yield Cell(paragraphs(items), top * _STEP, left * _STEP, columns)
    elif all(len(line.fields) > 1 for line in read):
        for down, line in enumerate(read[:_STEP]):
            for across, part in enumerate(line.fields[:_STEP]):
                yield Cell((part.text,), top * _STEP + down, left * _STEP + across)
    elif rows := _rows(read, grid.ys[top : bottom + 1]):
        for row, line in rows:
            yield Cell((line.text,), (top + row) * _STEP, left * _STEP, columns)
    else:
        yield Cell(paragraphs(items), top * _STEP, left * _STEP, columns)


def _rows(read: Sequence[Line], edges: Sequence[float]) -> list[tuple[int, Line]]:
    """Each line with the row in the middle of which it stands; none where one does not."""
    found: list[tuple[int, Line]] = []
    middles = [(above + below) / 2 for above, below in pairwise(edges)]
    for line in read:
        centre = (line.top + line.bottom) / 2
        row = min(range(len(middles)), key=lambda row: abs(middles[row] - centre))
        height = edges[row] - edges[row + 1]
        if abs(middles[row] - centre) > _OFF_CENTRE * height or height > _LOW * line.height:
            return []
        found.append((row, line))
    distinct = {row for row, _ in found}
    whole = all(_closed(line.text) for line in read)  # what a bracket opens goes on below
    return found if whole and len(distinct) == len(found) > 1 else []


def _closed(text: str) -> bool:
    return all(text.count(opening) == text.count(closing) for opening, closing in _BRACKETS)
