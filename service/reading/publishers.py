"""Who publishes: every body by all the names it is and was printed under."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

_BETWEEN = re.compile(r"\s?[·,/ㆍ・․‧&]\s?")
_BLANK = re.compile(r"\s+")
_BRACKETED = re.compile(r"(?P<outside>[^()]+)\((?P<inside>[^()]+)\)")
_HANGUL = re.compile("[가-힣]")
_WORDS = 6
"""A printed name is looked for in no more leading words than this."""

# What may follow a name without a blank: particles, 장관, 차관, 산하, 소속 … but not the 문 of
# 산업부문 or the 리 of 예산처리.
_AFTER = (
    r"(?![A-Za-z0-9])(?=$|[^가-힣]|[은는이가와과의도를을에로만측장차산소관담본인뿐까랑]|및|부터)"
)


@dataclass(frozen=True, slots=True)
class Former:
    """A name a body went by from ``since`` to ``until``, both included, in Asia/Seoul.

    ``since`` None: older than what is read, or not known. ``until`` None: not known.
    """

    name: str
    until: date | None
    short: tuple[str, ...] = ()
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Publisher:
    """A body as it is today. ``rep_code`` is its number on korea.kr, None where it has none.

    ``since`` is the first day of today's name, None where it is older than what is read, or not
    known. ``homonyms`` are short names that are ordinary words as well (수은, 산은). ``former``
    names stand the latest first.
    """

    id: str
    kind: Literal["ministry", "agency", "commission", "office", "public-body", "outlet"]
    name: str
    rep_code: str | None
    since: date | None
    short: tuple[str, ...]
    homonyms: tuple[str, ...]
    english: tuple[str, ...]
    former: tuple[Former, ...]

    @property
    def central(self) -> bool:
        """Whether it is a part of the government itself."""
        return self.kind not in {"public-body", "outlet"}

    def names(self) -> tuple[str, ...]:
        """All names it is or was printed under, today's first."""
        past = (name for former in self.former for name in (former.name, *former.short))
        every = (self.name, *self.short, *past, *self.homonyms, *self.english)
        return tuple(dict.fromkeys(every))

    def full_names(self) -> tuple[str, ...]:
        """Its full Korean names, today's first."""
        return tuple(dict.fromkeys((self.name, *(former.name for former in self.former))))


class Spot(NamedTuple):
    """A body's name in a running text, as printed, and the bodies behind it, the chief first."""

    start: int
    end: int
    printed: str
    bodies: tuple[Publisher, ...]


class Registry:
    """All publishers. A former name leads to the body, or bodies, that carry on its work."""

    def __init__(
        self, publishers: Iterable[Publisher], hanja: Mapping[str, str] | None = None
    ) -> None:
        self._by_id = {publisher.id: publisher for publisher in publishers}
        self._hanja = MappingProxyType(dict(hanja or {}))
        self._by_name: dict[str, tuple[Publisher, ...]] = {}
        for publisher in self._by_id.values():
            for name in publisher.names():
                key = key_of(name)
                self._by_name[key] = (*self._by_name.get(key, ()), publisher)

    @classmethod
    def load(cls) -> Registry:
        """Read the registry that comes with the package."""
        text = files(__package__).joinpath("publishers.toml").read_text(encoding="utf-8")
        data = tomllib.loads(text)
        hanja = {entry["printed"]: entry["means"] for entry in data["hanja"]}
        return cls((_publisher(entry) for entry in data["publisher"]), hanja)

    def __iter__(self) -> Iterator[Publisher]:
        return iter(self._by_id.values())

    def names(self) -> frozenset[str]:
        """Every Korean name of every body, former and short ones too.

        Homonyms are left out: whoever learns these names would take 수은 in a text for a bank.
        """
        return frozenset(name for name in self._plain_names() if _HANGUL.search(name))

    def hanja(self) -> Mapping[str, str]:
        """Words that headlines print in Chinese letters, by what they mean: 中企 → 중소기업."""
        return self._hanja

    def by_id(self, publisher_id: str) -> Publisher:
        """The body with this id. Raises KeyError where there is none."""
        return self._by_id[publisher_id]

    def find(self, printed: str) -> Publisher | None:
        """Today's body behind one printed name; of a divided body the chief successor."""
        found = self._behind(printed)
        return found[0] if found else None

    def find_all(self, printed: str) -> tuple[tuple[Publisher, ...], tuple[str, ...]]:
        """Today's bodies behind a name that may join several (``과기정통부·환경부``).

        Of a divided body all successors are given. The second part holds the names that nobody
        here goes by, as printed, each once.
        """
        printed = " ".join(printed.split())
        whole = self._by_name.get(key_of(_BETWEEN.sub("", printed)))
        if whole:  # a dot may also be part of one name: 저출산·고령사회위원회
            return whole, ()
        known: dict[str, Publisher] = {}
        unknown = []
        for part in filter(None, _BETWEEN.split(printed)):
            bodies = self._behind(part)
            known.update((body.id, body) for body in bodies)
            if not bodies:
                unknown.append(part)
        return tuple(known.values()), tuple(dict.fromkeys(unknown))

    def known(self, typed: str) -> tuple[Publisher, ...]:
        """Today's bodies behind an id, or a name as ``find_all`` has it."""
        body = self._by_id.get(typed)
        return (body,) if body else self.find_all(typed)[0]

    def name_on(self, publisher: Publisher, day: date | None) -> str:
        """The full name in force on a day in Asia/Seoul; None is today."""
        if day is None or (publisher.since is not None and publisher.since <= day):
            return publisher.name
        past = [each for each in publisher.former if each.until is not None and day <= each.until]
        for each in past:
            if each.since is None or each.since <= day:
                return each.name
        return past[-1].name if past else publisher.name

    def named(self, body: Publisher, printed: str, day: date | None, text: str = "") -> str:
        """The full name of a body that was printed by one of its names, or among several joined.

        Where ``day`` is None, a full name stands for itself, and a short one (산업부) for the full
        one of its times that ``text`` prints, the latest where it prints none.
        """
        if day is not None:
            return self.name_on(body, day)
        keys = {key_of(each) for each in (printed, *_BETWEEN.split(printed))}
        in_full = (name for name in body.full_names() if name in keys and name not in body.short)
        if said := next(in_full, None):
            return said
        eras = (Former(body.name, None, body.short), *body.former)
        meant = [era.name for era in eras if not keys.isdisjoint(map(key_of, era.short))]
        printed_in_full = {spot.printed for spot in self.spots(text)} if len(meant) > 1 else set()
        latest = meant[0] if meant else body.name
        return next((name for name in meant if name in printed_in_full), latest)

    def spots(self, text: str) -> Iterator[Spot]:
        """The names of bodies that stand in a running text as words; no homonyms, no outlets."""
        for match in self._in_text.finditer(text):
            printed = match.group()
            yield Spot(match.start(), match.end(), printed, self._by_name[key_of(printed)])

    @cached_property
    def _in_text(self) -> re.Pattern[str]:
        names = sorted(self._plain_names(outlets=False), key=len, reverse=True)
        return re.compile(rf"(?<![가-힣A-Za-z0-9])(?:{'|'.join(map(re.escape, names))}){_AFTER}")

    def _plain_names(self, *, outlets: bool = True) -> Iterator[str]:
        for body in self._by_id.values():
            if outlets or body.kind != "outlet":
                yield from (name for name in body.names() if name not in body.homonyms)

    def _behind(self, printed: str) -> tuple[Publisher, ...]:
        """The bodies behind one name, maybe with brackets or its own department after it."""
        tried = [printed]
        if bracketed := _BRACKETED.fullmatch(printed.strip()):
            tried += [bracketed["outside"], bracketed["inside"]]
        words = printed.split(maxsplit=_WORDS)
        tried += ["".join(words[:count]) for count in range(len(words) - 1, 0, -1)]
        keys = (key_of(self._hanja.get(name, name)) for name in tried)
        return next((self._by_name[key] for key in keys if key in self._by_name), ())


def key_of(name: str) -> str:
    """By what a name is found, however its blanks and capitals are printed."""
    return _BLANK.sub("", name).casefold()


def _publisher(entry: Mapping[str, Any]) -> Publisher:
    former = (
        Former(past["name"], past.get("until"), tuple(past.get("short", ())), past.get("since"))
        for past in entry.get("former", ())
    )
    return Publisher(
        id=entry["id"],
        kind=entry["kind"],
        name=entry["name"],
        rep_code=entry.get("rep_code"),
        since=entry.get("since"),
        short=tuple(entry.get("short", ())),
        homonyms=tuple(entry.get("homonyms", ())),
        english=tuple(entry.get("english", ())),
        former=tuple(former),
    )
