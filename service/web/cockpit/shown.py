"""How the cockpit writes lengths of time and sizes, and names and addresses as an editor sees them.

Of those it shows enough to tell them apart, too little to write to.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

from service.store.cockpit import Item
from service.web.phrases import say

_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))
_SIZES = ("B", "kB", "MB", "GB", "TB")
_THOUSAND = 1000
_OF_PEOPLE = frozenset({"dead-letter", "endpoint-failing", "suppressed"})


def span(length: timedelta | float | None, language: str) -> str:
    """A length of time, in seconds where it is a number, in the largest unit that there are two of.

    Below two seconds with a tenth; ``—`` where there is none.
    """
    if length is None:
        return "—"
    seconds = length.total_seconds() if isinstance(length, timedelta) else float(length)
    if seconds < 2:  # noqa: PLR2004 - as said above
        return say(language, "desk.long_second", count=f"{max(seconds, 0):.1f}")
    size, unit = next((each for each in _UNITS if seconds >= 2 * each[0]), _UNITS[-1])
    return say(language, f"desk.long_{unit}", count=f"{seconds / size:.0f}")


def size(count: float) -> str:
    """A number of bytes, in thousands."""
    for unit in _SIZES:
        if count < _THOUSAND or unit == _SIZES[-1]:
            break
        count /= _THOUSAND
    return f"{count:.0f} {unit}" if unit in _SIZES[:2] else f"{count:.1f} {unit}"


def masked_name(text: str) -> str:
    """The first letter of a name."""
    return f"{text[:1]}…" if text else "—"


def masked_address(text: str) -> str:
    """Of mail the first letter and the domain, of a link its host, of all else the first letter."""
    try:
        host = urlsplit(text).hostname
    except ValueError:
        host = None
    if host:
        return f"{host}/…"
    first, at, domain = text.rpartition("@")
    return f"{first[:1]}…@{domain}" if at and domain else masked_name(text)


def masked_item(each: Item) -> Item:
    """An ops item; of one about somebody's place the channel, and nothing that was answered there.

    The address of a hook is a secret: who has it writes there.
    """
    if each.kind not in _OF_PEOPLE:
        return each
    channel, _, place = each.subject.partition(" ")
    return replace(each, subject=f"{channel} {masked_address(place)}", detail="—")
