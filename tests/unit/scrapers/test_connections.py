"""Connections that are used again, and those that are not."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from scrapers.connections import Connections

WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"
UNCHANGED = b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n"


class Server:
    """Says one thing whatever it is asked; ``met`` are its connections, in order."""

    def __init__(self, says: bytes) -> None:
        self.says = says
        self.met: list[asyncio.StreamWriter] = []
        self.asked: list[int] = []
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.met.append(writer)
        number = len(self.met)
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                self.asked.append(number)
                writer.write(self.says)
                if not self.says:
                    writer.close()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


@asynccontextmanager
async def serving(says: bytes) -> AsyncIterator[tuple[Server, Connections]]:
    server = Server(says)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/"
    connections = Connections()
    async with listening:
        yield server, connections
        await connections.aclose()
        for each in server.met:
            each.close()


async def ask(connections: Connections, url: str) -> bytes:
    response = await connections.handle_async_request(httpx.Request("GET", url))
    body = b"".join([piece async for piece in response.aiter_raw()])
    await response.aclose()
    return body


async def test_old_servers_are_met_with_certificates_checked_and_apart_from_all_others() -> None:
    connections = Connections()
    old, new = connections._tls_of(b"www.semas.or.kr"), connections._tls_of(b"www.kotra.or.kr")
    assert old is connections._tls_of(b"www.semas.or.kr")
    assert new is connections._tls_of(b"semas.or.kr")
    assert (bool(old.options & 0x4), bool(new.options & 0x4)) == (True, False)
    assert (old.verify_mode, old.check_hostname) == (ssl.CERT_REQUIRED, True)


@pytest.mark.parametrize(("says", "body"), [(WHOLE, b"abc"), (UNCHANGED, b"")])
async def test_a_connection_whose_answer_was_read_is_used_again(says: bytes, body: bytes) -> None:
    async with serving(says) as (server, connections):
        assert [await ask(connections, server.url) for _ in range(3)] == [body] * 3

        assert server.asked == [1, 1, 1]


async def test_what_is_asked_at_once_goes_over_connections_of_its_own() -> None:
    async with serving(WHOLE) as (server, connections):
        await asyncio.gather(*(ask(connections, server.url) for _ in range(3)))

        assert sorted(server.asked) == [1, 2, 3]


async def test_a_connection_whose_answer_was_not_read_is_closed() -> None:
    async with serving(WHOLE[:-1]) as (server, connections):
        response = await connections.handle_async_request(httpx.Request("GET", server.url))
        await response.aclose()
        server.says = WHOLE
        await ask(connections, server.url)

        assert server.asked == [1, 2]


async def test_a_connection_that_the_server_closed_is_not_used_again() -> None:
    async with serving(WHOLE) as (server, connections):
        await ask(connections, server.url)
        server.met[0].close()
        await server.met[0].wait_closed()
        await ask(connections, server.url)

        assert server.asked == [1, 2]


async def test_connections_to_other_hosts_are_left_alone() -> None:
    async with serving(WHOLE) as (server, connections), serving(WHOLE) as (other, _):
        for url in (server.url, other.url, server.url, other.url):
            await ask(connections, url)

        assert (server.asked, other.asked) == ([1, 1], [1, 1])


async def test_no_more_than_sixteen_are_kept_the_latest() -> None:
    async with serving(WHOLE) as (server, connections):
        await asyncio.gather(*(ask(connections, server.url) for _ in range(20)))
        server.asked.clear()
        await asyncio.gather(*(ask(connections, server.url) for _ in range(20)))

        assert len(server.met) == 24


async def test_a_server_that_hangs_up_is_trouble_of_the_transport() -> None:
    async with serving(b"") as (server, connections):
        with pytest.raises(httpx.TransportError):
            await ask(connections, server.url)
        server.says = WHOLE
        assert await ask(connections, server.url) == b"abc"


async def test_a_body_that_stops_half_way_is_trouble_of_the_transport() -> None:
    async with serving(WHOLE[:-1]) as (server, connections):
        response = await connections.handle_async_request(httpx.Request("GET", server.url))
        server.met[0].close()

        with pytest.raises(httpx.TransportError):
            await response.aread()


async def test_whoever_leaves_half_way_leaves_no_connection_behind() -> None:
    async with serving(WHOLE[:-1]) as (server, connections):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await ask(connections, server.url)
        server.says = WHOLE
        await ask(connections, server.url)

        assert server.asked == [1, 2]
