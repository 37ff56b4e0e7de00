"""A read text as a page shows it: paragraphs, and tables where cells are parted by tabs. Pure.

A long text is cut into parts, a page each, so that none is slow on a phone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

SHOWN = 1_000_000  # characters of a text; the rest is at its source
PART = 45_000  # bytes of markup

_LINE, _CELL = 10, 10  # bytes that a paragraph or a cell costs beside what it says
_WIDEST = PART // 10  # characters of one line, whatever they are


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that belong together: of a table its rows, else ``rows`` is empty."""

    lines: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()


def parts(text: str) -> list[str]:
    """Cut a text, at most SHOWN characters of it, between lines; at least one part."""
    cut: list[str] = []
    lines: list[str] = []
    room = PART
    for line in _lines(text[:SHOWN]):
        cost = len(escape(line).encode("utf-8", "replace")) + _LINE + _CELL * line.count("\t")
        if cost > room and lines:
            cut.append("\n".join(lines))
            lines, room = [], PART
        lines.append(line)
        room -= cost
    return [*cut, "\n".join(lines)]


def blocks(text: str) -> list[Block]:
    """Cut a part into paragraphs and tables."""
    found = []
    for is_table, group in groupby(text.split("\n"), key=_kind):
        lines = list(group)
        if is_table:
            found.append(Block(rows=[line.split("\t") for line in lines]))
        elif is_table is not None:
            found.append(Block(lines=[line.strip() for line in lines]))
    return found


def _lines(text: str) -> Iterator[str]:
    """Its lines, those that are too long in pieces."""
    for line in text.split("\n"):
        for start in range(0, len(line) or 1, _WIDEST):
            yield line[start : start + _WIDEST]


def _kind(line: str) -> bool | None:
    """Whether a line is a row of a table; None where it is empty and parts its neighbours."""
    return "\t" in line if line.strip() else None
