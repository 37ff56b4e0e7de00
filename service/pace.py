"""When to try again: pure arithmetic over seconds."""

from __future__ import annotations

import random

_JITTER = 0.1
_QUIET_FACTOR = 4.0
_QUIET_POLLS = 20
_LONGEST = 6 * 3600.0
SEND_LADDER = (
    *(5.0, 30.0, 120.0, 600.0, 3600.0),
    *(4 * 3600.0, 8 * 3600.0, 12 * 3600.0, 24 * 3600.0),
)
"""Seconds before the second try of a message, the third, and so on; two days in all."""
OPEN_LADDER = (10.0, 60.0, 600.0, 3600.0)
"""Seconds before a post's page is tried again; after the last the list's words must do."""
FILE_LADDER = (5.0, 25.0, 90.0)
"""Seconds before an article's file is tried again; after two minutes the article goes on."""


def jittered(seconds: float) -> float:
    """``seconds`` ± 10 %, so that many waits do not end together."""
    return seconds * random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311 - no secret


def next_poll(every: float, *, quiet_polls: int, max_age: float | None) -> float:
    """Seconds until the next poll of a source that answered.

    ``every`` is the declared interval; it stretches up to four times while ``quiet_polls`` in a row
    brought nothing new, and never below what the server asked for (``max_age``, at most six hours).
    """
    stretch = 1 + (_QUIET_FACTOR - 1) * min(quiet_polls, _QUIET_POLLS) / _QUIET_POLLS
    return max(jittered(every * stretch), min(max_age or 0.0, _LONGEST))


def after_failure(every: float, *, failures: int, retry_after: float | None) -> float:
    """Seconds until a source that failed is tried again: doubling, at most six hours.

    ``failures`` counts those before this one.
    """
    return waited(min(every * 2 ** min(failures, 10), _LONGEST), retry_after)


def waited(seconds: float, retry_after: float | None) -> float:
    """About ``seconds``, and not before what the server asked for, which counts up to six hours."""
    return max(jittered(seconds), min(retry_after or 0.0, _LONGEST))


class Rate:
    """So many a second: what was not used is good for one second, and then lost."""

    def __init__(self, per_second: float) -> None:
        """``per_second`` may be less than one."""
        self._per_second = per_second
        self._most = max(1.0, per_second)
        self._left = self._most
        self._at = 0.0

    def allowed(self, now: float) -> int:
        """How many may go ``now``, in seconds by any clock that never goes back."""
        grown = (now - self._at) * self._per_second
        self._left, self._at = min(self._most, self._left + grown), now
        return int(self._left)

    def take(self, count: int) -> None:
        """``count`` of those that were allowed go."""
        self._left -= count

    def wait(self) -> float:
        """Seconds until one more may go, since ``allowed`` was asked."""
        return max(0.0, 1 - self._left) / self._per_second
