"""Every publisher at once, in this process: what the fetcher is answered in place of the network.

It keeps count of what it is asked, by host and simulated day.
"""

from __future__ import annotations

import asyncio
import hashlib
import math
import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Protocol

import httpx

from scrapers.dates import SEOUL
from scrapers.model import Source
from scrapers.platforms.opendata import OpenData
from scrapers.platforms.rota import Rota
from tests.rhythm.holes import Template
from tests.rhythm.press import Stream

CRAWL_DELAY = {"www.exportvoucher.com": 60}
_NO_DATA = re.compile(r"(<resultCode>)\d+")  # how a service says that nothing came out
_ON_A_PAGE, _ON_A_PORTALS, _LEAST, _DAYS = 10, 20, 20, 5
_PORTAL = 20  # pages that are read at most: of a list that turns over fast
_WINDOW = re.compile(r"(?<==)20\d\d-?\d\d-?\d\d(?=&|$)")


@dataclass(frozen=True, slots=True)
class Served:
    """An answer on its way out."""

    body: str
    headers: Mapping[str, str]
    status: int = 200


class Weather(Protocol):
    """What ails publishers at the moment."""

    def before(self, source_id: str | None, request: httpx.Request) -> Served | None:
        """An answer in place of the real one. Raises httpx errors where nobody answers."""
        ...

    def seen(self, source_id: str, now: datetime) -> datetime:
        """Up to when posts stand on the list."""
        ...

    def after(self, source_id: str, served: Served) -> Served:
        """What is made of the answer."""
        ...

    def mood(self, source_id: str) -> str:
        """Changes whenever what ails the source changes."""
        ...


@dataclass(slots=True)
class Hosts:
    """What hosts were asked for."""

    asked: defaultdict[date, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    robots: defaultdict[date, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    polled: defaultdict[date, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    opened: Counter[str] = field(default_factory=Counter)
    askable: Counter[str] = field(default_factory=Counter)
    conditional: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    flying: Counter[str] = field(default_factory=Counter)
    most: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Shelf:
    """One source as its publisher keeps it: its pages and where they are found."""

    source_id: str
    source: Source
    template: Template
    stream: Stream
    list_url: httpx.URL
    page_name: str | None
    post: re.Pattern[str] | None
    rows: dict[int, str] = field(default_factory=dict)

    @property
    def length(self) -> int:
        """Rows on a page of its list."""
        if self.page_name is not None:
            return _ON_A_PORTALS if self.source.max_pages >= _PORTAL else _ON_A_PAGE
        return max(_LEAST, math.ceil(self.stream.daily * _DAYS))

    def page(self, url: httpx.URL, out: int) -> str | None:
        """The list at ``url`` when ``out`` posts are out, None behind its last page."""
        places = self._listed(url, out)
        if not places and not isinstance(self.source, OpenData):
            return None
        page = self.template.page([self._row(place) for place in places])
        return page if places else _NO_DATA.sub(r"\g<1>03", page)

    def _listed(self, url: httpx.URL, out: int) -> Sequence[int]:
        """The places of the posts on that page, newest first."""
        if isinstance(self.source, OpenData):
            days = _WINDOW.findall(str(url))
            times = self.stream.times[:out]
            since, until = (datetime.fromisoformat(each).replace(tzinfo=SEOUL) for each in days)
            begin, end = bisect_left(times, since), bisect_left(times, until + timedelta(days=1))
            return range(end - 1, begin - 1, -1)
        places: Sequence[int] = range(out - 1, -1, -1)
        if isinstance(self.source, Rota):
            parts = self.source.parts
            part = next(n for n, each in enumerate(parts) if each in url.params.values())
            places = [each for each in places if each % len(parts) == part]
        number = int(url.params.get(self.page_name, "1")) if self.page_name else 1
        return places[(number - 1) * self.length : number * self.length]

    def is_first(self, url: httpx.URL, today: date) -> bool:
        """Whether ``url`` is where a poll begins."""
        if isinstance(self.source, OpenData):
            return date.fromisoformat(_WINDOW.findall(str(url))[-1]) >= today
        return self.page_name is None or url.params.get(self.page_name) == "1"

    def fits(self, url: httpx.URL) -> int:
        """How well ``url`` fits its list, at least 0, or -1."""
        if url.path != self.list_url.path:
            return -1
        if isinstance(self.source, Rota):
            return 1000 if set(self.source.parts) & set(url.params.values()) else -1
        return len(set(url.params.multi_items()) & set(self.list_url.params.multi_items()))

    def _row(self, place: int) -> str:
        if place not in self.rows:
            self.rows[place] = self.template.one_row(self.stream.posts[place])
        return self.rows[place]


class Site(httpx.AsyncBaseTransport):
    """All of them."""

    def __init__(
        self, shelves: Sequence[Shelf], weather: Weather, now: Callable[[], datetime]
    ) -> None:
        self.hosts = Hosts()
        self._weather = weather
        self._now = now
        self._since = now() + timedelta(hours=1)
        self._at: defaultdict[str, list[Shelf]] = defaultdict(list)
        self._posts: dict[str, dict[str, int]] = {}
        for shelf in shelves:
            self._at[shelf.list_url.host].append(shelf)
            for each in _other_hosts(shelf):
                self._at[each].append(shelf)
            self._posts[shelf.source_id] = {
                words.key: place for place, words in enumerate(shelf.stream.posts)
            }

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer as the publisher of that host would."""
        host, hosts = request.url.host, self.hosts
        hosts.flying[host] += 1
        hosts.most[host] = max(hosts.most[host], hosts.flying[host])
        hosts.asked[self._today()][host] += 1
        try:
            await asyncio.sleep(0)
            served = self._served(request)
        finally:
            hosts.flying[host] -= 1
        body = httpx.ByteStream(served.body.encode())
        return httpx.Response(served.status, headers=dict(served.headers), stream=body)

    def _today(self) -> date:
        return self._now().astimezone(SEOUL).date()

    def _served(self, request: httpx.Request) -> Served:
        url = request.url
        if url.path == "/robots.txt":
            self._weather.before(self._anyone(url.host), request)
            self.hosts.robots[self._today()][url.host] += 1
            delay = CRAWL_DELAY.get(url.host)
            lines = ["User-agent: *", "Allow: /"] + ([f"Crawl-delay: {delay}"] if delay else [])
            return Served("\n".join(lines), {"content-type": "text/plain"})
        for shelf in self._at[url.host]:
            if shelf.list_url == url:
                return self._list(shelf, request)
        for shelf in self._at[url.host]:
            if shelf.post and (match := shelf.post.fullmatch(str(url))):
                return self._post(shelf, match[1], request)
        for shelf in self._at[url.host]:
            if shelf.template.part and url.path.endswith(".files/1.html"):
                return self._part(shelf, url.path)
        nearest = _nearest(self._at[url.host], url)
        if nearest is None:
            if not url.path.endswith(".html"):  # the page behind the last of a document
                self.hosts.lost[str(url)] += 1
            return Served("", {}, 404)
        return self._list(nearest, request)

    def _anyone(self, host: str) -> str | None:
        """Whose host it is, where it is one source's alone."""
        here = self._at[host]
        return here[0].source_id if len(here) == 1 else None

    def _list(self, shelf: Shelf, request: httpx.Request) -> Served:
        name = shelf.source_id
        if shelf.is_first(request.url, self._today()):
            self.hosts.polled[self._today()][name] += 1
        instead = self._weather.before(name, request)
        if instead is not None:
            return instead
        now = self._weather.seen(name, self._now())
        out = shelf.stream.out(now)
        asked = hashlib.sha256(str(request.url).encode()).hexdigest()[:8]
        etag = f'"{out}-{asked}-{self._weather.mood(name)}"'
        plain = request.method == "GET" and request.url == shelf.list_url
        self.hosts.askable[name] += plain
        self.hosts.conditional[name] += plain and "if-none-match" in request.headers
        if request.headers.get("if-none-match") == etag:
            self.hosts.unchanged[name] += 1
            return Served("", {"etag": etag}, 304)
        body = shelf.page(request.url, out)
        if body is None:
            return Served("", {}, 404)
        headers = {"content-type": shelf.template.media, "etag": etag}
        return self._weather.after(name, Served(body, headers))

    def _post(self, shelf: Shelf, key: str, request: httpx.Request) -> Served:
        instead = self._weather.before(shelf.source_id, request)
        place = self._posts[shelf.source_id].get(key)
        if instead is not None or place is None:
            return instead or Served("", {}, 404)
        # At the first look several routes may open what neither knows of the other.
        self.hosts.opened[str(request.url)] += shelf.stream.posts[place].at > self._since
        body = shelf.template.post_page(shelf.stream.posts[place])
        return Served(body, {"content-type": shelf.template.media.replace("xml", "html")})

    def _part(self, shelf: Shelf, path: str) -> Served:
        key = path.removesuffix(".files/1.html").rpartition("/")[2]
        place = self._posts[shelf.source_id].get(key)
        if place is None:
            return Served("", {}, 404)
        body = shelf.template.part_page(shelf.stream.posts[place])
        return Served(body, {"content-type": "text/html; charset=utf-8"})


def shelf_of(source_id: str, source: Source, template: Template, stream: Stream) -> Shelf:
    """Where a source keeps what it puts out."""
    written = str(getattr(source, "url", source.first().url))
    pages = re.search(r"[?&](\w+)=\{page\}", written)
    return Shelf(
        source_id,
        source,
        template,
        stream,
        httpx.URL(source.first().url),
        pages[1] if pages else None,
        _post_pattern(source, stream),
    )


def _post_pattern(source: Source, stream: Stream) -> re.Pattern[str] | None:
    """What the addresses of posts' own pages look like, from how the source asks for one."""
    view = getattr(source, "view", None) or getattr(source, "link", None)
    if view is None or not stream.posts or _unopened(source):
        return None
    url = str(httpx.URL(view.replace("{key}", "pabalkey")))
    return re.compile(re.escape(url).replace("pabalkey", "(.+)"))


def _unopened(source: Source) -> bool:
    """Whether the source opens no posts."""
    return getattr(source, "article", None) is None and getattr(source, "view", None) is None


def _other_hosts(shelf: Shelf) -> set[str]:
    view = getattr(shelf.source, "view", None) or getattr(shelf.source, "link", None)
    if view is None or shelf.post is None:
        return set()
    return {httpx.URL(view).host} - {shelf.list_url.host}


def _nearest(here: Sequence[Shelf], url: httpx.URL) -> Shelf | None:
    """The source whose list has this path and most of this query."""
    best = max(here, key=lambda each: each.fits(url), default=None)
    return best if best is not None and best.fits(url) >= 0 else None
