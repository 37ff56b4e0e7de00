"""The web application: what is new, a page for each release and series, the pages behind links."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from fastapi.templating import Jinja2Templates
from starlette.middleware.base import RequestResponseEndpoint

from service.judging.changes import worded
from service.links import Signer
from service.pulse.wording import TROUBLES
from service.reading.publishers import Registry
from service.store.consent import Consent
from service.store.database import Database, storable
from service.store.dismissals import Dismissals
from service.store.overview import Overview, Shown
from service.store.people import People
from service.store.releases import Appearance, Release, Releases
from service.store.server import AWAY
from service.web.bounces import Heard, add_bounces
from service.web.consent import Desk, add_consent
from service.web.dismiss import add_dismiss
from service.web.feeds import add_feeds
from service.web.text import SHOWN, blocks

_SEOUL = ZoneInfo("Asia/Seoul")
_NEWEST = 50
_NUMBER = re.compile(r"[0-9]{1,18}")
_MESSAGE = """<!doctype html><html lang="ko"><meta charset="utf-8"><title>파발</title>
{head}<meta name="viewport" content="width=device-width">
<p>{korean}
<p lang="en">{english}</html>"""
_AWAY = _MESSAGE.format(
    head='<meta http-equiv="refresh" content="5">',
    korean="데이터베이스에 닿지 않습니다. 돌아오면 다시 보입니다.",
    english="The database is away. This page comes back with it.",
)
_NOT_THERE = _MESSAGE.format(
    head="", korean='그런 글은 없습니다. <a href="/">파발</a>', english="There is no such release."
)
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self' 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def build(
    database: Database, signer: Signer, url: str | None = None, heard: Heard | None = None
) -> FastAPI:
    """The application over the store; ``signer`` reads the tokens of links.

    ``url``: the public address of the pages. ``heard`` takes what mail providers say. Its
    ``state.stream`` is to be closed before its server is, which waits for those who listen.
    """
    app = FastAPI(title="Pabal", docs_url=None, redoc_url=None, openapi_url=None)
    app.middleware("http")(_guarded)
    for error in AWAY:
        app.add_exception_handler(error, _away)
    pages, overview = _pages(), Overview(database)
    _add_pages(app, pages, overview, Releases(database))
    _add_checks(app, overview)
    desk = Desk(pages, signer)
    add_consent(app, desk, Consent(database), People(database))
    add_dismiss(app, desk, Dismissals(database))
    if heard is not None:
        add_bounces(app, desk, heard)
    app.state.stream = add_feeds(app, desk, database, url)
    return app


def _add_pages(
    app: FastAPI, pages: Jinja2Templates, overview: Overview, releases: Releases
) -> None:
    @app.get("/", response_class=HTMLResponse)
    async def front(request: Request) -> Response:
        context = {
            "newest": await overview.newest(_NEWEST),
            "sources": await overview.sources(),
            "items": await overview.items(),
            "counts": await overview.counts(),
        }
        return pages.TemplateResponse(request, "front.html", context)

    @app.get("/release/{number}", response_class=HTMLResponse)
    async def release(request: Request, number: str) -> Response:
        found = await releases.release(int(number)) if _NUMBER.fullmatch(number) else None
        if found is None:
            return HTMLResponse(_NOT_THERE, status_code=404)
        text = found.reading.text if found.reading else ""
        context = {"release": found, "text": blocks(text), "cut": len(text) > SHOWN}
        return pages.TemplateResponse(request, "release.html", context)

    @app.get("/series/{name:path}", response_class=HTMLResponse)
    async def series(request: Request, name: str) -> Response:
        context = {"name": name, "timeline": await releases.series(storable(name))}
        return pages.TemplateResponse(request, "series.html", context)


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


def _pages() -> Jinja2Templates:
    pages = Jinja2Templates(Path(__file__).parent / "templates")
    registry = Registry.load()
    pages.env.filters["seoul"] = _seoul
    pages.env.filters["lead"] = _lead
    pages.env.filters["worded"] = worded
    pages.env.filters["trouble"] = _trouble
    pages.env.filters["publisher"] = lambda shown: _publisher(shown, registry)
    pages.env.tests["web_address"] = _is_web_address
    return pages


async def _away(_: Request, _error: Exception) -> Response:
    return HTMLResponse(_AWAY, status_code=503)


async def _guarded(request: Request, answer: RequestResponseEndpoint) -> Response:
    response = await answer(request)
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _publisher(shown: Shown | Release | Appearance, registry: Registry) -> str:
    """Who says so: the name as printed, else the one of the source's publisher, else its id."""
    names = [registry.by_id(each).name for each in shown.publishers]
    return shown.publisher or "·".join(names) or shown.source_id


def _trouble(name: str | None) -> str:
    """What ails a source, in Korean."""
    korean, _ = TROUBLES.get(name or "", ("읽지 못함", ""))
    return korean


def _lead(after: timedelta) -> str:
    """How long after a release its news came out, in its two largest units."""
    minutes = abs(int(after.total_seconds())) // 60
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    each = ((days, "일"), (hours, "시간"), (minutes, "분"))
    shown = [f"{count}{unit}" for count, unit in each if count][:2] or ["0분"]
    return f"{' '.join(shown)} {'앞' if after < timedelta(0) else '뒤'}"


def _is_web_address(url: str) -> bool:
    """Whether a scraped address may be a link: ``javascript:`` and its like must not."""
    return url.lower().startswith(("https://", "http://"))


def _seoul(moment: datetime | None, precision: str | None = "minute") -> str:
    """A time as Koreans read it; a date alone where the clock part means nothing."""
    if moment is None:
        return "—"
    form = "%Y.%m.%d" if precision == "day" else "%Y.%m.%d %H:%M"
    return moment.astimezone(_SEOUL).strftime(form)
