"""A live page of a source → the same page as a fixture: a few rows, neutral words, its markup.

Pure. What the source reads off the neutral page is held against what it read off the live one, so
that nobody repairs a source by a page that has lost what matters.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields, is_dataclass, replace
from datetime import datetime
from types import FunctionType
from typing import TYPE_CHECKING, Any, TypeVar, cast

from scrapers.errors import ScrapeError
from scrapers.model import Detail, Listing, Page, Part, Source
from scrapers.platforms.api import Api
from scrapers.platforms.board import Board
from scrapers.platforms.feed import Feed
from scrapers.platforms.opendata import OpenData
from scrapers.platforms.sitemap import Sitemap
from service.model import SEOUL
from service.workshop import trim
from service.workshop.neutral import Neutral

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_HEADERS = ("cache-control", "content-type", "date", "etag", "last-modified", "server")
_Read = TypeVar("_Read", Listing, Detail, Part)


@dataclass(frozen=True, slots=True)
class Captured:
    """One neutral page under the name that fixtures have for it.

    ``read`` is what the source reads of it, None where it could not read the live page either.
    ``trouble`` is what it reads otherwise than of the live page, None where nothing.
    """

    name: str
    page: Page
    read: Listing | Detail | Part | None
    trouble: str | None


def neutral_for(source: Source) -> Neutral:
    """What makes all pages of one source neutral."""
    return Neutral(_said(replace(source, what=None)))  # that stands on no page


def of_list(source: Source, page: Page, neutral: Neutral) -> Captured:
    """The list with a few of its rows; whole where the source cannot read it."""
    live = _tried(source.read_list, page)
    name, made = _list(source, page, neutral, trimmed=not isinstance(live, ScrapeError))
    as_example = _with(replace(page, url=source.first().url), made)
    return _held_against(live, source.read_list, name, as_example, _in_list)


def _list(source: Source, page: Page, neutral: Neutral, *, trimmed: bool) -> tuple[str, str]:
    """Its name and its text."""
    name = "list.html"
    try:
        match source:
            case Board():
                return name, trim.board(source, page, neutral, trimmed=trimmed)
            case Feed() | OpenData():
                name = "sitemap.xml" if isinstance(source, Sitemap) else "feed.xml"
                return name, trim.xml(source, page, neutral, trimmed=trimmed)
            case Api():
                name = "list.json"
                return name, trim.listed(source, page, neutral, trimmed=trimmed)
    except ScrapeError:
        pass  # a page in its place, which is what is to be seen
    return name, trim.text(page, neutral)


def of_post(source: Source, page: Page, neutral: Neutral) -> Captured:
    """A post's own page."""
    live = _tried(source.read_post, page)
    name, made = _post(source, page, neutral)
    return _held_against(live, source.read_post, name, _with(page, made), _in_post)


def _post(source: Source, page: Page, neutral: Neutral) -> tuple[str, str]:
    if isinstance(source, Api) and source.view:
        try:
            return "post.json", trim.viewed(source, page, neutral)
        except ScrapeError:
            return "post.json", trim.text(page, neutral)
    layout = getattr(source, "article", None)
    return "post.html", trim.document(page, neutral, layout and layout.date)


def of_part(source: Source, page: Page, neutral: Neutral) -> Captured:
    """One page of a text that is kept elsewhere."""
    live = _tried(source.read_part, page)
    made = _with(page, trim.document(page, neutral, None))
    return _held_against(
        live, source.read_part, "part.html", made, lambda part: [bool(part.text), part.more]
    )


def record(captured: Mapping[str, Captured]) -> str:
    """``expected.json`` for pages by their name in it: list, post, part."""
    first = next(iter(captured.values()))
    read = {
        name: asdict(cast("DataclassInstance", each.read))
        for name, each in captured.items()
        if each.read is not None
    }
    at = first.page.fetched_at.astimezone(SEOUL).isoformat(timespec="seconds")
    return _json({"fetched_at": at, **read})


def heads(pages: Mapping[str, Page]) -> str:
    """Addresses, status and the headers that say how to read the pages, without cookies."""
    told = {
        name: {
            "url": page.url,
            "final_url": page.final_url,
            "status": page.status,
            "headers": {each: page.headers[each] for each in _HEADERS if each in page.headers},
        }
        for name, page in pages.items()
    }
    return _json(told)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, default=datetime.isoformat) + "\n"


def _with(page: Page, text: str) -> Page:
    """``page`` as a fixture gives it: as it was asked for, no headers, to the second."""
    at = page.fetched_at.replace(microsecond=0)
    return replace(page, body=text.encode(), final_url=page.url, headers={}, fetched_at=at)


def _tried(read: Callable[[Page], _Read], page: Page) -> _Read | ScrapeError:
    try:
        return read(page)
    except ScrapeError as error:
        return error


def _held_against(
    live: _Read | ScrapeError,
    read: Callable[[Page], _Read],
    name: str,
    made: Page,
    told: Callable[[Any], list[object]],
) -> Captured:
    """The neutral page with how it is read otherwise than the live one."""
    again = _tried(read, made)
    if isinstance(live, ScrapeError):
        same = isinstance(again, ScrapeError) and again.trouble == live.trouble
        said = again.detail if isinstance(again, ScrapeError) else "읽힘 / read"
        return Captured(name, made, None, None if same else f"{live.detail} → {said}")
    if isinstance(again, ScrapeError):
        return Captured(name, made, None, again.detail)
    lost = [each for each in told(again) if each not in told(live)]
    trouble = f"{lost[0]}" if lost else None if told(again) else "—"
    return Captured(name, made, again, trouble)


def _in_list(listing: Listing) -> list[object]:
    """What has to stay as it was: which posts, where, of when."""
    return [(each.key, each.published, each.pinned) for each in listing.posts]


def _in_post(detail: Detail) -> list[object]:
    counted = (len(detail.files), bool(detail.text), detail.body is not None)
    return [detail.published, detail.publisher is None, detail.title is None, counted]


def _said(declaration: object) -> Iterator[str]:
    """Every string of a declaration, those of its article too."""
    for field in fields(cast("DataclassInstance", declaration)):
        value = getattr(declaration, field.name)
        if isinstance(value, str):
            yield value
        elif is_dataclass(value):
            yield from _said(value)
        elif isinstance(value, FunctionType):  # it looks for words of its own
            yield from (each for each in value.__code__.co_consts if isinstance(each, str))
