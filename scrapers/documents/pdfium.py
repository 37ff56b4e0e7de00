"""A PDF → its letters and rules, by PDFium."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from ctypes import byref, c_int
from math import pi

import pypdfium2 as pdfium
from pypdfium2 import raw

from scrapers.documents.geometry import Glyph, Rule, Sheet
from scrapers.documents.model import DocumentError

_MAX_PAGES = 500
_MAX_GLYPHS = 30_000  # on one page; a page of a newspaper has ten thousand
_MAX_PATHS = 30_000  # likewise: a dotted line is a thousand
_THIN = 3.0
_FIRST = ord(" ")  # what comes before is no letter
_QUARTER = pi / 2
_SAMPLE = 200  # letters of a page that are asked which way they stand, and for their names
_NAMELESS = ord("\ufffd")


def sheets(content: bytes) -> Iterator[Sheet]:
    """Page by page. Raises DocumentError."""
    try:
        with pdfium.PdfDocument(content) as document:
            if len(document) > _MAX_PAGES:
                raise DocumentError("too-large", f"more than {_MAX_PAGES} pages")
            for page in document:
                yield _sheet(page)
                page.close()
    except pdfium.PdfiumError as error:
        locked = error.err_code in {raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY}
        raise DocumentError("encrypted" if locked else "broken", f"PDF: {error}") from error


def _sheet(page: pdfium.PdfPage) -> Sheet:
    """The page turned so that its letters stand: what /Rotate says is not always where they do."""
    width, height = page.get_size()
    if page.get_rotation() in {90, 270}:  # PDFium gives places on the page as it was before
        width, height = height, width
    across, upright = _rules(page)
    text = page.get_textpage()
    some = _some(text)
    named = not any(raw.FPDFText_HasUnicodeMapError(text, index) for index in some)
    glyphs = tuple(_glyphs(text, named=named))
    lacks = ""
    if text.count_chars() > _MAX_GLYPHS:
        lacks = f"what follows {_MAX_GLYPHS:,} letters"
    elif not glyphs and any(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3)):
        lacks = "a picture without text"
    sheet = Sheet(width, height, glyphs, tuple(across), tuple(upright), lacks)
    for _ in range(_quarters(text, some)):
        sheet = sheet.clockwise()
    text.close()
    return sheet


def _some(text: pdfium.PdfTextPage) -> list[int]:
    """Places of letters, from all over the page."""
    count = text.count_chars()
    some = range(0, count, count // _SAMPLE + 1)
    return [index for index in some if raw.FPDFText_GetUnicode(text, index) > _FIRST]


def _quarters(text: pdfium.PdfTextPage, some: Sequence[int]) -> int:
    """How often the page is to be turned to the right until most of its letters stand."""
    turns = Counter(-round(raw.FPDFText_GetCharAngle(text, index) / _QUARTER) for index in some)
    return turns.most_common(1)[0][0] % 4 if turns else 0


def _glyphs(text: pdfium.PdfTextPage, *, named: bool) -> Iterator[Glyph]:
    """Letters as the page writes them; a blank that PDFium reads out of a gap goes to the next.

    A font need not say which letters it draws. PDFium then gives their numbers in the font for
    letters: where not all are ``named``, those become U+FFFD.
    """
    box = raw.FS_RECTF()
    place = byref(box)
    lead = ""
    for index in range(min(text.count_chars(), _MAX_GLYPHS)):
        code = raw.FPDFText_GetUnicode(text, index)
        if code < _FIRST or not raw.FPDFText_GetLooseCharBox(text, index, place):
            lead = ""
        elif box.top > box.bottom:
            if not named and raw.FPDFText_HasUnicodeMapError(text, index):
                code = _NAMELESS
            yield Glyph(box.left, box.bottom, box.right, box.top, lead + chr(code))
            lead = ""
        elif code == _FIRST:
            lead = " "


def _rules(page: pdfium.PdfPage) -> tuple[list[Rule], list[Rule]]:
    across: list[Rule] = []
    upright: list[Rule] = []
    paths = page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=3)
    for count, path in enumerate(paths):
        if count == _MAX_PATHS:
            return [], []
        left, bottom, right, top = path.get_bounds()
        if top - bottom <= _THIN:
            across.append(Rule((bottom + top) / 2, left, right))
        if right - left <= _THIN:
            upright.append(Rule((left + right) / 2, bottom, top))
        if top - bottom > _THIN < right - left and _is_drawn(path):
            across.extend((Rule(bottom, left, right), Rule(top, left, right)))
            upright.extend((Rule(left, bottom, top), Rule(right, bottom, top)))
    return across, upright


def _is_drawn(path: pdfium.PdfObject) -> bool:
    """Whether its outline is drawn; a mere fill is a shade behind cells."""
    fill, stroke = c_int(), c_int()
    raw.FPDFPath_GetDrawMode(path, byref(fill), byref(stroke))
    return bool(stroke.value)
