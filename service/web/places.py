"""What sources are called, and whose they are, as far as they come with Pabal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from scrapers import registry
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


def place(source_id: str) -> Place:
    """The source of that id; one that does not come with Pabal is called by its id."""
    return _places().get(source_id) or Place(source_id, source_id, None, "own")


@cache
def _places() -> Mapping[str, Place]:
    said = registry.descriptions()
    found = {}
    for name, source in registry.sources().items():
        korean, _, english = said[name].partition(": ")
        side: Side = "outlets" if source.kind == "news" else "government"
        url = None if source.needs else source.first().url
        found[name] = Place(korean, english, source.publisher, side, url)
    return found
