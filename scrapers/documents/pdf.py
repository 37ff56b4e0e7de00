"""PDF → text."""

from __future__ import annotations

from scrapers.documents.blocks import render
from scrapers.documents.flow import paragraphs, without_furniture
from scrapers.documents.layout import pages
from scrapers.documents.model import Document, DocumentError
from scrapers.documents.pdfium import sheets


def read_pdf(content: bytes) -> Document:
    """Text of a PDF, U+FFFD for single letters that nobody can name. Raises DocumentError."""
    read = [page for sheet in sheets(content) for page in pages(sheet)]
    text, tables = render(paragraphs(without_furniture(read)))
    if 2 * text.count("\ufffd") > len(text):
        raise DocumentError("no-text", "its fonts do not say which letters they draw")
    return Document("pdf", text, "pypdfium2", tables=tables)
