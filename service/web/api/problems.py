"""What the API answers where it does not do what it was asked: RFC 9457, Korean and English."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.routing import Match

from service.errors import UserError
from service.owning import TooManyAsked
from service.store.server import AWAY
from service.web.failing import note, only_away

_MEDIA = "application/problem+json"

Slug = Literal[
    "request",
    "cursor",
    "nobody",
    "scope",
    "held",
    "nothing",
    "method",
    "conflict",
    "large",
    "media",
    "values",
    "limit",
    "failure",
    "extra",
    "away",
]

PROBLEMS: Mapping[Slug, tuple[int, str, str]] = {
    "request": (400, "알아볼 수 없는 요청", "Bad request"),
    "cursor": (400, "쓸 수 없는 커서", "Bad cursor"),
    "nobody": (401, "열쇠가 필요함", "A key is needed"),
    "scope": (403, "열쇠에 없는 권한", "Not within the key's scopes"),
    "held": (403, "엠바고 중", "Under embargo"),
    "nothing": (404, "없음", "Not found"),
    "method": (405, "쓸 수 없는 메서드", "Method not allowed"),
    "conflict": (409, "이미 있는 것과 맞지 않음", "Conflict"),
    "large": (413, "너무 큼", "Too large"),
    "media": (415, "읽지 않는 형식", "Unsupported media type"),
    "values": (422, "쓸 수 없는 값", "Values that cannot be"),
    "limit": (429, "너무 잦음", "Too many requests"),
    "failure": (500, "우리 쪽의 잘못", "Our failure"),
    "extra": (501, "여기에는 없는 기능", "Not installed here"),
    "away": (503, "데이터베이스에 닿지 않음", "The database is away"),
}
"""Each problem by the end of its type: status, title in Korean and in English."""

_BY_STATUS: Mapping[int, Slug] = {
    status: slug for slug, (status, _, _) in PROBLEMS.items() if slug not in {"cursor", "held"}
}
_LONGEST = 500  # characters of a detail
_KEY = re.compile(r"pabal_[0-9a-f]{12}_[A-Za-z0-9_-]*|whsec_[A-Za-z0-9+/=]*")


class Wrong(BaseModel):
    """One value that cannot be, and where it stands: ``query.limit``, ``body.rules.0``."""

    where: str
    why: str


class ProblemBody(BaseModel):
    """What went wrong (RFC 9457). ``type`` is stable, ``title`` and ``detail`` are for people."""

    type: str = Field(examples=["/api#problem-nothing"])
    title: str
    status: int
    detail: str
    instance: str
    errors: list[Wrong] = []


class Problem(Exception):
    """Raised wherever a request cannot be done. ``detail``: Korean, then English in brackets."""

    def __init__(
        self,
        slug: Slug,
        detail: str,
        headers: Mapping[str, str] | None = None,
        errors: Sequence[Wrong] = (),
    ) -> None:
        """Answer with the status of ``slug``."""
        super().__init__(detail)
        self.slug, self.detail = slug, detail
        self.headers, self.errors = dict(headers or {}), errors


def documented(*slugs: Slug) -> dict[int | str, dict[str, Any]]:
    """Those problems, and what every route may answer, for the OpenAPI."""
    every: tuple[Slug, ...] = (*slugs, "request", "nobody", "values", "limit", "failure", "away")
    schema = {"$ref": "#/components/schemas/ProblemBody"}
    shown: dict[int | str, dict[str, Any]] = {}
    for slug in dict.fromkeys(every):
        status, korean, english = PROBLEMS[slug]
        shown[status] = {
            "description": f"{korean} · {english}",
            "content": {_MEDIA: {"schema": schema}},
        }
    return shown


def add_problems(app: FastAPI) -> None:
    """Answer whatever goes wrong within ``app`` as a problem."""

    @app.exception_handler(Problem)
    async def told(request: Request, problem: Problem) -> Response:
        return _answer(request, problem)

    @app.exception_handler(UserError)
    async def mended(request: Request, error: UserError) -> Response:
        slug: Slug = "conflict" if isinstance(error, TooManyAsked) else "values"
        return _answer(request, Problem(slug, str(error)))

    @app.exception_handler(RequestValidationError)
    async def refused(request: Request, error: RequestValidationError) -> Response:
        return _answer(request, _of_values(error))

    @app.exception_handler(HTTPException)
    async def plain(request: Request, error: HTTPException) -> Response:
        slug = _BY_STATUS.get(error.status_code, "request")
        _, korean, english = PROBLEMS[slug]
        headers = {"Allow": _methods(request)} if slug == "method" else error.headers
        return _answer(request, Problem(slug, f"{korean} ({english})", headers))

    @app.exception_handler(Exception)
    async def failed(request: Request, error: Exception) -> Response:
        note(request, error)
        said = "요청을 하지 못했습니다. 기록해 두었습니다 (it failed here; it is in our log)"
        return _answer(request, Problem("failure", said))

    async def away(request: Request, error: Exception) -> Response:
        only_away(error)
        said = "돌아오면 다시 됩니다 (it works again when the database is back)"
        return _answer(request, Problem("away", said, {"Retry-After": "5"}))

    for error in AWAY:
        app.add_exception_handler(error, away)


def _methods(request: Request) -> str:
    """Every method that the address knows."""
    routes = request.app.routes
    known = [
        method
        for method in ("GET", "POST", "PATCH", "DELETE")
        if any(
            each.matches({**request.scope, "method": method})[0] is Match.FULL for each in routes
        )
    ]
    return ", ".join([*(["HEAD"] if "GET" in known else []), *known])


def _answer(request: Request, problem: Problem) -> Response:
    """The problem as it is sent. No secret is repeated in it."""
    status, korean, english = PROBLEMS[problem.slug]
    body = {
        "type": f"/api#problem-{problem.slug}",
        "title": f"{korean} · {english}",
        "status": status,
        "detail": _bare(problem.detail),
        "instance": _bare(request.url.path),
    }
    if problem.errors:
        body["errors"] = [
            {"where": _bare(each.where), "why": _bare(each.why)} for each in problem.errors
        ]
    kept = {"Cache-Control": "no-store"}
    return JSONResponse(body, status, kept | problem.headers, _MEDIA)


def _bare(text: str) -> str:
    """What is repeated to the one who asked: short, whole letters, without a key."""
    whole = text[:_LONGEST].encode("utf-8", "replace").decode()
    return _KEY.sub("…", whole)


def _of_values(error: RequestValidationError) -> Problem:
    """What cannot be, without the values themselves: one may be a secret."""
    wrong = [
        Wrong(where=".".join(map(str, each["loc"])), why=str(each["msg"]))
        for each in error.errors()[:20]
    ]
    if any(each["type"] == "json_invalid" for each in error.errors()):
        return Problem("request", "JSON이 아닙니다 (not JSON)")
    first = wrong[0] if wrong else Wrong(where="", why="")
    return Problem("values", f"{first.where}: {first.why}", errors=wrong)


assert set(PROBLEMS) == set(get_args(Slug))
