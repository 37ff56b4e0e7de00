"""How the cockpit writes lengths of time and sizes."""

from __future__ import annotations

from datetime import timedelta

_UNITS = ((86_400, "일", "d"), (3_600, "시간", "h"), (60, "분", "min"), (1, "초", "s"))
_SIZES = ("B", "kB", "MB", "GB", "TB")
_THOUSAND = 1000


def span(length: timedelta | float | None, language: str) -> str:
    """A length of time, in seconds where it is a number, in the largest unit that there are two of.

    Below two seconds with a tenth; ``—`` where there is none.
    """
    if length is None:
        return "—"
    seconds = length.total_seconds() if isinstance(length, timedelta) else float(length)
    korean, english = _UNITS[-1][1:]
    if seconds < 2:  # noqa: PLR2004 - as said above
        return f"{max(seconds, 0):.1f}{korean if language == 'ko' else f' {english}'}"
    size, korean, english = next((each for each in _UNITS if seconds >= 2 * each[0]), _UNITS[-1])
    return f"{seconds / size:.0f}{korean if language == 'ko' else f' {english}'}"


def size(count: float) -> str:
    """A number of bytes, in thousands."""
    for unit in _SIZES:
        if count < _THOUSAND or unit == _SIZES[-1]:
            break
        count /= _THOUSAND
    return f"{count:.0f} {unit}" if unit in _SIZES[:2] else f"{count:.1f} {unit}"
