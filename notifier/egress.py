"""The way out to addresses that users typed: it never leads to a private network.

A name is resolved here, every address it has is judged, and the connection is made to one that was
found public; a DNS that answers differently a moment later changes nothing. A connection is
kept under the name it was made for, its certificate checked for that name, so it may serve again.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from time import perf_counter
from typing import TYPE_CHECKING, Protocol
from weakref import WeakValueDictionary

import aiohttp
import httpx
from aiohttp.abc import AbstractResolver, ResolveResult

from notifier.errors import TryAgain

if TYPE_CHECKING:
    from yarl import URL

_Resolve = Callable[[str], Awaitable[Sequence[str]]]
"""Host name, in ASCII → IP addresses as text. Raises OSError where there are none."""

_AT_ONE_SERVER = 10  # so that a receiver who never answers holds few of the connections
_MOST_BODY = 4096
_BODY_SECONDS = 1.0
_HOSTS = 4096  # whose spelling is judged once: judgements of a text, not of what a DNS says

_UNICAST6 = ip_network("2000::/3")
_REFUSED = tuple(
    ip_network(text)
    for text in (
        "192.0.0.0/24",  # protocol assignments, some of which count as global
        "192.88.99.0/24",  # relays into 6to4
        "168.63.129.16",  # what a machine at Azure hears its host by
        "2001::/23",  # protocol assignments: Teredo and others that carry an IPv4 address
        "2002::/16",  # 6to4, which carries one as well
        "3fff::/20",  # documentation, unknown to Python 3.11
    )
)


@lru_cache(_HOSTS)
def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether ``address`` is a public unicast one that carries no other address inside.

    IPv4-mapped, IPv4-compatible and NAT64 addresses lie outside 2000::/3, so are refused with it.
    """
    if isinstance(address, IPv6Address) and address not in _UNICAST6:
        return False
    refused = address.is_multicast or any(address in network for network in _REFUSED)
    return address.is_global and not refused


@lru_cache(_HOSTS)
def literal(host: str) -> IPv4Address | IPv6Address | None:
    """The address that ``host`` spells, however oddly (``0x7f.1``, ``2130706433``), or None."""
    try:
        found = socket.getaddrinfo(host.encode(), None, flags=socket.AI_NUMERICHOST)
    except OSError:
        return None
    return ip_address(found[0][4][0])


async def resolve(host: str) -> Sequence[str]:
    """All addresses of ``host`` by the system's resolver, best first."""
    # As bytes: a string would go through Python's own IDNA, which raises for odd labels.
    found = await asyncio.get_running_loop().getaddrinfo(
        host.encode(), None, type=socket.SOCK_STREAM
    )
    return [str(sockaddr[0]) for *_, sockaddr in found]


class Names(AbstractResolver):
    """Looks up where a connection goes; unless ``private``, to public addresses only."""

    def __init__(self, *, private: bool, resolve: _Resolve = resolve) -> None:
        self._private = private
        self._resolve = resolve

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_UNSPEC,  # noqa: ARG002 - always both
    ) -> list[ResolveResult]:
        """The addresses that may be connected to. Raises TryAgain where there is none.

        What a DNS says of a name may be another tomorrow: a captive portal answers for all names.
        """
        try:
            addresses = await self._resolve(host)
        except OSError:
            addresses = ()
        if not addresses:
            raise TryAgain(f"이름을 찾지 못했습니다 (does not resolve): {host}")
        if not self._private:
            addresses = [each for each in addresses if is_public(ip_address(each))]
        if not addresses:
            raise TryAgain(f"공개 주소가 아닙니다 (not a public address): {host}")
        return [_place(host, port, address) for address in addresses]

    async def close(self) -> None:
        """Nothing is held."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. ``took``: seconds until its status; ``retry_after``: that header, or empty.

    ``body`` is its beginning, at most 4096 bytes; ``broken``: it broke off before that or its end.
    """

    status: int
    took: float = 0.0
    retry_after: str = ""
    body: bytes = b""
    broken: bool = False


class WayOut(Protocol):
    """Where posts leave."""

    async def post(self, url: URL, content: bytes, headers: Mapping[str, str]) -> Reply:
        """Post once. Raises a SendError where there is no reply."""
        ...

    async def aclose(self) -> None:
        """Close all connections."""
        ...


class Pool:
    """Connections to whichever servers, kept while they are of use; ``timeout`` in seconds.

    What could help a hostile receiver is off: cookies, redirects, unpacking, proxies and passwords
    of the environment. Nothing is sent twice by itself.
    """

    def __init__(
        self, names: Names, trusted: ssl.SSLContext, *, timeout: float, connections: int
    ) -> None:
        self._names = names
        self._trusted = trusted
        self._timeout = timeout
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None
        self._turns: WeakValueDictionary[object, asyncio.Semaphore] = WeakValueDictionary()

    async def post(self, url: URL, content: bytes, headers: Mapping[str, str]) -> Reply:
        """Post once, in its turn. Raises TryAgain where nothing answers; see also ``Names``."""
        try:
            turn = await self._turn(url)
            try:
                return await self._posted(url, content, headers)
            finally:
                turn.release()
        except TimeoutError:
            raise TryAgain(f"{self._timeout:g}초 안에 답이 없습니다 (no answer)") from None
        except (aiohttp.ClientError, OSError) as error:
            kind = type(error).__name__
            raise TryAgain(f"연결하지 못했습니다 (no connection): {kind}") from error

    async def aclose(self) -> None:
        """Close all connections."""
        if self._session:
            await self._session.close()

    async def _posted(self, url: URL, content: bytes, headers: Mapping[str, str]) -> Reply:
        started = perf_counter()
        async with asyncio.timeout(self._timeout):
            response = await self._opened().post(
                url, data=content, headers=headers, allow_redirects=False
            )
        took = perf_counter() - started
        body, broken = await _read(response)
        return Reply(response.status, took, response.headers.get("retry-after", ""), body, broken)

    async def _turn(self, url: URL) -> asyncio.Semaphore:
        """Leave to post to the server of ``url``, to be released.

        The wait for it may take as long as an answer may, and none of the answer's time.
        """
        server = url.raw_host, url.port
        turn = self._turns.get(server)
        if turn is None:
            turn = self._turns[server] = asyncio.Semaphore(_AT_ONE_SERVER)
        if turn.locked():
            async with asyncio.timeout(self._timeout):
                await turn.acquire()
        else:
            await turn.acquire()
        return turn

    def _opened(self) -> aiohttp.ClientSession:
        """The session, made where a loop runs."""
        if not self._session:
            connector = aiohttp.TCPConnector(
                resolver=self._names, ssl=self._trusted, limit=self._connections
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None),  # ours
                skip_auto_headers=("accept", "accept-encoding"),
                auto_decompress=False,
                read_bufsize=_MOST_BODY,
            )
        return self._session


def open_way(*, private_addresses: bool, timeout: float, connections: int) -> Pool:
    """At most ``connections`` at once, to public addresses only unless private ones are allowed."""
    names = Names(private=private_addresses)
    return Pool(names, _trusted(), timeout=timeout, connections=connections)


@cache
def _trusted() -> ssl.SSLContext:
    """The authorities that publishers' certificates are checked by: read once for all pools."""
    context = httpx.create_ssl_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


def _place(host: str, port: int, address: str) -> ResolveResult:
    return ResolveResult(
        hostname=host,
        host=address,
        port=port,
        family=socket.AF_INET6 if ":" in address else socket.AF_INET,
        proto=0,
        flags=socket.AI_NUMERICHOST,
    )


async def _read(response: aiohttp.ClientResponse) -> tuple[bytes, bool]:
    """The little a receiver may say, and whether it broke off.

    It is read so that the connection can serve again.
    """
    seen = b""
    try:
        if response.content.is_eof():  # as nearly always: all of it came with the status
            return response.content.read_nowait(_MOST_BODY), False
        async with asyncio.timeout(_BODY_SECONDS):
            while len(seen) <= _MOST_BODY:
                chunk = await response.content.read(_MOST_BODY + 1 - len(seen))
                if not chunk:
                    break
                seen += chunk
    except (TimeoutError, aiohttp.ClientError, OSError):
        return seen[:_MOST_BODY], True
    finally:
        response.close()  # unless it is read to its end
    return seen[:_MOST_BODY], False
