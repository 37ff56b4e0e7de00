"""The markup of a captured page with fewer rows and neutral words. Pure.

What a declaration reads dates by is left as it is, and so are keys and addresses.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable

from bs4 import BeautifulSoup, Tag
from bs4.element import CData, Comment, NavigableString, Script, Stylesheet, TemplateString
from lxml import etree

from scrapers import dates, decode, html
from scrapers.model import Page
from scrapers.platforms import api, feed, intake
from scrapers.platforms.api import Api
from scrapers.platforms.board import Board
from scrapers.platforms.feed import Feed
from scrapers.platforms.opendata import OpenData
from service.workshop.neutral import Neutral

_ROWS = 4  # ordinary ones that are kept, and one that is pinned
_SHOWN = frozenset({"title", "alt", "placeholder", "aria-label", "summary", "content"})
_SECRET = ("csrf", "token", "session", "nonce")
_READ = (NavigableString, CData, TemplateString)


def board(source: Board, page: Page, neutral: Neutral, *, trimmed: bool) -> str:
    """A board's list. Its scripts stay where the declaration reads them."""
    root = html.parse(decode.text(page))
    rows = list(root.select(source.row))
    if trimmed:
        pinned = [row for row in rows if source.pinned and row.select(source.pinned)]
        ordinary = [row for row in rows if not any(row is each for each in pinned)]
        for row in (*pinned[1:], *ordinary[_ROWS:]):
            row.decompose()
        rows = [*pinned[:1], *ordinary[:_ROWS]]
    days = [day for row in rows for day in row.select(source.date or "no-date")]
    return _html(root, neutral, days, scripts=source.document is not intake.document)


def document(page: Page, neutral: Neutral, date: str | None) -> str:
    """Any page of HTML; a date that the selector ``date`` finds is left as it is."""
    root = html.parse(decode.text(page))
    return _html(root, neutral, root.select(date) if date else (), scripts=False)


def xml(source: Feed | OpenData, page: Page, neutral: Neutral, *, trimmed: bool) -> str:
    """A feed, a sitemap or an answer in XML."""
    root = intake.tree(page)
    items = feed.at(root, source.item)
    for item in items[_ROWS:] if trimmed else ():
        parent = item.getparent()
        if parent is not None:
            parent.remove(item)
    paths = (source.date, source.loc if isinstance(source, Feed) else source.key)
    exact = {
        found for item in items for path in filter(None, paths) for found in feed.at(item, path)
    }
    for element in root.iter("*"):
        make = neutral.code if element in exact else neutral.text
        if element.text:
            element.text = make(element.text)
        for name, value in element.attrib.items():
            element.set(name, neutral.code(str(value)))
    declared = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return declared + etree.tostring(root, encoding="unicode") + "\n"


def listed(source: Api, page: Page, neutral: Neutral, *, trimmed: bool) -> str:
    """A list in JSON."""
    content = intake.data(page)
    rows = api.at(content, source.rows)
    rows = rows.get("item") if isinstance(rows, dict) else rows
    if trimmed and isinstance(rows, list):
        del rows[_ROWS:]
    shown = (source.title, source.issuer, source.summary)
    return _json(content, neutral, shown, exact=(source.date, source.key))


def viewed(source: Api, page: Page, neutral: Neutral) -> str:
    """The text of one post in JSON."""
    return _json(intake.data(page), neutral, (source.text,), exact=())


def text(page: Page, neutral: Neutral) -> str:
    """What is none of these: something else that came in its place, or half of it."""
    markup = decode.text(page)
    return neutral.code(markup) if markup.lstrip()[:1] in {"{", "["} else neutral.text(markup)


def _html(root: BeautifulSoup, neutral: Neutral, days: Iterable[Tag], *, scripts: bool) -> str:
    exact = [date for date in days if _is_date(date)]
    as_it_is = {id(each) for date in exact for each in (date, *date.find_all(True))}
    for text in root.find_all(string=True):
        match text:
            case Comment():
                text.extract()
            case Stylesheet():
                text.replace_with(Stylesheet(""))
            case Script():
                text.replace_with(Script(neutral.code(text) if scripts else ""))
            case _ if type(text) in _READ and id(text.parent) not in as_it_is:
                text.replace_with(type(text)(neutral.text(text)))
    for tag in root.find_all(True):
        if id(tag) not in as_it_is:
            _attributes(tag, neutral)
    return str(root)


def _is_date(tag: Tag) -> bool:
    """Whether it is a date: of a page that drifted, the selector may find anything."""
    written = tag.get("content") if tag.name == "meta" else html.line_of(tag)
    return dates.read(str(written)) is not None


def _attributes(tag: Tag, neutral: Neutral) -> None:
    for name, value in list(tag.attrs.items()):
        if not name.isascii():  # words that a quote within a quote let out
            del tag[name]
        elif isinstance(value, str) and name not in {"id", "name"}:
            shown = name in _SHOWN and not value.startswith(("http", "/"))
            tag[name] = neutral.text(value) if shown else neutral.code(value)
    named = f"{tag.get('name', '')} {tag.get('id', '')}".lower()
    if tag.name in {"input", "meta"} and any(each in named for each in _SECRET):
        tag["value" if tag.name == "input" else "content"] = ""


def _json(
    content: object, neutral: Neutral, shown: Collection[str | None], exact: Collection[str]
) -> str:
    """A document of which the fields ``shown`` are read by people; ``exact`` stay as they are."""
    read = {path.split(".")[-1] for path in shown if path}
    kept = {path.split(".")[-1] for path in exact}

    def made(value: object, name: str) -> object:
        if isinstance(value, dict):
            return {each: made(inner, str(each)) for each, inner in value.items()}
        if isinstance(value, list):
            return [made(inner, name) for inner in value]
        if not isinstance(value, str) or name in kept:
            return value
        return neutral.text(value) if name in read else neutral.code(value)

    return json.dumps(made(content, ""), ensure_ascii=False, indent=1) + "\n"
