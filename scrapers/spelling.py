"""What the text of a declared field has to be: a selector, a path, a pattern, an address. Pure."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from string import Formatter
from urllib.parse import urlsplit

import soupsieve
from lxml import etree

_PLACE = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_OPERATORS = re.compile(r"\{key:(\w+)\}", re.ASCII)
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,99}")
_PRINTABLE = re.compile(r"[\x20-\x7e]*")


class Misspelt(ValueError):
    """A text that is not what it has to be; both clauses say why."""

    def __init__(self, korean: str, english: str) -> None:
        super().__init__(f"{korean} / {english}")
        self.korean = korean
        self.english = english


def selector(text: str) -> None:
    """A CSS selector. Raises Misspelt."""
    with _heard("읽을 수 없는 CSS 선택자입니다", "no CSS selector"):
        soupsieve.compile(text)


def path(text: str) -> None:
    """An lxml path, or several with `` | `` between. Raises Misspelt."""
    with _heard("읽을 수 없는 경로입니다", "no lxml path"):
        for each in text.split(" | "):
            etree.Element("item").findall(each)


def one_line(text: str) -> None:
    """A text without line ends. Raises Misspelt."""
    if not text.isprintable():
        raise Misspelt("한 줄의 글이어야 합니다", "must be one line of text")


def pattern(text: str) -> None:
    """A regular expression. Raises Misspelt."""
    _compiled(text)


def key(text: str) -> None:
    """A regular expression with a group. Raises Misspelt."""
    if not _compiled(text).groups:
        raise Misspelt("괄호로 묶은 곳이 있어야 합니다: (\\d+)", "needs a group such as (\\d+)")


def named_groups(text: str) -> frozenset[str]:
    """The names of a pattern's groups. Raises Misspelt."""
    return frozenset(_compiled(text).groupindex)


def written_json(text: str) -> None:
    """A body in JSON. Raises Misspelt."""
    with _heard("JSON이 아닙니다", "not JSON"):
        json.loads(text)


def header(name: str, value: str) -> None:
    """A header of a request. Raises Misspelt."""
    if not (_HEADER.fullmatch(name) and _PRINTABLE.fullmatch(value)):
        raise Misspelt("머리말로 보낼 수 없습니다", "cannot be sent as a header")


def address(text: str, *, may: Collection[str] | None = (), must: Collection[str] = ()) -> None:
    """An address of the web with places in braces. Raises Misspelt.

    ``must``: places that it has once, ``may``: that it may have; None: any. ``{key:name}``, which
    stands for a key of the operator's, is none of them.
    """
    text = _OPERATORS.sub("", text)
    places = _places(text)
    strange = [each for each in places if may is not None and each not in {*may, *must}]
    if strange:
        raise Misspelt(
            f"{{{strange[0]}}}는 여기에 쓸 수 없습니다", f"{{{strange[0]}}} has no place here"
        )
    for each in (*must, *(may or ())):
        if places.count(each) > 1 or (each in must and each not in places):
            raise Misspelt(f"{{{each}}}가 한 번 있어야 합니다", f"needs {{{each}}}, once")
    try:
        parts = urlsplit(text)
        usable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable or any(each.isspace() for each in text):
        raise Misspelt("http나 https 주소가 아닙니다", "not an http(s) address")


def keys_in(texts: Iterable[str]) -> tuple[str, ...]:
    """The names of the operator's keys in addresses and headers, sorted."""
    return tuple(sorted({name for text in texts for name in _OPERATORS.findall(text)}))


def _places(text: str) -> list[str]:
    with _heard("중괄호의 짝이 맞지 않습니다", "unbalanced braces"):
        places = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
    for each in places:
        if not _PLACE.fullmatch(each):
            raise Misspelt(f"{{{each[:40]}}}는 이름이 아닙니다", f"{{{each[:40]}}} is no name")
    return places


def _compiled(text: str) -> re.Pattern[str]:
    with _heard("읽을 수 없는 정규식입니다", "no regular expression"):
        return re.compile(text)


@contextmanager
def _heard(korean: str, english: str) -> Iterator[None]:
    """What a parser refuses, or warns of, as Misspelt."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            yield
    except (
        ArithmeticError,
        LookupError,
        RecursionError,
        SyntaxError,
        TypeError,
        ValueError,
        Warning,
        re.error,
        soupsieve.SelectorSyntaxError,
    ) as trouble:
        why = " ".join(str(trouble).split())[:200]
        raise Misspelt(f"{korean}: {why}", english) from None
