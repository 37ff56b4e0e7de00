"""A list in JSON, as the pages of newer sites ask for it themselves."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from scrapers import dates, html
from scrapers.errors import LayoutError, Trouble
from scrapers.model import NOBODY_ASKS, Asking, Detail, Kind, Listing, Moment, Page, Post, Request
from scrapers.platforms import intake, posts
from scrapers.platforms.declared import Declared

_KEY = re.compile(r"[\w-]{1,100}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Api(Declared):
    """A declared list in JSON.

    What stands in it is named by its path, ``data.list`` (``.``: all of it): ``rows`` (at least one
    object, or an object that holds them as its ``item``) from the top, the rest from the row.
    ``key`` and ``title`` are in every row; ``date``, ``issuer`` (the publisher's name) and
    ``summary`` may be null, and be missing in some rows. ``error`` is where the site says, from the
    top, why it gives no rows; it does so with status 200. ``total`` is where it says how many there
    are, 0 being no trouble.

    ``form`` or ``json`` is what the list is asked with, ``headers`` go with every request.
    ``link`` (with ``{key}``) is the post's address for people, and ``article`` says how to read the
    page there. ``view`` (likewise) is the one its text is asked from, with an empty JSON object;
    ``text`` is then the path of it from the top.
    """

    rows: str
    key: str
    title: str
    link: str
    date: str
    issuer: str | None = None
    summary: str | None = None
    error: str | None = None
    total: str | None = None
    json: str | None = None
    headers: Mapping[str, str] | None = None
    view: str | None = None
    text: str = ""
    kind: Kind = "notice"

    def first(self, asking: Asking = NOBODY_ASKS) -> Request:  # noqa: ARG002 - always the same
        """The list, which has one page."""
        return Request(self.url, self.form, self.json, self.headers)

    def read_list(self, page: Page) -> Listing:
        """Posts in the order of the list."""
        content = intake.data(page)
        rows = at(content, self.rows)
        if isinstance(rows, dict):
            rows = rows.get("item")
        if rows == [] and self.total and line(at(content, self.total)) == "0":
            return Listing(())
        if not isinstance(rows, list) or not rows:
            said = line(at(content, self.error)) if self.error else ""
            nothing = f"expected at least one row in {self.rows!r}, found none"
            trouble: Trouble | None = "empty" if rows == [] else "error-page" if said else None
            raise LayoutError(page.url, f"the site says: {said}" if said else nothing, trouble)
        self._expect_names(rows, page)
        found = (self._post(row, page) for row in rows)
        printed = (line(at(row, self.date)) for row in rows)
        return Listing(posts.listed(found, page, dated=True, printed=printed))

    def open(self, post: Post) -> Request | None:
        """The request for the post's text as JSON, or for its page."""
        if self.view is None:
            return Request(post.url) if self.article else None
        return Request(self.view.replace("{key}", post.key), json="{}", headers=self.headers)

    def read_post(self, page: Page) -> Detail:
        """The text of one post."""
        if self.article:
            return self.article.read(page)
        text = _text(at(intake.data(page), self.text))
        if not text:
            raise LayoutError(page.url, f"no text at {self.text!r}")
        return Detail(text)

    def _expect_names(self, rows: list[object], page: Page) -> None:
        for path in filter(None, self._paths()):
            if not any(_has(row, path) for row in rows):
                raise LayoutError(page.url, f"no row has {path!r}")

    def _paths(self) -> tuple[str | None, ...]:
        """What a row is made of."""
        return self.key, self.title, self.date, self.issuer, self.summary

    def _post(self, row: object, page: Page) -> Post:
        key = self._key(row, page)
        title = line(at(row, self.title))
        if not title:
            raise LayoutError(page.url, f"{self.title!r} of row {key} is empty")
        return Post(
            key=key,
            url=self.link.replace("{key}", key),
            title=title,
            published=self._published(row),
            publisher=self._issuer(row, key),
            summary=(posts.teaser(_text(at(row, self.summary))) or None) if self.summary else None,
        )

    def _key(self, row: object, page: Page) -> str:
        key = line(at(row, self.key))
        if not _KEY.fullmatch(key):
            raise LayoutError(page.url, f"no key at {self.key!r} of a row: {key[:100]!r}")
        return key

    def _issuer(self, row: object, key: str) -> str | None:  # noqa: ARG002 - a row says it
        return (line(at(row, self.issuer)) or None) if self.issuer else None

    def _published(self, row: object) -> Moment | None:
        return dates.read(line(at(row, self.date)), date_only=self.date_only)


def at(value: object, path: str) -> object:
    """What stands at ``path``; None where nothing does."""
    for name in filter(None, path.split(".")):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _has(value: object, path: str) -> bool:
    """Whether something stands at ``path``, if only null."""
    around, _, name = path.rpartition(".")
    holder = at(value, around)
    return isinstance(holder, dict) and name in holder


def line(value: object) -> str:
    """What a reader sees of a value, on one line."""
    return html.line(written(value))


def _text(value: object) -> str:
    return html.plain(written(value))


def written(value: object) -> str:
    """A string, which may hold markup, or a whole number; empty for anything else."""
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
