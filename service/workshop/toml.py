"""A declaration as text: the way back of ``scrapers.own.read``. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Container, Mapping
from itertools import chain, count
from urllib.parse import urlsplit

_WORDS = re.compile(r"[a-z0-9]+")
_NOT_TELLING = frozenset({"www", "m", "rss", "xml", "html", "do", "jsp", "php", "index", "feeds"})
_LONGEST = 50
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]+")


def written(values: Mapping[str, object]) -> str:
    """``values`` (strings, numbers, truths) as a TOML file, a line each."""
    return "".join(f"{name} = {_value(value)}\n" for name, value in values.items())


def one_line(text: str) -> str:
    """``text`` as it can stand in a field."""
    return " ".join(_UNPRINTABLE.sub(" ", text).split())[:200]


def id_for(url: str, taken: Container[str]) -> str:
    """An id for the source at ``url`` that is not taken: ``example_com_news``."""
    parts = urlsplit(url)
    words = _WORDS.findall(f"{parts.hostname or ''} {parts.path} {parts.query}".lower())
    telling = [each for each in words if each not in _NOT_TELLING]
    name = "_".join(telling or ["source"])[:_LONGEST].rstrip("_")
    numbered = (f"{name}_{number}" for number in count(2))
    return next(each for each in chain([name], numbered) if each not in taken)


def _value(value: object) -> str:
    if isinstance(value, str):  # a literal keeps the backslashes of a pattern as they are
        literal = "\\" in value and "'" not in value and value.isprintable()
        return f"'{value}'" if literal else json.dumps(value, ensure_ascii=False)
    return json.dumps(value)
