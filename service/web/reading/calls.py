"""What one can apply for now: by deadline, as a month, and as a calendar to subscribe to."""

from __future__ import annotations

import asyncio
import calendar as weeks
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import groupby
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from fastapi.responses import Response

from service.judging.taxonomy import subjects
from service.reading.publishers import Registry
from service.store.open_calls import Board, OpenCall, OpenCalls
from service.web.calendar import open_calendar
from service.web.held import known
from service.web.phrases import say
from service.web.reading.asked import named, topics
from service.web.shell import Shell, language_of
from service.web.typed import day_in

_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
_SHOWN = 300  # calls of a list; a choice shows the others
_EVENTS = 500  # of a calendar: those that close first
_KEPT = 16  # calendars in memory
_SOON = 7  # days before a deadline that stands out
_NAMED = 3  # titles in a day of the month
_LISTED = 10  # calls under a day of the month; a list of that day has the others
_HEADERS = {"Cache-Control": "no-cache", "X-Robots-Tag": "noindex"}


@dataclass(frozen=True, slots=True)
class Choice:
    """What is to be shown: of a ministry, of a topic; all of it where they are "".

    ``ministry`` is an id, or a name that stands for several ``bodies``: that of a divided one.
    """

    bodies: tuple[str, ...] = ()
    ministry: str = ""
    topic: str = ""

    def address(self, path: str = "/calls", **more: str) -> str:
        """A page with this choice."""
        query = {"ministry": self.ministry, "topic": self.topic, **more}
        said = urlencode({name: value for name, value in query.items() if value})
        return f"{path}?{said}" if said else path


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a month's grid with the calls that close on it; ``outside``: of another month."""

    day: date
    outside: bool
    calls: Sequence[OpenCall]

    @property
    def rest(self) -> int:
        """How many are not named in the grid."""
        return max(0, len(self.calls) - _NAMED)


@dataclass(frozen=True, slots=True)
class Closing:
    """The calls of a list that close on ``day``. ``rest``: how many more stand at ``all``."""

    day: date
    calls: Sequence[OpenCall]
    rest: int
    all: str


@dataclass(frozen=True, slots=True)
class Month:
    """A month by its weeks from Monday, and the ways to the ones beside it."""

    year: int
    month: int
    weeks: Sequence[Sequence[Day]]
    before: str | None
    after: str


def add_calls(app: FastAPI, house: Shell, calls: OpenCalls, registry: Registry) -> None:
    """Add the page and its calendar."""
    _add_calendar(app, house, calls, registry)

    @app.get("/calls")
    async def page(request: Request) -> Response:
        language, chosen = language_of(request), _chosen(request, registry)
        board = await calls.board(chosen.bodies, chosen.topic or None, held=known(request))
        asked = request.query_params.get("month", "")
        day = day_in(request.query_params.get("day", ""))
        as_month = request.query_params.get("view") == "month" or bool(asked)
        month = _month(asked, board, chosen) if as_month and day is None else None
        return house.page(
            request,
            "calls",
            board=board,
            chosen=chosen,
            month=month,
            day=day,
            days=_by_day(board.dated, chosen, month, day),
            always=[each for each in board.undated if each.deadline == "always"],
            unknown=[each for each in board.undated if each.deadline == "unknown"],
            bodies=_listed(chosen, registry, language),
            topics=topics(language),
            soon=board.today + timedelta(days=_SOON),
            weekdays=say(language, "calls.weekdays").split(),
        )


def _add_calendar(app: FastAPI, house: Shell, calls: OpenCalls, registry: Registry) -> None:
    # Many programs ask for the same few every hour, and to write one takes a second.
    written = lru_cache(maxsize=_KEPT)(open_calendar)

    @app.get("/calls.ics")
    async def subscribed(request: Request) -> Response:
        language, chosen = language_of(request), _chosen(request, registry)
        board = await calls.board(chosen.bodies, chosen.topic or None)
        name = " · ".join([say(language, "calls.calendar"), *_names(chosen, registry, language)])
        base = house.base(request)
        due = say(language, "calls.due")
        # Hundreds of events take longer than others who are listened to should wait.
        body = await asyncio.to_thread(written, name, tuple(board.dated[:_EVENTS]), due, base)
        return Response(body, media_type="text/calendar; charset=utf-8", headers=_HEADERS)


def _chosen(request: Request, registry: Registry) -> Choice:
    """The choice in an address; a ministry by its id or a name. What is not known is no choice."""
    ministry, topic = (request.query_params.get(name, "") for name in ("ministry", "topic"))
    bodies = tuple(each.id for each in registry.known(ministry))
    name = bodies[0] if len(bodies) == 1 else ministry if bodies else ""
    return Choice(bodies, name, topic if topic in subjects() else "")


def _listed(chosen: Choice, registry: Registry, language: str) -> list[tuple[str, str]]:
    """What can be chosen, with its value: bodies by name, above them a name of several."""
    bodies = ((named(each, language), each.id) for each in registry if each.kind != "outlet")
    joint = [(chosen.ministry, chosen.ministry)] if len(chosen.bodies) > 1 else []
    return [*joint, *sorted(bodies)]


def _names(chosen: Choice, registry: Registry, language: str) -> Iterator[str]:
    for each in chosen.bodies:
        yield named(registry.by_id(each), language)
    if chosen.topic:
        yield topics(language)[chosen.topic]


def _by_day(
    calls: Sequence[OpenCall], chosen: Choice, month: Month | None, day: date | None
) -> list[Closing]:
    """Calls under the day they close on: of one day, the first of each of a month, or the first."""
    if day is not None:
        calls = [each for each in calls if each.end == day]
    elif month is not None:
        calls = [each for each in calls if _in(each, month.year, month.month)]
    else:
        calls = calls[:_SHOWN]
    most = _LISTED if month is not None else _SHOWN
    found = [(at, list(each)) for at, each in groupby(calls, key=_end)]
    return [
        Closing(at, each[:most], max(0, len(each) - most), chosen.address(day=at.isoformat()))
        for at, each in found
    ]


def _in(call: OpenCall, year: int, month: int) -> bool:
    return (_end(call).year, _end(call).month) == (year, month)


def _end(call: OpenCall) -> date:
    assert call.end is not None
    return call.end


def _month(asked: str, board: Board, chosen: Choice) -> Month:
    """The month that is asked for, else this one; none before it has anything to apply for."""
    now = board.today.replace(day=1)
    found = _MONTH.fullmatch(asked)
    first = max(date(int(found[1]), int(found[2]), 1), now) if found else now
    by_day = {day: list(each) for day, each in groupby(board.dated, key=_end)}
    grid = weeks.Calendar().monthdatescalendar(first.year, first.month)
    before = (first - timedelta(days=1)).replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    return Month(
        first.year,
        first.month,
        [
            [Day(day, day.month != first.month, by_day.get(day, ())) for day in week]
            for week in grid
        ],
        chosen.address(month=f"{before:%Y-%m}") if before >= now else None,
        chosen.address(month=f"{after:%Y-%m}"),
    )
