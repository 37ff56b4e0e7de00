"""How the cockpit writes lengths of time and sizes."""

from __future__ import annotations

from datetime import timedelta

from service.web.phrases import say

_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))
_SIZES = ("B", "kB", "MB", "GB", "TB")
_THOUSAND = 1000


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
