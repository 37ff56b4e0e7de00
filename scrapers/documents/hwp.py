"""HWP 5 → text. A flag in its header says before any parsing who can read it."""

from __future__ import annotations

from scrapers.documents import by_dochan, by_unhwp
from scrapers.documents.blocks import document
from scrapers.documents.model import Document, DocumentError

_HEADER = b"HWP Document File"
_FLAGS = 36  # bytes from the start of the header
_DISTRIBUTION = 1 << 2
_LOCKS = {1 << 1: "a password", 1 << 4: "DRM", 1 << 8: "a certificate", 1 << 10: "DRM"}


def read_hwp(content: bytes) -> Document:
    """Text of an HWP 5 document. Raises DocumentError.

    unhwp reads numbered paragraphs, but gives the notice that stands in front of a document made
    for distribution (배포용) as its text; dochan reads those, and all where unhwp has no build.
    """
    flags = _flags(content)
    for lock, name in _LOCKS.items():
        if flags & lock:
            raise DocumentError("encrypted", f"HWP with {name}")
    if flags & _DISTRIBUTION or not by_unhwp.AVAILABLE:
        return document("hwp", by_dochan.blocks(content), "dochan")
    return document("hwp", by_unhwp.blocks(content), "unhwp")


def _flags(content: bytes) -> int:
    """Properties of the first header; the stream lies unpacked in the file."""
    start = content.find(_HEADER) + _FLAGS
    return int.from_bytes(content[start : start + 4], "little")
