"""The pages about the API: what there is, drawn from its OpenAPI, and one's own keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response

from service.errors import UserError
from service.store.audit import Who
from service.store.keys import OVERLAP, SCOPES, Keys, Scope
from service.web.api.problems import PROBLEMS
from service.web.shell import Shell, need
from service.web.typed import first, number_in

_LASTS: Mapping[str, timedelta | None] = {
    "90": timedelta(days=90),
    "365": timedelta(days=365),
    "30": timedelta(days=30),
    "never": None,
}
_WORKED = ("/stories?ministry=산업부&kind=notice&open=true", "/search?q=수출 바우처", "/releases/1")


@dataclass(frozen=True, slots=True)
class Asked:
    """One parameter of a route: its name, what it has to be and what it is for."""

    name: str
    kind: str
    required: bool
    about: str


@dataclass(frozen=True, slots=True)
class Way:
    """One route as the page shows it. ``key``: without one it is not answered."""

    method: str
    path: str
    about: str
    key: bool
    asked: list[Asked]
    body: list[Asked]


def add_pages(app: FastAPI, house: Shell, keys: Keys, api: FastAPI) -> None:
    """Add the pages to ``app``; ``api`` is what they are about."""

    @app.get("/api")
    async def about(request: Request) -> Response:
        base = house.base(request)
        schema = api.openapi()
        ways = sorted(_ways(schema), key=lambda way: (way.key, way.path))
        return house.page(request, "api", ways=ways, problems=PROBLEMS, worked=_WORKED, base=base)

    _add_keys(app, house, keys)
    _add_ends(app, house, keys)


def _add_keys(app: FastAPI, house: Shell, keys: Keys) -> None:
    @app.get("/alerts/keys")
    async def listed(request: Request) -> Response:
        return await _page(house, keys, request, need(request, "reader"))

    @app.post("/alerts/keys")
    async def make(request: Request) -> Response:
        who = need(request, "reader")
        form = await house.form(request)
        lasts = _LASTS.get(first(form, "lasts"), _LASTS["90"])
        scopes = cast("list[Scope]", form.get("scope", []))  # held against the known ones there
        try:
            key = await keys.make(who.account_id, first(form, "name"), scopes, lasts=lasts, by=who)
        except UserError as error:
            return await _page(house, keys, request, who, status=422, error=str(error))
        return await _page(house, keys, request, who, made=key)


def _add_ends(app: FastAPI, house: Shell, keys: Keys) -> None:
    @app.post("/alerts/keys/{number}/exchange")
    async def exchange(request: Request, number: str) -> Response:
        who = need(request, "reader")
        await house.form(request)
        ident = number_in(number)
        try:
            key = await keys.exchange(who.account_id, ident, by=who) if ident is not None else None
        except UserError as error:
            return await _page(house, keys, request, who, status=422, error=str(error))
        if key is None:
            return house.refuse(request, 404, "api.no_key")
        return await _page(house, keys, request, who, made=key)

    @app.post("/alerts/keys/{number}/revoke")
    async def revoke(request: Request, number: str) -> Response:
        who = need(request, "reader")
        await house.form(request)
        ident = number_in(number)
        if ident is None or not await keys.revoke(who.account_id, ident, by=who):
            return house.refuse(request, 404, "api.no_key")
        return RedirectResponse("/alerts/keys", 303)


async def _page(
    house: Shell, keys: Keys, request: Request, who: Who, *, status: int = 200, **more: object
) -> Response:
    """The list of keys; ``made``: one that is shown whole, this once."""
    context = {
        "keys": await keys.listed(who.account_id),
        "scopes": [each for each in SCOPES if each != "operate" or who.role == "operator"],
        "lasts": list(_LASTS),
        "overlap": int(OVERLAP.total_seconds()) // 3600,
        **more,
    }
    headers = {"Cache-Control": "private, no-store"}
    return house.page(request, "keys", status=status, headers=headers, **context)


def _ways(schema: Mapping[str, Any]) -> Iterator[Way]:
    """The routes of an OpenAPI."""
    for path, methods in schema["paths"].items():
        for method, said in methods.items():
            asked = [
                Asked(
                    each["name"],
                    _kind(each["schema"], schema),
                    each.get("required", False),
                    each.get("description", each["schema"].get("description", "")),
                )
                for each in said.get("parameters", ())
            ]
            key = {} not in said.get("security", ())
            body = _body(said, schema)
            yield Way(method.upper(), path, said.get("description", ""), key, asked, body)


def _body(said: Mapping[str, Any], schema: Mapping[str, Any]) -> list[Asked]:
    if "requestBody" not in said:
        return []
    shape = _named(said["requestBody"]["content"]["application/json"]["schema"], schema)
    needed = shape.get("required", ())
    return [
        Asked(name, _kind(each, schema), name in needed, each.get("description", ""))
        for name, each in shape["properties"].items()
    ]


def _named(shape: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """A schema by its reference."""
    found: Mapping[str, Any] = shape
    if "$ref" in shape:
        found = schema["components"]["schemas"][shape["$ref"].rpartition("/")[2]]
    return found


def _kind(shape: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """What a value has to be, in a few letters."""
    shape = _named(shape, schema)
    if "anyOf" in shape:
        kinds = (_kind(each, schema) for each in shape["anyOf"] if each.get("type") != "null")
        return " | ".join(kinds)
    if "enum" in shape:
        return " | ".join(map(str, shape["enum"]))
    if shape.get("type") == "array":
        return f"[{_kind(shape['items'], schema)}]"
    span = [str(shape[each]) for each in ("minimum", "maximum") if each in shape]
    kind = str(shape.get("format") or shape.get("type", ""))
    return f"{kind} {'…'.join(span)}" if len(span) > 1 and len(span[1]) < len("0" * 9) else kind
