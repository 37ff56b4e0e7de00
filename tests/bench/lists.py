"""The lists of very many sources, from one process as light as can be, for measurements."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from multiprocessing.connection import Connection

ETAG = '"6123-5f1"'
ITEM = """<item><title>{n}번째 소식</title><link>https://news.example.kr/view/{n}</link>
<pubDate>Fri, 20 Nov 2026 09:{n:02}:00 +0900</pubDate><description>요약 {n}</description></item>"""
FEED = f"<rss><channel>{''.join(ITEM.format(n=n) for n in range(5))}</channel></rss>".encode()
ROBOTS = b"User-agent: *\nDisallow: /admin\nDisallow: /search\n"
HEADERS = "Date: Fri, 20 Nov 2026 00:00:00 GMT\r\nServer: nginx\r\nVary: Accept-Encoding\r\n"


class Serving(asyncio.Protocol):
    """HTTP/1.1 as light as can be: 304 to whoever brings the validator, but not of ``whole…``."""

    transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer a request: those here are small and come in one piece."""
        if data.startswith(b"GET /robots.txt "):
            self._answer("200 OK", ROBOTS)
        elif b"\nhost: whole" in data.lower() or ETAG.encode() not in data:
            self._answer("200 OK", FEED)
        else:
            self._answer("304 Not Modified", b"")

    def _answer(self, status: str, body: bytes) -> None:
        length = f"Content-Length: {len(body)}\r\n" if body else ""
        head = f"HTTP/1.1 {status}\r\n{HEADERS}ETag: {ETAG}\r\n{length}\r\n"
        self.transport.write(head.encode() + body)


def serve(ready: Connection) -> None:
    """Answer until killed; ``ready`` is sent the port."""

    async def forever() -> None:
        server = await asyncio.get_running_loop().create_server(Serving, "127.0.0.1", 0)
        ready.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(forever())


@asynccontextmanager
async def served() -> AsyncIterator[str]:
    """The address of the server, which is a process of its own."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=serve, args=(theirs,), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{await asyncio.to_thread(ours.recv)}"
    finally:
        process.kill()
        process.join()
