"""What the scrapers say: one frozen type per stage, ``bytes → Page → Post → Detail``.

Nothing here knows a network, a database or a clock.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from scrapers.errors import Trouble

Precision = Literal["second", "minute", "day"]


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time as a publisher wrote it.

    ``at`` is always aware; a zone-less Korean time is Asia/Seoul. ``precision`` says how much of
    it was written: with ``day`` the clock part is 00:00 Asia/Seoul and means nothing.
    """

    at: datetime
    precision: Precision


@dataclass(frozen=True, slots=True)
class Request:
    """One thing to ask a publisher for.

    ``form`` or ``json`` (a body already written as JSON), never both, makes it a POST.
    ``headers`` are what the site asks for beyond those that every request has, and give way to
    them. In its address and headers ``{key:name}`` stands for a key that the operator was given by
    the publisher; only the wire puts it in.
    """

    url: str
    form: Mapping[str, str] | None = None
    json: str | None = None
    headers: Mapping[str, str] | None = None

    @property
    def is_post(self) -> bool:
        """Whether it has a body, and so an answer that no validator stands for."""
        return self.form is not None or self.json is not None


@dataclass(frozen=True, slots=True)
class Page:
    """What came back: raw bytes with what is needed to read them.

    ``url`` is the address that was asked for, ``final_url`` where redirects ended. ``headers`` has
    lower-case names. ``body`` is already decompressed and within the size cap.
    """

    url: str
    final_url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class File:
    """An attachment as announced: its display name and absolute address; not fetched."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Post:
    """One announcement as a list, feed or sitemap shows it.

    ``key`` identifies it within its source for ever. ``url`` is absolute, for people.
    ``published`` is None where the page gives no date that can be read. ``publisher`` is the name
    as printed (a ministry on a portal), None where the source has a single publisher. ``text`` is
    the full text where the list already gives all there is to read, ``summary`` the teaser.
    """

    key: str
    url: str
    title: str
    published: Moment | None = None
    publisher: str | None = None
    summary: str | None = None
    text: str | None = None
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list. ``more`` is the request for the next page, None on the last.

    ``trouble`` is what ailed the page though posts could be read off it: with ``cut-off`` those
    before the cut, so that it may be told without losing them.
    """

    posts: tuple[Post, ...]
    more: Request | None = None
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class Detail:
    """What a post's own page adds. ``body`` is the first page of a text that is kept elsewhere."""

    text: str
    title: str | None = None
    published: Moment | None = None
    publisher: str | None = None
    files: tuple[File, ...] = ()
    body: Request | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One page of a text that runs over several; ``more`` may turn out to be Gone: the end."""

    text: str
    more: Request | None = None


Kind = Literal["release", "notice", "news"]


@dataclass(frozen=True, slots=True)
class Asking:
    """What a poll knows when it asks, for sources that do not ask for the same every time.

    ``turn`` counts polls of the source, ``today`` is the day in Korea, ``terms`` are the words that
    readers' rules ask for, in a steady order.
    """

    turn: int = 0
    today: date = date.min
    terms: tuple[str, ...] = ()


NOBODY_ASKS = Asking()
"""For whoever wants to see an example of what a source asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source(ABC):
    """What every declared source is, whatever platform it is built on. All methods are pure.

    ``what`` says in a line what it is, Korean: English; of ours it is the first of their file.
    ``publisher`` is a publisher id, None where each post names its own. ``every`` is the ordinary
    number of seconds between polls, ``pause`` the least number of seconds between two requests to
    the host, ``max_pages`` how deep a list is read when nothing on it is known yet. ``off`` is why
    it is not polled unless it is asked for by name (Korean / English), None where it is.

    ``route_of`` is the id of a source that lists the same posts under the same keys, None where it
    is that one itself or the only route: what one route shows and another does not was missed.
    ``checks``: of what it lists only that is stored which no other of its routes has.
    ``searches``: it asks for readers' words, so that each turn may bring old posts.
    ``needs`` are the names of the keys that its requests hold; without them it cannot be polled.
    """

    what: str | None = None
    publisher: str | None
    kind: Kind = "release"
    every: float = 600
    pause: float = 0.5
    max_pages: int = 1
    off: str | None = None
    route_of: str | None = None
    checks: bool = False
    searches: bool = False
    needs: tuple[str, ...] = ()

    @abstractmethod
    def first(self, asking: Asking = NOBODY_ASKS) -> Request:
        """The request for the first page of the list; one that searches is asked with terms."""

    @abstractmethod
    def read_list(self, page: Page) -> Listing:
        """Posts of one list page. Raises LayoutError where the page is not the page we know."""

    @abstractmethod
    def open(self, post: Post) -> Request | None:
        """The request for the post's own page; None where the list says all there is."""

    @abstractmethod
    def read_post(self, page: Page) -> Detail:
        """What the post's own page says. Raises LayoutError likewise."""

    @abstractmethod
    def read_part(self, page: Page) -> Part:
        """Text of one page of ``Detail.body`` and where it goes on."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """Validators of the last good answer, for conditional GET; and what the server asked of us."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A fetch that worked. ``page`` is None on 304 (nothing new).

    ``max_age``: seconds the server asked us to wait (Cache-Control), None where it did not.
    """

    page: Page | None
    freshness: Freshness = field(default_factory=Freshness)
    max_age: float | None = None
