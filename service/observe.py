"""What each unit of work leaves behind: one log line, one measurement, one span where asked for.

A unit is the least that may fail by itself: one look at a list, one page, one file, one article
read or judged, one group of messages settled. Labels are steps and outcomes only, so that there are
never more than a few dozen series.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self

import structlog
from prometheus_client import (
    CollectorRegistry,
    Counter,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
)

from service.traces import Traces

if TYPE_CHECKING:
    from opentelemetry.trace import Span

Outcome = Literal["done", "failed", "lost", "broken", "cut_off", "sent", "later", "dead"]
"""``lost``: another worker took over; ``broken``: a bug; ``cut_off``: we were asked to stop.

The last three are of messages: a carrier took it, it is tried again, it never is.
"""

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)
GCCollector(registry=REGISTRY)

_SECONDS = Histogram(
    "pabal_unit_seconds",
    "How long units of work took in this process.",
    ("step", "outcome"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300),
    registry=REGISTRY,
)
_UNITS = Counter(
    "pabal_units", "Units of work that ended in this process.", ("step", "outcome"),
    registry=REGISTRY,
)  # fmt: skip

log = structlog.get_logger()


class LeaseLost(Exception):
    """Another worker has taken the row over: what is being done must not be settled."""


class _Tracing:
    """Where spans go in this process; None: nowhere."""

    to: Traces | None = None


def trace_to(traces: Traces | None) -> None:
    """Send the spans of this process there; None: nowhere."""
    _Tracing.to = traces


def tracing() -> bool:
    """Whether spans are sent anywhere."""
    return _Tracing.to is not None


def measured(step: str, outcome: Outcome, seconds: float) -> None:
    """Count a unit that leaves no line of its own: of messages there may be thousands a second."""
    units, took = _series(step, outcome)
    units.inc()
    took.observe(seconds)


def sent(article: int | None, seconds: float, **fields: str | int) -> None:
    """A span that ends now, for messages about an article that were settled together."""
    if _Tracing.to is not None and article is not None:
        _Tracing.to.past("send", article, seconds, fields)


@dataclass(slots=True)
class Unit:
    """A unit of work under way; ``with`` it. What it comes to is said before it ends.

    A lease that was lost ends it without more ado: whoever has the row now settles it.
    """

    _step: str
    _subject: str | int
    _article: int | None
    _fields: dict[str, object]
    _outcome: Outcome = "done"
    _counts: bool = True
    _began: float = 0.0
    _span: Span | None = None

    def say(self, **fields: object) -> None:
        """Say more in its line."""
        self._fields |= fields

    def ended(self, outcome: Outcome, **fields: object) -> None:
        """It came to something else than ``done``."""
        self._outcome = outcome
        self._fields |= fields

    def nothing(self) -> None:
        """There was nothing to do: no line, no measurement."""
        self._counts = False

    def found(self, articles: Collection[int]) -> None:
        """Begin the trace of each of these, linked to this unit."""
        if self._span is not None and _Tracing.to is not None:
            for each in articles:
                _Tracing.to.root(self._step, each, time.perf_counter() - self._began, self._span)

    def __enter__(self) -> Self:
        self._began = time.perf_counter()
        if _Tracing.to is not None:
            self._span = _Tracing.to.begin(self._step, self._article)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        _: TracebackType | None,
    ) -> bool:
        seconds = time.perf_counter() - self._began
        if lost := isinstance(error, LeaseLost):
            self.ended("lost", why=str(error.__cause__))
            error = None
        if error is not None:
            stopped = isinstance(error, asyncio.CancelledError)
            self._outcome = "cut_off" if stopped else "broken"
            self._counts = True
        if self._counts:
            measured(self._step, self._outcome, seconds)
        if self._span is not None and _Tracing.to is not None:
            _Tracing.to.end(self._span, self._outcome, self._said(seconds), keep=self._counts)
        if error is not None and self._outcome == "broken":
            error.add_note(f"in {self._step} {self._subject}")  # the task runner says it, once
        elif self._counts:
            said = {"failed": log.error, "lost": log.warning}
            say = said.get(self._outcome, log.info)
            say(f"{self._step}.{self._outcome}", **self._said(seconds))
        return lost

    def _said(self, seconds: float) -> dict[str, object]:
        said: dict[str, object] = {"step": self._step, "subject": self._subject}
        if self._article is not None:
            said["article"] = self._article
        said |= {"outcome": self._outcome, "ms": round(seconds * 1000, 1)}
        return said | self._fields


def unit(step: str, subject: str | int, *, article: int | None = None, **fields: object) -> Unit:
    """A unit of work of ``step`` on ``subject``, to be entered by ``with``.

    ``article``: whose trace it belongs to. ``fields`` stand in its line: no address of a person, no
    rule, no key. It writes exactly one line when it ends; where it ends by an exception, that is
    the task runner's, and the exception gets a note.
    """
    return Unit(step, subject, article, fields)


@cache
def _series(step: str, outcome: Outcome) -> tuple[Counter, Histogram]:
    return _UNITS.labels(step, outcome), _SECONDS.labels(step, outcome)
