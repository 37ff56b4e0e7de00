"""Pages of a declared source made from its fixture: one row cloned, its words replaced.

Every platform by its own declaration: nothing here knows a single source.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, Tag
from lxml import etree

from scrapers import html
from scrapers.model import Page, Post, Source
from scrapers.platforms import intake
from scrapers.platforms.api import Api
from scrapers.platforms.board import Board
from scrapers.platforms.feed import Feed
from scrapers.platforms.opendata import OpenData
from tests.rhythm.forms import date_form, written
from tests.rhythm.holes import DATE, ISSUER, KEY, ROWS, TEXT, TITLE, NoReplica, Template
from tests.rhythm.posts import put, say, with_posts

FIXTURES = Path(__file__).parents[1] / "sources"
_LISTS = ("list.html", "list.json", "list.xml", "feed.xml", "sitemap.xml")


def template(source_id: str, source: Source) -> Template:
    """The template of a declared source. Raises NoReplica."""
    folder = FIXTURES / source_id
    found = [folder / name for name in _LISTS if (folder / name).exists()]
    if len(found) != 1:
        raise NoReplica(f"{source_id}: no fixture of a list")
    fetched = datetime.fromisoformat(_recorded(folder)["fetched_at"])
    first = source.first()
    page = Page(first.url, first.url, 200, {}, found[0].read_bytes(), fetched)
    posts = [each for each in source.read_list(page).posts if not each.pinned and each.published]
    if not posts:
        raise NoReplica(f"{source_id}: no dated row in its fixture")
    made = _of_list(source, page, posts)
    return with_posts(made, source, folder, posts[0])


def _recorded(folder: Path) -> Mapping[str, Any]:
    recorded: Mapping[str, Any] = json.loads((folder / "expected.json").read_text("utf-8"))
    return recorded


def _of_list(source: Source, page: Page, posts: Sequence[Post]) -> Template:
    if isinstance(source, Board):
        return _of_board(source, page, posts)
    if isinstance(source, Feed):
        return _of_feed(source, page, posts)
    if isinstance(source, OpenData):
        return _of_open_data(source, page, posts)
    if isinstance(source, Api):
        return _of_api(source, page, posts)
    raise NoReplica(f"{type(source).__name__} has no replica")


# Boards


def _of_board(board: Board, page: Page, posts: Sequence[Post]) -> Template:
    root = BeautifulSoup(page.body.decode(), "lxml")
    rows = root.select(board.row)
    if not any(title.get_text(strip=True) for row in rows for title in row.select(board.title)):
        root = board.document(page)  # what its scripts write stands in the page itself
        for script in root.find_all("script"):
            script.decompose()
        rows = root.select(board.row)
    row, post = _row_of(board, rows, page, posts)
    row_markup, form = _holes(board, row, post)
    rows[0].insert_before(ROWS)
    for each in rows:
        each.extract()
    head, _, tail = str(root).partition(ROWS)
    issuers = tuple(sorted({each.publisher for each in posts if each.publisher}))
    return Template(
        head, row_markup, tail, "\n", form, post.key, "text/html; charset=utf-8", issuers
    )


def _row_of(
    board: Board, rows: Sequence[Tag], page: Page, posts: Sequence[Post]
) -> tuple[Tag, Post]:
    by_key = {post.key: post for post in posts}
    for row in rows:
        keys = {match[1] for match in re.finditer(board.key, html.markup_of(row))}
        known = [by_key[key] for key in keys if key in by_key]
        if known and not (board.pinned and row.select(board.pinned)):
            return row, known[0]
    raise NoReplica(f"{page.url}: no row with a key")


def _holes(board: Board, row: Tag, post: Post) -> tuple[str, str]:
    """The markup of a row with its holes, and the form of its date."""
    assert post.published is not None
    say(row, board.title, TITLE)
    if board.issuer:
        say(row, board.issuer, ISSUER)
    form = date_form(row.get_text(" "), post.published.at)
    dated = row.select_one(board.date) if board.date else None
    if dated is not None:
        form = date_form(dated.get_text(), post.published.at)
    if form is None:
        raise NoReplica(f"the date of {post.url} has an unknown form")
    old = written(post.published.at, form)
    for text in (dated or row).find_all(string=re.compile(re.escape(old))):
        text.replace_with(str(text).replace(old, DATE))
    return str(row).replace(escape(post.key), KEY), form


# Feeds and sitemaps


def _of_feed(feed: Feed, page: Page, posts: Sequence[Post]) -> Template:
    root = intake.tree(page)
    items = root.findall(feed.item)
    if feed.date is None:
        raise NoReplica(f"{page.url}: a feed without dates")
    place, post = next(
        (place, post)
        for place, item in enumerate(items)
        for post in posts
        if re.search(rf"(?<!\w){re.escape(post.key)}(?!\w)", _text(item, feed.loc))
    )
    item = items[place]
    assert post.published is not None
    form = date_form(_text(item, feed.date), post.published.at)
    if form is None:
        raise NoReplica(f"the date of {post.url} has an unknown form: {_text(item, feed.date)}")
    title = f"{TITLE} - {ISSUER}" if feed.issuer else TITLE
    _write(item, feed.title, title)
    _write(item, feed.date, _text(item, feed.date).replace(written(post.published.at, form), DATE))
    if feed.summary and item.findall(feed.summary):
        _write(item, feed.summary, TEXT)
    if feed.issuer:
        _write(item, feed.issuer, ISSUER)
    return _of_xml(root, items, item, post, form, posts)


def _of_open_data(source: OpenData, page: Page, posts: Sequence[Post]) -> Template:
    root = intake.tree(page)
    items = root.findall(source.item)
    post = posts[0]
    item = next(each for each in items if _text(each, source.key).strip() == post.key)
    assert post.published is not None
    form = date_form(_text(item, source.date), post.published.at)
    if form is None:
        raise NoReplica(f"the date of {post.url} has an unknown form: {_text(item, source.date)}")
    _write(item, source.title, TITLE)
    _write(item, source.date, DATE)
    for path, hole in ((source.issuer, ISSUER), (source.text, TEXT)):
        if path and item.findall(path):
            _write(item, path, hole)
    return _of_xml(root, items, item, post, form, posts)


def _of_xml(
    root: etree._Element,
    items: Sequence[etree._Element],
    item: etree._Element,
    post: Post,
    form: str,
    posts: Sequence[Post],
) -> Template:
    parent = item.getparent()
    assert parent is not None
    item.tail = None
    row = etree.tostring(item, encoding="unicode").replace(post.key, KEY)
    mark = etree.SubElement(parent, "rows")
    for each in items:
        parent.remove(each)
    mark.text = ROWS
    whole = etree.tostring(root, encoding="unicode")
    head, tail = whole.replace("<rows>", "").replace("</rows>", "").split(ROWS)
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n{head}'
    issuers = tuple(sorted({each.publisher for each in posts if each.publisher}))
    media = "application/xml; charset=utf-8"
    return Template(head, row, tail, "\n", form, post.key, media, issuers)


def _text(item: etree._Element, path: str) -> str:
    found = item.findall(path)
    return "".join(map(str, found[0].itertext())) if found else ""


def _write(item: etree._Element, path: str, words: str) -> None:
    (element,) = item.findall(path)
    for child in list(element):
        element.remove(child)
    element.text = words


# JSON


def _of_api(api: Api, page: Page, posts: Sequence[Post]) -> Template:
    content = json.loads(page.body)
    inside, name = content, api.rows
    while "." in name:
        here, _, name = name.partition(".")
        inside = inside[here]
    post = posts[0]
    assert post.published is not None
    row = next(each for each in inside[name] if str(_get(each, api.key)) == post.key)
    form = date_form(str(_get(row, api.date)), post.published.at)
    if form is None:
        raise NoReplica(f"the date of {post.url} has an unknown form")
    put(row, api.title, TITLE)
    put(row, api.date, str(_get(row, api.date)).replace(written(post.published.at, form), DATE))
    if api.issuer:
        put(row, api.issuer, ISSUER)
    markup = json.dumps(row, ensure_ascii=False).replace(post.key, KEY)
    inside[name] = [ROWS]
    head, _, tail = json.dumps(content, ensure_ascii=False).partition(f'"{ROWS}"')
    issuers = tuple(sorted({each.publisher for each in posts if each.publisher}))
    return Template(
        head, markup, tail, ",\n", form, post.key, "application/json; charset=utf-8", issuers,
    )  # fmt: skip


def _get(value: Any, path: str) -> Any:
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value
