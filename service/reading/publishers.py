"""Who publishes: every body by all the names it is and was printed under."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Any

_BETWEEN = re.compile(r"\s*[·,/ㆍ・&]\s*")
_BLANK = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Former:
    """A name a body went by until ``until``, its last day in Asia/Seoul."""

    name: str
    until: date
    short: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Publisher:
    """A body as it is today. ``rep_code`` is its number on korea.kr, None where it has none."""

    id: str
    name: str
    rep_code: str | None
    short: tuple[str, ...]
    former: tuple[Former, ...]

    def names(self) -> tuple[str, ...]:
        """All names it is or was printed under, today's first."""
        past = (name for former in self.former for name in (former.name, *former.short))
        return (self.name, *self.short, *past)


class Registry:
    """All publishers. A former name leads to the body, or bodies, that carry on its work."""

    def __init__(self, publishers: Iterable[Publisher]) -> None:
        self._by_id = {publisher.id: publisher for publisher in publishers}
        self._by_name: dict[str, tuple[Publisher, ...]] = {}
        for publisher in self._by_id.values():
            for name in publisher.names():
                self._by_name[name] = (*self._by_name.get(name, ()), publisher)

    @classmethod
    def load(cls) -> Registry:
        """Read the registry that comes with the package."""
        text = files(__package__).joinpath("publishers.toml").read_text(encoding="utf-8")
        return cls(_publisher(entry) for entry in tomllib.loads(text)["publisher"])

    def __iter__(self) -> Iterator[Publisher]:
        return iter(self._by_id.values())

    def names(self) -> frozenset[str]:
        """Every name of every body, former and short ones too."""
        return frozenset(self._by_name)

    def by_id(self, publisher_id: str) -> Publisher:
        """The body with this id. Raises KeyError where there is none."""
        return self._by_id[publisher_id]

    def find(self, printed: str) -> Publisher | None:
        """Today's body behind one printed name; of a divided body the chief successor."""
        found = self._by_name.get(_BLANK.sub("", printed))
        return found[0] if found else None

    def find_all(self, printed: str) -> tuple[tuple[Publisher, ...], tuple[str, ...]]:
        """Today's bodies behind a name that may join several (``과기정통부·환경부``).

        Of a divided body all successors are given. The second part holds the names that nobody
        here goes by, as printed.
        """
        whole = self._by_name.get(_BETWEEN.sub("", _BLANK.sub("", printed)))
        if whole:  # a dot may also be part of one name: 저출산·고령사회위원회
            return whole, ()
        known: dict[str, Publisher] = {}
        unknown = []
        for part in filter(None, _BETWEEN.split(printed.strip())):
            bodies = self._by_name.get(_BLANK.sub("", part), ())
            known.update((body.id, body) for body in bodies)
            if not bodies:
                unknown.append(part)
        return tuple(known.values()), tuple(unknown)


def _publisher(entry: Mapping[str, Any]) -> Publisher:
    former = (
        Former(past["name"], past["until"], tuple(past.get("short", ())))
        for past in entry.get("former", ())
    )
    return Publisher(
        id=entry["id"],
        name=entry["name"],
        rep_code=entry.get("rep_code"),
        short=tuple(entry.get("short", ())),
        former=tuple(former),
    )
