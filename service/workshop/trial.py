"""A declaration beside a page: what each of its fields finds there, and what stands there instead.

Pure. The pages come from whoever asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bs4 import Tag
from lxml import etree

from scrapers import dates, html
from scrapers.errors import LayoutError
from scrapers.model import Page, Source
from scrapers.platforms import api, feed, intake, posts
from scrapers.platforms.api import Api
from scrapers.platforms.article import ArticleLayout
from scrapers.platforms.board import Board
from scrapers.platforms.feed import Feed
from service.workshop import near

_Row = TypeVar("_Row")

_ANY = 10**9
_IN_ROW = {
    "title": (1, 1),
    "date": (1, 1),
    "issuer": (1, 1),
    "summary": (0, 1),
    "pinned": (0, _ANY),
}
_IN_ITEM = {"title": (1, 1), "loc": (1, _ANY), "date": (0, 1), "summary": (0, 1), "issuer": (1, 1)}
_IN_OBJECT = {"key": (1, 1), "title": (1, 1), "date": (0, 1), "issuer": (0, 1), "summary": (0, 1)}
_IN_POST = {
    "body": (1, 1),
    "title": (1, 1),
    "date": (0, 1),
    "issuer": (0, 1),
    "files": (0, _ANY),
    "above": (0, _ANY),
    "drop": (0, _ANY),
    "frame": (0, 1),
}


@dataclass(frozen=True, slots=True)
class Line:
    """What one field finds. ``instead`` is what stands there where that is not as it must be."""

    field: str
    sought: str
    found: str
    ok: bool
    example: str = ""
    instead: tuple[str, ...] = ()

    @property
    def mark(self) -> str:
        """✓ as it must be, · nothing where that may be, ✗ otherwise."""
        nothing = self.found.split("/")[0] == "0"
        return "✗" if not self.ok else "·" if nothing else "✓"


def of_list(source: Source, page: Page) -> tuple[Line, ...]:
    """Every selector of the list. Raises ScrapeError where the page is no page of its kind."""
    match source:
        case Board():
            return tuple(_board(source, page))
        case Feed():
            return tuple(_feed(source, page))
        case Api():
            return tuple(_api(source, page))
        case _:
            return ()


def of_post(source: Source, page: Page) -> tuple[Line, ...]:
    """Every selector of a post's page. Raises likewise."""
    layout = getattr(source, "article", None)
    if isinstance(layout, ArticleLayout):
        return tuple(_article(layout, page))
    if isinstance(source, Api) and source.text:
        content = intake.data(page)
        text = api.written(api.at(content, source.text))
        instead = () if text else near.members(content)
        return (Line("text", source.text, "1" if text else "0", bool(text), text, instead),)
    return ()


def _board(source: Board, page: Page) -> Iterable[Line]:
    root = source.document(page)
    rows = root.select(source.row)
    groups = () if rows else near.groups(root)
    candidates = tuple(
        f"{each.selector} ({len(each.rows)}, 날짜 / dated {each.dated})" for each in groups
    )
    first = html.line_of(rows[0]) if rows else ""
    yield Line("row", source.row, str(len(rows)), bool(rows), first, candidates)
    yield from _fields(source, _IN_ROW, rows, _lines, near.inside)
    if rows:
        yield _keys(source.key, [html.markup_of(row) for row in rows], page)


def _feed(source: Feed, page: Page) -> Iterable[Line]:
    root = intake.tree(page)
    items = feed.at(root, source.item)
    instead = () if items else _tags(root)
    yield Line("item", source.item, str(len(items)), bool(items), instead=instead)
    yield from _fields(source, _IN_ITEM, items, _elements, near.children)
    if items:
        addresses = [" ".join(_elements(item, source.loc)) for item in items]
        yield _keys(source.key, addresses, page)


def _api(source: Api, page: Page) -> Iterable[Line]:
    content = intake.data(page)
    rows = api.at(content, source.rows)
    rows = rows.get("item") if isinstance(rows, dict) else rows
    rows = rows if isinstance(rows, list) else []
    instead = () if rows else near.lists(content)
    yield Line("rows", source.rows, str(len(rows)), bool(rows), instead=instead)
    yield from _fields(source, _IN_OBJECT, rows, _values, near.members)


def _article(layout: ArticleLayout, page: Page) -> Iterable[Line]:
    root = intake.document(page)
    for field, (least, most) in _IN_POST.items():
        selector = getattr(layout, field)
        if not selector:
            continue
        found = root.select(selector)
        ok = least <= len(found) <= most
        example = html.line_of(found[0]) if found else ""
        instead = (
            () if ok else near.blocks(root) if field == "body" else near.inside(root.body or root)
        )
        yield Line(f"article.{field}", selector, str(len(found)), ok, example, instead)


def _fields(
    source: Source,
    wanted: Mapping[str, tuple[int, int]],
    rows: Sequence[_Row],
    texts: Callable[[_Row, str], list[str]],
    around: Callable[[_Row], tuple[str, ...]],
) -> Iterable[Line]:
    """Every field that is declared: right where each row has it as often as it may."""
    for field, (least, most) in wanted.items():
        sought = getattr(source, field)
        if sought and rows:
            found = [texts(row, sought) for row in rows]
            said = [each[0] for each in found if each]
            count = f"{len(said)}/{len(found)}"
            if any(len(each) > most for each in found):
                count += f", {max(map(len, found))}×"
            wrong = [at for at, each in enumerate(found) if not least <= len(each) <= most]
            ok = not wrong
            if field == "date" and said:
                read = sum(dates.read(each) is not None for each in said)
                count, ok = f"{count}, 읽힘 / read {read}", ok and bool(read)
            instead = () if ok else around(rows[wrong[0] if wrong else 0])
            yield Line(field, sought, count, ok, said[0] if said else "", instead)


def _keys(pattern: str, texts: Sequence[str], page: Page) -> Line:
    """The key of every row."""
    keys, wrong = [], []
    for text in texts:
        try:
            keys.append(posts.key_in(pattern, text, page))
        except LayoutError:
            wrong.append(text)
    example = keys[0] if keys else ""
    instead = tuple(html.fold(text)[:400] for text in wrong[:1])
    return Line("key", pattern, f"{len(keys)}/{len(texts)}", not wrong, example, instead)


def _lines(row: Tag, selector: str) -> list[str]:
    return [html.line_of(tag) for tag in row.select(selector)]


def _elements(item: etree._Element, path: str) -> list[str]:
    return [near.text_of(each) or str(each.get("href") or "") for each in feed.at(item, path)]


def _values(row: object, path: str) -> list[str]:
    return [text for text in [api.written(api.at(row, path))] if text]


def _tags(root: etree._Element) -> tuple[str, ...]:
    """The paths of what a document of another form is made of."""
    inner = [f"{root[0].tag}/{each.tag}" for each in root[0]] if len(root) else []
    return tuple(dict.fromkeys([*(str(each.tag) for each in root), *inner]))[:8]
