"""The topics and the fields of support, each declared by one table of ``topics.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Subject:
    """A topic: its name, and ``called``: what a rule may call it beside its code."""

    korean: str
    english: str
    called: tuple[str, ...]


@cache
def subjects() -> Mapping[str, Subject]:
    """Every topic by its code, in the order of the weights' columns."""
    return {
        each["code"]: Subject(each["name"], each["english"], tuple(each["called"]))
        for each in _listed()["topic"]
    }


@cache
def called() -> Mapping[str, tuple[str, ...]]:
    """What rules may call each topic beside its code, by that code."""
    return {code: subject.called for code, subject in subjects().items()}


def taxonomies() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Words by code of a topic, and by name of a field of support."""
    listed = _listed()
    return (
        {entry["code"]: _spelled(entry["words"]) for entry in listed["topic"]},
        {entry["name"]: _spelled(entry["words"]) for entry in listed["field"]},
    )


def _listed() -> Mapping[str, Any]:
    return tomllib.loads(files(__package__).joinpath("topics.toml").read_text(encoding="utf-8"))


def _spelled(words: str) -> list[str]:
    """Each word in each of its spellings: 해외_진출 is written with and without a blank."""
    return [
        spelling
        for word in words.split()
        for spelling in sorted({word.replace("_", " "), word.replace("_", "")})
    ]
