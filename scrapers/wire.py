"""The wire under ``fetch``: one bounded exchange, with one host one at a time.

What an answer means (redirects, robots.txt, freshness) is decided above; here it is only kept
within its time and size, and every failure is given its ScrapeError.
"""

from __future__ import annotations

import asyncio
import ssl
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from scrapers.body import cause, read_body
from scrapers.errors import (
    Broken,
    Disallowed,
    Gone,
    ServerTrouble,
    Throttled,
    Unreachable,
)
from scrapers.model import Request

_DAY = 86_400.0
_LEGACY_TLS = frozenset({"www.semas.or.kr"})
"""Hosts that know no secure renegotiation, without which OpenSSL 3 meets nobody by itself."""
_LEGACY_SERVER_CONNECT = 0x4  # ssl.OP_LEGACY_SERVER_CONNECT, named from Python 3.12 on
_POOL = httpx.Limits(max_connections=64, max_keepalive_connections=16, keepalive_expiry=15)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one get may cost.

    ``total``: seconds of all its exchanges, redirects and robots.txt included, waiting for a turn
    not. ``size``: bytes of a body, as announced and when decompressed. ``redirects``: hops.
    ``ratio``: how many times its sent size a body may have, once it is over 1 MiB.
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
    others that wait for the same host.
    """

    url: str
    pause: float
    left: float
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. ``headers`` has lower-case names; only a 200 has its body read."""

    url: httpx.URL
    status: int
    headers: Mapping[str, str]
    body: bytes


class Wire:
    """All connections to publishers, their cookies, and whose turn it is at each host.

    This is httpx's transport without its client, which would read redirects for itself and fail
    on a hostile Location with whatever comes up.
    """

    def __init__(self, *, agent: str, replica: str | None, pace: float, limits: Limits) -> None:
        """``pace`` divides every pause; ``replica`` is an address that stands in for all hosts."""
        transport: httpx.AsyncBaseTransport = httpx.AsyncHTTPTransport(
            limits=_POOL, trust_env=False
        )
        if replica is not None:
            transport = _Replica(transport, httpx.URL(replica))
        self._transport = transport
        self._legacy: httpx.AsyncBaseTransport | None = transport if replica else None
        self._headers = {"User-Agent": agent, "Accept": "*/*", "Accept-Encoding": "gzip, deflate"}
        self._cookies = httpx.Cookies()
        self._pace = pace
        self._limits = limits
        self._hosts: defaultdict[bytes, _Host] = defaultdict(_Host)

    def request(self, url: httpx.URL, asked: Request, headers: dict[str, str]) -> httpx.Request:
        """What ``asked`` carries, sent to ``url`` with the cookies that it is owed."""
        sent = httpx.Headers(asked.headers)
        sent.update(self._headers | headers)
        if asked.json is not None:
            sent["Content-Type"] = "application/json"
        method = "POST" if asked.is_post else "GET"
        request = httpx.Request(method, url, data=asked.form, content=asked.json, headers=sent)
        self._cookies.set_cookie_header(request)
        return request

    async def send(
        self, request: httpx.Request, errand: Errand, pause: float, *, size: int | None = None
    ) -> Reply:
        """The answer, whatever its status, once the host has rested ``pause`` seconds.

        ``size`` caps its bytes where that is not the ordinary cap.

        Raises:
            Unreachable: no answer, or not within the time the errand has left.
            ServerTrouble: the body stopped half way.
            TooLarge: the body is over the size or ratio cap.
            Broken: the body is not encoded as it says.
        """
        host = self._hosts[request.url.netloc]
        async with host.turn(pause / self._pace, urgent=errand.urgent):
            return await self._timed(request, errand, size or self._limits.size)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._transport.aclose()
        if self._legacy is not None:
            await self._legacy.aclose()

    def _transport_to(self, host: str) -> httpx.AsyncBaseTransport:
        if host not in _LEGACY_TLS:
            return self._transport
        if self._legacy is None:
            self._legacy = httpx.AsyncHTTPTransport(
                limits=_POOL, trust_env=False, verify=_legacy_tls()
            )
        return self._legacy

    async def _timed(self, request: httpx.Request, errand: Errand, size: int) -> Reply:
        started = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(errand.left):
                return await self._exchange(request, errand.url, size)
        except TimeoutError as error:
            detail = f"no whole answer within {self._limits.total:g} seconds"
            raise Unreachable(errand.url, detail) from error
        finally:
            errand.left -= asyncio.get_running_loop().time() - started

    async def _exchange(self, request: httpx.Request, url: str, size: int) -> Reply:
        try:
            transport = self._transport_to(request.url.host)
            response = await transport.handle_async_request(request)
        except httpx.TransportError as error:
            raise Unreachable(url, cause(error)) from error
        async with aclosing(response):
            response.request = request
            self._cookies.extract_cookies(response)
            body = b""
            if response.status_code == httpx.codes.OK:
                body = await read_body(response, url, size=size, ratio=self._limits.ratio)
        return Reply(request.url, response.status_code, dict(response.headers), body)


class _Host:
    """Whose turn it is at one host: the urgent first, else whoever waits longest."""

    def __init__(self) -> None:
        self._taken = False
        self._urgent: deque[asyncio.Future[None]] = deque()
        self._others: deque[asyncio.Future[None]] = deque()
        self._ended = float("-inf")

    @asynccontextmanager
    async def turn(self, rest: float, *, urgent: bool) -> AsyncIterator[None]:
        """Hold the host alone, at least ``rest`` seconds after its last turn ended."""
        clock = asyncio.get_running_loop().time
        await self._take(self._urgent if urgent else self._others)
        try:
            await asyncio.sleep(max(0.0, self._ended + rest - clock()))
            try:
                yield
            finally:
                self._ended = clock()
        finally:
            self._pass_on()

    async def _take(self, queue: deque[asyncio.Future[None]]) -> None:
        if not self._taken:
            self._taken = True
            return
        mine = asyncio.get_running_loop().create_future()
        queue.append(mine)
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():  # the turn came and nobody is here for it
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        for queue in (self._urgent, self._others):
            while queue:
                waiting = queue.popleft()
                if not waiting.done():
                    waiting.set_result(None)
                    return
        self._taken = False


class _Replica(httpx.AsyncBaseTransport):
    """Sends every request to one address; the client above keeps seeing the original URL."""

    def __init__(self, inner: httpx.AsyncBaseTransport, base: httpx.URL) -> None:
        self._inner = inner
        self._base = base

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """``request`` with its own Host header, over the replica's connection."""
        base = self._base
        copy = httpx.Request(
            request.method,
            request.url.copy_with(scheme=base.scheme, host=base.host, port=base.port),
            headers=request.headers,
            stream=request.stream,
            extensions=request.extensions,
        )
        copy.headers["X-Forwarded-Proto"] = request.url.scheme
        return await self._inner.handle_async_request(copy)

    async def aclose(self) -> None:
        """Close the replica's connections."""
        await self._inner.aclose()


def _legacy_tls() -> ssl.SSLContext:
    """TLS as to everybody, certificates checked, but with servers of before 2010 too."""
    context = httpx.create_ssl_context(trust_env=False)
    context.options |= _LEGACY_SERVER_CONNECT
    return context


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
        raise Throttled(url, detail, retry_after(wait or "", now))
    if httpx.codes.is_server_error(status):
        raise ServerTrouble(url, detail)
    raise Broken(url, detail)


def retry_after(value: str, now: datetime) -> float | None:
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
