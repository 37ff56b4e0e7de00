"""A letter as a web page, and as pages that differ in a few lines from reader to reader."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.environment import TemplateModule

from notifier.labels import WORDS
from notifier.letter import Letter, Line

_PREVIEW = 140


def html(letter: Letter) -> str:
    """The whole page, for a mail reader: no script, no image, nothing from another place."""
    said = letter.extract or " ".join(letter.lines) or letter.byline
    deadline = WORDS[letter.language].apply_by
    module = _made(letter=letter, preview=said[:_PREVIEW], deadline=deadline)
    return str(module.page())  # type: ignore[attr-defined]


def reasons(why: Sequence[Line]) -> str:
    """The part of the page that says which rules matched, and in which words."""
    return str(_bare().reasons(why))  # type: ignore[attr-defined]


def _made(**context: Any) -> TemplateModule:
    return _environment().get_template("page.html").make_module(context)


@cache
def _bare() -> TemplateModule:
    return _made()


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
