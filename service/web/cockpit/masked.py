"""Names and addresses as an editor sees them: enough to tell them apart, too little to write to."""

from __future__ import annotations

from urllib.parse import urlsplit


def name(text: str) -> str:
    """The first letter of a name."""
    return f"{text[:1]}…" if text else "—"


def address(text: str) -> str:
    """Of mail the first letter and the domain, of a link its host, of all else the first letter."""
    try:
        host = urlsplit(text).hostname
    except ValueError:
        host = None
    if host:
        return f"{host}/…"
    first, at, domain = text.rpartition("@")
    return f"{first[:1]}…@{domain}" if at and domain else name(text)
