"""The one place where what was scraped or typed becomes markup.

It is built by escaping, and goes through a short list of what may stand in a page at all: a mistake
in the one is caught by the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import nh3
from markupsafe import Markup

from service.model import Span
from service.web.text import Block

_CLEANER = nh3.Cleaner(
    tags={"p", "br", "div", "table", "thead", "tbody", "tr", "th", "td", "mark"},
    clean_content_tags={"script", "style"},
    attributes={
        "div": {"class", "role", "tabindex", "aria-label"},
        "th": {"scope"},
    },
    attribute_filter=lambda _tag, name, value: value if name != "class" or value == "wide" else "",
    url_schemes=set(),
    strip_comments=True,
    link_rel=None,
)
_P = Markup("<p>{}</p>\n")
_MARK = Markup("<mark>{}</mark>")
_ROW = Markup("<tr>{}</tr>\n")
_TH, _TD = Markup('<th scope="col">{}</th>'), Markup("<td>{}</td>")
_TABLE = Markup(
    '<div class="wide" role="region" tabindex="0" aria-label="{}"><table>{}<tbody>{}</tbody>'
    "</table></div>\n"
)
_HEAD = Markup("<thead>{}</thead>")


def prose(found: Iterable[Block], table: str) -> Markup:
    """A text as paragraphs and tables. ``table`` is what a table that scrolls is called."""
    return _clean(Markup().join(_block(each, table) for each in found))


def marked(text: str, spans: Iterable[Span]) -> Markup:
    """A line with its spots marked; spans that are out of order or of bounds are let be."""
    parts, end = [], 0
    for start, stop in spans:
        if end <= start < stop <= len(text):
            parts += [Markup.escape(text[end:start]), _MARK.format(text[start:stop])]
            end = stop
    parts.append(Markup.escape(text[end:]))
    return _clean(Markup().join(parts))


def _clean(built: Markup) -> Markup:
    return Markup(_CLEANER.clean(str(built)))  # noqa: S704 - what came out of the cleaner


def _block(block: Block, table: str) -> Markup:
    if not block.rows:
        return Markup().join(_P.format(line) for line in block.lines)
    first, *rest = block.rows
    if not rest:
        return _TABLE.format(table, "", _row(first, _TD))
    head = _HEAD.format(_row(first, _TH))
    return _TABLE.format(table, head, Markup().join(_row(row, _TD) for row in rest))


def _row(cells: Sequence[str], cell: Markup) -> Markup:
    return _ROW.format(Markup().join(cell.format(each) for each in cells))
