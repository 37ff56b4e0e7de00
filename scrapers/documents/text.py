"""Plain text → text."""

from __future__ import annotations

import re

from scrapers.decode import MARKS
from scrapers.documents.letters import legible
from scrapers.documents.model import Document, DocumentError

_BLANK_LINES = re.compile(r"\n{3,}")


def read_text(content: bytes) -> Document:
    """Text of a plain file, in UTF-8 or CP949 or as its mark says. Raises DocumentError."""
    marked = next(((encoding,) for mark, encoding in MARKS if content.startswith(mark)), None)
    for encoding in marked or ("utf-8", "cp949"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return Document("text", _BLANK_LINES.sub("\n\n", legible(text)).strip("\n"), "pabal")
    raise DocumentError("unsupported", "neither text in UTF-8 or CP949 nor a known file")
