"""Documents that ministries publish: bytes → text with its tables. Pure; no network."""

from __future__ import annotations

from scrapers.documents.model import Document


def read(content: bytes) -> Document:
    """What a document says, whatever its name is.

    Raises DocumentError and nothing else, save MemoryError. Hostile bytes may take the process down
    or never end: ``scrapers.documents.worker`` is where they are read in earnest.
    """
    # The parsers take a second and 80 MB to load: only where documents are read, not where named.
    from scrapers.documents.readers import read as read_any  # noqa: PLC0415

    return read_any(content)
