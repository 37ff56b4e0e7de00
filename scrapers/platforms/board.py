"""A bulletin board: an HTML list in pages, a page for each post."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag

from scrapers import dates, html
from scrapers.errors import LayoutError
from scrapers.model import NOBODY_ASKS, Asking, Listing, Page, Post, Request
from scrapers.platforms import intake, posts
from scrapers.platforms.declared import Declared

_PAGE = "{page}"
_SENTENCE = 100  # letters: what stands in the place of rows where there are none
_NOTHING = re.compile(
    r"(?:게시물|게시글|글|자료|내용|데이터|결과|공고|기사|목록|정보)[이가은는]? ?"
    r"(?:존재하지 않|없)습니다"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Board(Declared):
    """A declared board.

    ``url`` has ``{page}`` (from 1) where the list has several pages, ``link`` has ``{key}``.
    ``row`` is a CSS selector for at least one element. Within a row: ``title`` exactly one,
    ``date`` and ``issuer`` (the publisher's name) exactly one where declared, ``summary`` at most
    one, ``pinned`` any number, one being enough. ``key`` is a regular expression whose group is
    the same wherever it matches in the row's markup. ``document`` makes a tree of a page of the
    list whose markup alone does not say everything.

    Without ``article`` posts are not opened: the list says all there is, as of news it must.
    """

    row: str
    key: str
    link: str
    title: str
    date: str | None = None
    issuer: str | None = None
    summary: str | None = None
    pinned: str | None = None
    document: Callable[[Page], BeautifulSoup] = intake.document
    max_pages: int = 5

    def first(self, asking: Asking = NOBODY_ASKS) -> Request:  # noqa: ARG002 - always the same
        """The first page of the list."""
        return self._list(1)

    def read_list(self, page: Page) -> Listing:
        """Posts in the order of the page; ``more`` is the next page, which may turn out empty."""
        root = self.document(page)
        rows = root.select(self.row)
        if not rows:
            why = f"expected at least one {self.row!r}, found none"
            raise LayoutError(page.url, why, "empty" if self._is_empty(root) else None)
        found = (self._post(row, page) for row in rows)
        printed = (self._date(row, page) for row in rows)
        listed = posts.listed(found, page, dated=bool(self.date), printed=printed)
        return Listing(listed, self._more(page))

    def open(self, post: Post) -> Request | None:
        """The post's page where the list does not say all there is; never that of news."""
        return Request(self.link.replace("{key}", post.key)) if self.article else None

    def _is_empty(self, root: Tag) -> bool:
        """Whether it is our page with nothing to list, as far as that can be told without rows."""
        around = _around(self.row)
        frames = root.select(around) if around else []
        if frames and sum(len(html.line_of(each)) for each in frames) <= _SENTENCE:
            return not any(self._names_a_post(each) for each in frames)
        says_so = _NOTHING.search(html.line_of(root)) is not None
        return says_so and not self._names_a_post(root)

    def _names_a_post(self, node: Tag) -> bool:
        return re.search(self.key, html.markup_of(node)) is not None

    def _post(self, row: Tag, page: Page) -> Post:
        key = posts.key_in(self.key, html.markup_of(row), page)
        title = html.line_of(html.one(row, self.title, page.url))
        if not title:
            raise LayoutError(page.url, f"{self.title!r} of row {key} is empty")
        summary = html.at_most_one(row, self.summary, page.url) if self.summary else None
        return Post(
            key=key,
            url=self.link.replace("{key}", key),
            title=title,
            published=dates.read(self._date(row, page), date_only=self.date_only),
            publisher=html.line_of(html.one(row, self.issuer, page.url)) if self.issuer else None,
            summary=html.line_of(summary) or None if summary else None,
            pinned=bool(self.pinned and row.select(self.pinned)),
        )

    def _date(self, row: Tag, page: Page) -> str:
        return html.line_of(html.one(row, self.date, page.url)) if self.date else ""

    def _list(self, number: int) -> Request:
        return Request(self.url.replace(_PAGE, str(number)), self.form)

    def _more(self, page: Page) -> Request | None:
        if _PAGE not in self.url:
            return None
        before, after = map(re.escape, self.url.split(_PAGE))
        number = re.fullmatch(rf"{before}(\d+){after}", page.url)
        if number is None:
            raise LayoutError(page.url, f"not a page of {self.url}")
        return self._list(int(number[1]) + 1)


def _around(selector: str) -> str:
    """What elements stand in that ``selector`` finds: ``ul.list > li:has(a)`` → ``ul.list``."""
    depth = end = 0
    for at, letter in enumerate(selector):
        depth += (letter in "([") - (letter in ")]")
        if not depth and letter in " >":
            end = at
    return selector[:end].rstrip(" >")
