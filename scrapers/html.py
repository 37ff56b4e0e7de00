"""Helpers over BeautifulSoup: elements by the number expected, text as a reader sees it."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup, Tag
from bs4.element import CData, NavigableString, PageElement
from bs4.formatter import HTMLFormatter

from scrapers import wellformed
from scrapers.errors import LayoutError

_SILENT = "script|style|template|noscript|iframe|head|select|button"
_CELL = "t[dh]"
_BLOCK = (
    "address|article|aside|blockquote|caption|center|d[dlt]|details|dialog|dir|div|fieldset|figcaption"
    "|figure|footer|form|h[1-6r]|header|hgroup|legend|li|main|menu|nav|[ou]l|p|pre|section|summary"
    "|table|tbody|tfoot|thead|tr"
)
_BLANK = re.compile(r"[\s\u200b\ufeff]+")
# What else the standard knows, with what it calls obsolete, and what Office and Hangul paste.
_OTHER = (
    "a|abbr|acronym|applet|area|audio|b|base|basefont|bd[io]|bgsound|big|blink|body|br|canvas|cite"
    "|code|col|colgroup|data|datalist|del|dfn|em|embed|font|frame|frameset|html|i|img|input|ins|kbd"
    "|keygen|label|link|map|mark|marquee|math|meta|meter|nobr|noembed|noframes|object|optgroup|option"
    "|output|param|picture|progress|q|rb|rp|rt|rtc|ruby|s|samp|search|selectedcontent|slot|small"
    "|source|span|strike|strong|su[bp]|svg|textarea|time|title|track|tt|u|var|video|wbr|xml|xmp"
    r"|(?:[movwx]|st\d|u\d):[a-z]\w*"
)
# "<속보>", "<KOTRA>" and "<P-CBO 발행>" are text: only an element's name and what may follow one is
# markup.
_NAME = rf"(?:{_SILENT}|{_CELL}|{_BLOCK}|{_OTHER})"
_TEXTUAL_LT = re.compile(
    rf"<(?!!(?:--|\[|doctype\b)|\?xml\b|/?{_NAME}(?:/|\s*(?:/?>|\Z)|\s+[a-z]))", re.IGNORECASE
)
# "<TIME>", "<A>등급" and "<I am>": of what only a name opens, a title has these as elements alone.
_IN_TITLES = frozenset({"b", "br", "div", "em", "font", "i", "p", "span", "strong", "sub", "sup"})
_OPENED = re.compile(rf"<({_NAME})((?:\s[^<>=/]*)?)>", re.IGNORECASE)
_CLOSED = re.compile(rf"</({_NAME})\s*>", re.IGNORECASE)
_RESOLVED = HTMLFormatter(entity_substitution=None)
_LEFT_OVER = re.compile(r"&(?:#\w+|[a-z]+\d*);|<(?:br|/?p|/?div)\b", re.IGNORECASE)


def parse(markup: str) -> BeautifulSoup:
    """A whole document, or a part of one."""
    return BeautifulSoup(numbered(markup), "lxml")


def numbered(markup: str) -> str:
    """``markup`` for libxml2, which takes the halves of an emoji by number for letters of none."""
    return wellformed.numbered(markup.encode()).decode() if "&#" in markup else markup


def one(node: Tag, selector: str, url: str) -> Tag:
    """The single element that matches. Raises LayoutError where there are none or several."""
    found = node.select(selector)
    if len(found) != 1:
        raise LayoutError(url, f"expected one {selector!r}, found {len(found)}")
    return found[0]


def at_most_one(node: Tag, selector: str, url: str) -> Tag | None:
    """The element that matches, or None. Raises LayoutError where there are several."""
    return one(node, selector, url) if node.select(selector) else None


def line_of(node: Tag) -> str:
    """All text of ``node`` on one line."""
    return fold(text_of(node))


def markup_of(node: Tag) -> str:
    """The markup of ``node`` with its entities resolved: addresses in it read as they are."""
    return node.decode(formatter=_RESOLVED)


def fold(text: str) -> str:
    """``text`` with every run of white space as one space."""
    return _BLANK.sub(" ", text).strip()


def plain(escaped: str) -> str:
    """Text of a feed's field, which may hold markup, or entities that were escaped twice.

    ``&amp;#039;`` and ``&amp;lt;p&amp;gt;`` are resolved; a third layer of escaping stays.
    """
    return plain_lines(_resolved(escaped))


def line(escaped: str) -> str:
    """Text of a field of one line, a title above all: as of :func:`plain`, folded.

    What looks like an element there is a word, unless it has an attribute, is closed again, or is
    one that titles do have.
    """
    once = _resolved(_worded(escaped))
    return fold(_resolved(_worded(once)) if _LEFT_OVER.search(once) else once)


def plain_lines(text: str) -> str:
    """Lines of text in which a publisher left entities and tags visible, resolved once."""
    return _resolved(text.replace("\n", "<br>")) if _LEFT_OVER.search(text) else text


def encodable(text: str) -> str:
    """``text`` without halves of surrogate pairs: JSON spells what was cut so, UTF-8 cannot."""
    return text.encode("utf-8", "ignore").decode()


def _resolved(markup: str) -> str:
    shown = encodable(_TEXTUAL_LT.sub("&lt;", markup))
    return text_of(parse(f"<p>{shown}</p>"))


def _worded(title: str) -> str:
    closed = {each[1].lower() for each in _CLOSED.finditer(title)}

    def shown(opened: re.Match[str]) -> str:
        name = opened[1].lower()
        element = name in closed or (name in _IN_TITLES and not opened[2].strip())
        return opened[0] if element else f"&lt;{opened[0][1:]}"

    return _OPENED.sub(shown, title)


def text_of(node: Tag) -> str:
    """Text as a reader sees it: a line per block, ``<br>`` a new line, cells of a row by tabs.

    Inline elements add no space. Scripts and styles are left out. At most one blank line together.
    """
    writer = _Writer()
    todo: list[PageElement | str] = [node]  # a plain str is the edge of an element left behind
    while todo:
        step = todo.pop()
        if isinstance(step, Tag):
            edge = _edge(step)
            if edge is not None:
                writer.edge(edge)
                todo.append(_CLOSING.get(edge, edge))
                todo.extend(reversed(step.contents))
        elif type(step) in {NavigableString, CData}:
            writer.write(_BLANK.sub(" ", str(step)))
        elif type(step) is str:
            writer.edge(step)
    return writer.text()


_CLOSING = {"cell": "/cell", "br": ""}


def _edge(tag: Tag) -> str | None:
    """What crossing the edge of ``tag`` means; None leaves the element out."""
    if re.fullmatch(_SILENT, tag.name):
        return None
    if re.fullmatch(_CELL, tag.name):
        return "cell" if _shares_row(tag) else "block"
    if tag.name == "br":
        return "br"
    return "block" if re.fullmatch(_BLOCK, tag.name) else ""


def _shares_row(cell: Tag) -> bool:
    """Whether the row has other cells; alone, a cell is only the frame around a whole text."""
    row = cell.parent
    return row is not None and len(row.find_all(["td", "th"], recursive=False, limit=2)) > 1


class _Writer:
    """Lines under construction. Within a cell every break is a space: a row stays one line."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._pieces: list[str] = []
        self._cells = 0

    def write(self, piece: str) -> None:
        self._pieces.append(piece)

    def edge(self, edge: str) -> None:
        if edge == "cell":
            self._pieces.append(" " if self._cells else "\t")
            self._cells += 1
        elif edge == "/cell":
            self._cells -= 1
        elif edge and self._cells:
            self._pieces.append(" ")
        elif edge:
            line = self._line()
            if line or edge == "br":
                self._lines.append(line)
            self._pieces.clear()

    def text(self) -> str:
        return re.sub(r"\n{3,}", "\n\n", "\n".join([*self._lines, self._line()])).strip()

    def _line(self) -> str:
        cells = "".join(self._pieces).split("\t")
        return "\t".join(fold(cell) for cell in cells).strip()
