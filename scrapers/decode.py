"""Bytes of a page → text, never by guessing.

Korean publishers write UTF-8 or CP949 and nothing else, so a label only decides which of the two
is tried first. ``euc-kr`` and ``ks_c_5601`` mean CP949: pages so labelled use its extra syllables.
Labels such as ``iso-8859-1`` are a server's default, decode anything, and are ignored.
"""

from __future__ import annotations

import codecs
import re

from scrapers.errors import LayoutError
from scrapers.model import Page

_LABEL_WINDOW = 2048
_HALF_A_LETTER = {"unexpected end of data", "incomplete multibyte sequence"}  # at the very end
_IN_PAGE = re.compile(
    rb"""<(?:\?xml[^>]*?encoding|meta[^>]*?charset)\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE
)
_IN_HEADER = re.compile(r"""charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_XML_DECLARATION = re.compile(r"\A\s*<\?xml\b[^>]*\?>", re.IGNORECASE)
_KOREAN = re.compile(
    r"euc[-_]?kr|ks[-_]?c[-_]?5601.*|(?:x-)?windows-949|ms949|cp949|uhc|korean", re.IGNORECASE
)
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""Byte order marks and what they say."""


def text(page: Page) -> str:
    """The page as text, without byte order mark, NUL or XML declaration.

    Raises LayoutError where the bytes are neither UTF-8 nor CP949, or end within a letter.
    """
    half = False
    for encoding in _candidates(page):
        try:
            decoded = page.body.decode(encoding)
        except UnicodeDecodeError as error:
            half = half or error.reason in _HALF_A_LETTER
            continue
        # The declaration goes because it names an encoding that a str no longer has.
        return _XML_DECLARATION.sub("", decoded.lstrip("\ufeff").replace("\0", ""), count=1)
    why = "the bytes are neither UTF-8 nor CP949"
    raise LayoutError(page.url, why, "cut-off" if half else None)


def _candidates(page: Page) -> tuple[str, ...]:
    for mark, encoding in MARKS:
        if page.body.startswith(mark):
            return (encoding,)
    return ("cp949", "utf-8") if _KOREAN.fullmatch(_label(page)) else ("utf-8", "cp949")


def _label(page: Page) -> str:
    """The encoding the header names, else the one the page names, else nothing."""
    header = _IN_HEADER.search(page.headers.get("content-type", ""))
    if header:
        return header[1]
    inside = _IN_PAGE.search(page.body[:_LABEL_WINDOW])
    return inside[1].decode("ascii", "replace") if inside else ""
