"""How values are written on pages: times, names, changes, troubles. Filters of the templates."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from scrapers.errors import called
from service.cadence import in_words, kept
from service.judging.changes import worded
from service.model import SEOUL
from service.reading.publishers import Registry
from service.web.phrases import either, phrases
from service.web.places import Places

_HANGUL = re.compile("[가-힣]")

TEMPLATES = Path(__file__).parent / "templates"


def dress(env: Environment, places: Places) -> None:
    """Give the templates their filters and tests."""
    registry = Registry.load()
    env.trim_blocks = env.lstrip_blocks = True
    env.filters |= {
        "seoul": seoul,
        "lang": _lang,
        "worded": worded,
        "trouble": _trouble,
        "place": places.place,
        "subject": _subject(places),
        "cadence": lambda text, language: either(language, *in_words(kept(text))),
        "publisher": lambda shown: _publisher(shown, registry),
        "ministry": lambda ident: _name(ident, registry),
    }
    env.tests["web_address"] = _is_web_address


def _publisher(shown: Any, registry: Registry) -> str:
    """Who says so: the name as printed, else those of the bodies behind it, else the source's id.

    ``shown`` is whatever the store gives of something that was published.
    """
    names = "·".join(_name(each, registry) for each in shown.publishers)
    return str(shown.publisher or names or shown.source_id)


def _name(ident: str, registry: Registry) -> str:
    """The name of a body; of one that the registry no longer has its id."""
    try:
        return registry.by_id(ident).name
    except KeyError:
        return ident


def _is_web_address(url: str) -> bool:
    """Whether a scraped address may be a link: ``javascript:`` and its like must not."""
    return url.lower().startswith(("https://", "http://"))


def seoul(moment: datetime | None, precision: str | None = "minute") -> str:
    """A time as Koreans read it; a date alone where the clock part means nothing."""
    if moment is None:
        return "—"
    form = "%Y.%m.%d" if precision == "day" else "%Y.%m.%d %H:%M"
    return moment.astimezone(SEOUL).strftime(form)


@pass_context
def _trouble(context: Context, name: str | None) -> str:
    """What ails a source."""
    return either(context["language"], *called(name))


def _subject(places: Places) -> Callable[[Context, str], str]:
    """What an ops item is about: a source by its name."""

    @pass_context
    def subject(context: Context, said: str) -> str:
        language = context["language"]
        return phrases(language).get(f"desk.subject_{said}") or places.place(said).name(language)

    return subject


@pass_context
def _lang(context: Context, text: str) -> Markup:
    """The attribute for an element of a page in another language that holds a name in Korean."""
    foreign = context["language"] != "ko" and _HANGUL.search(text) is not None
    return Markup(' lang="ko"') if foreign else Markup()
