"""The page of charts: how much is announced, about what, when, and how soon it is in the news."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import FastAPI, Request
from fastapi.responses import Response

from service.reading.publishers import Registry
from service.store.tallies import EVERYBODY, Tallies
from service.web.reading.asked import named, topics
from service.web.reading.panels import Panel, Panels
from service.web.shell import Shell, language_of

WEEKS = 13
"""Of which figures are shown, up to yesterday."""


def add_charts(app: FastAPI, house: Shell, tallies: Tallies, registry: Registry) -> None:
    """Add the page."""

    @app.get("/charts")
    async def charts(request: Request) -> Response:
        panels = await _panels(tallies, registry, language_of(request))
        return house.page(request, "charts", panels=panels, weeks=WEEKS)


async def _panels(tallies: Tallies, registry: Registry, language: str) -> Sequence[Panel]:
    bodies, subjects = await tallies.of_bodies(WEEKS), await tallies.of_topics(WEEKS)
    if EVERYBODY not in bodies.shares:
        return ()
    names = {body.id: named(body, language) for body in registry}
    by_body = Panels(language, bodies, names)
    by_topic = Panels(language, subjects, topics(language))
    return (
        by_body.weeks(),
        by_body.leads(),
        by_body.covered("covered"),
        by_body.over_time("ministries"),
        by_topic.over_time("topics"),
        by_body.hours(),
    )
