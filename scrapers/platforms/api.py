"""A list in JSON, as the pages of newer sites ask for it themselves."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from scrapers import html
from scrapers.errors import LayoutError
from scrapers.model import (
    NOBODY_ASKS,
    Asking,
    Detail,
    Kind,
    Listing,
    Moment,
    Page,
    Part,
    Post,
    Request,
)
from scrapers.platforms import intake, posts

_KEY = re.compile(r"[\w-]{1,100}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """A declared list in JSON; implements :class:`scrapers.model.Source`.

    What stands in it is named by its path, ``data.list``: ``rows`` (at least one object) from the
    top, the rest from the row. ``key`` and ``title`` are in every row; ``date`` and ``issuer``
    (the publisher's name) may be null. ``error`` is where the site says, from the top, why it
    gives no rows; it does so with status 200.

    ``form`` or ``json`` is what the list is asked with, ``headers`` go with every request.
    ``link`` (with ``{key}``) is the post's address for people. ``view`` (likewise) is the one its
    text is asked from, with an empty JSON object; ``text`` is then the path of it from the top.
    """

    publisher: str | None
    url: str
    rows: str
    key: str
    title: str
    link: str
    date: str
    issuer: str | None = None
    error: str | None = None
    form: Mapping[str, str] | None = None
    json: str | None = None
    headers: Mapping[str, str] | None = None
    view: str | None = None
    text: str = ""
    date_only: bool = False
    kind: Kind = "notice"
    every: float = 600
    pause: float = 0.5
    max_pages: int = 1
    off: str | None = None
    route_of: str | None = None
    checks: bool = False
    searches: bool = False

    def first(self, asking: Asking = NOBODY_ASKS) -> Request:  # noqa: ARG002 - always the same
        """The list, which has one page."""
        return Request(self.url, self.form, self.json, self.headers)

    def read_list(self, page: Page) -> Listing:
        """Posts in the order of the list."""
        content = intake.data(page)
        rows = _at(content, self.rows)
        if not isinstance(rows, list) or not rows:
            said = _line(_at(content, self.error)) if self.error else ""
            nothing = f"expected at least one row in {self.rows!r}, found none"
            raise LayoutError(page.url, f"the site says: {said}" if said else nothing)
        return Listing(posts.listed((self._post(row, page) for row in rows), page, dated=True))

    def open(self, post: Post) -> Request | None:
        """The request for the post's text, where the site gives it as JSON."""
        if self.view is None:
            return None
        return Request(self.view.replace("{key}", post.key), json="{}", headers=self.headers)

    def read_post(self, page: Page) -> Detail:
        """The text of one post."""
        text = html.plain(_written(_at(intake.data(page), self.text)))
        if not text:
            raise LayoutError(page.url, f"no text at {self.text!r}")
        return Detail(text)

    def read_part(self, page: Page) -> Part:
        """Never asked for: no text of an API is kept elsewhere."""
        raise LayoutError(page.url, "posts of this API have no document viewer")

    def _post(self, row: object, page: Page) -> Post:
        key = _line(_at(row, self.key))
        if not _KEY.fullmatch(key):
            raise LayoutError(page.url, f"no key at {self.key!r} of a row: {key[:100]!r}")
        title = _line(_at(row, self.title))
        if not title:
            raise LayoutError(page.url, f"{self.title!r} of row {key} is empty")
        return Post(
            key=key,
            url=self.link.replace("{key}", key),
            title=title,
            published=self._published(row, page),
            publisher=(_line(_at(row, self.issuer)) or None) if self.issuer else None,
        )

    def _published(self, row: object, page: Page) -> Moment | None:
        return posts.published(_line(_at(row, self.date)), page, date_only=self.date_only)


def _at(value: object, path: str) -> object:
    """What stands at ``path``; None where nothing does."""
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _line(value: object) -> str:
    """What a reader sees of a value, on one line."""
    return html.fold(html.plain(_written(value)))


def _written(value: object) -> str:
    """A string, which may hold markup, or a whole number; empty for anything else."""
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
