"""Every declared source against its own pages with one thing renamed: a redesign, in small.

What a selector of the declaration finds loses its class, its id or another attribute, else its tag:
the first of these that hides it. Such a page is refused, or it shows in what pulse watches: how
many rows a list has and how many of them have which field, and how long a text is.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup, Tag
from lxml import etree

from scrapers.errors import LayoutError
from scrapers.model import Listing, Page, Source
from scrapers.platforms import api, feed, intake
from scrapers.platforms.api import Api
from scrapers.platforms.article import ArticleLayout
from scrapers.platforms.board import Board
from scrapers.platforms.feed import Feed
from scrapers.platforms.opendata import OpenData
from scrapers.platforms.search import Search
from tests.sources.cases import CASES, Case

RENAMED = "renamed"
# By platform: without what a list is refused, and what it may lack.
LISTS: dict[type, tuple[tuple[str, ...], tuple[str, ...]]] = {
    Board: (("row", "key", "title", "date", "issuer"), ("summary", "pinned")),
    Feed: (("item", "key", "title", "loc", "date", "issuer"), ("summary",)),
    Search: (("rows", "key", "spare", "title", "date", "summary", "total"), ()),
    Api: (("rows", "key", "title", "date", "issuer", "summary"), ()),
    OpenData: (("item", "key", "title", "date", "issuer", "text", "total"), ()),
}
POST = ("body", "title", "files", "file_name"), ("date", "issuer", "above", "frame")


def layout_of(case: Case) -> ArticleLayout | None:
    layout: ArticleLayout | None = getattr(case.source, "article", None)
    return layout


def of_lists(case: Case, *, optional: bool) -> Iterator[str]:
    """The fields that the source declares of its list."""
    fields = next(each for platform, each in LISTS.items() if isinstance(case.source, platform))
    return (field for field in fields[optional] if getattr(case.source, field))


def of_posts(case: Case, *, optional: bool) -> Iterator[str]:
    """The fields that the source declares of its posts' own pages."""
    layout = layout_of(case)
    if isinstance(case.source, Api) and case.source.view and not optional:
        return iter(["text"])
    return (field for field in POST[optional] if layout and getattr(layout, field))


def every(fields: Callable[..., Iterator[str]], *, optional: bool) -> pytest.MarkDecorator:
    pairs = [(case, field) for case in CASES for field in fields(case, optional=optional)]
    names = [f"{case.id}-{field}" for case, field in pairs]
    return pytest.mark.parametrize(("case", "field"), pairs, ids=names)


@pytest.mark.fault(12)
@every(of_lists, optional=False)
def test_a_list_with_what_it_must_have_renamed_is_refused(
    case: Case, field: str, measured: Callable[..., None]
) -> None:
    source, page = renamed_list(case, field)
    noticed = refused(source.read_list, page)
    measured(mutants=1, noticed_percent=100 * noticed)
    assert noticed


@pytest.mark.fault(12)
@every(of_lists, optional=True)
def test_a_list_with_what_it_may_lack_renamed_looks_otherwise(
    case: Case, field: str, measured: Callable[..., None]
) -> None:
    listing = case.listing()
    if not any(post.pinned if field == "pinned" else post.summary for post in listing.posts):
        pytest.skip(f"nothing on the page is {field}")
    source, page = renamed_list(case, field)

    # Refused where other things moved with it.
    noticed = refused(source.read_list, page) or watched(source.read_list(page)) != watched(listing)
    measured(mutants=1, noticed_percent=100 * noticed)
    assert noticed


@pytest.mark.fault(12)
@every(of_posts, optional=False)
def test_a_post_with_what_it_must_have_renamed_is_refused(
    case: Case, field: str, measured: Callable[..., None]
) -> None:
    noticed = refused(case.source.read_post, renamed_post(case, field))
    measured(mutants=1, noticed_percent=100 * noticed)
    assert noticed


@pytest.mark.fault(12)
@every(of_posts, optional=True)
def test_a_post_with_what_it_may_lack_renamed_is_shorter_or_said_by_its_list(
    case: Case, field: str, measured: Callable[..., None]
) -> None:
    whole = case.source.read_post(case.post_page())
    rest = case.source.read_post(renamed_post(case, field))
    (listed, *_) = case.listing().posts
    noticed = {
        "date": bool(whole.published and listed.published) and not rest.published,
        "issuer": bool(whole.publisher and listed.publisher) and not rest.publisher,
        "above": len(rest.text) < len(whole.text),
        "frame": whole.body is not None and rest.body is None and not rest.text,
    }[field]
    measured(mutants=1, noticed_percent=100 * noticed)
    assert noticed


def refused(read: Callable[[Page], object], page: Page) -> bool:
    try:
        read(page)
    except LayoutError:
        return True
    return False


def watched(listing: Listing) -> tuple[int, ...]:
    """What pulse knows a list by."""
    rows = [post for post in listing.posts if not post.pinned]
    return (
        len(rows),
        sum(post.published is not None for post in rows),
        sum(bool(post.publisher) for post in rows),
        sum(bool(post.summary or post.text) for post in rows),
    )


def renamed_list(case: Case, field: str) -> tuple[Source, Page]:
    """The source and its page, on which what ``field`` stands for has another name."""
    source, body = case.source, case.list_file.read_bytes()
    match source:
        case Board():
            # Once its scripts have run: some boards are read only then.
            moved = replace(source, document=lambda page: renamed_board(source, field, page))
            return moved, case.list_page()
        case Feed():
            return source, case.list_page(
                renamed_feed(source, field, intake.tree(case.list_page()))
            )
        case OpenData():
            root = intake.tree(case.list_page())
            return source, case.list_page(renamed_open_data(source, field, root))
        case Api():
            return source, case.list_page(renamed_api(source, field, body))
        case _:
            raise NotImplementedError("say here how a thing is renamed on a list of this platform")


def renamed_post(case: Case, field: str) -> Page:
    """The page of a post, likewise."""
    page = case.post_page()
    if isinstance(case.source, Api) and case.source.view:
        return case.post_page(renamed_api(case.source, field, page.body))
    root = BeautifulSoup(page.body, "lxml")
    selector = getattr(layout_of(case), field)
    found = root.select(selector)
    if not found:
        pytest.skip(f"nothing on the page is {field}")
    for element in found:
        hide(element, selector, root)
    return case.post_page(str(root).encode())


def renamed_board(board: Board, field: str, page: Page) -> BeautifulSoup:
    root = board.document(page)
    rows = root.select(board.row)
    selector = getattr(board, field)
    found = 0
    for row in rows:
        if field == "key":
            found += without_key(row, selector)
            continue
        for element in [row] if field == "row" else row.select(selector):
            hide(element, selector, root if field == "row" else row)
            found += 1
    assert found
    return root


def without_key(row: Tag, pattern: str) -> int:
    """Take from a row all attributes that carry its key; how many those were."""
    found = 0
    for element in (row, *row.find_all(True)):
        for name, value in list(element.attrs.items()):
            if re.search(pattern, f'{name}="{value}"'):
                element[name] = RENAMED
                found += 1
    return found


def hide(element: Tag, selector: str, root: Tag) -> None:
    """Rename what ``selector`` knows ``element`` by."""

    def hidden() -> bool:
        return not any(each is element for each in root.select(selector))

    for name in sorted(element.attrs, key=lambda name: name not in {"class", "id"}):
        value = element.attrs.pop(name)
        if hidden():
            element[f"data-{RENAMED}"] = value
            return
        element[name] = value
    element.name = f"x-{RENAMED}"
    assert hidden()


def renamed_feed(source: Feed, field: str, root: etree._Element) -> bytes:
    items = feed.at(root, source.item)
    path = source.loc if field == "key" else getattr(source, field)
    found = items if field == "item" else [each for item in items for each in feed.at(item, path)]
    assert found
    for element in found:
        if field == "key":
            element.text = f"https://www.example.kr/{RENAMED}"
        else:
            element.tag = RENAMED
    return etree.tostring(root, encoding="utf-8")


def renamed_open_data(source: OpenData, field: str, root: etree._Element) -> bytes:
    items = root.findall(source.item)
    path = getattr(source, field)
    found = root.findall(path) if field in {"item", "total"} else []
    found = found or [each for item in items for each in item.findall(path)]
    assert found
    for element in found:
        element.tag = RENAMED
    return etree.tostring(root, encoding="utf-8")


def renamed_api(source: Api, field: str, body: bytes) -> bytes:
    content = json.loads(body)
    rows = api.at(content, source.rows)
    around, _, name = getattr(source, field).rpartition(".")
    found = 0
    for each in rows if isinstance(rows, list) and field not in {"rows", "total"} else [content]:
        holder = api.at(each, around)
        if isinstance(holder, dict) and name in holder:
            holder[RENAMED] = holder.pop(name)
            found += 1
    assert found
    return json.dumps(content).encode()
