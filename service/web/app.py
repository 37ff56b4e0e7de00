"""The web application: its areas put together over one store."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from service.links import Signer
from service.store.accounts import Accounts
from service.store.consent import Consent
from service.store.database import Database
from service.store.dismissals import Dismissals
from service.store.people import People
from service.store.server import AWAY
from service.web.account import add_account
from service.web.alerts import add_alerts
from service.web.api.app import add_api
from service.web.bounces import Heard, add_bounces
from service.web.cockpit.pages import add_cockpit
from service.web.consent import add_consent
from service.web.dismiss import add_dismiss
from service.web.failing import note, only_away
from service.web.feeds import add_feeds
from service.web.means import Means
from service.web.metrics import Watched
from service.web.offered import mails
from service.web.reading import add_reading
from service.web.shell import HEADERS, Guard, Shell, add_refusals, shell
from service.web.static import add_static
from service.web.tokens import add_void

# No template: it has to be there when nothing else is.
_AWAY = """<!doctype html><html lang="ko"><meta charset="utf-8"><title>파발</title>
<meta http-equiv="refresh" content="5"><meta name="viewport" content="width=device-width">
<p>데이터베이스에 닿지 않습니다. 돌아오면 다시 보입니다.
<p lang="en">The database is away. This page comes back with it.</html>"""


def build(
    database: Database,
    signer: Signer,
    url: str | None = None,
    heard: Heard | None = None,
    means: Means | None = None,
    watched: Watched | None = None,
) -> FastAPI:
    """The application over the store; ``signer`` reads the tokens of links.

    ``url``: the public address of the pages. ``heard`` takes what mail providers say. ``watched``:
    what is to be seen of this process; None: as far as the rows tell. Its
    ``state.stream`` is to be closed before its server is, which waits for those who listen.
    """
    means = means or Means()
    app = FastAPI(title="Pabal", docs_url=None, redoc_url=None, openapi_url=None)
    house = shell(signer, url, means.places)
    app.add_middleware(Guard, accounts=Accounts(database), away=_away, house=house)
    for error in AWAY:
        app.add_exception_handler(error, _away)
    add_refusals(app, house)
    _add_missing(app, house)
    _add_failed(app, house)
    add_static(app)
    add_reading(app, house, database, means)
    watched = watched or Watched.of(database)
    app.router.routes.extend(watched.routes())
    add_cockpit(app, house, database, watched)
    add_void(app, house)
    add_consent(app, house, Consent(database), People(database))
    add_dismiss(app, house, Dismissals(database))
    add_account(app, house, database, mails=mails(means))
    add_api(app, house, database, means)
    add_alerts(app, house, database, means)
    if heard is not None:
        add_bounces(app, house, heard)
    app.state.stream = add_feeds(app, house, database)
    _add_heads(app)
    return app


def _add_heads(app: FastAPI) -> None:
    """Let HEAD be asked wherever GET is: the server leaves the body out. A stream has no end."""
    for route in app.routes:
        if isinstance(route, APIRoute) and route.name != "events":
            methods = route.methods or set()
            if "GET" in methods:
                methods.add("HEAD")


def _add_missing(app: FastAPI, house: Shell) -> None:
    """Say in words what the framework says in JSON: no such page, not this way."""

    @app.exception_handler(HTTPException)
    async def refused(request: Request, why: HTTPException) -> Response:
        page = house.refuse(request, why.status_code, "shell.missing")
        page.headers.update(why.headers or {})
        return page


def _add_failed(app: FastAPI, house: Shell) -> None:
    """Answer a bug of ours: the page says that nothing was changed, the log says what it was."""

    @app.exception_handler(Exception)
    async def failed(request: Request, error: Exception) -> Response:
        note(request, error)
        page = house.refuse(request, 500, "shell.failed")
        page.headers.update(HEADERS)  # the guard is passed by
        return page


async def _away(_: Request, error: Exception) -> Response:
    only_away(error)
    return HTMLResponse(_AWAY, status_code=503)
