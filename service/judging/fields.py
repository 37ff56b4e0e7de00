"""Fields of a rule (``부처:산업부``, ``마감:14일``): their names and their values.

A field is known by its English code; the Korean name and the English one mean the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache

from service.judging.logic import Field
from service.judging.taxonomy import called
from service.reading.publishers import Registry

TITLE, EXACT = "title", "exact"
MAX_DAYS = 366
"""The most that ``마감:`` takes."""

_NAMES: Mapping[str, str] = {
    "부처": "ministry",
    "기관": "ministry",
    "분야": "topic",
    "종류": "kind",
    "마감": "deadline",
    "출처": "source",
    "제목": TITLE,
    "정확히": EXACT,
}
"""The Korean names of the fields; each goes by its code as well."""

KINDS: Mapping[str, tuple[str, ...]] = {
    "notice": ("공고", "모집", "공모", "모집·공고", "call", "call or notice"),
    "release": ("보도자료", "press release"),
    "reference": ("참고자료", "참고"),
    "rebuttal": ("설명자료", "설명", "해명", "반박", "clarification"),
    "personnel": ("인사",),
    "schedule": ("일정", "동정", "동정·일정"),
    "news": ("기사", "뉴스"),
}

_SOURCES: Mapping[str, tuple[str, ...]] = {"government": ("정부",), "news": ("뉴스", "기사")}
_SOURCE_ID = re.compile(r"[a-z][a-z0-9_]*")
_DAYS = re.compile(r"(\d{1,3}) ?(일|주|d|days?|w|weeks?)?")
_OPEN = ("상시", "open")
_LIKE = 0.5  # share of letters in common from which a name is offered in place of the typed one


class UnknownNameError(ValueError):
    """Nobody knows this name or value. ``str`` of it says what would be right, in two languages."""


@dataclass(frozen=True, slots=True)
class Values:
    """What may stand behind the colons. ``topics`` maps codes to names.

    ``sources`` are the ids of declared sources; empty: any id is taken.
    """

    registry: Registry
    topics: Mapping[str, tuple[str, ...]] = field(default_factory=called)
    sources: frozenset[str] = frozenset()


@cache
def usual() -> Values:
    """The values that come with the package."""
    return Values(Registry.load())


def code(typed: str) -> str:
    """The code of a field by any of its names. Raises UnknownNameError."""
    name = typed.casefold()
    if name in _NAMES.values():
        return name
    if name not in _NAMES:
        known = ", ".join(_NAMES)
        raise UnknownNameError(
            f"‘{typed}:’: 그런 조건은 없습니다. {_meant(name, [*_NAMES, *_NAMES.values()], ':')}"
            f'쓸 수 있는 것: {known}. 글자 그대로 찾으려면 따옴표로 묶어 주세요. 예: "{typed}:" / '
            f"There is no field ‘{typed}:’. Known: {', '.join(dict.fromkeys(_NAMES.values()))}. "
            f"To search for the letters, quote them."
        )
    return _NAMES[name]


def resolve(name: str, typed: str, values: Values) -> tuple[Field, ...]:
    """The facts of which one is asked for: several only for bodies with several successors.

    Raises UnknownNameError.
    """
    match name:
        case "ministry":
            return tuple(Field(name, each) for each in _bodies(typed, values.registry))
        case "topic":
            return (Field(name, _one_of(typed, values.topics, "분야", "topic")),)
        case "kind":
            return (Field(name, _one_of(typed, KINDS, "종류", "kind")),)
        case "source":
            return (Field(name, _source(typed, values.sources)),)
        case _:
            return (Field(name, _deadline(typed)),)


def _bodies(typed: str, registry: Registry) -> tuple[str, ...]:
    known = {body.id: body for body in registry}
    if typed in known:
        return (typed,)
    bodies, unknown = registry.find_all(typed)
    if unknown or not bodies:
        names = [name for body in known.values() for name in body.names()]
        raise UnknownNameError(
            f"‘{typed}’: 모르는 기관입니다. {_meant(typed, names)}"
            "정식 이름이나 줄인 이름을 써 주세요. 예: 부처:중소벤처기업부 / "
            f"No body ‘{typed}’ is known. Type its full or short name: ministry:MSS"
        )
    return tuple(body.id for body in bodies)


def _one_of(typed: str, known: Mapping[str, tuple[str, ...]], korean: str, english: str) -> str:
    codes = {name.casefold(): each for each, names in known.items() for name in (each, *names)}
    if typed.casefold() not in codes:
        raise UnknownNameError(
            f"‘{typed}’: 모르는 {korean}입니다. {_meant(typed, codes)}"
            f"쓸 수 있는 것: {', '.join(names[0] for names in known.values() if names)} / "
            f"No {english} ‘{typed}’ is known. Known: {', '.join(known)}"
        )
    return codes[typed.casefold()]


def _source(typed: str, sources: frozenset[str]) -> str:
    known = {**_SOURCES, **dict.fromkeys(sorted(sources), ())}
    if not sources and _SOURCE_ID.fullmatch(typed.casefold()):
        return typed.casefold()
    try:
        return _one_of(typed, known, "출처", "source")
    except UnknownNameError:
        raise UnknownNameError(
            f"‘{typed}’: 모르는 출처입니다. {_meant(typed, ['정부', '뉴스', *known])}"
            "정부, 뉴스, 또는 출처의 이름표를 써 주세요. 예: 출처:뉴스 / "
            f"No source ‘{typed}’ is known. Type government, news, or a source's id."
        ) from None


def _deadline(typed: str) -> str:
    if typed.casefold() in _OPEN:
        return "open"
    found = _DAYS.fullmatch(typed.casefold())
    days = int(found[1]) * (7 if (found[2] or "").startswith(("주", "w")) else 1) if found else 0
    if not 1 <= days <= MAX_DAYS:
        raise UnknownNameError(
            f"‘{typed}’: 공고 뒤 며칠 안에 마감하는지를 1일에서 {MAX_DAYS}일까지로 쓰거나 "
            "‘상시’라고 써 주세요. 예: 마감:14일 / "
            f"Type within how many days a call must end, 1 to {MAX_DAYS}, or open: deadline:14"
        )
    return str(days)


def _meant(typed: str, known: Iterable[str], sign: str = "") -> str:
    """A hint at the known name most like the typed one, letter by letter of the syllables."""
    apart = {unicodedata.normalize("NFD", name.casefold()): name for name in known}
    looked = unicodedata.normalize("NFD", typed.casefold())
    like = get_close_matches(looked, apart, n=1, cutoff=_LIKE)
    return f"혹시 ‘{apart[like[0]]}{sign}’ 아닌가요? " if like else ""
