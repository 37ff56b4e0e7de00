"""Receivers that are dead, err, ask for patience, are gone or hang up hold up nobody else."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field

import asyncpg
import pytest

from notifier import registry
from notifier.channels.webhook import new_secret
from notifier.model import ChannelOptions
from service.deliver import Deliver
from service.links import Signer
from service.store.database import Database
from service.store.deliveries import Deliveries
from service.worded import Words
from service.work import connect

PATIENCE = 1.0  # seconds that a receiver may take
MOODS = {"dead": 10, "500": 5, "429": 5, "410": 1, "hangs up": 1}  # of a hundred
ANSWERS = {
    "204": b"HTTP/1.1 204 Fine\r\n\r\n",
    "500": b"HTTP/1.1 500 Oh\r\ncontent-length: 0\r\n\r\n",
    "429": b"HTTP/1.1 429 Later\r\nretry-after: 1\r\ncontent-length: 0\r\n\r\n",
    "410": b"HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n",
}
OWE = """
    WITH told AS (
        INSERT INTO telling (reason, key, facts) VALUES ('alert', 'story ' || $1::int, $2)
        RETURNING id
    )
    INSERT INTO delivery (telling_id, subscription_id, endpoint_id, channel, hits)
    SELECT told.id, subscription_id, endpoint.id, channel, '[]' FROM told, endpoint
    WHERE switched_off_at IS NULL RETURNING message_id
"""
SUBSCRIBE = """
    WITH whom AS (INSERT INTO subscription (name) VALUES ('구독 ' || $1::int) RETURNING id)
    INSERT INTO endpoint (subscription_id, channel, address, secret, confirmed_at)
    SELECT id, 'webhook', format('http://127.0.0.%s:%s/%s', 1 + $1::int, $2::int, $1::int),
           $3, now() FROM whom
"""
FACTS: dict[str, object] = {
    "title": "수출 상담회",
    "url": "https://a.example/1",
    "publisher": "관세청",
    "source": "a",
    **dict.fromkeys(("published_at", "published_precision", "embargo", "apply_by")),
    "summary": "요약",
    "kind": "release",
    "extract": "수출 상담회를 연다.",
    **{each: [] for each in ("topics", "contacts", "files")},
}


@dataclass
class Receivers:
    """All of them in one listener, told apart by path, each in its ``mood``."""

    moods: dict[int, str]
    well: bool = True
    came: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    taken: Counter[str] = field(default_factory=Counter)
    asked: Counter[int] = field(default_factory=Counter)
    serving: set[asyncio.Task[None]] = field(default_factory=set)

    def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.serving.add(asyncio.create_task(self._serve(reader, writer)))

    async def aclose(self) -> None:
        for each in self.serving:
            each.cancel()
        await asyncio.gather(*self.serving, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(OSError, EOFError):
                while await self._answer(reader, writer):
                    pass
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        number = int(head.split(" ")[1][1:])
        length = re.search(r"content-length: *(\d+)", head, re.IGNORECASE)
        await reader.readexactly(int(length[1]) if length else 0)
        named = re.search(r"webhook-id: *(\S+)", head, re.IGNORECASE)
        assert named is not None
        self.asked[number] += 1
        mood = "204" if self.well else self.moods.get(number, "204")
        if mood == "dead":
            await asyncio.sleep(PATIENCE * 3)
            return False
        if mood == "hangs up":
            return False
        writer.write(ANSWERS[mood])
        await writer.drain()
        if mood == "204":
            self.taken[named[1]] += 1
            self.came[number].append(time.monotonic())
        return True


def _moods(count: int) -> dict[int, str]:
    moods = [mood for mood, each in MOODS.items() for _ in range(max(1, each * count // 100))]
    return dict(enumerate(moods))


@dataclass
class House:
    """Deliver, over ``count`` endpoints that are all well until they are not."""

    deliver: Deliver
    sql: asyncpg.Connection
    receivers: Receivers
    count: int

    async def owe(self, releases: int) -> list[str]:
        told = await self.sql.fetchval("SELECT count(*) FROM telling")
        rows = [
            await self.sql.fetch(OWE, told + each, json.dumps(FACTS)) for each in range(releases)
        ]
        return [f"msg_{row['message_id']}" for each in rows for row in each]

    async def until(self, reached: Callable[[], bool]) -> None:
        async with asyncio.timeout(120):
            while not reached():
                await self.deliver.deliver("webhook")
                await asyncio.sleep(0.02)

    async def delay(self, releases: int) -> float:
        """Seconds until 99 of 100 messages of those who are well had come."""
        self.receivers.came.clear()
        begun = time.monotonic()
        await self.owe(releases)
        well = [each for each in range(self.count) if each not in self.receivers.moods]
        came = self.receivers.came
        await self.until(lambda: all(len(came[each]) == releases for each in well))
        times = sorted(at - begun for each in well for at in came[each])
        return times[int(len(times) * 0.99)]


@asynccontextmanager
async def _house(url: str, count: int) -> AsyncIterator[House]:
    receivers = Receivers(_moods(count))
    async with AsyncExitStack() as stack:
        database = Database(url, size=5)
        stack.push_async_callback(database.close)
        sql = await connect(url)
        stack.push_async_callback(sql.close)
        channel = registry.open_channel(
            "webhook", ChannelOptions(private_addresses=True, timeout=PATIENCE)
        )
        server = await asyncio.start_server(receivers.serve, "0.0.0.0", 0)
        stack.callback(server.close)
        stack.push_async_callback(receivers.aclose)
        stack.push_async_callback(channel.aclose)
        for number in range(count):
            port = server.sockets[0].getsockname()[1]
            await sql.execute(SUBSCRIBE, number, port, new_secret())
        traits = {"webhook": registry.traits("webhook")}
        words = Words(Signer(bytes(32)), None)
        deliver = Deliver(Deliveries(database), {"webhook": channel}, traits, words, pace=50.0)
        yield House(deliver, sql, receivers, count)


@pytest.mark.fault(15)
@pytest.mark.parametrize(
    ("count", "releases"),
    [(30, 1), pytest.param(200, 10, marks=[pytest.mark.faults, pytest.mark.alone])],
)
async def test_unwell_receivers_lose_nothing_and_those_who_are_gone_are_switched_off(
    migrated_url: str, measured: Callable[..., None], count: int, releases: int
) -> None:
    """How long the others wait is measured with many alone: a few are told in a blink."""
    async with _house(migrated_url, count) as house:
        receivers = house.receivers
        await house.delay(1)  # all is loaded by then
        usual = await house.delay(releases)
        receivers.well = False
        receivers.taken.clear()
        meanwhile = await house.delay(releases)
        receivers.well = True
        asked = Counter(receivers.asked)
        unsettled = "SELECT count(*) FROM delivery WHERE settled_at IS NULL"
        async with asyncio.timeout(120):
            while await house.sql.fetchval(unsettled):
                await house.deliver.deliver("webhook")
                await asyncio.sleep(0.05)

        gone = [each for each, mood in receivers.moods.items() if mood == "410"]
        off = await house.sql.fetch("SELECT id FROM endpoint WHERE switched_off_at IS NOT NULL")
        sent = await house.sql.fetch(
            "SELECT 'msg_' || message_id AS id FROM delivery WHERE outcome = 'sent'"
            " ORDER BY id DESC"
        )
        owed = releases * (count - len(gone))
        lost = owed - len(receivers.taken)
        figures = {"slowdown": meanwhile / usual} if releases > 1 else {}
        measured(endpoints=count, lost=lost, gone_still_on=len(gone) - len(off), **figures)
    assert len(off) == len(gone) > 0
    assert lost == 0
    assert set(receivers.taken) <= {row["id"] for row in sent}
    assert [receivers.asked[each] for each in gone] == [asked[each] for each in gone]
    assert figures.get("slowdown", 0) <= 2
