"""The wire under ``fetch``: one bounded exchange, with one host one at a time.

What an answer means (redirects, robots.txt, freshness) is decided above; here it is only kept
within its time and size, and every failure is given its ScrapeError.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from scrapers.body import cause, read_body, trouble_of
from scrapers.connections import Connections, NotPublicError, Public
from scrapers.errors import Broken, Disallowed, Gone, ServerTrouble, Throttled, Unreachable
from scrapers.hosts import Hosts
from scrapers.keys import Keys
from scrapers.model import Request

_DAY = 86_400.0
_REST = 30.0  # seconds that a host is left alone that says "less often", and not how long
_SLOWEST = 200_000  # bytes a second at which a file that is larger than a page may come


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one get may cost.

    ``total``: seconds of all its exchanges, redirects and robots.txt included, waiting for a turn
    not; a file has more by its length. ``size``: bytes of a body, as announced and when
    decompressed. ``redirects``: hops. ``ratio``: how many times its sent size a body may have,
    once it is over 1 MiB.
    """

    total: float = 30.0
    size: int = 10 * 2**20
    redirects: int = 5
    ratio: int = 100


@dataclass(slots=True)
class Errand:
    """One get on its way.

    ``url`` names it in errors, ``pause`` is the least number of seconds its host rests before
    each of its exchanges, ``left`` the seconds they may still take. ``urgent`` ones go before
    others that wait for the same host. ``keys`` are the names of those that it is sent with.
    ``granted``: seconds more that came to be allowed, for a file as large as it says.
    """

    url: str
    pause: float
    left: float
    urgent: bool = False
    keys: Sequence[str] = ()
    granted: float = 0.0


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. ``headers`` has lower-case names; only a 200 has its body read."""

    url: httpx.URL
    status: int
    headers: Mapping[str, str]
    body: bytes


class Wire:
    """All connections to publishers, their cookies, and whose turn it is at each host.

    This is a transport without httpx's client, which would read redirects for itself and fail on a
    hostile Location with whatever comes up.
    """

    def __init__(
        self,
        *,
        agent: str,
        replica: str | None,
        pace: float,
        limits: Limits,
        keys: Keys,
        public: Public | None = None,
    ) -> None:
        """``pace`` divides every pause; ``replica`` is an address that stands in for all hosts.

        ``keys`` are put into requests that name them, and hidden again in what comes back.
        ``public``: which addresses a name may lead to, but the replica's; None: all.
        """
        self._transport: httpx.AsyncBaseTransport = Connections(public, replica)
        self._headers = {"User-Agent": agent, "Accept": "*/*", "Accept-Encoding": "gzip, deflate"}
        self._cookies = httpx.Cookies()
        self._keys = keys
        self._pace = pace
        self._limits = limits
        self._hosts = Hosts()

    def request(self, url: httpx.URL, asked: Request, headers: dict[str, str]) -> httpx.Request:
        """What ``asked`` carries, sent to ``url`` with the cookies that it is owed."""
        sent = httpx.Headers(asked.headers)
        sent.update(self._headers | headers)
        if asked.json is not None:
            sent["Content-Type"] = "application/json"
        method = "POST" if asked.is_post else "GET"
        request = httpx.Request(method, url, data=asked.form, content=asked.json, headers=sent)
        if self._cookies.jar:
            self._cookies.set_cookie_header(request)
        return request

    async def send(
        self, request: httpx.Request, errand: Errand, pause: float, *, size: int | None = None
    ) -> Reply:
        """The answer, whatever its status, once the host has rested ``pause`` seconds.

        ``size`` caps its bytes where that is not the ordinary cap.

        Raises:
            Throttled: the host asked to be left alone, and is not asked.
            Unreachable: no answer, or not within the time the errand has left.
            ServerTrouble: the body stopped half way.
            TooLarge: the body is over the size or ratio cap.
            Broken: the body is not encoded as it says, the request names a key that is not set
                or not for its host, or the host is not on the public network.
        """
        sent = self._keys.put_into(request, errand.keys, errand.url) if errand.keys else request
        async with self._hosts.of(request.url.netloc).turn(
            pause / self._pace, url=errand.url, urgent=errand.urgent
        ):
            reply = await self._timed(sent, errand, size or self._limits.size)
        return self._without_keys(reply, request.url) if errand.keys else reply

    def rest(self, url: httpx.URL, retry_after: float | None) -> None:
        """Ask the host of ``url`` nothing for so many seconds, at most an hour."""
        self._hosts.of(url.netloc).rest(_REST / self._pace if retry_after is None else retry_after)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._transport.aclose()

    async def _timed(self, request: httpx.Request, errand: Errand, size: int) -> Reply:
        started = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(errand.left) as limit:
                return await self._exchange(request, errand, size, limit)
        except TimeoutError as error:
            detail = f"no whole answer within {self._limits.total + errand.granted:g} seconds"
            raise Unreachable(errand.url, detail) from error
        finally:
            errand.left -= asyncio.get_running_loop().time() - started

    async def _exchange(
        self, request: httpx.Request, errand: Errand, size: int, limit: asyncio.Timeout
    ) -> Reply:
        url = errand.url
        try:
            response = await self._transport.handle_async_request(request)
        except httpx.TransportError as error:
            raise Unreachable(url, cause(error), trouble_of(error)) from error
        except NotPublicError as error:
            raise Broken(url, str(error)) from error
        async with aclosing(response):
            if "set-cookie" in response.headers:
                response.request = request
                self._cookies.extract_cookies(response)
            body = b""
            if response.status_code == httpx.codes.OK:
                self._grant(errand, limit, response, size)
                body = await read_body(response, url, size=size, ratio=self._limits.ratio)
            elif response.status_code == httpx.codes.NOT_MODIFIED:
                await anext(response.aiter_raw(), b"")  # nothing; the connection can be used again
        return Reply(request.url, response.status_code, dict(response.headers), body)

    def _grant(
        self, errand: Errand, limit: asyncio.Timeout, response: httpx.Response, size: int
    ) -> None:
        """Time for as long a file as is announced: one that is silent was waited for already."""
        announced = response.headers.get("Content-Length", "")
        if size > self._limits.size and announced.isdecimal():
            errand.granted = min(int(announced), size) / _SLOWEST
            limit.reschedule((limit.when() or 0.0) + errand.granted)

    def _without_keys(self, reply: Reply, url: httpx.URL) -> Reply:
        """``reply`` to ``url`` with the names of keys where it repeats the keys."""
        hidden = self._keys.hidden
        headers = {name: hidden(value) for name, value in reply.headers.items()}
        body = hidden(reply.body.decode("latin-1")).encode("latin-1")
        return Reply(url, reply.status, headers, body)


def expect_ok(reply: Reply, url: str, now: datetime) -> None:
    """Raise what the status asks for, unless it is 200. Errors are named after ``url``."""
    status = reply.status
    detail = f"status {status} from {reply.url}"
    wait = reply.headers.get("retry-after")
    if status == httpx.codes.OK:
        return
    if status in {httpx.codes.NOT_FOUND, httpx.codes.GONE}:
        raise Gone(url, detail)
    if status in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
        raise Disallowed(url, detail)
    if status == httpx.codes.TOO_MANY_REQUESTS or (
        status == httpx.codes.SERVICE_UNAVAILABLE and wait is not None
    ):
        raise Throttled(url, detail, _retry_after(wait or "", now))
    if httpx.codes.is_server_error(status):
        raise ServerTrouble(url, detail)
    raise Broken(url, detail)


def _retry_after(value: str, now: datetime) -> float | None:
    """Seconds from ``now`` of a Retry-After header in either form; None where it cannot be read."""
    if (wait := seconds(value)) is not None:
        return wait
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max(0.0, (at - now).total_seconds()), _DAY)


def seconds(value: str) -> float | None:
    """A header's count of seconds, None where it is none. More than a day is taken as a day."""
    return min(float(value), _DAY) if value.strip().isdecimal() else None
