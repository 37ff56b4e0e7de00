"""Is anything wrong, what, since when? Of the gauges and the open items, the worst first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from service.model import SEOUL
from service.pulse.calendar import working
from service.store.cockpit import Item
from service.store.gauges import Gauges
from service.web.phrases import FIRST, phrases

_LATE: Mapping[str, float] = {
    "poll": 120,
    "open": 1800,
    "file": 900,
    "read": 300,
    "triage": 300,
    "deliver": 300,
    "backfill": 6 * 3600,
}
"""Seconds after which something that waits for a step means that the step is stuck or too slow."""

_QUIET = 3 * 3600.0  # seconds without any news, in working hours
_HOURS = range(11, 19)  # in Korea; before that a quiet night is behind us
_FULL, _NEARLY = 0.05, 0.15  # of a disk that is left
_WORDED = "desk.kind_"
KINDS = frozenset(each.removeprefix(_WORDED) for each in phrases(FIRST) if each.startswith(_WORDED))
"""The kinds of ops items that have their words."""

# Told together; each stands below among the items.
_GRAVE = frozenset({"source-broken", "outage", "endpoint-failing", "article-stuck"})


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that is wrong. ``key`` names its phrases, ``values`` go into them.

    ``since``: when it began, as far as that is known. ``where``: the page that shows more.
    """

    weight: Literal["bad", "warn"]
    key: str
    since: datetime | None
    where: str
    values: Mapping[str, object] = field(default_factory=dict)


def wrongs(
    gauges: Gauges, items: Sequence[Item], free: float | None, now: datetime
) -> Sequence[Wrong]:
    """All that is wrong at ``now``, the worst first. ``free``: 0..1 of the disk, if known."""
    found = [*_disk(free), *_queues(gauges, now), *_silence(gauges, now), *_items(items)]
    if not gauges.writable:
        found.append(Wrong("bad", "read_only", None, "/desk/flow"))
    if gauges.dead:
        found.append(Wrong("warn", "dead", None, "/desk/letters", {"count": gauges.dead}))
    return sorted(found, key=lambda each: each.weight)


def _disk(free: float | None) -> Iterator[Wrong]:
    if free is not None and free < _NEARLY:
        values = {"percent": round(free * 100)}
        yield Wrong("bad" if free < _FULL else "warn", "disk", None, "/desk/flow", values)


def _queues(gauges: Gauges, now: datetime) -> Iterator[Wrong]:
    for step, queue in gauges.queues.items():
        if queue.oldest is not None and queue.oldest > _LATE[step]:
            grave = queue.oldest > 4 * _LATE[step] and step != "backfill"
            since = now - timedelta(seconds=queue.oldest)
            values = {"step": step, "count": queue.depth}
            yield Wrong("bad" if grave else "warn", "queue", since, "/desk/flow", values)


def _silence(gauges: Gauges, now: datetime) -> Iterator[Wrong]:
    """Ministries publish all day long: nothing at all on a working day is a fault of ours."""
    here = now.astimezone(SEOUL)
    at_work = working(here.date()) and here.hour in _HOURS
    if at_work and gauges.newest is not None and gauges.newest > _QUIET:
        since = now - timedelta(seconds=gauges.newest)
        yield Wrong("bad", "silence", since, "/desk/sources")


def _items(items: Sequence[Item]) -> Iterator[Wrong]:
    kinds: dict[str, list[Item]] = {}
    for each in items:
        if each.closed_at is None and each.kind != "dead-letter":
            kinds.setdefault(each.kind, []).append(each)
    for kind, some in kinds.items():
        values = {
            "kind": kind,
            "count": len(some),
            "subjects": [each.subject for each in some[:3]],
        }
        since = min(each.first_at for each in some)
        yield Wrong("bad" if kind in _GRAVE else "warn", "item", since, "/desk#items", values)
