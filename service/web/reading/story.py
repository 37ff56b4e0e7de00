"""The page of one release with all that is known of it, its deadline as a file, and its series."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import groupby
from typing import Any, Generic, TypeVar

from fastapi import FastAPI, Request
from fastapi.responses import Response

from service.model import SEOUL
from service.reading.publishers import Registry
from service.store.database import storable
from service.store.embargo import Held
from service.store.releases import Appearance, Kin, Release, Releases
from service.web.calendar import deadline_file
from service.web.held import headers, known
from service.web.markup import prose
from service.web.phrases import phrases, say
from service.web.reading.asked import named, topics
from service.web.reading.versions import rows
from service.web.shell import Shell, language_of
from service.web.text import SHOWN, blocks, parts
from service.web.typed import number_in

_PART = re.compile(r"[1-9][0-9]{0,3}")
_FEW, _MANY = 10, 400  # entries of one kind beside the text, and where all are asked for

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Listed(Generic[T]):
    """The first of several, and how many more there are."""

    shown: Sequence[T]
    more: int


@dataclass(frozen=True, slots=True)
class Body:
    """Who released it. ``then``: its name of that time, where it was another."""

    id: str
    name: str
    then: str | None


def add_story(app: FastAPI, house: Shell, releases: Releases, registry: Registry) -> None:
    """Add the pages of a release and of a series."""
    _add_file(app, house, releases)

    @app.get("/release/{number}")
    async def release(request: Request, number: str) -> Response:
        found = await _release(releases, request, number)
        if found is None:
            return house.refuse(request, 404, "shell.no_release")
        if isinstance(found, Held):
            return _held(house, request, found)
        language = language_of(request)
        most = _MANY if "all" in request.query_params else _FEW
        return house.page(
            request,
            "story",
            release=found,
            bodies=_bodies(found, registry, language),
            topics=[topics(language).get(each, each) for each in found.topics],
            reason=partial(_reason, language),
            between=partial(_between, language),
            **_text(found, request.query_params.get("part", ""), language),
            **_beside(found, most, language),
        )

    @app.get("/series/{name:path}")
    async def series(request: Request, name: str) -> Response:
        timeline = _by_year(await releases.series(storable(name), held=known(request)))
        return house.page(request, "series", name=name, timeline=timeline)


def _add_file(app: FastAPI, house: Shell, releases: Releases) -> None:
    @app.get("/release/{number}.ics")
    async def calendar(request: Request, number: str) -> Response:
        """The last day to apply, for a calendar."""
        found = await _release(releases, request, number)
        if isinstance(found, Held):
            return _held(house, request, found)
        base = house.base(request)
        file = deadline_file(found, base) if found else None
        if file is None:
            return house.refuse(request, 404, "shell.missing")
        name = f'attachment; filename="pabal-{number}.ics"'
        kept = "private, no-store" if known(request) else "no-cache"
        own = {"Content-Disposition": name, "Cache-Control": kept}
        return Response(file, media_type="text/calendar; charset=utf-8", headers=own)


async def _release(releases: Releases, request: Request, number: str) -> Release | Held | None:
    ident = number_in(number)
    return None if ident is None else await releases.release(ident, held=known(request))


def _held(house: Shell, request: Request, found: Held) -> Response:
    """Not 200: a preview, an archive or a search engine would take it for the release.

    Nor 404: it is there, and whoever signs in is shown it now.
    """
    said = headers(found.until)
    return house.page(request, "held", status=403, headers=said, until=found.until)


def _text(release: Release, asked: str, language: str) -> dict[str, Any]:
    """The part of the text that is asked for."""
    text = release.reading.text if release.reading else ""
    cut = parts(text)
    part = min(int(asked), len(cut)) if _PART.fullmatch(asked) else 1
    return {
        "text": prose(blocks(cut[part - 1]), say(language, "story.table")),
        "part": part,
        "parts": len(cut),
        "cut": len(text) > SHOWN and part == len(cut),
    }


def _beside(release: Release, most: int, language: str) -> dict[str, Any]:
    """What stands beside the text, each list at most so long."""
    said = release.reading
    news = [each for each in release.kin if each.joined_as == "coverage" and each.kind == "news"]
    changed = [(each, rows(each.changes, language)) for each in release.revisions[:most]]
    return {
        "files": _first(release.files, most),
        "contacts": _first(said.contacts if said else (), most),
        "mentions": _first(said.mentions if said else (), most),
        "changed": Listed(changed, max(0, len(release.revisions) - most)),
        "coverage": _first(sorted(news, key=_when), most),
        "origins": _first([each for each in release.kin if _is_origin(each)], most),
        "copies": _first([each for each in release.kin if each.joined_as != "coverage"], most),
    }


def _when(news: Kin) -> tuple[bool, float]:
    """The first to report first; of unknown hour last."""
    return news.lead is None, news.lead.total_seconds() if news.lead is not None else 0.0


def _is_origin(kin: Kin) -> bool:
    """Whether it is the release that this news was made from."""
    return kin.joined_as == "coverage" and kin.kind != "news"


def _first(every: Sequence[T], most: int) -> Listed[T]:
    return Listed(every[:most], max(0, len(every) - most))


def _bodies(release: Release, registry: Registry, language: str) -> list[Body]:
    """Who released it, by today's names and those of its day."""
    named_then = release.reading.named if release.reading else ()
    found = []
    for place, each in enumerate(release.publishers):
        body = registry.by_id(each)
        then = named_then[place] if place < len(named_then) else body.name
        found.append(Body(each, named(body, language), then if then != body.name else None))
    return found


def _reason(language: str, code: str) -> str:
    """Why a file gave no text."""
    return phrases(language).get(f"story.failed_{code}", code)


def _between(language: str, lead: timedelta) -> str:
    """How long after a release its news came out, in its two largest units."""
    minutes = abs(int(lead.total_seconds())) // 60
    counts = {"days": minutes // 1440, "hours": minutes // 60 % 24, "minutes": minutes % 60}
    units = [say(language, f"story.{unit}", count=n) for unit, n in counts.items() if n][:2]
    time = " ".join(units) or say(language, "story.minutes", count=0)
    return say(
        language, "story.lead_before" if lead < timedelta(0) else "story.lead_after", time=time
    )


def _by_year(timeline: Sequence[Appearance]) -> list[tuple[int | None, list[Appearance]]]:
    """A timeline, newest first, year by year in Korea; None: of unknown day."""

    def year(each: Appearance) -> int | None:
        return each.published_at.astimezone(SEOUL).year if each.published_at else None

    return [(at, list(found)) for at, found in groupby(timeline, key=year)]
