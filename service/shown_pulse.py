"""How sources do, for people at a terminal and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from scrapers.errors import called
from service.pulse.findings import Standing, findings
from service.pulse.model import Finding, Vital
from service.pulse.rhythm import usual
from service.store.overview import Health
from service.store.routes import Missed

_STATES: Final = {
    "paused": "멈춰 둠 / paused",
    "broken": "읽지 못함 / broken",
    "failing": "실패 중 / failing",
    "quiet": "너무 조용함 / quiet",
    "drift": "모양이 달라짐 / drifting",
    "unseen": "아직 못 봄 / not seen yet",
    "alive": "정상 / alive",
}
_LEGEND: Final = (
    "확인: 마지막으로 읽음 · 새 글: 가장 새 글 · 보통: 새 글은 이 안에 나옴 · 놓침: 30일 동안",
    "last good look · newest post · how long one usually takes · missed by this route in 30 days",
)
_UNITS: Final = ((86_400, "일"), (3_600, "시간"), (60, "분"))


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is found wrong, and ``since`` when it is known."""

    finding: Finding
    since: datetime

    def record(self) -> dict[str, object]:
        """For a program."""
        finding = self.finding
        return {"kind": finding.kind, "detail": finding.detail, "since": _time(self.since)}


@dataclass(frozen=True, slots=True)
class Pulse:
    """How one source does. ``missed``: 0..1 of what other routes showed; None: not measured."""

    health: Health
    newest_at: datetime | None
    usual: timedelta | None
    wrong: Sequence[Wrong]
    missed: float | None

    @property
    def state(self) -> str:
        """In one word."""
        health, kinds = self.health, [each.finding.kind for each in self.wrong]
        if health.paused_at is not None:
            return "paused"
        if health.failures:
            return "broken" if "source-broken" in kinds else "failing"
        if kinds:
            return kinds[0].removeprefix("source-")
        return "unseen" if health.last_ok_at is None else "alive"


@dataclass(frozen=True, slots=True)
class Pulses:
    """How all sources do ``now``; ``outages`` are of many at once."""

    now: datetime
    outages: Sequence[Wrong]
    sources: Sequence[Pulse]

    @classmethod
    def of(
        cls,
        healths: Sequence[Health],
        vitals: Sequence[Vital],
        missed: Sequence[Missed],
        standing: Standing,
        now: datetime,
    ) -> Pulses:
        """Of what the rows say; nothing of it need be known of a source but its health."""
        found = [
            Wrong(each, standing.get((each.kind, each.subject), now))
            for each in findings(vitals, now, standing)
        ]
        vital = {each.source_id: each for each in vitals}
        rates = {each.source_id: each.rate for each in missed}
        pulses = []
        for health in healths:
            known = vital.get(health.source_id)
            pulses.append(
                Pulse(
                    health,
                    known.newest_at if known else health.newest_at,
                    usual(known.came, now) if known else None,
                    [each for each in found if each.finding.subject == health.source_id],
                    rates.get(health.source_id),
                )
            )
        return cls(now, [each for each in found if each.finding.kind == "outage"], pulses)


def records(pulses: Pulses) -> Iterator[dict[str, object]]:
    """A record a source, lengths of time in seconds; before them one for each outage."""
    for outage in pulses.outages:
        yield {"outage": outage.finding.subject, **outage.record()}
    for each in pulses.sources:
        health, newest = each.health, each.newest_at
        yield {
            "id": health.source_id,
            "state": each.state,
            "last_ok_at": _time(health.last_ok_at),
            "newest_at": _time(newest),
            "newest_age": None if newest is None else _seconds(pulses.now - newest),
            "usual": None if each.usual is None else _seconds(each.usual),
            "missed": None if each.missed is None else round(each.missed, 4),
            "trouble": health.trouble,
            "failing_since": _time(health.failing_since),
            "wrong": [wrong.record() for wrong in each.wrong],
            "paused_at": _time(health.paused_at),
            "paused_why": health.paused_why,
        }


def lines(pulses: Pulses) -> Iterator[str]:
    """A line a source, below it what is wrong."""
    yield from _LEGEND
    yield from (f"! {each.finding.detail}" for each in pulses.outages)
    for each in pulses.sources:
        health = each.health
        said = (
            _STATES[each.state],
            f"확인 {_ago(health.last_ok_at, pulses.now)}",
            f"새 글 {_ago(each.newest_at, pulses.now)}",
            f"보통 {_length(each.usual)}",
            "놓침 —" if each.missed is None else f"놓침 {each.missed:.1%}",
        )
        yield f"{health.source_id:<24} {' · '.join(said)}"
        yield from (f"    {wrong.finding.detail}" for wrong in each.wrong)
        if each.state == "failing":
            yield "    {} ({}): {}".format(*called(health.trouble), health.last_error)
        if health.paused_at is not None:
            yield f"    {_ago(health.paused_at, pulses.now)}: {health.paused_why}"


def _ago(moment: datetime | None, now: datetime) -> str:
    return "—" if moment is None else f"{_length(now - moment)} 전"


def _length(length: timedelta | None) -> str:
    """In the largest unit of which there are two at least."""
    if length is None:
        return "—"
    seconds = max(_seconds(length), 0)
    unit, name = next((each for each in _UNITS if seconds >= 2 * each[0]), _UNITS[-1])
    return f"{seconds // unit}{name}"


def _seconds(length: timedelta) -> int:
    return int(length.total_seconds())


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")
