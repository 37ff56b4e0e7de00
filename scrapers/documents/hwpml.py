"""The paragraphs of a section of HWPX → blocks in reading order.

Left out, because a reader of the page does not see it in the text: page headers and footers, page
numbers, comments (숨은 설명, 메모), deleted text of tracked changes, pictures and charts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from operator import methodcaller

from lxml import etree

from scrapers.documents.blocks import Block, Cell, Table
from scrapers.documents.numbering import Numbering, number

_SPACES = {"tab": "\t", "nbSpace": " ", "fwSpace": " ", "lineBreak": "\n", "hyphen": "-"}
_SILENT = frozenset({"secPr", "shapeComment"})
_NOTES = frozenset({"footNote", "endNote"})


class Body:
    """Reads one section. Numbers of lists go on from section to section through ``numbering``."""

    def __init__(self, numbering: Numbering) -> None:
        self._numbering = numbering
        self._deleted = False

    def blocks(self, parent: etree._Element) -> Iterator[Block]:
        """Blocks of the paragraphs directly under ``parent``."""
        for paragraph in parent.iterchildren("{*}p"):
            yield from self._paragraph(paragraph)

    def _paragraph(self, paragraph: etree._Element) -> Iterator[Block]:
        """Its text whole, objects before or after it: those that stand before any text come first.

        A box in the middle of a sentence is drawn beside the text, not inside it.
        """
        pieces: list[str] = []
        before: list[Block] = []
        after: list[Block] = []
        for run in paragraph.iterchildren("{*}run"):
            for child in run.iterchildren():
                if _name(child) == "t":
                    pieces.append(self._text(child))
                elif _name(child) == "ctrl":
                    pieces.append(self._control(child, after))
                else:
                    spoken = "".join(pieces).strip()
                    pieces.append(self._object(child, after if spoken else before))
        text = "".join(pieces)
        yield from before
        head = self._numbering.head(paragraph)
        if text.strip():
            yield head + text.lstrip()
        elif not (before or after):
            yield ""
        yield from after

    def _text(self, element: etree._Element) -> str:
        pieces = [] if self._deleted else [element.text or ""]
        for child in element.iterchildren():
            name = _name(child)
            if name == "deleteBegin":
                self._deleted = True
            elif name == "deleteEnd":
                self._deleted = False
            elif not self._deleted:
                pieces.append(_SPACES.get(name, ""))
            if not self._deleted:
                pieces.append(child.tail or "")
        return "".join(pieces)

    def _control(self, control: etree._Element, after: list[Block]) -> str:
        """The text that a control puts into the line: numbers, and the mark of a note."""
        mark = ""
        for child in control.iterchildren():
            if _name(child) in _NOTES:
                mark += f"{child.get('number', '')})"
                after.extend(self._inside(child))
            elif _name(child) == "autoNum" and child.get("numType") != "PAGE":
                mark += child.get("num", "") + _suffix(child)
        return mark

    def _object(self, element: etree._Element, place: list[Block]) -> str:
        """Put what the object holds into ``place``; return what it writes into the line."""
        write = _IN_LINE.get(_name(element))
        if write:
            return write(element)
        place.extend(self._inside(element))
        return ""

    def _inside(self, element: etree._Element) -> Iterator[Block]:
        """Blocks of a table, a drawing, a group of drawings, a note or a caption."""
        name = _name(element)
        if name == "subList":
            yield from self.blocks(element)
        elif name == "tbl":
            for caption in element.iterchildren("{*}caption"):
                yield from self._inside(caption)
            yield self._table(element)
        elif name == "switch":
            yield from self._inside(_chosen(element))
        elif name not in _SILENT:
            for child in element.iterchildren():
                yield from self._inside(child)

    def _table(self, table: etree._Element) -> Table:
        return Table(
            [
                self._cell(cell, row, column)
                for row, line in enumerate(table.iterchildren("{*}tr"))
                for column, cell in enumerate(line.iterchildren("{*}tc"))
            ]
        )

    def _cell(self, cell: etree._Element, row: int, column: int) -> Cell:
        address = cell.find("{*}cellAddr")
        span = cell.find("{*}cellSpan")
        return Cell(
            blocks=tuple(
                block for inside in cell.iterchildren("{*}subList") for block in self.blocks(inside)
            ),
            row=number(address, "rowAddr", row),
            column=number(address, "colAddr", column),
            columns=number(span, "colSpan", 1),
        )


def _name(element: etree._Element) -> str:
    return element.tag.rpartition("}")[2]


def _suffix(number: etree._Element) -> str:
    style = number.find("{*}autoNumFormat")
    return "" if style is None else style.get("suffixChar", "")


def _chosen(switch: etree._Element) -> etree._Element:
    """The plain form of what a newer version draws in another way; else the first."""
    otherwise = switch.find("{*}default")
    return otherwise if otherwise is not None else next(switch.iterchildren(), switch)


_IN_LINE: Mapping[str, Callable[[etree._Element], str]] = {
    "compose": methodcaller("get", "composeText", ""),
    "equation": methodcaller("findtext", "{*}script", ""),
    "dutmal": methodcaller("findtext", "{*}mainText", ""),
}
