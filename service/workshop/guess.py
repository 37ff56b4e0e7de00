"""A list on a page of an unknown site → the fields of a board that reads it. Pure.

Only what can be told for certain: rows that are siblings, one link in each with a value that no
two of them share. A person looks at it before it is used.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

from bs4 import Tag

from scrapers import html
from scrapers.errors import ScrapeError
from scrapers.model import Page
from scrapers.platforms import intake
from service.workshop import near, toml

_VALUE = re.compile(r"[\w-]{1,60}", re.ASCII)
_NUMBER = re.compile(r"\d{2,}")
_CALL = re.compile(r"([A-Za-z_][\w.]{0,60})\(([^()]{1,300})\)", re.ASCII)
_ARGUMENT = re.compile(r"['\"]?([\w-]+)['\"]?\s*(?:,|\Z)", re.ASCII)
_ROWS = 50  # enough to tell them apart by
_FILL_IN = "/FILL-IN?id={key}"


class _Keyed(NamedTuple):
    """How the posts of a list are told apart. ``link`` None: a script knows where they lead."""

    pattern: str
    link: str | None


def board(page: Page) -> tuple[Mapping[str, object], str] | None:
    """The fields of a board, and what is left to do by hand; None where no list can be told."""
    try:
        root = intake.document(page)
    except ScrapeError:
        return None
    for group in near.groups(root):
        if group.dated * 2 < len(group.rows):
            continue
        values = _fields(group, page)
        if values is not None:
            title = html.line_of(root.title) if root.title else page.url
            filled = _FILL_IN not in str(values["link"])
            note = "" if filled else "link를 채우십시오 / fill in link: a script opens the posts"
            head = {"what": toml.one_line(title) or page.url, "platform": "board", "url": page.url}
            return {**head, **values}, note
    return None


def _fields(group: near.Group, page: Page) -> dict[str, object] | None:
    rows = [row for row in group.rows if row.a or row.name == "a"][:_ROWS]
    link = _common(rows, [way for row in rows for way in near.ways_to(_link(row), row)])
    if link is None:
        return None
    links = [row.select(link)[0] for row in rows]
    keyed = _keyed([(str(each.get("href", "")), html.markup_of(each)) for each in links], page)
    if keyed is None:
        return None
    title = _common(
        rows, [way for tag in _headings(links[0]) for way in near.ways_to(tag, rows[0])]
    )
    days = [(near.date_in(row), row) for row in rows]
    date = _common(rows, [way for day, row in days if day for way in near.ways_to(day, row)])
    return {
        "row": group.selector,
        "key": keyed.pattern,
        "link": keyed.link or near.joined(page.final_url, "/").rstrip("/") + _FILL_IN,
        "title": title or link,
        **({"date": date} if date else {}),
    }


def _link(row: Tag) -> Tag:
    """The link of a row that says most."""
    links = row.find_all("a")
    return max(links, key=lambda each: len(html.line_of(each))) if links else row


def _headings(link: Tag) -> Iterable[Tag]:
    """What within a link is its title, where it holds more than that."""
    return link.select("strong, b, h1, h2, h3, h4, h5, h6, [class*=tit], [class*=subj]")


def _common(rows: Sequence[Tag], selectors: Sequence[str]) -> str | None:
    """The selector that finds exactly one element in every row."""
    for each in dict.fromkeys(selectors):
        if all(len(row.select(each)) == 1 for row in rows):
            return each
    return None


def _keyed(links: Sequence[tuple[str, str]], page: Page) -> _Keyed | None:
    addresses = [near.joined(page.final_url, href) for href, _ in links]
    if all(each.startswith(("http://", "https://")) for each in addresses):
        found = _by_query(addresses) or _by_path(addresses)
        if found is not None:
            return found
    return _by_call([markup for _, markup in links])


def _by_query(addresses: Sequence[str]) -> _Keyed | None:
    """Told apart by one parameter of the address, the others being the same."""
    queries = [dict(parse_qsl(urlsplit(each).query)) for each in addresses]
    for name, first in queries[0].items():
        values = {query.get(name, "") for query in queries}
        if len(values) == len(addresses) and all(map(_VALUE.fullmatch, values)):
            whole = f"{name}={first}"
            link = re.sub(rf"(?<=[?&]){re.escape(whole)}(?=&|#|$)", f"{name}={{key}}", addresses[0])
            return _Keyed(rf"[?&]{re.escape(name)}=([\w-]+)", link) if "{key}" in link else None
    return None


def _by_path(addresses: Sequence[str]) -> _Keyed | None:
    """Told apart by the last number of the path."""
    paths = [urlsplit(each).path for each in addresses]
    numbers = [_NUMBER.findall(path)[-1:] for path in paths]
    if not all(numbers) or len({number for (number,) in numbers}) != len(addresses):
        return None
    number = numbers[0][0]
    before, _, after = addresses[0].rpartition(number)
    step = re.search(r"[^/]*/?\Z", before)
    prefix = step[0] if step else ""
    same = all(f"{prefix}{last}" in path for (last,), path in zip(numbers, paths, strict=True))
    return _Keyed(rf"{re.escape(prefix)}(\d+)", f"{before}{{key}}{after}") if same else None


def _by_call(markups: Sequence[str]) -> _Keyed | None:
    """Told apart by one argument of the script that opens them; where to, it does not say."""
    calls = [_CALL.search(markup) for markup in markups]
    given = [_ARGUMENT.findall(call[2]) for call in calls if call]
    names = {call[1] for call in calls if call}
    if len(names) != 1 or len(given) != len(markups):
        return None
    for at in range(min(map(len, given))):
        if len({arguments[at] for arguments in given}) == len(markups):
            before = "[^,()]*," * at
            return _Keyed(rf"{re.escape(names.pop())}\({before}\s*['\"]?([\w-]+)", None)
    return None
