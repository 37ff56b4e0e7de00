"""A read text as a page shows it: paragraphs, and tables where cells are parted by tabs. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

SHOWN = 100_000  # characters of a text; the rest is at its source


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that belong together: of a table its rows, else ``rows`` is empty."""

    lines: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()


def blocks(text: str) -> list[Block]:
    """Cut a text, at most SHOWN characters of it, into paragraphs and tables."""
    found = []
    for is_table, group in groupby(text[:SHOWN].split("\n"), key=_kind):
        lines = list(group)
        if is_table:
            found.append(Block(rows=[line.split("\t") for line in lines]))
        elif is_table is not None:
            found.append(Block(lines=[line.strip() for line in lines]))
    return found


def _kind(line: str) -> bool | None:
    """Whether a line is a row of a table; None where it is empty and parts its neighbours."""
    return "\t" in line if line.strip() else None
