"""The words of the pages: one TOML file a language in ``words/``, Korean the one that all have."""

from __future__ import annotations

import string
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

FIRST = "ko"
"""The language of whoever asks for none that there is."""

_FOLDER = Path(__file__).parent / "words"


class IncompleteError(Exception):
    """A file of words is not whole. ``str`` of it says which, and every phrase that is amiss."""


@cache
def languages() -> tuple[str, ...]:
    """The codes of all languages, Korean first."""
    found = sorted(path.stem for path in _FOLDER.glob("*.toml"))
    return (FIRST, *(each for each in found if each != FIRST))


@cache
def phrases(language: str) -> Mapping[str, str]:
    """Every phrase of a language by ``section.key``. Raises KeyError for one that there is not."""
    if language not in languages():
        raise KeyError(language)
    said = tomllib.loads((_FOLDER / f"{language}.toml").read_text("utf-8"))
    return {
        f"{section}.{key}": text for section, held in said.items() for key, text in held.items()
    }


def check() -> None:
    """Raise IncompleteError unless every language says what Korean says, with the same values.

    Nothing is borrowed from another language: what is missing is told before the first page is
    shown, not met there by a reader.
    """
    for language in languages():
        if amiss := list(_amiss(phrases(language), phrases(FIRST))):
            raise IncompleteError(f"service/web/words/{language}.toml: {', '.join(amiss)}")


def _amiss(said: Mapping[str, str], first: Mapping[str, str]) -> Iterator[str]:
    for key in sorted(said.keys() | first.keys()):
        if not said.get(key, "").strip():
            yield f"{key} is missing"
        elif key not in first:
            yield f"{key} is asked for by no page"
        elif _values(said[key]) != _values(first[key]):
            yield f"{key} must have {sorted(_values(first[key]))}"


def _values(text: str) -> set[str]:
    """The names of what is put into a phrase."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def say(language: str, key: str, **values: object) -> str:
    """A phrase with its values put in. Raises KeyError where there is no such phrase."""
    text = phrases(language)[key]
    return text.format(**values) if values else text


def either(language: str, korean: str, english: str) -> str:
    """What is said in Korean and English only, names above all: English to whoever reads neither.

    Korean where there is no English.
    """
    return korean if language == FIRST else english or korean


def chosen(asked: str | None, kept: str | None, accepted: str) -> str:
    """The language to answer in: asked for, else kept from before, else of the browser.

    ``accepted`` is an Accept-Language header: its order counts, its weights do not, as browsers
    send them in falling order.
    """
    wanted = [asked, kept, *(part.split(";")[0].split("-")[0] for part in accepted.split(","))]
    known = languages()
    return next((each.strip() for each in wanted if each and each.strip() in known), FIRST)
