"""What every kind of list does with its posts once they are read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from scrapers import dates, html, links
from scrapers.errors import LayoutError
from scrapers.model import Page, Post

_SOON = timedelta(days=365)
_HOUR = re.compile(r"(?:[01]?\d|2[0-3]):[0-5]\d", re.ASCII)
_TEASER = 200  # characters kept at most: what may be quoted of news


def key_in(pattern: str, text: str, page: Page) -> str:
    """The one key that ``pattern`` (one group) finds in ``text``. Raises LayoutError otherwise."""
    keys = {match[1] for match in re.finditer(pattern, text)}
    if len(keys) != 1:
        raise LayoutError(page.url, f"expected one key by {pattern!r} in a row, found {len(keys)}")
    return keys.pop()


def address(page: Page, href: str) -> str:
    """Where a link on ``page`` leads, absolute. Raises LayoutError where that is no address."""
    try:
        return links.absolute(page.final_url, href)
    except ValueError as trouble:
        raise LayoutError(page.url, str(trouble)) from trouble


def listed(
    posts: Iterable[Post], page: Page, *, dated: bool, printed: Iterable[str] = ()
) -> tuple[Post, ...]:
    """Each key once: the first of its kind, and the ordinary row before its pinned double.

    A date in the future is no date of publication: such a post has none. Raises LayoutError where
    a ``dated`` list has no date that can be read and is nearer than a year ahead, as the day is on
    which applications begin: its form has changed. It has not where one of the dates as ``printed``
    is the hour alone, as some boards have it for a day: those have no date, but they are known.
    """
    kept: dict[str, Post] = {}
    for post in posts:
        known = kept.get(post.key)
        if known is None or (known.pinned and not post.pinned):
            kept[post.key] = post
    soon = page.fetched_at + _SOON
    unread = all(post.published is None or post.published.at > soon for post in kept.values())
    if dated and unread and not any(map(_HOUR.fullmatch, printed)):
        raise LayoutError(page.url, "no row has a date that can be read")
    return tuple(
        replace(post, published=dates.past(post.published, page.fetched_at))
        for post in kept.values()
    )


def teaser(text: str) -> str:
    """The beginning of ``text`` on one line, at most 200 characters."""
    line = html.fold(text)
    return line if len(line) <= _TEASER else line[: _TEASER - 1].rstrip() + "…"
