"""A feed in any of the world's three forms: RSS 2.0, RSS 1.0 (RDF) and Atom."""

from __future__ import annotations

from dataclasses import dataclass

from scrapers.model import Kind
from scrapers.platforms.feed import Feed

_ATOM = "{http://www.w3.org/2005/Atom}"
_RDF = "{http://purl.org/rss/1.0/}"
_DC = "{http://purl.org/dc/elements/1.1/}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyFeed(Feed):
    """A declared :class:`Feed` of which no more than the address need be known.

    It is taken for news, of which no more than a teaser is kept, until it is said that it is not.
    """

    publisher: str | None = None
    item: str = f"channel/item | {_ATOM}entry | {_RDF}item"
    title: str = f"title | {_ATOM}title | {_RDF}title"
    loc: str = f"link | {_ATOM}link | {_RDF}link | guid | {_ATOM}id"
    date: str | None = f"pubDate | {_ATOM}published | {_ATOM}updated | {_DC}date | date"
    summary: str | None = f"description | {_ATOM}summary | {_ATOM}content | {_RDF}description"
    kind: Kind = "news"
    pause: float = 2.0
