"""What a review found in the steps: one bad neighbour must cost itself only."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from notifier.channels.webhook import Webhooks, new_secret
from notifier.egress import open_way
from notifier.model import Alert, ChannelOptions, Message
from notifier.posting import Poster
from service import app, work
from service.analyser import Analyser
from service.config import Settings
from service.judging.topics import Topics
from service.reading.publishers import Registry
from service.store import tables
from service.store.database import Database, Wake, wake
from service.store.sources import Sources
from service.store.subscriptions import Endpoint, Subscriptions
from service.store.verdicts import Verdicts
from service.triage import Triage

ALERT = Alert("구독", "제목", "https://a.test/", None, "a", None, None, "", ())
PAGES = {
    "titles that never end": b"<title>" * 300_000,
    "CDATA that never ends": b"<rss>" + b"<![CDATA[" * 300_000 + b"</rss>",
    "comments after the root": b"<rss></rss>" + b"<!---->" * 60 + b"x",
}


@pytest.mark.parametrize("kind", PAGES)
def test_a_hostile_page_is_refused_in_time(kind: str) -> None:
    """A regular expression holds the interpreter: one such page would stop the whole service."""
    code = (
        "import sys; from datetime import UTC, datetime\n"
        "from scrapers.errors import ScrapeError; from scrapers.model import Page\n"
        "from scrapers.platforms import intake\n"
        "page = Page('https://a.test/', '', 200, {}, sys.stdin.buffer.read(), datetime.now(UTC))\n"
        "try: intake.tree(page)\n"
        "except ScrapeError: pass\n"
    )
    subprocess.run([sys.executable, "-c", code], input=PAGES[kind], timeout=5, check=True)


async def test_receivers_that_never_answer_leave_room_for_one_that_does() -> None:
    async with _listening() as (silent, prompt):
        options = ChannelOptions(private_addresses=True, timeout=1.0)
        way = open_way(private_addresses=True, timeout=1.0, connections=20)
        channel = Webhooks(options, Poster(options, way, now=lambda: datetime.now(UTC)))
        waiting = [asyncio.create_task(channel.send(_message(silent))) for _ in range(30)]
        await asyncio.sleep(0)
        try:
            assert (await channel.send(_message(prompt))).detail.startswith("200")
        finally:
            for each in waiting:
                each.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
            await channel.aclose()


async def test_sends_that_wait_leave_room_for_reading(migrated_url: str) -> None:
    database, stop, go_on, read = Database(migrated_url), *(asyncio.Event() for _ in range(3))

    async def deliver(_: str) -> None:
        await go_on.wait()

    async def reading(_: str) -> None:
        read.set()

    handlers: work.Tasks = {"read": reading, "deliver": deliver}
    async with database.transaction() as tx:
        await wake(tx, [*(Wake("deliver", str(n)) for n in range(60)), Wake("read", "1")])
    async with AsyncExitStack() as stack:
        analyser = await stack.enter_async_context(Analyser())
        groups = await app._tasks(Settings(), database, {}, analyser, stack)
    mine = [({step: handlers[step] for step in g if step in handlers}, n) for g, n in groups]
    working = [
        asyncio.create_task(work.work(migrated_url, tasks, at_once=at_once, stop=stop))
        for tasks, at_once in mine
        if tasks
    ]
    try:
        await asyncio.wait_for(read.wait(), 5)
    finally:
        go_on.set()
        stop.set()
        await asyncio.gather(*working)
        await database.close()


async def test_a_stored_rule_that_no_longer_parses_stops_no_other(migrated_url: str) -> None:
    database = Database(migrated_url)
    await Sources(database).declare(["a"])
    for name, rule in (("갑", "수출 (바우처"), ("을", "수출")):
        await Subscriptions(database).subscribe(
            name, [(rule, rule)], Endpoint("console", name, agreed=True)
        )
    async with database.transaction() as tx:
        article_id = (
            await tx.execute(
                sa.insert(tables.article)
                .values(
                    source_id="a", key="1", url="https://a.test/1", title="수출 지원",
                    summary="", text="수출", baseline=False, collected_at=sa.func.now(),
                    read_at=sa.func.now(), read_title="수출 지원", read_text="수출", publishers=[],
                )
                .returning(tables.article.c.id)
            )
        ).scalar_one()  # fmt: skip
    async with Analyser() as analyser:
        await Triage({}, Verdicts(database), analyser, Registry.load(), Topics.load()).judge(
            article_id
        )
    async with database.transaction() as tx:
        owed = (await tx.execute(sa.select(sa.func.count(tables.delivery.c.id)))).scalar_one()
    await database.close()
    assert owed == 1


def _message(port: int) -> Message:
    return Message("msg_1", f"http://127.0.0.1:{port}/", new_secret(), ALERT, 1)


@asynccontextmanager
async def _listening() -> AsyncIterator[tuple[int, int]]:
    """Ports of a receiver that never answers and of one that does at once."""
    gone = asyncio.Event()

    async def never(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await gone.wait()
        writer.close()

    async def at_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            await writer.drain()
        writer.close()

    silent = await asyncio.start_server(never, "127.0.0.1", 0)
    prompt = await asyncio.start_server(at_once, "127.0.0.1", 0)
    try:
        yield silent.sockets[0].getsockname()[1], prompt.sockets[0].getsockname()[1]
    finally:
        gone.set()
        silent.close()
        prompt.close()
