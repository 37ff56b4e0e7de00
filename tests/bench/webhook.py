"""Webhooks of one release from owed to settled, beside a plain loop and a bare client.

All post to one process on this machine, ours at two hundred addresses of it. The loop is what one
writes first: httpx, one message after the other, each with an UPDATE and its commit, by SQLAlchemy
as the rest of the service, or by asyncpg alone, as fast as such a loop can be.
The bare client is the floor: asyncio's streams, the body ready made, nothing signed, nothing kept.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, redirect_stderr
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import httpx
import sqlalchemy as sa
from rich.console import Console
from rich.table import Table
from sqlalchemy.ext.asyncio import create_async_engine

sys.path.insert(0, str(Path(__file__).parents[2]))  # run as a script, from wherever

from notifier import registry
from notifier.channels.webhook import new_secret, sign
from notifier.model import ChannelOptions
from service import logs, work
from service.app import YOUNG
from service.deliver import Deliver
from service.links import Signer
from service.ops.embedded import running
from service.store.database import Database
from service.store.deliveries import Deliveries
from service.store.migrate import migrate
from service.worded import Words
from tests.bench import sinks

MESSAGES, SAMPLE = 20_000, 500
AT_ONCE = 100
FACTS = {
    "title": "해외 전시회에 나갈 중소기업을 모집합니다",
    "url": "https://www.example.go.kr/press/view?id=20261120",
    "publisher": "중소벤처기업부",
    "source": "mss_press",
    "published_at": "2026-11-20T09:00:00+09:00",
    "published_precision": "minute",
    "summary": "내년 상반기 해외 전시회 스무 곳에 나갈 중소기업을 다음 달 11일까지 모집한다.",
    "kind": "notice",
    "embargo": None,
    "apply_by": "2026-12-11 18:00",
    "topics": ["수출·해외진출", "창업·벤처"],
    "contacts": ["판로지원과 사무관 나한솔 044-000-0000"],
    "files": [{"name": "공고문.hwpx", "url": "https://www.example.go.kr/file/1"}],
    "extract": "해외 전시회에 나갈 중소기업을 모집한다. 왕복 항공료와 부스를 지원한다.",
}
HITS = [{"rule": "전시회", "excerpt": "전시회에 나갈 중소기업을 모집한다", "marks": [[0, 3]]}]
OWE = """
    WITH told AS (
        INSERT INTO telling (reason, key, facts) VALUES ('alert', 'story ' || $5::text, $2)
        RETURNING id
    ), whom AS (
        INSERT INTO subscription (name)
        SELECT $5::text || ' ' || n FROM generate_series(1, $1::int) AS n RETURNING id
    ), place AS (
        INSERT INTO endpoint (subscription_id, channel, address, secret, confirmed_at)
        SELECT id, 'webhook', format('http://127.0.0.%s:%s/%s', 1 + id % 200, $3::text, id),
            $4, now()
        FROM whom RETURNING id, subscription_id
    )
    INSERT INTO delivery (telling_id, subscription_id, endpoint_id, channel, hits)
    SELECT told.id, subscription_id, place.id, 'webhook', $6 FROM place, told
"""
LISTED = sa.text("SELECT id, message_id, hits FROM delivery WHERE settled_at IS NULL LIMIT :count")
SETTLE = "UPDATE delivery SET outcome = 'sent', settled_at = now() WHERE id = {}"
AGAIN = "UPDATE delivery SET outcome = NULL, settled_at = NULL WHERE attempts = 0"
SENT = "SELECT count(*) FROM delivery WHERE outcome = 'sent'"
console = Console(width=100)


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


@asynccontextmanager
async def kept() -> AsyncIterator[str]:
    """The address of a PostgreSQL of our own that keeps what it commits."""
    with tempfile.TemporaryDirectory(prefix="pabal-") as folder:
        os.chmod(folder, 0o755)  # noqa: PTH101 - as root the server is ``nobody``
        async with running(Path(folder, "data")) as server:
            await migrate(server.url)
            yield server.url


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


async def loop(url: str, sink: str, secret: str, count: int, settle: Settles) -> Took:
    """What one writes first: post, update, commit, next."""
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        rows = (await connection.execute(LISTED, {"count": count})).all()
    await engine.dispose()
    async with httpx.AsyncClient(trust_env=False) as client:
        with Took(count) as took:
            for row in rows:
                body = json.dumps({"type": "alert.created", "data": {**FACTS, "hits": row.hits}})
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


async def ours(url: str, count: int) -> Took:
    """Everything that is due, from claimed to settled."""
    async with AsyncExitStack() as stack:
        database = Database(url)
        stack.push_async_callback(database.close)
        channel = registry.open_channel("webhook", ChannelOptions(private_addresses=True))
        stack.push_async_callback(channel.aclose)
        traits = {"webhook": registry.traits("webhook")}
        words = Words(Signer(bytes(32)), "https://pabal.example.org")
        deliver = Deliver(Deliveries(database), {"webhook": channel}, traits, words, 1.0)
        with Took(count) as took:
            await deliver.deliver("webhook")
    return took


async def measure(messages: int, rounds: int) -> None:
    """Measure all in turns, and print."""
    secret = new_secret()
    body = json.dumps({"type": "alert.created", "data": FACTS}, ensure_ascii=False).encode()
    table = Table(
        *("messages", "load", "loop /s", "asyncpg /s", "bare /s", "파발 /s"),
        *("× loop", "× asyncpg", "of bare", "its cpu µs"),
    )
    async with AsyncExitStack() as stack:
        sink = stack.enter_context(sinks.running())
        url = await stack.enter_async_context(kept())
        sql = await work.connect(url)
        stack.push_async_callback(sql.close)
        port = str(urlsplit(sink.web).port)
        for number in range(rounds):
            given = json.dumps(FACTS), port, secret, str(number), json.dumps(HITS)
            await sql.execute(OWE, messages, *given)
            async with by_sqlalchemy(url) as settle:
                slow = await loop(url, sink.web, secret, SAMPLE, settle)
            async with by_asyncpg(url) as settle:
                lean = await loop(url, sink.web, secret, SAMPLE, settle)
            floor = await bare(sink.web, body, secret, messages)
            await sql.execute(AGAIN)
            sink.ask("reset")
            mine = await ours(url, messages)
            assert sink.ask("count")["web"] == messages
            assert await sql.fetchval(SENT) == messages * (number + 1)
            table.add_row(
                f"{messages:,}",
                f"{os.getloadavg()[0]:.1f}",
                f"{slow.rate:,.0f}",
                f"{lean.rate:,.0f}",
                f"{floor.rate:,.0f}",
                f"{mine.rate:,.0f}",
                f"{mine.rate / slow.rate:.1f}",
                f"{mine.rate / lean.rate:.1f}",
                f"{mine.rate / floor.rate:.0%}",
                f"{mine.cpu / messages * 1e6:.0f}",
            )
    console.print(table)


def main() -> None:
    """Measure and print; what the service would log is made and thrown away."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--messages", type=int, default=MESSAGES)
    options.add_argument("--rounds", type=int, default=3)
    chosen = options.parse_args()
    gc.set_threshold(YOUNG)  # as the service; the loop has it too
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stderr(nowhere):
        logs.set_up("json")
        asyncio.run(measure(chosen.messages, chosen.rounds))


if __name__ == "__main__":
    main()
