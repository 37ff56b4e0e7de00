"""Lines and tables of all pages → paragraphs and tables of the document."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from scrapers.documents.blocks import Block, Cell, Table
from scrapers.documents.lines import Field, Line
from scrapers.documents.wraps import join

Item = Line | Table

_BEGINS = re.compile(  # what begins a paragraph, however full the line before it is
    r"\s|[^\w\s“‘\"'(｢「『<]|\(?(?:\d{1,2}|[가-하a-z])[.)]\s|[ㅇㅁo]\s|붙임|참고|담당"
)
_SKEW = 3.0
_PARAGRAPH = 1.2  # of a line's height: a gap as wide is an empty line
_PAGE_NUMBER = re.compile(r"[-–—\s]*\d{1,3}(?:\s?/\s?\d{1,3})?[-–—\s]*")
_MARGIN = 0.1  # of the page's height, where page numbers and running heads stand
_REPEATED = 3  # pages


@dataclass(frozen=True, slots=True)
class Page:
    """What stands on a page, from top to bottom."""

    height: float
    items: Sequence[Item]


def paragraphs(items: Iterable[Item]) -> list[Block]:
    """A full line goes on in the next unless that begins anew; lines in columns make a table."""
    flow = _Flow()
    for item in items:
        flow.add(item)
    flow.end()
    return flow.blocks


class _Flow:
    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._text = ""
        self._last: Line | None = None
        self._rows: list[Sequence[Field]] = []

    def add(self, item: Item) -> None:
        if isinstance(item, Table):
            self.end()
            self.blocks.append(item)
        elif self._last and _goes_on(self._last, item):
            self._text, self._last = join(self._text, item.text), item
        elif len(item.fields) > 1:
            self._end_paragraph()
            self._rows.append(item.fields)
        else:
            apart = self._last and self._last.bottom - item.top > _PARAGRAPH * item.height
            self.end()
            self.blocks += [""] if apart else []
            self._text, self._last = item.text, item

    def end(self) -> None:
        self._end_paragraph()
        if self._rows:
            self.blocks.append(_table(self._rows))
            self._rows = []

    def _end_paragraph(self) -> None:
        if self._last:
            self.blocks.append(self._text)
        self._text, self._last = "", None


def _goes_on(line: Line, after: Line) -> bool:
    if not line.full or len(after.fields) > 1 or _BEGINS.match(after.text):
        return False
    indented, short = after.left - line.left, line.right - after.right
    centred = indented > _SKEW and abs(indented - short) < _SKEW
    return not centred


def _table(rows: Sequence[Sequence[Field]]) -> Table:
    """A table whose columns are only set apart."""
    return Table(
        [
            Cell((field.text,), row, column)
            for row, fields in enumerate(rows)
            for column, field in enumerate(fields)
        ]
    )


def without_furniture(pages: Sequence[Page]) -> Iterator[Item]:
    """All pages in one, without page numbers and what stands at the same place on most of them."""
    seen = Counter(mark for page in pages for mark in set(map(_mark, _marginal(page))))
    often = {mark for mark, count in seen.items() if count >= max(_REPEATED, len(pages) / 2)}
    for page in pages:
        dropped = {
            id(line)
            for line in _marginal(page)
            if _PAGE_NUMBER.fullmatch(line.text) or _mark(line) in often
        }
        yield from (item for item in page.items if id(item) not in dropped)


def _marginal(page: Page) -> Iterator[Line]:
    for item in page.items:
        if isinstance(item, Line) and (
            item.bottom > page.height * (1 - _MARGIN) or item.top < page.height * _MARGIN
        ):
            yield item


def _mark(line: Line) -> tuple[str, int]:
    return re.sub(r"\d+", "#", line.text.strip()), round(line.bottom / 5)
