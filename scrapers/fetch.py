"""The only talk to publishers: one page a call, politely, within its time and size.

::

    get ──► robots.txt ──► turn at the host ──► exchange ──► status ──► Answer
                ▲                                   │
                └────────── redirect ◄──────────────┘
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from importlib.metadata import version
from types import MappingProxyType

import httpx

from scrapers.connections import Public
from scrapers.errors import Broken, RedirectTrouble, Throttled
from scrapers.keys import Keys, names
from scrapers.model import Answer, Freshness, Page, Request
from scrapers.robots import Robots
from scrapers.wire import Errand, Limits, Reply, Wire, expect_ok, seconds

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_KEEP_BODY = frozenset({307, 308})
_NOTHING_KNOWN = Freshness()
_KOREAN_SECOND_LEVEL = frozenset({"ac", "co", "go", "ne", "or", "pe", "re"})
_LAST_PORT = 65_535
_NO_KEYS: Mapping[str, str] = MappingProxyType({})

_Permit = Callable[[httpx.URL, Errand], Awaitable[float]]


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Fetcher:
    """Gets pages for the whole process; keeps cookies, robots.txt and turns in memory.

    Cookies are kept because some ministries let nobody in who does not bring back the one they
    set on the first request.
    """

    def __init__(
        self,
        *,
        contact: str,
        replica: str | None = None,
        pace: float = 1.0,
        limits: Limits = Limits(),  # noqa: B008 - frozen
        keys: Mapping[str, str] = _NO_KEYS,
        public: Public | None = None,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        """Open nothing yet.

        ``contact`` is where a publisher can reach us (an address or URL). ``replica``, such as
        ``http://127.0.0.1:8000``, gets every request in place of the host it names. ``pace``
        divides the pauses between requests. ``keys`` are what ``{key:name}`` in a request stands
        for. ``public``: which addresses a page may lead us to; None: all. ``now``: aware times.
        """
        self._wire = Wire(
            agent=f"Pabal/{version('pabal')} (+{contact})",
            replica=replica,
            pace=pace,
            limits=limits,
            keys=Keys(keys),
            public=public,
        )
        self._robots = Robots(self._robots_txt, now)
        self._limits = limits
        self._now = now

    async def get(
        self,
        request: Request,
        *,
        freshness: Freshness = _NOTHING_KNOWN,
        pause: float = 0.0,
        urgent: bool = False,
        size: int | None = None,
    ) -> Answer:
        """The page, or no page where it is as fresh as ``freshness``.

        Validators belong to the address that is asked: where it leads elsewhere, the page there is
        sent none and hands none on.

        ``pause``: least number of seconds between two requests to the host. Waiting for the
        host's turn is not counted in the time limit. ``urgent``: before others that wait for it.
        ``size``: bytes the body may have, where that is not the ordinary cap (a file).

        Raises:
            ScrapeError: named after ``request.url``; ``scrapers.errors`` says which one when.
        """
        keys = names([request.url, *(request.headers or {}).values()])
        errand = Errand(request.url, pause, self._limits.total, urgent, keys)
        url = _web_address(request.url)
        if url is None:
            raise Broken(request.url, "not an address on the web")
        known = _NOTHING_KNOWN if request.is_post else freshness
        # Who was given a key is let in by name; robots.txt is for everybody else.
        permit = _unasked if keys else self._robots.delay
        reply = await self._follow(url, request, _conditions(known), errand, permit, size)
        if reply.url == url:
            return self._answer(reply, request.url, known)
        return replace(self._answer(reply, request.url, _NOTHING_KNOWN), freshness=_NOTHING_KNOWN)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._wire.aclose()

    def _answer(self, reply: Reply, url: str, known: Freshness) -> Answer:
        fresh = Freshness(
            _validator(reply.headers.get("etag")), _validator(reply.headers.get("last-modified"))
        )
        max_age = _max_age(reply.headers.get("cache-control", ""))
        if reply.status == httpx.codes.NOT_MODIFIED and known != _NOTHING_KNOWN:
            kept = Freshness(fresh.etag or known.etag, fresh.last_modified or known.last_modified)
            return Answer(None, kept, max_age)
        now = self._now()
        try:
            expect_ok(reply, url, now)
        except Throttled as asked:
            self._wire.rest(reply.url, asked.retry_after)
            raise
        page = Page(url, str(reply.url), reply.status, reply.headers, reply.body, now)
        return Answer(page, fresh, max_age)

    async def _robots_txt(self, url: httpx.URL, errand: Errand) -> Reply:
        return await self._follow(url, Request(str(url)), {}, errand, _unasked)

    async def _follow(
        self,
        url: httpx.URL,
        asked: Request,
        headers: dict[str, str],
        errand: Errand,
        permit: _Permit,
        size: int | None = None,
    ) -> Reply:
        """The first answer that is no redirect. ``permit`` is asked before every hop.

        What ``asked`` carries goes along, its body only where the redirect says so; ``headers`` are
        for ``url`` alone.
        """
        first, site = url, _site(url.host)
        seen = set()
        for _ in range(self._limits.redirects + 1):
            delay = await permit(url, errand)
            request = self._wire.request(url, asked, headers if url == first else {})
            # A gate sends us to where we are, with a cookie: only the same again is a loop.
            ask = (request.method, str(url), request.headers.get("Cookie"))
            if ask in seen:
                raise RedirectTrouble(errand.url, f"a redirect loop at {url}")
            seen.add(ask)
            reply = await self._wire.send(request, errand, max(errand.pause, delay), size=size)
            if reply.status not in _REDIRECTS:
                return reply
            url = _next_hop(reply, site, errand.url)
            if reply.status not in _KEEP_BODY:
                asked = replace(asked, form=None, json=None)
        raise RedirectTrouble(errand.url, f"more than {self._limits.redirects} redirects")


async def _unasked(_url: httpx.URL, _errand: Errand) -> float:
    """Lets everything pass: robots.txt itself needs no leave, nor does who holds a key."""
    return 0.0


def _next_hop(reply: Reply, site: str, url: str) -> httpx.URL:
    """Where a redirect leads, if that is still on ``site``."""
    location = reply.headers.get("location", "")
    hop = _web_address(location, reply.url) if location else None
    if hop is None:
        raise RedirectTrouble(url, f"status {reply.status} leads to {location[:200]!r}")
    if _site(hop.host) != site:
        raise RedirectTrouble(url, f"the redirect to {hop.host[:200]} leaves {site}")
    return hop


@lru_cache(2048)  # lists are asked for again and again
def _web_address(text: str, base: httpx.URL | None = None) -> httpx.URL | None:
    """``text`` as an absolute http(s) address without its fragment; None where it is none."""
    try:
        url = base.join(text) if base else httpx.URL(text)
        usable = url.scheme in {"http", "https"} and url.host and (url.port or 0) <= _LAST_PORT
    except (httpx.InvalidURL, ValueError):
        return None
    if not usable:
        return None
    return url.copy_with(fragment=None) if url.fragment else url


def _site(host: str) -> str:
    """What hosts of one publisher share: ``www.mofa.go.kr`` → ``mofa.go.kr``."""
    labels = host.lower().rstrip(".").split(".")
    if labels[-1].isdigit():  # an IP address
        return host
    korean = labels[-1] == "kr" and labels[-2:-1] and labels[-2] in _KOREAN_SECOND_LEVEL
    return ".".join(labels[-3 if korean else -2 :])


def _conditions(known: Freshness) -> dict[str, str]:
    pairs = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in pairs.items() if value is not None}


def _validator(value: str | None) -> str | None:
    """``value`` if it can be sent back in a header as it is."""
    return value if value and value.isascii() and value.isprintable() else None


def _max_age(cache_control: str) -> float | None:
    """Seconds of ``max-age``, at most a day; None where it is not said."""
    for directive in cache_control.split(","):
        name, _, value = directive.strip().partition("=")
        if name.lower() == "max-age":
            return seconds(value.strip('"'))
    return None
