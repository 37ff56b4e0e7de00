"""Names and addresses as an editor sees them: enough to tell them apart, too little to write to."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from service.store.cockpit import Item

_OF_PEOPLE = frozenset({"dead-letter", "endpoint-failing", "suppressed"})


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


def item(each: Item) -> Item:
    """An ops item; of one about somebody's place the channel, and nothing that was answered there.

    The address of a hook is a secret: who has it writes there.
    """
    if each.kind not in _OF_PEOPLE:
        return each
    channel, _, place = each.subject.partition(" ")
    return replace(each, subject=f"{channel} {address(place)}", detail="—")
