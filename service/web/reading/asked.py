"""What an address asks of the list of stories, and the addresses that ask for a little less."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, Literal, get_args
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from service.judging.taxonomy import subjects
from service.model import Kind
from service.reading.publishers import Publisher, Registry
from service.store.browse import Place, Wish
from service.web.phrases import either, say
from service.web.typed import day_in

View = Literal["exporters", "all"]

KINDS: Sequence[str] = get_args(Kind)

_MOST = 20  # of one filter
_CURSOR = re.compile(r"(-?[0-9]{1,17})-([0-9]{1,18})")


@cache
def exporters() -> Mapping[str, tuple[str, str]]:
    """The ministries of the view for exporters by id, and why, in Korean and in English."""
    text = Path(__file__).with_name("exporters.toml").read_text("utf-8")
    return {each["id"]: (each["ko"], each["en"]) for each in tomllib.loads(text)["ministry"]}


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters of the list. ``unknown``: what was asked for and is none of ours.

    ``ministries`` are ids; where none is chosen, ``view`` says whose stories are shown.
    """

    view: View = "exporters"
    ministries: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    open: bool = False
    unknown: tuple[str, ...] = ()

    def wish(self) -> Wish:
        """What the store is asked for."""
        ministries = self.ministries
        if not ministries and self.view == "exporters":
            ministries = tuple(exporters())
        return Wish(
            ministries, self.topics, self.kinds, since=self.since, until=self.until, open=self.open
        )

    @property
    def filtered(self) -> bool:
        """Whether anything is chosen beside the view."""
        return replace(self, view="all", unknown=()) != Asked("all")

    def address(self, **more: str) -> str:
        """The page with these filters."""
        return _address("/", [*self._query(), *more.items()])

    def fragment(self, **more: str) -> str:
        """What asks whether there is more by now."""
        return _address("/new", [*self._query(), *more.items()])

    def seen(self, view: View) -> str:
        """The page of a view with the same filters, but for ministries."""
        return replace(self, view=view, ministries=()).address()

    def chips(self, registry: Registry, language: str) -> Iterator[tuple[str, str]]:
        """Every filter that is set, and the address without it."""

        def chip(label: str, **rest: Any) -> tuple[str, str]:
            return label, replace(self, **rest).address()

        for each in self.ministries:
            rest = _without(self.ministries, each)
            yield chip(named(registry.by_id(each), language), ministries=rest)
        for each in self.topics:
            yield chip(topics(language)[each], topics=_without(self.topics, each))
        for each in self.kinds:
            yield chip(say(language, f"kind.{each}"), kinds=_without(self.kinds, each))
        if self.since:
            yield chip(say(language, "front.chip_since", day=self.since), since=None)
        if self.until:
            yield chip(say(language, "front.chip_until", day=self.until), until=None)
        if self.open:
            yield chip(say(language, "front.open"), open=False)

    def _query(self) -> Iterator[tuple[str, str]]:
        if self.view == "all":
            yield "view", "all"
        for name, chosen in (
            ("ministry", self.ministries),
            ("topic", self.topics),
            ("kind", self.kinds),
        ):
            for each in chosen:
                yield name, each
        if self.since:
            yield "from", self.since.isoformat()
        if self.until:
            yield "to", self.until.isoformat()
        if self.open:
            yield "open", "1"


def asked(query: QueryParams, registry: Registry) -> Asked:
    """Read an address. A ministry may stand by its id or by any name it goes or went by."""
    printed = (name.strip() for each in query.getlist("ministry") for name in each.split(","))
    found = {each: registry.known(each) for each in islice(filter(None, printed), _MOST)}
    chosen_topics, chosen_kinds = (query.getlist(name)[:_MOST] for name in ("topic", "kind"))
    known_topics = subjects()
    unknown = [
        *(each for each, bodies in found.items() if not bodies),
        *(each for each in chosen_topics if each and each not in known_topics),
        *(each for each in chosen_kinds if each and each not in KINDS),
    ]
    days = {name: day_in(query.get(name, "")) for name in ("from", "to")}
    unknown += [query[name] for name, day in days.items() if query.get(name) and day is None]
    return Asked(
        view="all" if query.get("view") == "all" else "exporters",
        ministries=_each(body.id for bodies in found.values() for body in bodies),
        topics=_each(each for each in chosen_topics if each in known_topics),
        kinds=_each(each for each in chosen_kinds if each in KINDS),
        since=days["from"],
        until=days["to"],
        open=bool(query.get("open")),
        unknown=tuple(unknown),
    )


def named(body: Publisher, language: str) -> str:
    """What a body is called in a language."""
    return either(language, body.name, next(iter(body.english), ""))


def topics(language: str) -> dict[str, str]:
    """What each topic is called, by its code."""
    known = subjects().items()
    return {code: either(language, each.korean, each.english) for code, each in known}


def cursor(place: Place) -> str:
    """A place in the list as an address has it."""
    return f"{place.ticks}-{place.id}"


def place(said: str) -> Place | None:
    """The place again; None where it is none."""
    found = _CURSOR.fullmatch(said)
    if found is None:
        return None
    try:
        return Place.at(int(found[1]), int(found[2]))
    except OverflowError:
        return None


def _each(found: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found))


def _without(chosen: tuple[str, ...], one: str) -> tuple[str, ...]:
    return tuple(each for each in chosen if each != one)


def _address(path: str, query: Sequence[tuple[str, str]]) -> str:
    return f"{path}?{urlencode(query)}" if query else path
