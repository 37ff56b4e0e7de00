"""A source without code: one that a user declares in TOML. Pure; nothing that it says is run.

Its fields are those of the platform's dataclass, ``[article]`` is an ArticleLayout. What a field
may be follows from its type, what its text has to be from its name.
"""

from __future__ import annotations

import difflib
import math
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import MISSING, dataclass, fields
from types import NoneType, UnionType
from typing import Any, Literal, TypeAlias, get_args, get_origin, get_type_hints

from scrapers import spelling
from scrapers.model import Source
from scrapers.platforms.anyfeed import AnyFeed
from scrapers.platforms.api import Api
from scrapers.platforms.article import ArticleLayout
from scrapers.platforms.board import Board
from scrapers.platforms.feed import Feed
from scrapers.platforms.sitemap import Sitemap

_Platform: TypeAlias = type[Board] | type[AnyFeed] | type[Sitemap] | type[Api]

PLATFORMS: Mapping[str, _Platform] = {
    "board": Board,
    "feed": AnyFeed,
    "sitemap": Sitemap,
    "api": Api,
}
_OURS = frozenset({"document", "searches"})
"""Fields that take code, and those that mean nothing without it."""
_TYPES: Mapping[object, tuple[type | tuple[type, ...], str, str]] = {
    str: (str, "따옴표로 묶은 글", "a string"),
    bool: (bool, "true나 false", "true or false"),
    int: (int, "정수", "a whole number"),
    float: ((int, float), "수", "a number"),
    Mapping[str, str]: (dict, "글의 표", "a table of strings"),
    ArticleLayout: (dict, "표", "a table"),
}
_RANGES: Mapping[str, tuple[float, float]] = {
    "every": (60, 7 * 86_400),
    "pause": (0.2, 600),
    "max_pages": (1, 100),
}
_LONGEST = 4_000  # characters of one field

_ON_PAGE = ("row", "title", "date", "issuer", "summary", "pinned")
_IN_FEED = ("item", "title", "loc", "date", "summary", "issuer")
_IN_POST = ("body", "title", "date", "issuer", "files", "file_name", "above", "drop", "frame")
_TEXTS: Mapping[type, Mapping[str, Callable[[str], None]]] = {
    Source: {"what": spelling.one_line},
    Board: {**dict.fromkeys(_ON_PAGE, spelling.selector), "key": spelling.key},
    Feed: {**dict.fromkeys(_IN_FEED, spelling.path), "key": spelling.key},
    Api: {"json": spelling.written_json},
    ArticleLayout: {
        **dict.fromkeys(_IN_POST, spelling.selector),
        "file_key": spelling.key,
        "boilerplate": spelling.pattern,
    },
}


class BadDeclaration(Exception):
    """A declaration that cannot be what it is: says file, field and what is wrong."""

    def __init__(self, file: str, field: str, korean: str, english: str) -> None:
        """``field`` as it is written, ``article.body``; ``korean`` and ``english`` one clause."""
        super().__init__(f"{file}: {field}: {korean} / {english}")


@dataclass(frozen=True, slots=True)
class _Table:
    """One table of a file. ``within`` stands before the names of its fields in messages."""

    file: str
    given: Mapping[str, object]
    within: str = ""

    def wrong(self, field: str, korean: str, english: str) -> BadDeclaration:
        return BadDeclaration(self.file, f"{self.within}{field[:100]}", korean, english)

    @contextmanager
    def spelt(self, field: str) -> Iterator[None]:
        """Says where it stands of what is misspelt."""
        try:
            yield
        except spelling.Misspelt as trouble:
            raise self.wrong(field, trouble.korean, trouble.english) from None


def read(text: str, name: str) -> Source:
    """The source that a TOML file called ``name`` declares. Raises BadDeclaration."""
    try:
        given = tomllib.loads(text)
    except (ValueError, RecursionError) as trouble:
        why = " ".join(str(trouble).split())[:200]
        raise BadDeclaration(name, "TOML", f"읽을 수 없습니다: {why}", "not TOML") from None
    table = _Table(name, given)
    made = PLATFORMS[_one_of(tuple(PLATFORMS), "platform", table)]
    del given["platform"]
    values: dict[str, Any] = {"publisher": None, **_values(made, table)}
    _check_addresses(made, values, table)
    _check_together(made, values, table)
    asked_with = (values["url"], *(values.get("headers") or {}).values())
    return made(**values, needs=spelling.keys_in(asked_with))


def _values(made: type, table: _Table) -> dict[str, Any]:
    """What ``made`` is to be called with, by field."""
    hints = get_type_hints(made)
    known = {
        field.name: field
        for field in fields(made)
        if field.name not in _OURS and _is_plain(hints[field.name])
    }
    for name in table.given:
        if name not in known:
            near = difflib.get_close_matches(name[:100], known, n=1)
            hint, meant = (f": {near[0]}?", f": did you mean {near[0]}?") if near else ("", "")
            raise table.wrong(name, f"이런 항목은 없습니다{hint}", f"no such field{meant}")
    for name, field in known.items():
        needed = field.default is MISSING and name != "publisher"
        if needed and name not in table.given:
            raise table.wrong(name, "없으면 안 되는 항목입니다", "this field is missing")
    return {name: _value(made, name, hints[name], table) for name in table.given}


def _is_plain(hint: object) -> bool:
    """Whether a field of this type can be written in TOML."""
    kind = _present(hint)
    return get_origin(kind) is Literal or kind in _TYPES


def _present(hint: object) -> object:
    """A type without its None."""
    options = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    return next(each for each in options if each is not NoneType)


def _value(made: type, name: str, hint: object, table: _Table) -> object:
    kind, value = _present(hint), table.given[name]
    if get_origin(kind) is Literal:
        return _one_of(get_args(kind), name, table)
    wanted, korean, english = _TYPES[kind]
    if not isinstance(value, wanted) or (isinstance(value, bool) and kind is not bool):
        raise table.wrong(name, f"{korean}이어야 합니다", f"must be {english}")
    if isinstance(value, str):
        return _text(made, name, table, optional=kind is not hint)
    if isinstance(value, dict):
        inner = _Table(table.file, value, f"{table.within}{name}.")
        return _article(inner) if kind is ArticleLayout else _pairs(name, inner)
    least, most = _RANGES.get(name, (-math.inf, math.inf))
    if not least <= value <= most:  # type: ignore[operator] # a number, or a flag without range
        span = f"{least:g}~{most:g}"
        raise table.wrong(name, f"{span}이어야 합니다", f"must be within {span}")
    return value


def _one_of(known: tuple[str, ...], name: str, table: _Table) -> str:
    if table.given.get(name) not in known:
        said = ", ".join(known)
        raise table.wrong(name, f"{said} 가운데 하나여야 합니다", f"must be one of {said}")
    return str(table.given[name])


def _text(made: type, name: str, table: _Table, *, optional: bool) -> str | None:
    """A string as it has to be; an empty one is none where there need not be any."""
    value = str(table.given[name])
    if not value.strip():
        if optional:
            return None
        raise table.wrong(name, "비어 있습니다", "is empty")
    if len(value) > _LONGEST or not value.replace("\n", "").replace("\t", "").isprintable():
        raise table.wrong(
            name,
            f"{_LONGEST}자가 넘거나 보이지 않는 글자가 있습니다",
            f"over {_LONGEST} characters, or some that cannot be printed",
        )
    with table.spelt(name):
        for kind, checks in _TEXTS.items():
            if issubclass(made, kind) and name in checks:
                checks[name](value)
    return value


def _pairs(name: str, table: _Table) -> Mapping[str, str]:
    """A form or headers."""
    for each, value in table.given.items():
        if not isinstance(value, str):
            raise table.wrong(each, "따옴표로 묶은 글이어야 합니다", "must be a string")
        if name == "headers":
            with table.spelt(each):
                spelling.header(each, value)
    return {each: str(value) for each, value in table.given.items()}


def _article(table: _Table) -> ArticleLayout:
    values = _values(ArticleLayout, table)
    for one, other in (("file_key", "file_link"), ("frame", "part")):
        if bool(values.get(one)) != bool(values.get(other)):
            missing = other if values.get(one) else one
            raise table.wrong(
                missing, f"{one}, {other}는 함께 씁니다", f"{one} and {other} go together"
            )
    if values.get("file_key"):
        with table.spelt("file_link"):
            groups = spelling.named_groups(values["file_key"])
            spelling.address(values["file_link"], may=groups - {"key"}, must=["key"])
    if values.get("part"):
        with table.spelt("part"):
            spelling.address(values["part"], may=None)
    return ArticleLayout(**values)


def _check_addresses(made: _Platform, values: Mapping[str, Any], table: _Table) -> None:
    with table.spelt("url"):
        spelling.address(values["url"], may=["page"] if made is Board else ())
    for name in ("link", "view"):
        if values.get(name):
            with table.spelt(name):
                spelling.address(values[name], must=["key"])


def _check_together(made: _Platform, values: Mapping[str, Any], table: _Table) -> None:
    """What each field allows by itself and the others do not."""
    opened = next((name for name in ("article", "view") if values.get(name)), None)
    kind = values.get("kind", next(each.default for each in fields(made) if each.name == "kind"))
    if opened and kind == "news":
        raise table.wrong(opened, "언론 기사(news)는 열지 않습니다", "news is not opened")
    if opened and issubclass(made, Feed) and not values.get("link"):
        raise table.wrong("link", "글을 열려면 있어야 합니다", "needed where posts are opened")
    if values.get("checks") and not values.get("route_of"):
        raise table.wrong("checks", "route_of와 함께 씁니다", "goes together with route_of")
    for one, other in (("form", "json"), ("article", "view")):
        if values.get(one) and values.get(other):
            raise table.wrong(other, f"{one}과(와) 함께 쓸 수 없습니다", f"not together with {one}")
    if bool(values.get("view")) != bool(values.get("text")):
        missing = "text" if values.get("view") else "view"
        raise table.wrong(missing, "view와 text는 함께 씁니다", "view and text go together")
