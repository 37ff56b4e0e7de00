"""HWP 5 by dochan, section by section from memory; its pictures are not looked at."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator, Sequence

from dochan.cfb import CFBError, OleFileIO
from dochan.hwp.distdoc import decode_distribution_section
from dochan.hwp.doc_info import DocInfoParser
from dochan.hwp.header import FileHeader
from dochan.hwp.section import SectionParser
from dochan.model.document import Paragraph
from dochan.model.header_footer import Comment, Footnote
from dochan.model.table import Table as DochanTable
from dochan.utils.bounded_io import BoundedIOError, ByteBudget, read_ole_stream

from scrapers.documents.blocks import Block, Cell, Table
from scrapers.documents.model import DocumentError

_MAX_STREAM = 64 << 20  # bytes of one stream, packed
_SECTION = re.compile(r"Section(\d{1,4})")


def blocks(content: bytes) -> Sequence[Block]:
    """Paragraphs and tables of the body, distribution documents too. Raises DocumentError."""
    try:
        with OleFileIO(content) as ole:
            return list(_sections(ole))
    except (CFBError, BoundedIOError, ValueError, zlib.error) as error:
        raise DocumentError("broken", f"HWP: {error}") from error


def _sections(ole: OleFileIO) -> Iterator[Block]:
    budget = ByteBudget(_MAX_STREAM)
    header = FileHeader.parse(_stream(ole, "FileHeader", budget))
    about = DocInfoParser().parse_stream(_stream(ole, "DocInfo", budget), header.is_compressed)
    parser = SectionParser(doc_info=about, revision_mode="final", project_revisions=False)
    for name in _names(ole, header.body_storage):
        section = parser.parse_stream(
            _stream(ole, name, budget),
            header.is_compressed,
            distribution_decoder=decode_distribution_section if header.is_distribution else None,
        )
        yield from _blocks(section.elements)


def _stream(ole: OleFileIO, name: str, budget: ByteBudget) -> bytes:
    data: bytes = read_ole_stream(ole, name, max_bytes=_MAX_STREAM, budget=budget)
    return data


def _names(ole: OleFileIO, storage: str) -> list[str]:
    """Streams of the sections in the order of their numbers."""
    inside = [path[1] for path in ole.listdir() if len(path) == 2 and path[0] == storage]  # noqa: PLR2004 - storage and stream
    numbered = {int(match[1]): name for name in inside if (match := _SECTION.fullmatch(name))}
    return [f"{storage}/{numbered[number]}" for number in sorted(numbered)]


def _blocks(elements: Iterable[object]) -> Iterator[Block]:
    """Headers, footers, pictures and charts are left out; notes stand where they are met."""
    for element in elements:
        if isinstance(element, Paragraph):
            yield "".join(run.text for run in element.runs)
        elif isinstance(element, DochanTable):
            yield from _blocks(element.caption)
            yield _table(element)
        elif isinstance(element, Footnote) and not isinstance(element, Comment):
            yield from _blocks(element.paragraphs)


def _table(table: DochanTable) -> Table:
    return Table(
        [
            Cell(tuple(_blocks(cell.paragraphs)), row, column, max(1, cell.col_span))
            for row, line in enumerate(table.rows)
            for column, cell in enumerate(line)
            if not cell.is_merged_away
        ]
    )
