"""What stands on a page where a declaration looks: selectors that would find something. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin

from bs4 import BeautifulSoup, Tag
from lxml import etree

from scrapers import dates, html

_EXCERPT = 40  # letters
_MOST = 8  # candidates that are shown
_ROWS = 3  # siblings alike that make a list
_MOST_GROUPS = 2_000  # of a page that is nothing but siblings
_CLASS = re.compile(r"-?[_a-zA-Z가-힣][\w가-힣-]{0,60}")
_DATE = re.compile(
    r"(?<!\d)20\d\d ?[-./년] ?\d{1,2} ?[-./월] ?\d{1,2}|(?<!\d)\d\d\.\d\d\.\d\d(?!\d)"
)


@dataclass(frozen=True, slots=True)
class Group:
    """Siblings alike, each with a link: maybe the rows of a list. ``dated``: those with a date."""

    selector: str
    rows: Sequence[Tag]
    dated: int


def excerpt(text: str) -> str:
    """The beginning of ``text`` on one line."""
    line = html.fold(text)
    return line if len(line) <= _EXCERPT else f"{line[:_EXCERPT]}…"


def joined(base: str, href: str) -> str:
    """``href`` as found on ``base``; empty where it is no address."""
    try:
        return urljoin(base, href.strip())
    except ValueError:
        return ""


def _name_of(tag: Tag) -> str:
    """A selector for ``tag`` among its siblings: by id, by class, by its place."""
    if isinstance(tag.get("id"), str) and _CLASS.fullmatch(str(tag["id"])):
        return f"{tag.name}#{tag['id']}"
    named = map(str, tag.get_attribute_list("class"))
    classes = [each for each in named if _CLASS.fullmatch(each)]
    if classes:
        return ".".join([tag.name, *classes])
    before = len(tag.find_previous_siblings(tag.name))
    alone = not before and tag.find_next_sibling(tag.name) is None
    return tag.name if alone else f"{tag.name}:nth-of-type({before + 1})"


def inside(node: Tag) -> tuple[str, ...]:
    """What in ``node`` shows text, by selector, with how it begins."""
    found: dict[str, str] = {}
    for tag in node.find_all(True):
        own = "".join(tag.find_all(string=True, recursive=False)).strip()
        if own and tag.name not in {"script", "style"}:
            found.setdefault(_name_of(tag), html.line_of(tag))
    return _shown(found)


def blocks(root: Tag) -> tuple[str, ...]:
    """The elements that hold most of a page's text, by selector: maybe the body of a post."""
    whole = len(html.line_of(root))
    sizes = {}
    for tag in root.find_all(["div", "section", "article", "td"], limit=_MOST_GROUPS):
        text = html.line_of(tag)
        if whole and len(text) * 4 >= whole and (tag.get("class") or tag.get("id")):
            sizes[_name_of(tag)] = text
    # The innermost that still hold much of it come last on the way down.
    return _shown(dict(list(sizes.items())[::-1]))


def children(item: etree._Element) -> tuple[str, ...]:
    """The elements of a feed's item, by path, with how they begin."""
    return _shown({str(each.tag): text_of(each) for each in item.iterchildren("*")})


def text_of(element: etree._Element) -> str:
    """All text of an element of XML on one line."""
    return html.fold("".join(map(str, element.itertext())))


def members(value: object) -> tuple[str, ...]:
    """The paths within a JSON object, with what stands there."""
    return _shown(dict(_leaves(value)), most=3 * _MOST)


def lists(value: object) -> tuple[str, ...]:
    """The paths of lists of objects in a JSON document."""
    return tuple(path or "." for path, each in _nodes(value) if _is_list(each))[:_MOST]


def groups(root: Tag) -> tuple[Group, ...]:
    """What could be the rows of a list, the likeliest first."""
    found = []
    for parent in (root, *root.find_all(True, limit=20 * _MOST_GROUPS)):
        alike: defaultdict[str, list[Tag]] = defaultdict(list)
        for child in parent.find_all(True, recursive=False):
            alike[child.name].append(child)
        found += [_group(parent, rows) for rows in alike.values() if len(rows) >= _ROWS]
        if len(found) >= _MOST_GROUPS:
            break
    linked = [each for each in found if each is not None]
    return tuple(sorted(linked, key=lambda each: (-each.dated, -len(each.rows))))[:_MOST]


def _group(parent: Tag, siblings: Sequence[Tag]) -> Group | None:
    rows = [each for each in siblings if each.name == "a" or each.find("a", string=True) or each.a]
    if len(rows) < _ROWS:
        return None
    selector = f"{_way_to(parent)} > {rows[0].name}"
    if len(rows) < len(siblings):  # a row of headings, a line between
        selector += ":has(a)"
    dated = sum(bool(_DATE.search(html.line_of(each))) for each in rows)
    return Group(selector, rows, dated)


def _way_to(tag: Tag) -> str:
    """Selectors from the nearest element with a name of its own down to ``tag``."""
    way = [_name_of(tag)]
    for around in tag.parents:
        if "#" in way[0] or "." in way[0] or isinstance(around, BeautifulSoup):
            break
        way.insert(0, _name_of(around))
    return " > ".join(way)


def ways_to(tag: Tag, row: Tag) -> Iterator[str]:
    """Selectors for ``tag`` within ``row``, the shortest first."""
    way = _name_of(tag)
    yield way
    for around in tag.parents:
        if around is row or isinstance(around, BeautifulSoup):
            return
        way = f"{_name_of(around)} > {way}"
        yield way


def date_in(row: Tag) -> Tag | None:
    """The innermost element of a row that is a date and nothing else."""
    found = [tag for tag in row.find_all(True) if dates.read(html.line_of(tag)) is not None]
    return found[-1] if found else None


def _shown(found: dict[str, str], most: int = _MOST) -> tuple[str, ...]:
    shown = [f"{name} “{excerpt(text)}”" for name, text in found.items() if text.strip()]
    return tuple(shown[:most])


def _is_list(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _nodes(value: object, path: str = "", depth: int = 6) -> Iterator[tuple[str, object]]:
    """What stands in a JSON document, lists as a whole, by path."""
    yield path, value
    if isinstance(value, dict) and depth:
        for name, inner in value.items():
            yield from _nodes(inner, f"{path}.{name}".lstrip("."), depth - 1)


def _leaves(value: object) -> Iterator[tuple[str, str]]:
    for path, inner in _nodes(value):
        if isinstance(inner, str | int | float):
            yield path, str(inner)
