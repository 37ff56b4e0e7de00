"""HWP 5 by unhwp, from its tree of paragraphs and tables."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from scrapers.documents.blocks import Block, Cell, Table
from scrapers.documents.model import DocumentError

try:
    import unhwp
except ImportError:  # no build for this machine (Linux on ARM)
    AVAILABLE = False
else:
    AVAILABLE = True


def blocks(content: bytes) -> Sequence[Block]:
    """Paragraphs and tables of the body; headers and footers apart. Raises DocumentError."""
    try:
        with unhwp.parse_bytes(content) as result:
            tree = json.loads(result.json)
    except unhwp.UnhwpError as error:
        locked = error.kind == unhwp.ErrorKind.ENCRYPTED
        raise DocumentError("encrypted" if locked else "broken", f"HWP: {error}") from error
    return [block for section in tree["sections"] for block in _blocks(section["content"])]


def _blocks(content: Iterable[dict[str, Any]]) -> Iterator[Block]:
    for block in content:
        if "Table" in block:
            yield _table(block["Table"])
        elif "Paragraph" in block:
            yield _paragraph(block["Paragraph"])


def _paragraph(paragraph: dict[str, Any]) -> str:
    return "".join(
        "\n" if part == "LineBreak" else part.get("Text", {}).get("text", "")
        for part in paragraph["content"]
        if part == "LineBreak" or isinstance(part, dict)
    )


def _table(table: dict[str, Any]) -> Table:
    cells: list[Cell] = []
    taken: set[tuple[int, int]] = set()
    for row, line in enumerate(table["rows"]):
        column = 0
        for cell in line["cells"]:
            while (row, column) in taken:
                column += 1
            rows, columns = min(cell["rowspan"], _MAX_SPAN), min(cell["colspan"], _MAX_SPAN)
            taken.update(
                (row + down, column + right) for down in range(rows) for right in range(columns)
            )
            inner = [_table(nested) for nested in cell.get("nested_tables", ())]
            said = [_paragraph(paragraph) for paragraph in cell["content"]]
            cells.append(Cell((*said, *inner), row, column, columns))
    return Table(cells)


_MAX_SPAN = 200
