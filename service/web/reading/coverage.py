"""The public page of what is watched: newest item, delay, misses and state of every source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from fastapi import FastAPI, Request
from fastapi.responses import Response

from service.store.reach import Extent, Reach, Reaches
from service.web.phrases import say
from service.web.shell import Shell, language_of

_SIDES = ("government", "outlets", "own")
_SOUND = ("alive", "quiet")  # a source that is quiet answers as it should
_MINUTE = 60
_UNITS = ((86_400, "days_long"), (3600, "hours_long"), (_MINUTE, "minutes"))


@dataclass(frozen=True, slots=True)
class Row:
    """A source as pages show it: when its newest item came, its delay and misses, in words."""

    name: str
    reach: Reach
    newest: str
    looked: str
    delay: str
    missed: str


def add_coverage(app: FastAPI, house: Shell, reaches: Reaches) -> None:
    """Add the page."""

    @app.get("/coverage")
    async def coverage(request: Request) -> Response:
        extent, language = await reaches.extent(), language_of(request)
        known = [(house.places.place(each.source_id), each) for each in extent.sources]
        rows = [(its.side, row(its.name(language), each, extent, language)) for its, each in known]
        groups = [(side, [one for its, one in rows if its == side]) for side in _SIDES]
        return house.page(
            request,
            "coverage",
            groups=[each for each in groups if each[1]],
            sums=_sums(extent, language),
        )


def row(name: str, reach: Reach, extent: Extent, language: str) -> Row:
    """A source as it does now."""
    return Row(
        name,
        reach,
        ago(reach.newest_at, extent.now, language),
        ago(reach.looked_at, extent.now, language),
        say(language, "coverage.unmeasured")
        if reach.delay is None
        else _length(reach.delay, language),
        say(language, "coverage.one_way") if reach.rate is None else f"{reach.rate:.1%}",
    )


def _sums(extent: Extent, language: str) -> Mapping[str, int | str]:
    """The whole service. ``missed``: of all posts that a route could have shown, by all routes."""
    delays = [each.delay for each in extent.sources if each.delay is not None]
    shown = sum(each.shown or 0 for each in extent.sources)
    missed = sum(each.missed or 0 for each in extent.sources)
    unmeasured = say(language, "coverage.unmeasured")
    return {
        "sources": len(extent.sources),
        "sound": sum(each.state in _SOUND for each in extent.sources),
        "articles": extent.articles,
        "delay": _length(_middle(delays), language) if delays else unmeasured,
        "missed": f"{missed / shown:.1%}" if shown else unmeasured,
    }


def _middle(delays: Sequence[timedelta]) -> timedelta:
    return timedelta(seconds=median(each.total_seconds() for each in delays))


def ago(at: datetime | None, now: datetime, language: str) -> str:
    """How long ago something was, in words."""
    if at is None:
        return say(language, "coverage.never")
    if (now - at).total_seconds() < _MINUTE:
        return say(language, "coverage.just_now")
    return say(language, "coverage.ago", length=_length(now - at, language))


def _length(span: timedelta, language: str) -> str:
    """A length of time in its largest unit of which there are two at least."""
    seconds = max(span.total_seconds(), 0)
    if seconds < _MINUTE:
        return say(language, "coverage.at_once")
    size, unit = next((each for each in _UNITS if seconds >= 2 * each[0]), _UNITS[-1])
    return say(language, f"charts.{unit}", count=round(seconds / size))
