"""A Google-News sitemap: the newest articles with exact times, where an RSS feed is poorer."""

from __future__ import annotations

from dataclasses import dataclass

from scrapers.model import Kind
from scrapers.platforms.feed import Feed


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap(Feed):
    """A declared sitemap: a :class:`Feed` in other words, without a teaser.

    Namespaces are left open because publishers write them with http and with https.
    """

    item: str = "{*}url"
    title: str = "{*}news/{*}title"
    loc: str = "{*}loc"
    date: str | None = "{*}news/{*}publication_date"
    summary: str | None = None
    kind: Kind = "news"
