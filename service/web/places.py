"""What sources are called, and whose they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from scrapers import registry
from scrapers.model import Source
from service.web.phrases import either

Side = Literal["government", "outlets", "own"]


@dataclass(frozen=True, slots=True)
class Place:
    """A source as pages name it. ``publisher``: the body whose own it is, None: of several.

    ``url`` is where its list is for people, None where that is not known or takes a key.

    ``side`` is ``own`` for what whoever runs the service has declared.
    """

    ko: str
    en: str
    publisher: str | None
    side: Side
    url: str | None = None

    def name(self, language: str) -> str:
        """What it is called in a language."""
        return either(language, self.ko, self.en)


@dataclass(frozen=True, slots=True)
class Places:
    """Every source that is known, by id."""

    known: Mapping[str, Place]

    def place(self, source_id: str) -> Place:
        """The source of that id; one that nobody declares any more is called by its id."""
        return self.known.get(source_id) or Place(source_id, source_id, None, "own")


def places_of(sources: Mapping[str, Source]) -> Places:
    """Sources by what is said of each, Korean: English; of one nothing is said of, by its id."""
    ours = registry.sources()
    found = {}
    for name, source in sources.items():
        korean, _, english = (source.what or name).partition(": ")
        side: Side = "outlets" if source.kind == "news" else "government"
        url = None if source.needs else source.first().url
        side = side if name in ours else "own"
        found[name] = Place(korean, english, source.publisher, side, url)
    return Places(found)


@cache
def built_in() -> Places:
    """Those that come with Pabal."""
    return places_of(registry.sources())
