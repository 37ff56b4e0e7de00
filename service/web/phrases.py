"""The words of the pages: one TOML file a language in ``words/``, Korean the one that all have."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FIRST = "ko"
"""The language of whoever asks for none that there is."""

_FOLDER = Path(__file__).parent / "words"


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


def say(language: str, key: str, **values: object) -> str:
    """A phrase with its values put in. Raises KeyError where there is no such phrase."""
    text = phrases(language)[key]
    return text.format(**values) if values else text


def chosen(asked: str | None, kept: str | None, accepted: str) -> str:
    """The language to answer in: asked for, else kept from before, else of the browser.

    ``accepted`` is an Accept-Language header: its order counts, its weights do not, as browsers
    send them in falling order.
    """
    wanted = [asked, kept, *(part.split(";")[0].split("-")[0] for part in accepted.split(","))]
    known = languages()
    return next((each.strip() for each in wanted if each and each.strip() in known), FIRST)
