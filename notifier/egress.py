"""The guard for requests to addresses that users typed: they never reach a private network.

A name is resolved here, every address it has is judged, and the connection is made to an address
that was judged; a DNS that answers differently a moment later changes nothing.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import httpx

from notifier.errors import TryAgain, Undeliverable

Resolve = Callable[[str], Awaitable[Sequence[str]]]
"""Host name, in ASCII → IP addresses as text. Raises OSError where there are none."""

_UNICAST6 = ip_network("2000::/3")
_REFUSED = tuple(
    ip_network(text)
    for text in (
        "192.0.0.0/24",  # protocol assignments, some of which count as global
        "192.88.99.0/24",  # relays into 6to4
        "2001::/23",  # protocol assignments: Teredo and others that carry an IPv4 address
        "2002::/16",  # 6to4, which carries one as well
        "3fff::/20",  # documentation, unknown to Python 3.11
    )
)


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether ``address`` is a public unicast one that carries no other address inside.

    IPv4-mapped, IPv4-compatible and NAT64 addresses lie outside 2000::/3, so are refused with it.
    """
    if isinstance(address, IPv6Address) and address not in _UNICAST6:
        return False
    refused = address.is_multicast or any(address in network for network in _REFUSED)
    return address.is_global and not refused


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


class PublicOnly(httpx.AsyncBaseTransport):
    """Lets a request through to public addresses only; ``inner`` makes the connection."""

    def __init__(self, inner: httpx.AsyncBaseTransport, resolve: Resolve = resolve) -> None:
        self._inner = inner
        self._resolve = resolve

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer of the first address that takes a connection.

        Raises Undeliverable where any address is not public, TryAgain where there is none.
        """
        *others, last = await self._judged(request.url.raw_host.decode("ascii"))
        for address in others:
            with suppress(httpx.ConnectError):  # nothing was sent yet: the next may do
                return await self._inner.handle_async_request(_bound(request, address))
        return await self._inner.handle_async_request(_bound(request, last))

    async def aclose(self) -> None:
        """Close ``inner``."""
        await self._inner.aclose()

    async def _judged(self, host: str) -> Sequence[str]:
        try:
            addresses = await self._resolve(host)
        except OSError:
            addresses = ()
        if not addresses:
            raise TryAgain(f"이름을 찾지 못했습니다 (does not resolve): {host}")
        if not all(is_public(ip_address(address)) for address in addresses):
            raise Undeliverable(f"공개 주소가 아닙니다 (not a public address): {host}")
        return addresses


def _bound(request: httpx.Request, address: str) -> httpx.Request:
    """``request`` aimed at ``address``; Host header and certificate stay those of its name.

    The connection is closed after it. A pool knows connections by IP address: one kept open, its
    certificate checked for one host, would serve any other host at the same address.
    """
    headers = httpx.Headers(request.headers)
    headers["connection"] = "close"
    name = request.url.raw_host.decode("ascii").rstrip(".")
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": name},
    )


@cache
def _trusted() -> ssl.SSLContext:
    """The authorities that certificates are checked by: read once for all transports."""
    return httpx.create_ssl_context()


def open_transport(*, private_addresses: bool, connections: int) -> httpx.AsyncBaseTransport:
    """A transport with at most ``connections`` at once, guarded unless private is allowed."""
    limits = httpx.Limits(max_connections=connections)
    transport = httpx.AsyncHTTPTransport(verify=_trusted(), limits=limits)
    return transport if private_addresses else PublicOnly(transport)
