"""What goes wrong during a soak: sites, receiver, database connections, a worker."""

from __future__ import annotations

import asyncio
import random
import socket
import struct
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal

import asyncpg
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.demo.server import HOSTS
from service.demo.sink import PREFIX
from tests.replica import Moody

Ill = Literal["silent", "error", "redesign", "half"]

_ILLS: Sequence[Ill] = ("silent", "error", "redesign", "half")
_VALIDATORS = {b"if-none-match", b"if-modified-since"}  # a redesigned page is another one
_SILENCE = 30.0  # seconds, longer than a fetch waits
_EVERY = 12.0, 25.0  # seconds between two faults
_LASTS = 5.0, 15.0  # of a site; its lists must not turn over meanwhile
_CUT = """
    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND random() < $1
"""


class Weather:
    """ASGI in front of the replica: some of its sites are ill for a while."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.ills: dict[str, Ill] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        ill = self.ills.get(headers.get(b"host", b"").decode().partition(":")[0])
        if ill is None or scope["path"].startswith(PREFIX) or scope["path"] == "/robots.txt":
            await self._app(scope, receive, send)
        elif ill == "silent":
            await asyncio.sleep(_SILENCE)
            await _answer(send, 504, b"")
        elif ill == "error":
            await _answer(send, 500, b"<html><title>500</title></html>")
        else:
            await self._bent(scope, receive, send, ill)

    async def _bent(self, scope: Scope, receive: Receive, send: Send, ill: Ill) -> None:
        asked = [each for each in scope["headers"] if each[0] not in _VALIDATORS]
        said: list[Message] = []

        async def keep(message: Message) -> None:
            said.append(message)

        await self._app({**scope, "headers": asked}, receive, keep)
        status = next(each["status"] for each in said if "status" in each)
        body = b"".join(each.get("body", b"") for each in said)
        bent = body.replace(b"class=", b"data-class=").replace(b"item>", b"thing>")
        kind = next(v for k, v in said[0]["headers"] if k == b"content-type") if body else b""
        await _answer(send, status, body[: len(body) // 2] if ill == "half" else bent, kind)


async def _answer(send: Send, status: int, body: bytes, kind: bytes = b"text/html") -> None:
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@dataclass(slots=True)
class Door:
    """A TCP door before the receiver that can hang up on whoever comes."""

    port: int = 0
    resets: bool = False

    @asynccontextmanager
    async def open(self, behind: int) -> AsyncIterator[Door]:
        """Let callers through to the port ``behind``."""

        async def come(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            if self.resets:
                _reset(writer)
                return
            there, out = await asyncio.open_connection("127.0.0.1", behind)
            await asyncio.gather(self._pipe(reader, out, writer), self._pipe(there, writer, writer))

        server = await asyncio.start_server(come, "127.0.0.1", 0)
        async with server:
            self.port = server.sockets[0].getsockname()[1]
            yield self

    async def _pipe(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        caller: asyncio.StreamWriter,
    ) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65_536):
                if self.resets and writer is not caller:  # before the receiver hears of it
                    _reset(caller)
                    break
                writer.write(data)
                await writer.drain()
        writer.close()


def _reset(writer: asyncio.StreamWriter) -> None:
    wire = writer.get_extra_info("socket")
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@dataclass(slots=True)
class Mischief:
    """One fault after the other. ``cuts``: real times at which database connections were ended."""

    weather: Weather
    sink: Moody
    door: Door
    sql: asyncpg.Connection
    rng: random.Random
    done: Counter[str] = field(default_factory=Counter)
    cuts: list[float] = field(default_factory=list)

    async def make(self, until: float) -> None:
        """Go on until then (monotonic)."""
        while time.monotonic() + _LASTS[1] < until:
            await asyncio.sleep(self.rng.uniform(*_EVERY))
            ways = (self._site, self._site, self._receiver, self._receiver, self._database)
            await self.rng.choice(ways)()

    async def _site(self) -> None:
        host, ill = self.rng.choice(sorted(HOSTS)), self.rng.choice(_ILLS)
        self.done[f"site {ill}"] += 1
        self.weather.ills[host] = ill
        await asyncio.sleep(self.rng.uniform(*_LASTS))
        del self.weather.ills[host]

    async def _receiver(self) -> None:
        how = self.rng.choice(("429", "500", "reset"))
        self.done[f"receiver {how}"] += 1
        if how != "reset":
            self.sink.fail_next(self.rng.randint(1, 8), int(how), 1 if how == "429" else None)
            return
        self.door.resets = True
        await asyncio.sleep(self.rng.uniform(1, 4))
        self.door.resets = False

    async def _database(self) -> None:
        share = self.rng.choice((0.2, 1.0))
        self.cuts.append(time.time())
        ended = await self.sql.fetchval(_CUT, share)
        self.done["database cut"] += 1
        self.done["connections ended"] += ended
