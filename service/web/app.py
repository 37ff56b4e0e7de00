"""The web application: its areas put together over one store."""

from __future__ import annotations

import re

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.exceptions import HTTPException

from service.links import Signer
from service.store.accounts import Accounts
from service.store.consent import Consent
from service.store.database import Database, storable
from service.store.dismissals import Dismissals
from service.store.overview import Overview
from service.store.people import People
from service.store.releases import Releases
from service.store.server import AWAY
from service.web.bounces import Heard, add_bounces
from service.web.consent import Desk, add_consent
from service.web.dismiss import add_dismiss
from service.web.feeds import add_feeds
from service.web.shell import Guard, Shell, add_refusals, shell
from service.web.static import add_static
from service.web.text import SHOWN, blocks

_NEWEST = 50
_NUMBER = re.compile(r"[0-9]{1,18}")
# No template: it has to be there when nothing else is.
_AWAY = """<!doctype html><html lang="ko"><meta charset="utf-8"><title>파발</title>
<meta http-equiv="refresh" content="5"><meta name="viewport" content="width=device-width">
<p>데이터베이스에 닿지 않습니다. 돌아오면 다시 보입니다.
<p lang="en">The database is away. This page comes back with it.</html>"""


def build(
    database: Database, signer: Signer, url: str | None = None, heard: Heard | None = None
) -> FastAPI:
    """The application over the store; ``signer`` reads the tokens of links.

    ``url``: the public address of the pages. ``heard`` takes what mail providers say. Its
    ``state.stream`` is to be closed before its server is, which waits for those who listen.
    """
    app = FastAPI(title="Pabal", docs_url=None, redoc_url=None, openapi_url=None)
    https = url is not None and url.startswith("https://")
    app.add_middleware(Guard, accounts=Accounts(database), away=_away, https=https)
    for error in AWAY:
        app.add_exception_handler(error, _away)
    house = shell(signer, url)
    add_refusals(app, house)
    _add_missing(app, house)
    add_static(app)
    overview = Overview(database)
    _add_pages(app, house, overview, Releases(database))
    _add_checks(app, overview)
    desk = Desk(house.pages, signer)
    add_consent(app, desk, Consent(database), People(database))
    add_dismiss(app, desk, Dismissals(database))
    if heard is not None:
        add_bounces(app, desk, heard)
    app.state.stream = add_feeds(app, desk, database, url)
    return app


def _add_pages(app: FastAPI, house: Shell, overview: Overview, releases: Releases) -> None:
    @app.get("/", response_class=HTMLResponse)
    async def front(request: Request) -> Response:
        return house.page(
            request,
            "front",
            newest=await overview.newest(_NEWEST),
            sources=await overview.sources(),
            items=await overview.items(),
            counts=await overview.counts(),
        )

    @app.get("/release/{number}", response_class=HTMLResponse)
    async def release(request: Request, number: str) -> Response:
        found = await releases.release(int(number)) if _NUMBER.fullmatch(number) else None
        if found is None:
            return house.refuse(request, 404, "shell.no_release")
        text = found.reading.text if found.reading else ""
        return house.page(
            request, "release", release=found, text=blocks(text), cut=len(text) > SHOWN
        )

    @app.get("/series/{name:path}", response_class=HTMLResponse)
    async def series(request: Request, name: str) -> Response:
        timeline = await releases.series(storable(name))
        return house.page(request, "series", name=name, timeline=timeline)


def _add_checks(app: FastAPI, overview: Overview) -> None:
    @app.get("/healthz")
    async def alive() -> JSONResponse:
        """The process answers; nothing else is asked."""
        return JSONResponse({"status": "ok"})

    @app.get("/readyz")
    async def ready() -> JSONResponse:
        """The database answers and has our tables; nothing is crawled for it."""
        try:
            await overview.answers()
        except AWAY as error:
            why = type(error).__name__
            return JSONResponse({"status": "database away", "why": why}, status_code=503)
        return JSONResponse({"status": "ok"})


def _add_missing(app: FastAPI, house: Shell) -> None:
    """Say in words what the framework says in JSON: no such page, not this way."""

    @app.exception_handler(HTTPException)
    async def refused(request: Request, why: HTTPException) -> Response:
        page = house.refuse(request, why.status_code, "shell.missing")
        page.headers.update(why.headers or {})
        return page


async def _away(_: Request, _error: Exception) -> Response:
    return HTMLResponse(_AWAY, status_code=503)
