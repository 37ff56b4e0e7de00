"""Search: the rules of the alerts over all that is stored, with the hits marked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import get_args
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from fastapi.responses import Response
from markupsafe import Markup

from service.judging import rules
from service.judging.fields import Values
from service.judging.rules import RuleError
from service.search import BadCursorError, Hit, Order, Results, Search
from service.store.database import storable
from service.web.held import known
from service.web.markup import marked
from service.web.phrases import either
from service.web.reading.asked import topics
from service.web.shell import Shell, language_of

_ORDERS: tuple[Order, ...] = get_args(Order)


@dataclass(frozen=True, slots=True)
class Found:
    """What there is to say of a query. ``wrong``: what the rule says of itself instead."""

    wrong: str | None = None
    warnings: tuple[str, ...] = ()
    results: Results | None = None


def add_search(app: FastAPI, house: Shell, search: Search | None, values: Values) -> None:
    """Add the page; where nothing can be searched it only reads rules. ``values`` of fields."""

    @app.get("/search")
    async def page(request: Request) -> Response:
        asked = storable(request.query_params.get("q", "")).strip()
        said = request.query_params.get("order", "")
        order: Order = next((each for each in _ORDERS if each == said), _ORDERS[0])
        cursor = request.query_params.get("after")
        held = known(request)
        found = await _found(search, values, asked, order, cursor, held=held) if asked else Found()
        half = partial(_half, language_of(request))
        results = found.results
        behind = results.cursor if results else None
        return house.page(
            request,
            "search",
            q=asked,
            order=order,
            orders=[(each, _address(q=asked, order=each)) for each in _ORDERS],
            found=found,
            half=half,
            lines=[_line(each) for each in results.hits] if results else [],
            later=_address(q=asked, order=order, after=behind) if behind else None,
            first=cursor is None,
            able=search is not None,
            topics=topics(language_of(request)),
        )


async def _found(
    search: Search | None,
    values: Values,
    asked: str,
    order: Order,
    cursor: str | None,
    *,
    held: bool,
) -> Found:
    try:
        rule = rules.parse(asked, values)
    except RuleError as wrong:
        return Found(wrong.message)
    if search is None:
        return Found()
    try:
        results = await search.find(rule, order=order, cursor=cursor, held=held)
    except BadCursorError:
        results = await search.find(rule, order=order, held=held)
    return Found(warnings=tuple(rules.warnings(rule)), results=results)


def _line(hit: Hit) -> tuple[Hit, Markup, Markup]:
    """A hit, its title and its excerpt, their spots marked."""
    return hit, marked(hit.title, hit.in_title), marked(*hit.excerpt)


def _half(language: str, said: str) -> str:
    """What is said in Korean, then in English, in one of them."""
    korean, _, english = said.partition(" / ")
    return either(language, korean, english)


def _address(**query: str) -> str:
    return f"/search?{urlencode(query)}"
