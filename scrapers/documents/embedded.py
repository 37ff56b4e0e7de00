"""The story a page carries as data in a script, for pages that are drawn in the browser.

Next.js sites send their article as JSON (``__NEXT_DATA__``, or an argument of some ``push(…)``) and
no body in the markup. The object is known by its shape, a title beside a long text, since every
site names its fields otherwise.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from bs4 import BeautifulSoup

from scrapers import dates, html
from scrapers.documents.letters import legible
from scrapers.model import Moment

_TITLE = ("title", "headline", "newstitle", "articletitle", "subject")
_SUBTITLE = ("subtitle", "subheadline", "subtitles")
_CONTENT = re.compile(r"(?:article|news)?(?:content|body|text)s?(?:html|arrange|text)?|html")
_PART = ("content", "text", "value", "data", "html")
_DATE = re.compile(r"publish|pubdate|deploy|regist|regdt|regdate|created|inputd|sendd|served")
_CHANGED = re.compile(r"redeploy|modif|updat|edit|chg")
_AUTHOR = re.compile(r"(?:author|writer|reporter|byline)s?(?:name|display)?")

_LEAST_SCRIPT = 500
_LEAST_STORY = 200
_MOST_STORY = 300_000
_LONGEST_FIELD = 500
_STARTS = 3  # a script's JSON begins behind its first brackets or not at all
_START = re.compile(r"[=(]\s*(?=[\[{])|\A\s*(?=[\[{])")
_PLACEHOLDER = re.compile(r"\$\$\w+\$\$")  # where the browser puts an advertisement
_MOST_VALUES = 200_000


@dataclass(frozen=True, slots=True)
class Story:
    """An article as data. ``markup`` is HTML, or plain lines. ``byline`` as printed."""

    title: str
    markup: str
    published: Moment | None
    byline: str | None


def story(tree: BeautifulSoup) -> Story | None:
    """The longest story in the page's scripts, or None."""
    nodes = (node for script in tree.find_all("script") for node in _objects(script.get_text()))
    longest, body = max(
        ((node, _body(node)) for node in nodes), key=lambda found: len(found[1]), default=({}, "")
    )
    if not body:
        return None
    markup = f"<p>{_first(longest, _SUBTITLE)[:_LONGEST_FIELD]}</p>{body}"
    return Story(
        title=_field(_first(longest, _TITLE)),
        markup=html.encodable(_PLACEHOLDER.sub("", markup)),
        published=_published(longest),
        byline=_author(longest),
    )


def values(parsed: object) -> Iterator[dict[str, object]]:
    """Every JSON object in ``parsed``, outer ones first; at most 200,000 values are looked at."""
    todo, seen = [parsed], 0
    while todo and seen < _MOST_VALUES:
        value = todo.pop()
        seen += 1
        if isinstance(value, dict):
            yield value
            todo.extend(reversed(value.values()))
        elif isinstance(value, list):
            todo.extend(reversed(value))


def _objects(script: str) -> Iterator[dict[str, object]]:
    """Every object of the JSON in a script, its keys in small letters only."""
    if len(script) < _LEAST_SCRIPT:
        return
    for start in islice(_START.finditer(script), _STARTS):
        try:
            parsed, _ = json.JSONDecoder(strict=False).raw_decode(script, start.end())
        except (ValueError, RecursionError):
            continue
        for node in values(parsed):
            yield {re.sub(r"[^a-z]", "", name.lower()): value for name, value in node.items()}


def _body(node: dict[str, object]) -> str:
    """The text beside a title, as markup; empty where the object is no story."""
    if not _first(node, _TITLE).strip():
        return ""
    bodies = (_joined(value) for name, value in node.items() if _CONTENT.fullmatch(name))
    longest = max(bodies, key=len, default="")
    return longest if _LEAST_STORY <= len(longest) <= _MOST_STORY else ""


def _first(node: dict[str, object], names: tuple[str, ...]) -> str:
    return next((text for name in names if isinstance(text := node.get(name), str)), "")


def _joined(value: object) -> str:
    """A text, or the parts of type ``text`` in a list, each as a paragraph."""
    if isinstance(value, str):
        return value if "<" in value else value.replace("\n", "<br>")
    if not isinstance(value, list):
        return ""
    parts = (part for part in value if isinstance(part, dict))
    texts = (_first(part, _PART) for part in parts if part.get("type", "text") == "text")
    return "".join(f"<p>{text}</p>" for text in texts)


def _published(node: dict[str, object]) -> Moment | None:
    written = (
        value
        for name, value in node.items()
        if isinstance(value, str) and _DATE.search(name) and not _CHANGED.search(name)
    )
    return next(filter(None, map(dates.read, map(_field, written))), None)


def _author(node: dict[str, object]) -> str | None:
    for name, value in node.items():
        if isinstance(value, str) and value.strip() and _AUTHOR.fullmatch(name):
            return _field(value)
    return None


def _field(value: str) -> str:
    return legible(html.fold(html.plain(value[:_LONGEST_FIELD])))
