"""The web application: one page of what is new and how the sources do, and two health checks."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from fastapi.templating import Jinja2Templates
from sqlalchemy.exc import SQLAlchemyError

from service.store.overview import Overview

_SEOUL = ZoneInfo("Asia/Seoul")
_NEWEST = 50
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self' 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def build(overview: Overview) -> FastAPI:
    """The application over what the store shows."""
    app = FastAPI(title="Pabal", docs_url=None, redoc_url=None, openapi_url=None)
    pages = Jinja2Templates(Path(__file__).parent / "templates")
    pages.env.filters["seoul"] = _seoul

    @app.get("/", response_class=HTMLResponse)
    async def front(request: Request) -> Response:
        context = {
            "newest": await overview.newest(_NEWEST),
            "sources": await overview.sources(),
            "items": await overview.items(),
            "counts": await overview.counts(),
        }
        return pages.TemplateResponse(request, "front.html", context, headers=_HEADERS)

    @app.get("/healthz")
    async def alive() -> JSONResponse:
        """The process answers; nothing else is asked."""
        return JSONResponse({"status": "ok"})

    @app.get("/readyz")
    async def ready() -> JSONResponse:
        """The database answers and has our tables; nothing is crawled for it."""
        try:
            await overview.answers()
        except (OSError, SQLAlchemyError) as error:
            why = type(error).__name__
            return JSONResponse({"status": "database away", "why": why}, status_code=503)
        return JSONResponse({"status": "ok"})

    return app


def _seoul(moment: datetime | None, precision: str | None = "minute") -> str:
    """A time as Koreans read it; a date alone where the clock part means nothing."""
    if moment is None:
        return "—"
    form = "%Y.%m.%d" if precision == "day" else "%Y.%m.%d %H:%M"
    return moment.astimezone(_SEOUL).strftime(form)
