"""The front page: stories as they come, by ministry, topic, kind, period, and what is open."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from fastapi import FastAPI, Request
from fastapi.responses import Response

from service.reading.publishers import Publisher, Registry
from service.store.browse import Browse, Face, Place, Wish, meets
from service.web.held import known
from service.web.phrases import either, say
from service.web.reading.asked import KINDS, Asked, asked, cursor, exporters, named, place, topics
from service.web.shell import Shell, language_of
from service.web.typed import number_in

_PAGE = 30
_KEPT = 300  # stories; whoever waited for more than these is told of as many
_FRESH = 3.0  # seconds
_NONE_NEW = Response(status_code=204, headers={"Cache-Control": "no-store"})


@dataclass(frozen=True, slots=True)
class Choice:
    """A body that can be chosen. ``past``: names it went by, which the choice follows."""

    id: str
    name: str
    past: str
    chosen: bool
    why: str = ""


def add_front(app: FastAPI, house: Shell, browse: Browse, registry: Registry) -> None:
    """Add the page, and what says that there is more by now."""
    latest = {held: Latest(browse, held=held) for held in (False, True)}

    @app.get("/")
    async def front(request: Request) -> Response:
        language, filters = language_of(request), asked(request.query_params, registry)
        after = place(request.query_params.get("after", ""))
        found = await browse.page(filters.wish(), _PAGE + 1, after, held=known(request))
        shown = found[:_PAGE]
        return house.page(
            request,
            "front",
            asked=filters,
            chips=list(filters.chips(registry, language)),
            stories=shown,
            later=filters.address(after=cursor(shown[-1].place)) if found[_PAGE:] else None,
            back=after is not None,
            live=_live(filters, shown, full=bool(found[_PAGE:])),
            followed=_followed(registry, filters, language),
            others=_others(registry, filters, language),
            typed=_typed(registry, filters),
            topics=topics(language),
            kinds=KINDS,
            watch=await browse.watch(),
        )

    @app.get("/new")
    async def new(request: Request) -> Response:
        """A link to what a page lacks by now; nothing where it lacks nothing."""
        filters = asked(request.query_params, registry)
        said = request.query_params.get("have", "").split(",")[: _PAGE + 1]
        have = {number for number in map(number_in, said) if number is not None}
        last = place(request.query_params.get("last", ""))
        count = await latest[known(request)].beyond(filters.wish(), have, last)
        if not count:
            return _NONE_NEW
        no_store = {"Cache-Control": "no-store"}
        return house.page(request, "new", headers=no_store, count=count, where=filters.address())


def _live(filters: Asked, shown: Sequence[Face], *, full: bool) -> str:
    """Where to ask what the first page lacks; of a full one only what goes before its last."""
    last = {"last": cursor(shown[-1].place)} if full else {}
    return filters.fragment(have=",".join(str(each.id) for each in shown), **last)


def _followed(registry: Registry, filters: Asked, language: str) -> list[Choice]:
    return [
        _choice(registry.by_id(each), filters, language, why=either(language, *why))
        for each, why in exporters().items()
    ]


def _others(registry: Registry, filters: Asked, language: str) -> list[tuple[str, list[Choice]]]:
    """The other bodies of the state by what they are; of others a name can be typed."""
    groups = (
        ("front.group_ministry", ("ministry",)),
        ("front.group_agency", ("agency", "office", "commission")),
    )
    return [
        (
            say(language, name),
            [
                _choice(body, filters, language)
                for body in registry
                if body.kind in kinds and body.id not in exporters()
            ],
        )
        for name, kinds in groups
    ]


def _typed(registry: Registry, filters: Asked) -> list[str]:
    """The names of chosen bodies that have no box."""
    chosen = (registry.by_id(each) for each in filters.ministries)
    return [body.name for body in chosen if body.kind in {"public-body", "outlet"}]


def _choice(body: Publisher, filters: Asked, language: str, why: str = "") -> Choice:
    past = ", ".join(dict.fromkeys(each.name for each in body.former[:2] if each.name != body.name))
    return Choice(body.id, named(body, language), past, body.id in filters.ministries, why)


class Latest:
    """The newest stories of all, a few seconds old at most: looked up once for all who wait."""

    def __init__(self, browse: Browse, *, held: bool = False) -> None:
        """Look by ``browse``; ``held``: also at what is under embargo."""
        self._browse, self._held = browse, held
        self._faces: Sequence[Face] = ()
        self._looked_at = -_FRESH
        self._looking = asyncio.Lock()

    async def beyond(self, wish: Wish, shown: Collection[int], last: Place | None) -> int:
        """How many stories a page lacks that shows ``shown``, down to ``last``."""
        return sum(
            face.id not in shown
            and (last is None or (face.came, face.id) > (last.came, last.id))
            and meets(wish, face)
            for face in await self._look()
        )

    async def _look(self) -> Sequence[Face]:
        async with self._looking:
            now = asyncio.get_running_loop().time()
            if now - self._looked_at >= _FRESH:
                self._faces = await self._browse.page(Wish(), _KEPT, held=self._held)
                self._looked_at = asyncio.get_running_loop().time()
            return self._faces
