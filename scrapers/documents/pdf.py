"""PDF → text."""

from __future__ import annotations

from scrapers.documents.blocks import render
from scrapers.documents.flow import Page, paragraphs, without_furniture
from scrapers.documents.layout import pages
from scrapers.documents.model import Document, DocumentError
from scrapers.documents.pdfium import sheets

_SAID = 5  # places that are told, of those where something lacks


def read_pdf(content: bytes) -> Document:
    """Text of a PDF, U+FFFD for single letters that nobody can name. Raises DocumentError."""
    read: list[Page] = []
    lacks: list[str] = []
    for number, sheet in enumerate(sheets(content), 1):
        read += pages(sheet)
        if sheet.lacks:
            lacks.append(f"page {number}: {sheet.lacks}")
    text, tables = render(paragraphs(without_furniture(read)))
    if nameless := text.count("\ufffd"):
        if 2 * nameless > len(text):
            raise DocumentError("no-text", "its fonts do not say which letters they draw")
        lacks.append(f"letters that nobody can name: {nameless}")
    said = "; ".join(lacks[:_SAID]) + (f"; {len(lacks)} in all" if len(lacks) > _SAID else "")
    return Document("pdf", text, "pypdfium2", tables=tables, lacks=said or None)
