"""Who reads which container, and what counts as a document that cannot be read."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping

from scrapers.documents.container import container_of
from scrapers.documents.html import read_html
from scrapers.documents.hwp import read_hwp
from scrapers.documents.hwpx import read_hwpx
from scrapers.documents.model import Container, Document, DocumentError
from scrapers.documents.pdf import read_pdf
from scrapers.documents.text import read_text

_READERS: Mapping[Container, Callable[[bytes], Document]] = {
    "hwpx": read_hwpx,
    "hwp": read_hwp,
    "pdf": read_pdf,
    "html": read_html,
    "text": read_text,
}
_MOST_TEXT = 5_000_000  # letters; a budget of a thousand pages has two million
# How parsers stumble over bytes that no editor wrote.
_STUMBLES = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    TypeError,
    ValueError,
    struct.error,
)


def read(content: bytes) -> Document:
    """What a document says, whatever its name is.

    Raises DocumentError and nothing else, save MemoryError. Hostile bytes may take the process down
    or never end: ``scrapers.documents.worker`` is where they are read in earnest.
    """
    container = container_of(content)
    try:
        document = _READERS[container](content)
    except RecursionError as error:
        raise DocumentError("too-large", f"{container}: nested too deeply") from error
    except _STUMBLES as error:
        raise DocumentError("broken", f"{container}: {type(error).__name__}: {error}") from error
    if len(document.text) > _MOST_TEXT:
        raise DocumentError("too-large", f"more than {_MOST_TEXT:,} letters")
    if not document.text.strip():
        raise DocumentError("no-text", f"{container} without text: a picture, or an empty page")
    return document
