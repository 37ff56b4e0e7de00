"""What is known of a source's health, and what is found wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from service.model import Shape

FindingKind = Literal["source-broken", "source-quiet", "source-drift", "outage"]


@dataclass(frozen=True, slots=True)
class Vital:
    """What the rows say of one source that is polled. Times are aware.

    ``government``: a ministry's or an agency's, not an outlet's. ``every``: seconds between polls.
    ``failures`` in a row since ``failing_since``, the last of them called ``trouble`` (Korean,
    English) and told by ``detail``; ``passing``: of the kind that passes by itself. Without
    failures ``failing_since`` is when it was last looked at, where that is too long ago.

    ``newest_at`` is when the newest post ever seen came out. ``came`` are the times at which posts
    of the eight weeks before the newest came out, ascending. ``shapes`` are those of the first list
    of each day and of the last ten, oldest first; ``lengths`` the letters of the texts that were
    opened last, oldest first. ``siblings`` are the ids of other routes to the same posts,
    ``watched_since`` is when it was first looked at.
    """

    source_id: str
    government: bool
    every: float
    failures: int
    failing_since: datetime | None
    trouble: tuple[str, str]
    passing: bool
    detail: str
    newest_at: datetime | None
    came: tuple[datetime, ...] = ()
    shapes: tuple[Shape, ...] = ()
    lengths: tuple[int, ...] = ()
    siblings: tuple[str, ...] = ()
    watched_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong: ``subject`` is a source's id, of an outage ``government`` or ``outlets``.

    ``detail`` says it to an operator, Korean first, then English.
    """

    kind: FindingKind
    subject: str
    detail: str
