"""All ministries, and one: what it announces, how it was called, what is open, what goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from fastapi import FastAPI, Request
from fastapi.responses import Response

from service.model import SEOUL
from service.reading.publishers import Publisher, Registry
from service.store.browse import Browse, Wish
from service.store.database import Database
from service.store.ministries import Ministries, Series
from service.store.open_calls import OpenCalls
from service.store.reach import Reaches
from service.store.tallies import EVERYBODY, Share, Tallies, Tally
from service.web import charts
from service.web.charts import Caption, Course
from service.web.held import known
from service.web.phrases import say
from service.web.places import Places
from service.web.reading.asked import named, topics
from service.web.reading.charts import WEEKS
from service.web.reading.coverage import Row, row
from service.web.reading.panels import Panel, Panels
from service.web.shell import Shell, language_of

_DAYS = 30  # of which the list counts releases
_NEWEST = 10
_CALLS = 8
_SHARE = 5  # releases of which a share says something
_LABEL = 8  # letters of a name that a label has room for
_GROUPS: Sequence[tuple[str, frozenset[str]]] = (
    ("ministry", frozenset({"ministry"})),
    ("agency", frozenset({"agency", "office", "commission"})),
    ("body", frozenset({"public-body"})),
)


@dataclass(frozen=True, slots=True)
class Body:
    """A body as the list shows it. ``rate``: which part of its releases had news, None: too few."""

    id: str
    name: str
    past: Sequence[str]
    releases: int
    rate: float | None


@dataclass(frozen=True, slots=True)
class Era:
    """A name and when it was in force; None: not known, or still."""

    name: str
    short: Sequence[str]
    since: date | None
    until: date | None
    others: Sequence[str] = ()


def add_ministry(app: FastAPI, house: Shell, database: Database, registry: Registry) -> None:
    """Add the list and the page of one."""
    tallies, browse, calls = Tallies(database), Browse(database), OpenCalls(database)
    reaches, meetings = Reaches(database), Ministries(database)

    @app.get("/ministries")
    async def ministries(request: Request) -> Response:
        tally = await tallies.of_bodies(1, _DAYS)
        groups = _groups(registry, tally.shares, language_of(request))
        return house.page(request, "ministries", groups=groups)

    @app.get("/ministry/{ident}")
    async def ministry(request: Request, ident: str) -> Response:
        body = next((each for each in registry if each.id == ident and each.kind != "outlet"), None)
        if body is None:
            return house.refuse(request, 404, "shell.missing")
        language = language_of(request)
        tally = await tallies.of_topics(WEEKS, publisher=body.id)
        board = await calls.board([body.id], held=known(request))
        return house.page(
            request,
            "ministry",
            body=body,
            name=named(body, language),
            eras=_eras(body, registry),
            panels=_panels(tally, language),
            weeks=WEEKS,
            newest=await browse.page(Wish((body.id,)), _NEWEST, held=known(request)),
            calls=board.dated[:_CALLS],
            today=board.today,
            ours=await _ours(reaches, house.places, body.id, language),
            series=(series := await meetings.series(body.id)),
            timeline=_timeline(series, language),
        )


def _groups(
    registry: Registry, shares: Mapping[str, Share], language: str
) -> list[tuple[str, list[Body], list[Body]]]:
    """Bodies by what they are: those with releases, the busiest first, and those without."""
    found = []
    for name, kinds in _GROUPS:
        bodies = [_body(each, shares, language) for each in registry if each.kind in kinds]
        bodies.sort(key=lambda each: (-each.releases, each.name))
        busy = [each for each in bodies if each.releases]
        found.append((name, busy, [each for each in bodies if not each.releases]))
    return found


def _body(body: Publisher, shares: Mapping[str, Share], language: str) -> Body:
    share = shares.get(body.id, Share())
    rate = share.rate if share.releases >= _SHARE else None
    return Body(body.id, named(body, language), body.full_names()[1:], share.releases, rate)


def _eras(body: Publisher, registry: Registry) -> list[Era]:
    """Its names, today's first; beside a former one who else carries on what was done under it."""
    eras = [Era(body.name, body.short, body.since, None)]
    for each in body.former:
        heirs, _ = registry.find_all(each.name)
        others = [heir.name for heir in heirs if heir.id != body.id]
        eras.append(Era(each.name, each.short, each.since, each.until, others))
    return eras


def _panels(tally: Tally, language: str) -> Sequence[Panel]:
    if EVERYBODY not in tally.shares:
        return ()
    drawn = Panels(language, tally, topics(language))
    return (drawn.weeks(), drawn.totals("own_topics"), drawn.covered("own_covered"), drawn.leads())


async def _ours(reaches: Reaches, places: Places, ident: str, language: str) -> list[Row]:
    """The sources of the body."""
    extent = await reaches.extent()
    found = [(places.place(each.source_id), each) for each in extent.sources]
    return [
        row(its.name(language), each, extent, language)
        for its, each in found
        if its.publisher == ident
    ]


def _timeline(series: Sequence[Series], language: str) -> Panel | None:
    """When its councils and events came, each on a line."""
    if not series:
        return None

    def said(key: str, **values: object) -> str:
        return say(language, f"charts.{key}", **values)

    first, last = (day([one.at for each in series for one in each.occasions]) for day in (min, max))
    most = max(series, key=lambda each: len(each.occasions))
    answer = said("series_said", name=most.name, count=len(most.occasions))
    courses = [
        Course(
            each.name,
            said("series_times", count=len(each.occasions)),
            [
                (one.at, said("series_round", round=one.round)[:_LABEL] if one.round else "")
                for one in each.occasions
            ],
        )
        for each in series
    ]
    ends = tuple(f"{each.astimezone(SEOUL):%Y.%m.%d}" for each in (first, last))
    question = said("series_question")
    drawn = charts.timeline(Caption("series", question, answer), courses, (ends[0], ends[1]))
    return Panel("series", question, answer, drawn, said("series_head").split("|"), ())
