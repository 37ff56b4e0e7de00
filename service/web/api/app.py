"""``/api/v1``: an application of its own within the pages, with its own OpenAPI and errors."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount

from service.store.database import Database
from service.store.keys import Keys
from service.web.api import exporting, own, reading
from service.web.api.backing import Backing
from service.web.api.cursors import Cursors
from service.web.api.edge import Edge
from service.web.api.gate import Buckets, Gate
from service.web.api.pages import add_pages
from service.web.api.problems import ProblemBody, add_problems
from service.web.means import Means
from service.web.shell import Shell

PATH = "/api/v1"

_LOOKING = 1  # previews at a time: one reads a month of articles
_SMALLEST = 1_000  # bytes that are worth compressing
_ABOUT = """부처의 보도자료와 기사: 소식, 글, 검색, 신청, 구독, 내보내기.

What Korean ministries announce and the news about it: stories, releases, search, open calls,
subscriptions, exports. Times are RFC 3339; days are days in Korea. Lists are cut by cursors: pass
`next` on as `cursor`. Errors are `application/problem+json` (RFC 9457)."""


def add_api(app: FastAPI, house: Shell, database: Database, means: Means) -> None:
    """Add the API and its pages to ``app``, before what takes all of ``/alerts/…`` for its own."""
    api = build_api(Backing(database, means, means.search(database), Cursors(house.signer)))
    add_pages(app, house, Keys(database), api)
    mount(app, api)


def mount(app: FastAPI, api: FastAPI) -> None:
    """Put it at PATH, whatever comes behind that: a line break too is answered by a problem."""
    route = Mount(PATH, api)
    route.path_regex = re.compile(rf"^{PATH}/(?P<path>.*)$", re.DOTALL)
    app.router.routes.append(route)


def build_api(backing: Backing) -> FastAPI:
    """The application, to be mounted at PATH."""
    api = FastAPI(
        title="파발 Pabal",
        version="1",
        description=_ABOUT,
        docs_url=None,
        redoc_url=None,
        servers=[{"url": PATH}],
        redirect_slashes=False,
        generate_unique_id_function=lambda route: f"{route.tags[0]}_{route.name}",
    )
    api.state.backing = backing
    api.state.gate = Gate(Keys(backing.database), Buckets(), backing.means.anonymous)
    api.state.exporting = set()  # accounts
    api.state.looking = asyncio.Semaphore(_LOOKING)
    for each in (reading.router, own.router, exporting.router, exporting.operate):
        api.include_router(each)
    add_problems(api)
    api.add_middleware(Edge)
    api.add_middleware(GZipMiddleware, minimum_size=_SMALLEST)
    api.openapi = lambda: _schema(api)  # type: ignore[method-assign] # its way to say it
    return api


def _schema(api: FastAPI) -> dict[str, Any]:
    """The OpenAPI, with what problems look like."""
    if api.openapi_schema is None:
        schema = get_openapi(
            title=api.title,
            version=api.version,
            description=api.description,
            routes=api.routes,
            servers=api.servers,
        )
        ref = "#/components/schemas/{model}"
        problem = ProblemBody.model_json_schema(ref_template=ref)
        schemas = schema["components"]["schemas"]
        schemas |= problem.pop("$defs", {})
        schemas["ProblemBody"] = problem
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        api.openapi_schema = schema
    return api.openapi_schema
