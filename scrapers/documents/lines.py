"""Letters with their places → lines of text, from top to bottom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from scrapers.documents.geometry import Glyph

_BLANK = 0.25  # of a letter's height: a gap as wide separates words
_GAP = 0.65  # likewise: it separates columns that have no rule between them
_FLUSH = 1.2  # likewise, in a full line of running text
_LONG = 15.0  # likewise: lines of running text are longer
_WIDE = 8.0  # likewise, after a blank: lines set flush on both sides have wide blanks, too
_OVERLAP = 0.5  # of the lower one's height: letters on one line share as much
_TOUCH = 0.05  # likewise: lines that share as much do not stand one below the other
_RECENT = 8  # lines that a further piece may belong to


@dataclass(frozen=True, slots=True)
class Field:
    """A part of a line that wide gaps set apart."""

    text: str
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Line:
    """Letters side by side; several fields are columns.

    Blanks at both ends of a single field tell where a paragraph begins and whether a word ends.
    ``full``: the line reaches the right edge of where it stands.
    """

    fields: tuple[Field, ...]
    bottom: float
    top: float
    full: bool

    @property
    def text(self) -> str:
        """The whole line."""
        return " ".join(field.text for field in self.fields)

    @property
    def height(self) -> float:
        """Points."""
        return self.top - self.bottom

    @property
    def left(self) -> float:
        """Where its first letter begins."""
        return self.fields[0].left

    @property
    def right(self) -> float:
        """Where its last letter ends."""
        return self.fields[-1].right


@dataclass(slots=True)
class _Piece:
    glyphs: list[Glyph]
    bottom: float
    top: float

    def add(self, other: _Piece) -> None:
        """Take in what is beside; a superscript does not make the line narrower."""
        self.glyphs.extend(other.glyphs)
        if other.top - other.bottom > self.top - self.bottom:
            self.bottom, self.top = other.bottom, other.top

    def beside(self, other: _Piece) -> bool:
        shared = min(self.top, other.top) - max(self.bottom, other.bottom)
        return shared >= _OVERLAP * min(self.top - self.bottom, other.top - other.bottom)


def lines(glyphs: Iterable[Glyph], edge: float, *, flowing: bool) -> list[Line]:
    """Letters gathered to lines. ``edge`` is where a full line ends.

    ``flowing``: a full line is one of a running text, set flush by widening its gaps.
    """
    rows: list[_Piece] = []
    for piece in sorted(_pieces(glyphs), key=lambda piece: -piece.top):
        host = next((row for row in rows[-_RECENT:] if row.beside(piece)), None)
        if host is None:
            rows.append(piece)
        else:
            host.add(piece)
    read = [
        _line(row, edge, flowing=flowing)
        for row in rows
        if any(not g.char.isspace() for g in row.glyphs)
    ]
    return list(_levelled(read))


def _levelled(read: Sequence[Line]) -> Iterator[Line]:
    """One line for cells side by side whose lines, centred upright, stand at different heights."""
    together: list[Line] = []
    for line in read:
        if together and line.top - together[-1].bottom <= _TOUCH * line.height:
            yield from _level(together)
            together = []
        together.append(line)
    yield from _level(together)


def _level(together: Sequence[Line]) -> Sequence[Line]:
    columns: list[list[Field]] = []
    for field in sorted((f for line in together for f in line.fields), key=lambda f: f.left):
        if columns and field.left < max(other.right for other in columns[-1]):
            columns[-1].append(field)
        else:
            columns.append([field])
    if len({len(column) for column in columns}) < 2:  # noqa: PLR2004 - heights are the same
        return together
    order = {
        id(field): place for place, field in enumerate(f for li in together for f in li.fields)
    }
    fields = tuple(_one(sorted(column, key=lambda f: order[id(f)])) for column in columns)
    return [Line(fields, min(li.bottom for li in together), together[0].top, full=False)]


def _one(column: Sequence[Field]) -> Field:
    text = " ".join(field.text.strip() for field in column)
    return Field(text, min(f.left for f in column), max(f.right for f in column))


def _pieces(glyphs: Iterable[Glyph]) -> Iterator[_Piece]:
    """Letters that the document itself writes one after the other at one height."""
    piece: _Piece | None = None
    for glyph in glyphs:
        one = _Piece([glyph], glyph.bottom, glyph.top)
        if piece and piece.beside(one) and glyph.left >= piece.glyphs[-1].left:
            piece.add(one)
        else:
            if piece:
                yield piece
            piece = one
    if piece:
        yield piece


def _line(row: _Piece, edge: float, *, flowing: bool) -> Line:
    row.glyphs.sort(key=lambda glyph: glyph.left)
    inked = [glyph.right for glyph in row.glyphs if not glyph.char.isspace()]
    height = row.top - row.bottom
    full = max(inked) >= edge - height
    if flowing:  # the longest line of a page of short ones is none
        full = full and max(inked) - row.glyphs[0].left >= _LONG * height
    fields = tuple(map(_field, _parted(row.glyphs, _FLUSH if full and flowing else _GAP)))
    return Line(fields, row.bottom, row.top, full)


def _parted(glyphs: Sequence[Glyph], widest: float) -> list[list[Glyph]]:
    """Letters between wide gaps; all of them where each stands alone: one word set wide."""
    parts: list[list[Glyph]] = [[glyphs[0]]]
    for before, glyph in pairwise(glyphs):
        if _gap(before, glyph) > (_WIDE if before.char.isspace() else widest):
            parts.append([])
        parts[-1].append(glyph)
    parts = [part for part in parts if any(not glyph.char.isspace() for glyph in part)]
    alone = all(len(part) == 1 for part in parts)
    return [list(glyphs)] if alone else parts


def _gap(before: Glyph, glyph: Glyph) -> float:
    """Between two letters, in heights of the second."""
    return (glyph.left - before.right) / (glyph.top - glyph.bottom)


def _field(glyphs: Sequence[Glyph]) -> Field:
    pieces = [glyphs[0].char if glyphs[0].char.isspace() else glyphs[0].char.lstrip()]
    for before, glyph in pairwise(glyphs):
        apart = _gap(before, glyph) > _BLANK and not glyph.char.startswith(" ")
        pieces.append(" " + glyph.char if apart else glyph.char)
    inked = [glyph for glyph in glyphs if not glyph.char.isspace()]
    return Field("".join(pieces), inked[0].left, max(glyph.right for glyph in inked))
