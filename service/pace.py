"""When to try again: pure arithmetic over seconds."""

from __future__ import annotations

import random

_JITTER = 0.1
_QUIET_FACTOR = 4.0
_QUIET_POLLS = 20
_LONGEST = 6 * 3600.0
SEND_LADDER = (5.0, 30.0, 120.0, 600.0, 3600.0, 4 * 3600.0, 12 * 3600.0, 24 * 3600.0)
"""Seconds before the second try of a message, the third, and so on; about 41 hours in all."""
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

    ``failures`` counts those before this one; ``retry_after`` is what the server asked for.
    """
    wait = min(every * 2 ** min(failures, 10), _LONGEST)
    return max(jittered(wait), min(retry_after or 0.0, _LONGEST))
