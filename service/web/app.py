"""The web application: one page of what is new and how the sources do, and two health checks."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from fastapi.templating import Jinja2Templates
from starlette.middleware.base import RequestResponseEndpoint

from service.reading.publishers import Registry
from service.store.overview import Overview, Shown
from service.store.server import AWAY

_SEOUL = ZoneInfo("Asia/Seoul")
_NEWEST = 50
_AWAY = """<!doctype html><html lang="ko"><meta charset="utf-8"><title>파발</title>
<meta http-equiv="refresh" content="5"><meta name="viewport" content="width=device-width">
<p>데이터베이스에 닿지 않습니다. 돌아오면 다시 보입니다.
<p lang="en">The database is away. This page comes back with it.</html>"""
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self' 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def build(overview: Overview) -> FastAPI:
    """The application over what the store shows."""
    app = FastAPI(title="Pabal", docs_url=None, redoc_url=None, openapi_url=None)
    app.middleware("http")(_guarded)
    pages = Jinja2Templates(Path(__file__).parent / "templates")
    registry = Registry.load()
    pages.env.filters["seoul"] = _seoul
    pages.env.filters["publisher"] = lambda shown: _publisher(shown, registry)
    pages.env.tests["web_address"] = _is_web_address

    @app.get("/", response_class=HTMLResponse)
    async def front(request: Request) -> Response:
        try:
            context = {
                "newest": await overview.newest(_NEWEST),
                "sources": await overview.sources(),
                "items": await overview.items(),
                "counts": await overview.counts(),
            }
        except AWAY:
            return HTMLResponse(_AWAY, status_code=503)
        return pages.TemplateResponse(request, "front.html", context)

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

    return app


async def _guarded(request: Request, answer: RequestResponseEndpoint) -> Response:
    response = await answer(request)
    response.headers.update(_HEADERS)
    return response


def _publisher(shown: Shown, registry: Registry) -> str:
    """Who says so: the name as printed, else the one of the source's publisher, else its id."""
    names = [registry.by_id(each).name for each in shown.publishers]
    return shown.publisher or "·".join(names) or shown.source_id


def _is_web_address(url: str) -> bool:
    """Whether a scraped address may be a link: ``javascript:`` and its like must not."""
    return url.lower().startswith(("https://", "http://"))


def _seoul(moment: datetime | None, precision: str | None = "minute") -> str:
    """A time as Koreans read it; a date alone where the clock part means nothing."""
    if moment is None:
        return "—"
    form = "%Y.%m.%d" if precision == "day" else "%Y.%m.%d %H:%M"
    return moment.astimezone(_SEOUL).strftime(form)
