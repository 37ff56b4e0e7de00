"""What a document says, and why one could not be read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from scrapers.model import Moment

Container = Literal["hwpx", "hwp", "pdf", "html", "text"]
Reason = Literal[
    "encrypted",  # a password or DRM is needed
    "broken",  # says what it is, but cannot be parsed
    "unsupported",  # nothing that we read: an image, a ZIP of files, HWP 3
    "too-large",  # more bytes, members, depth or entities than a real document has
    "no-text",  # parsed, and nothing to read in it: a poster
    "too-slow",  # the time for one document ran out
    "crashed",  # the parser took its process down, or the memory ran out
]


@dataclass(frozen=True, slots=True)
class Facts:
    """What a web page says of itself in machine-readable form; None where it does not."""

    title: str | None = None
    published: Moment | None = None
    byline: str | None = None
    outlet: str | None = None
    article: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A document as text in reading order.

    One paragraph or heading a line, an empty line between blocks; one table row a line, its cells
    separated by tabs, blanks for line breaks inside a cell, merged cells once. ``parser`` names the
    library that read it. ``lacks`` says what of it could not be read, for a person.
    """

    container: Container
    text: str
    parser: str
    tables: int = 0
    facts: Facts = field(default_factory=Facts)
    lacks: str | None = None


class DocumentError(Exception):
    """A document that gives no text. ``detail`` says what was met, for a person."""

    def __init__(self, reason: Reason, detail: str) -> None:
        """``reason`` decides what is done next, ``detail`` is told."""
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
