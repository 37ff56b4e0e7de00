"""Webhooks of one release from owed to settled, beside a plain loop and a bare client.

All post to one process on this machine, ours at two hundred addresses of it.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, redirect_stderr
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from rich.console import Console
from rich.table import Table

from notifier import registry
from notifier.channels.webhook import new_secret
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
from tests.bench.report import OURS, Figure, Growth, named, save
from tests.bench.webhook_peers import Took, bare, by_asyncpg, by_sqlalchemy, loop

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
AGAIN = "UPDATE delivery SET outcome = NULL, settled_at = NULL WHERE attempts = 0"
SENT = "SELECT count(*) FROM delivery WHERE outcome = 'sent'"
LOOP = "httpx + SQLAlchemy"
MUST = 15
console = Console(width=100)


@asynccontextmanager
async def kept() -> AsyncIterator[str]:
    """The address of a PostgreSQL of our own that keeps what it commits."""
    with tempfile.TemporaryDirectory(prefix="pabal-") as folder:
        os.chmod(folder, 0o755)  # noqa: PTH101 - as root the server is ``nobody``
        async with running(Path(folder, "data")) as server:
            await migrate(server.url)
            yield server.url


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


@dataclass(frozen=True)
class Compared:
    """One run each: the loops, the bare client, ours."""

    slow: Took
    lean: Took
    floor: Took
    mine: Took


async def measure(counts: Sequence[int], sample: int) -> dict[int, Compared]:
    """All in turns, for each of ``counts``; the loops post ``sample`` of them."""
    secret = new_secret()
    body = json.dumps({"type": "alert.created", "data": FACTS}, ensure_ascii=False).encode()
    found = {}
    async with AsyncExitStack() as stack:
        sink = stack.enter_context(sinks.running())
        url = await stack.enter_async_context(kept())
        sql = await work.connect(url)
        stack.push_async_callback(sql.close)
        port = str(urlsplit(sink.web).port)
        for count in counts:
            given = json.dumps(FACTS), port, secret, str(count), json.dumps(HITS)
            await sql.execute(OWE, count, *given)
            await sql.execute("VACUUM ANALYZE delivery, endpoint, subscription, telling")
            few = min(sample, count // 10)
            async with by_sqlalchemy(url) as settle:
                slow = await loop(url, sink.web, secret, FACTS, few, settle)
            async with by_asyncpg(url) as settle:
                lean = await loop(url, sink.web, secret, FACTS, few, settle)
            floor = await bare(sink.web, body, secret, count)
            await sql.execute(AGAIN)
            sink.ask("reset")
            before = await sql.fetchval(SENT)
            mine = await ours(url, count)
            assert sink.ask("count")["web"] == count
            assert await sql.fetchval(SENT) == before + count
            found[count] = Compared(slow, lean, floor, mine)
    return found


def figures(found: Mapping[int, Compared]) -> Iterator[Figure]:
    """Of the largest run."""
    most = max(found)
    each = found[most]
    what, ours = f"웹훅 / posts: {most:,}", f"{each.mine.rate:,.0f} /s"
    cpu, wall = each.mine.cpu / most * 1e6, 1e6 / each.mine.rate
    wanted = 1e6 / each.slow.rate / MUST
    why = (
        f"하나에 {wall:.0f} µs, 우리 프로세스의 CPU는 {cpu:.0f} µs, {MUST}×는 모두 {wanted:.0f} µs "
        f"(ADR 0011) / {wall:.0f} µs a post, {cpu:.0f} µs of CPU in our process; {MUST}× would be "
        f"{wanted:.0f} µs in all, PostgreSQL and the receiver on the same cores"
    )
    loops = ("SQLAlchemy", each.slow, MUST), ("asyncpg", each.lean, None)
    for name, slow, must in loops:
        peer = f"{named('httpx')} + {named(name)}: {slow.rate:,.0f} /s"
        ratio = each.mine.rate / slow.rate
        yield Figure(what=what, value=ratio, ours=ours, peer=peer, must=must, why=why)
    share, peer = (
        each.mine.rate / each.floor.rate * 100,
        f"asyncio, bare: {each.floor.rate:,.0f} /s",
    )
    yield Figure(what=f"{what}, of bare", value=share, unit="%", ours=ours, peer=peer, aim=50)


def report(found: Mapping[int, Compared]) -> None:
    """Print, and leave it for the page."""
    table = Table(
        *("messages", "loop /s", "asyncpg /s", "bare /s", "파발 /s"),
        *("× loop", "× asyncpg", "of bare", "its cpu µs"),
    )
    for count, each in found.items():
        table.add_row(
            f"{count:,}",
            *(f"{one.rate:,.0f}" for one in (each.slow, each.lean, each.floor, each.mine)),
            f"{each.mine.rate / each.slow.rate:.1f}",
            f"{each.mine.rate / each.lean.rate:.1f}",
            f"{each.mine.rate / each.floor.rate:.0%}",
            f"{each.mine.cpu / count * 1e6:.0f}",
        )
    console.print(table)
    growth = Growth(
        title="웹훅 수에 따른 보냄 / Time to send and settle, by number of posts",
        sizes="웹훅 / posts",
        seconds={
            OURS: {count: each.mine.wall for count, each in found.items()},
            LOOP: {each.slow.messages: each.slow.wall for each in found.values()},
            "asyncio, bare": {count: each.floor.wall for count, each in found.items()},
        },
    )
    save("webhook", list(figures(found)), growth)


def main() -> None:
    """Measure and print; what the service would log is made and thrown away."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--messages", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    options.add_argument("--sample", type=int, default=1_000, help="messages of the loops")
    chosen = options.parse_args()
    gc.set_threshold(YOUNG)  # as the service; the loop has it too
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stderr(nowhere):
        logs.set_up("json")
        found = asyncio.run(measure(chosen.messages, chosen.sample))
    report(found)


if __name__ == "__main__":
    main()
