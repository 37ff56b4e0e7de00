"""Connections to publishers: one carries one exchange at a time and is kept a while for the next.

httpx's own pool goes over all it holds before and after every exchange, down to the sockets: of a
thousand hosts asked in turn that costs several times the exchange. As every host is asked one thing
at a time, there is nothing to queue for: here the one last used for its host is taken, or a new one
made.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Address, IPv6Address, ip_address

import httpcore
import httpx

Public = Callable[[IPv4Address | IPv6Address], bool]
"""Whether an address is one of the internet, so that a publisher may lead us there."""

_LEGACY_SERVER_CONNECT = 0x4  # ssl.OP_LEGACY_SERVER_CONNECT, named from Python 3.12 on
_LEGACY_TLS = frozenset({b"www.semas.or.kr"})
"""Hosts that know no secure renegotiation, without which OpenSSL 3 meets nobody by itself."""
_KEPT = 16
_KEPT_FOR = 15.0  # seconds


class NotPublicError(Exception):
    """A name leads into a private network, where no publisher has a page for us."""


class Connections(httpx.AsyncBaseTransport):
    """A transport without limits of its own: who uses it bounds time and number."""

    def __init__(self, public: Public | None = None, replica: str | None = None) -> None:
        """Open nothing yet.

        ``public``: which addresses may be connected to, but the replica's; None: all. ``replica``
        is an address that stands in for all hosts: for the demo, for tests, and for nobody else.
        """
        self._tls = httpx.create_ssl_context(trust_env=False)  # whatever the environment says
        self._replica = httpx.URL(replica) if replica else None
        self._way = None if replica or public is None else _Way(public)
        self._idle: list[httpcore.AsyncHTTPConnection] = []  # the one used last is last

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer to ``request``, its body still to be read.

        Raises httpx.TransportError, NotPublicError.
        """
        assert isinstance(request.stream, httpx.AsyncByteStream)
        url, headers = request.url, request.headers.raw
        if self._replica is not None:
            headers.append((b"X-Forwarded-Proto", url.raw_scheme))
            instead = self._replica
            url = url.copy_with(scheme=instead.scheme, host=instead.host, port=instead.port)
        sent = httpcore.Request(
            request.method,
            httpcore.URL(
                scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
            ),
            headers=headers,
            content=request.stream,
            extensions=request.extensions,
        )
        connection = await self._connection(sent.url.origin)
        answer = None
        try:
            answer = await connection.handle_async_request(sent)
        except _FAILURES as error:
            raise httpx.TransportError(str(error)) from error
        finally:
            if answer is None:
                await connection.aclose()
        body = _Body(answer, connection, self)
        return httpx.Response(
            answer.status, headers=answer.headers, stream=body, extensions=answer.extensions
        )

    async def keep(self, connection: httpcore.AsyncHTTPConnection) -> None:
        """Take back a connection after its exchange; half way through a body it is of no use."""
        if connection.is_idle():
            self._idle.append(connection)
            connection = self._idle[0]
            if len(self._idle) <= _KEPT:
                return
            del self._idle[0]
        await connection.aclose()

    async def aclose(self) -> None:
        """Close all connections that nobody uses."""
        while self._idle:
            await self._idle.pop().aclose()

    async def _connection(self, origin: httpcore.Origin) -> httpcore.AsyncHTTPConnection:
        for index in reversed(range(len(self._idle))):
            if self._idle[index].can_handle_request(origin):
                connection = self._idle.pop(index)
                if not connection.has_expired():
                    return connection
                await connection.aclose()
                break
        return httpcore.AsyncHTTPConnection(
            origin, self._tls_of(origin.host), keepalive_expiry=_KEPT_FOR, network_backend=self._way
        )

    def _tls_of(self, host: bytes) -> ssl.SSLContext:
        return self._legacy_tls if host in _LEGACY_TLS else self._tls

    @cached_property
    def _legacy_tls(self) -> ssl.SSLContext:
        """TLS as to everybody, certificates checked, but with servers of before 2010 too."""
        context = httpx.create_ssl_context(trust_env=False)
        context.options |= _LEGACY_SERVER_CONNECT
        return context


class _Way(httpcore.AnyIOBackend):
    """Connects to addresses that were judged: a DNS that says something else later is not asked."""

    def __init__(self, public: Public) -> None:
        self._public = public

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - as httpcore has it
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """To the first address of ``host`` that takes it. Raises NotPublicError."""
        try:
            found = await asyncio.get_running_loop().getaddrinfo(
                host.encode(), port, type=socket.SOCK_STREAM
            )
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        addresses = dict.fromkeys(str(place[0]) for *_, place in found)
        if not all(self._public(ip_address(each)) for each in addresses):
            raise NotPublicError(f"{host} is not on the public network")
        *others, last = addresses
        connect = super().connect_tcp
        for each in others:
            try:
                return await connect(each, port, timeout, local_address, socket_options)
            except httpcore.ConnectError:
                continue
        return await connect(last, port, timeout, local_address, socket_options)


@dataclass(eq=False, slots=True)
class _Body(httpx.AsyncByteStream):
    _answer: httpcore.Response
    _connection: httpcore.AsyncHTTPConnection
    _connections: Connections

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for piece in self._answer.aiter_stream():
                yield piece
        except _FAILURES as error:
            raise httpx.TransportError(str(error)) from error

    async def aclose(self) -> None:
        await self._answer.aclose()
        await self._connections.keep(self._connection)


_FAILURES = (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException)
