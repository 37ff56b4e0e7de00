"""What every platform declares: where the list is, and how the pages of its posts are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scrapers.errors import LayoutError
from scrapers.model import NOBODY_ASKS, Asking, Detail, Page, Part, Post, Request, Source
from scrapers.platforms.article import ArticleLayout


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared(Source):
    """A :class:`scrapers.model.Source` with one address, and the way from it to a post's own page.

    ``form`` is what the list at ``url`` is asked with where the site wants a POST. ``article`` says
    how to read the pages of posts; without it they are not opened, and those of news never are.
    ``date_only``: a time of 00:00:00 is none.
    """

    url: str
    form: Mapping[str, str] | None = None
    article: ArticleLayout | None = None
    date_only: bool = False

    def first(self, asking: Asking = NOBODY_ASKS) -> Request:  # noqa: ARG002 - always the same
        """The list."""
        return Request(self.url, self.form)

    def open(self, post: Post) -> Request | None:
        """The post's own page, where the list does not say all there is."""
        return Request(post.url) if self.article else None

    def read_post(self, page: Page) -> Detail:
        """What the post's page says."""
        return self._layout(page).read(page)

    def read_part(self, page: Page) -> Part:
        """A page of the post's document viewer."""
        return self._layout(page).read_part(page)

    def _layout(self, page: Page) -> ArticleLayout:
        if self.article is None:
            raise LayoutError(page.url, "posts of this source have no page that is read")
        return self.article
