"""A document's paragraphs and tables → plain text, the same way whatever they were read from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from scrapers.documents.letters import legible, unnamed
from scrapers.documents.model import Container, Document

_BLANK_LINES = re.compile(r"\n{3,}")
_MOST_PLACES = 1_000_000  # of a table; where there are more, empty ones are not written


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell where its merged area begins. ``columns`` is how many it spans."""

    blocks: Sequence[Block]
    row: int
    column: int
    columns: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """Cells in reading order."""

    cells: Sequence[Cell]


Block = str | Table
"""A paragraph, with its own line breaks; or a table."""


def document(container: Container, blocks: Sequence[Block], parser: str) -> Document:
    """What ``parser`` made of a document."""
    text, tables = render(blocks)
    unknown = _unnamed(blocks)
    lacks = f"letters that nobody can name: {unknown}" if unknown else None
    return Document(container, text, parser, tables=tables, lacks=lacks)


def _unnamed(blocks: Iterable[Block]) -> int:
    return sum(
        unnamed(block)
        if isinstance(block, str)
        else sum(_unnamed(cell.blocks) for cell in block.cells)
        for block in blocks
    )


def render(blocks: Iterable[Block]) -> tuple[str, int]:
    """The text as ``Document.text`` promises it, and how many tables with columns it holds."""
    writer = _Writer()
    writer.write(blocks)
    return _BLANK_LINES.sub("\n\n", "\n".join(writer.lines)).strip("\n"), writer.tables


class _Writer:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.tables = 0

    def write(self, blocks: Iterable[Block]) -> None:
        for block in blocks:
            if isinstance(block, str):
                self.lines.extend(legible(block).replace("\t", " ").split("\n"))
            else:
                self.lines.append("")
                self._write_table(block)
                self.lines.append("")

    def _write_table(self, table: Table) -> None:
        width = max((cell.column + cell.columns for cell in table.cells), default=0)
        rows = _filled_rows(table)
        used = sorted({cell.column for row in rows for cell in row})
        self.tables += any(len(row) > 1 for row in rows)
        sparse = len(rows) * len(used) > _MOST_PLACES
        for row in rows:
            if len(row) == 1 and (row[0].columns >= width or len(used) == 1):
                self.write(row[0].blocks)  # a frame around text, or around a whole page
                continue
            texts = {cell.column: " ".join(" ".join(_pieces(cell.blocks)).split()) for cell in row}
            places = texts if sparse else used
            self.lines.append("\t".join(texts.get(column, "") for column in places).rstrip("\t"))
            for cell in row:
                self._write_inner(cell.blocks)

    def _write_inner(self, blocks: Iterable[Block]) -> None:
        for block in blocks:
            if isinstance(block, Table) and not _is_frame(block):
                self._write_table(block)


def _filled_rows(table: Table) -> list[list[Cell]]:
    """Rows of the cells that say something; empty rows and cells are left out."""
    rows: dict[int, list[Cell]] = {}
    for cell in sorted(table.cells, key=lambda cell: (cell.row, cell.column)):
        if any(_says(block) for block in cell.blocks):
            rows.setdefault(cell.row, []).append(cell)
    return list(rows.values())


def _says(block: Block) -> bool:
    if isinstance(block, str):
        return bool(block.strip())
    return any(_says(inner) for cell in block.cells for inner in cell.blocks)


def _is_frame(table: Table) -> bool:
    """Whether no row of it has two cells that say something."""
    return all(len(row) == 1 for row in _filled_rows(table))


def _pieces(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, str):
            yield legible(block)
        elif _is_frame(block):
            for cell in block.cells:
                yield from _pieces(cell.blocks)
