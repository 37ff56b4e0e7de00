"""What sending webhooks is measured beside: a plain loop of httpx and a bare client.

The loop is what one writes first: one message after the other, each with an UPDATE and its commit,
by SQLAlchemy as the rest of the service, or by asyncpg alone, as fast as such a loop can be.
The bare client is the floor: asyncio's streams, the body ready made, nothing signed, nothing kept.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self
from urllib.parse import urlsplit

import httpx
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from notifier.channels.webhook import sign
from service import work

AT_ONCE = 100
LISTED = sa.text("SELECT id, message_id, hits FROM delivery WHERE settled_at IS NULL LIMIT :count")
SETTLE = "UPDATE delivery SET outcome = 'sent', settled_at = now() WHERE id = {}"


@dataclass
class Took:
    """How long so many messages took, and how much of the processor this process had."""

    messages: int
    wall: float = 0.0
    cpu: float = 0.0

    def __enter__(self) -> Self:
        self.wall, self.cpu = -time.perf_counter(), -time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.wall += time.perf_counter()
        self.cpu += time.process_time()

    @property
    def rate(self) -> float:
        """Messages a second."""
        return self.messages / self.wall


Settles = Callable[[int], Awaitable[object]]


@asynccontextmanager
async def by_sqlalchemy(url: str) -> AsyncIterator[Settles]:
    """A transaction of the engine for each row."""
    engine = create_async_engine(url)
    statement = sa.text(SETTLE.format(":id"))

    async def settle(row: int) -> None:
        async with engine.begin() as tx:
            await tx.execute(statement, {"id": row})

    yield settle
    await engine.dispose()


@asynccontextmanager
async def by_asyncpg(url: str) -> AsyncIterator[Settles]:
    """A prepared statement for each row, on one connection."""
    connection = await work.connect(url)
    yield (await connection.prepare(SETTLE.format("$1"))).fetch
    await connection.close()


async def loop(url: str, sink: str, secret: str, facts: Any, count: int, settle: Settles) -> Took:
    """What one writes first: post, update, commit, next."""
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        rows = (await connection.execute(LISTED, {"count": count})).all()
    await engine.dispose()
    async with httpx.AsyncClient(trust_env=False) as client:
        with Took(count) as took:
            for row in rows:
                body = json.dumps({"type": "alert.created", "data": {**facts, "hits": row.hits}})
                headers = _signed(f"msg_{row.message_id}", secret, body.encode())
                reply = await client.post(sink, content=body, headers=headers)
                assert reply.is_success
                await settle(row.id)
    return took


async def bare(sink: str, body: bytes, secret: str, count: int) -> Took:
    """The floor: one request over and over on many connections."""
    at = urlsplit(sink)
    lines = {"host": at.netloc, "content-length": len(body), **_signed("msg_x", secret, body)}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    request = f"POST /x HTTP/1.1\r\n{head}\r\n".encode() + body
    left = iter(range(count))

    async def post() -> None:
        reader, writer = await asyncio.open_connection(at.hostname, at.port)
        for _ in left:
            writer.write(request)
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 204")
        writer.close()

    with Took(count) as took:
        await asyncio.gather(*(post() for _ in range(AT_ONCE)))
    return took


def _signed(identity: str, secret: str, body: bytes) -> dict[str, str]:
    at = datetime.now(UTC)
    return {
        "content-type": "application/json",
        "webhook-id": identity,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": sign(secret, identity, at, body),
    }
