"""One release that a hundred thousand subscriptions match, and workers that are killed meanwhile.

``make storm``: the release appears on a replica of korea.kr, the ordinary service finds it, owes it
to everybody and sends it, half as webhooks, half as mail, while a worker is killed again and again.
Then a second release without kills, beside what one would write by hand over httpx and aiosmtplib.
Exit code 1 unless nothing is lost and nothing repeated beyond what was on its way at the kills.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import make_msgid
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiosmtplib
import asyncpg
import httpx

sys.path.insert(0, str(Path(__file__).parents[2]))  # run as a script, from wherever

from notifier.channels.webhook import new_secret
from service.demo import invent
from service.demo.process import ServiceProcess
from service.demo.server import serving
from service.demo.world import Release, World
from service.judging import rules
from service.ops.embedded import running
from service.store.migrate import migrate
from service.store.server import plain
from tests.bench import sinks

_TERMS = (
    "수출",
    "전시회",
    "해외인증",
    "바우처",
    "연구개발",
    "통상",
    "관세",
    "물류",
    "특허",
    "융자",
)
_TEXTS = [
    """수출 기업의 해외 전시회 참가와 해외인증을 돕는 바우처 사업이 시작된다. 연구개발과 통상, 관세,
    물류, 특허, 융자 지원을 한곳에서 신청할 수 있다. 자세한 내용은 누리집에서 볼 수 있다.""",
    """올가을 전시회에서 만난 기업들은 융자보다 특허가 급하다고 입을 모았다. 물류와 관세에 밝은 통상
    전문가가 모자라고, 연구개발을 마쳐도 해외인증에서 막히며, 수출 바우처는 이미 동났다고 한다.""",
]
_SEED = """
    WITH made AS (
        INSERT INTO subscription (name)
        SELECT 'storm ' || n FROM generate_series(1, $1::int) AS n RETURNING id
    ), ruled AS (
        INSERT INTO rule (subscription_id, text, canonical)
        SELECT id, ($2::text[])[1 + id % $5::int], ($3::text[])[1 + id % $5::int] FROM made
    )
    INSERT INTO endpoint (subscription_id, channel, address, secret, confirmed_at)
    SELECT id, CASE WHEN id % 2 = 0 THEN 'webhook' ELSE 'mail' END,
           CASE WHEN id % 2 = 0 THEN $4::text || '/' || id
                ELSE 'reader' || id || '@example.org' END,
           CASE WHEN id % 2 = 0 THEN $6::text END, now()
    FROM made
"""
_STATE = """
    SELECT count(*) AS owed, count(*) FILTER (WHERE settled_at IS NULL) AS open,
           count(*) FILTER (WHERE outcome = 'sent') AS sent,
           count(DISTINCT delivery.created_at) AS statements,
           min(delivery.created_at) AS owed_at, max(settled_at) AS last_at
    FROM delivery JOIN telling ON telling.id = telling_id WHERE facts ->> 'title' = $1
"""
_IDS = """
    SELECT 'msg_' || message_id FROM delivery JOIN telling ON telling.id = telling_id
    WHERE facts ->> 'title' = $1
"""
_FRESH = """
    SELECT min(discovered_at) AS found_at, min(read_at) AS read_at, min(triaged_at) AS judged_at,
           (SELECT min(finished_at) FROM attempt JOIN delivery ON delivery.id = delivery_id
            WHERE telling_id = min(telling.id) AND attempt.outcome = 'sent') AS first_at
    FROM telling JOIN article ON article.id = article_id WHERE telling.facts ->> 'title' = $1
"""
_DIED = "SELECT count(*) FROM attempt WHERE finished_at IS NULL"
_PATIENCE = 1200.0


@dataclass(slots=True)
class Storm:
    """What came of one release."""

    title: str
    owed: int = 0
    statements: int = 0
    lost: int = 0
    repeats: int = 0
    strangers: int = 0
    on_their_way: int = 0
    kills: int = 0
    first: float = 0.0
    seconds: float = 0.0
    steps: str = ""
    rates: dict[str, float] = field(default_factory=dict)

    @property
    def clean(self) -> bool:
        """Nothing lost, and no more repeated than was on its way at a kill."""
        return not (self.lost or self.strangers) and self.repeats <= self.on_their_way


@dataclass(slots=True)
class House:
    """The running service: a scheduler, two workers, its database and its receivers."""

    sql: asyncpg.Connection
    world: World
    sink: sinks.Sinks
    scheduler: ServiceProcess
    workers: list[ServiceProcess]
    home: Path


def _environment(home: Path, url: str, replica: str, sink: sinks.Sinks) -> dict[str, str]:
    plain_environment = {k: v for k, v in os.environ.items() if not k.startswith("PABAL_")}
    return plain_environment | {
        "PABAL_DATA": str(home),
        "PABAL_DATABASE_URL": url,
        "PABAL_REPLICA_URL": replica,
        "PABAL_SOURCES": "korea_kr",
        "PABAL_PACE": "300",
        "PABAL_LOOK_AGAIN": "",
        "PABAL_PRIVATE_WEBHOOKS": "true",
        "PABAL_MAIL_SERVER": f"smtp://127.0.0.1:{sink.mail}",
        "PABAL_MAIL_FROM": "파발 <alerts@pabal.example>",
        "PABAL_LOG": "json",
    }


@asynccontextmanager
async def house(home: Path, subscriptions: int) -> AsyncIterator[House]:
    """Everything running, with a baseline behind it and ``subscriptions`` that wait."""
    world = World()
    for old in invent.releases(7, 40, datetime.now(UTC) - timedelta(days=2), hours=40):
        world.publish(old, time.time())
    with sinks.running() as sink:
        async with running(home / "data") as server, serving(world) as replica:
            await migrate(server.url)
            sql = await asyncpg.connect(plain(server.url))
            environment = _environment(home, server.url, replica, sink)
            children = [
                ServiceProcess(environment, home / f"{role}{n}.log", ("--only", role))
                for n, role in enumerate(("scheduler", "worker", "worker"))
            ]
            built = House(sql, world, sink, children[0], children[1:], home)
            try:
                for each in children:
                    await each.start()
                await _until(
                    built,
                    lambda: sql.fetchval(
                        "SELECT count(*) > 0 AND bool_and(baselined_at IS NOT NULL) FROM source"
                    ),
                )
                await _subscribe(sql, sink, subscriptions)
                yield built
            finally:
                for each in children:
                    await each.stop()
                await sql.close()


async def _subscribe(sql: asyncpg.Connection, sink: sinks.Sinks, count: int) -> None:
    texts = [f"{one} & {other}" for one, other in pairwise(_TERMS)]
    canonical = [rules.canonical(rules.parse(each)) for each in texts]
    await sql.execute(
        _SEED, count, texts, canonical, sink.web, len(texts), new_secret(), timeout=600
    )
    await sql.execute("UPDATE rule_book SET version = version + 1")
    await sql.execute("ANALYZE")


async def _until(built: House, true: Callable[[], Awaitable[Any]], every: float = 0.2) -> None:
    end = time.monotonic() + _PATIENCE
    while not await true():
        built.scheduler.check()
        if time.monotonic() > end:
            raise TimeoutError("it never came to that")
        await asyncio.sleep(every)


def _publish(built: House, title: str, text: str) -> None:
    number, now = 90_000_000 + int(time.time()), datetime.now(ZoneInfo("Asia/Seoul"))
    release = Release(
        number, "산업통상부", title, "\n".join([text] * 6), now.replace(microsecond=0)
    )
    built.world.publish(release, time.time())


async def blow(built: House, title: str, text: str, kills: int, rng: random.Random) -> Storm:
    """Publish one release and see it through."""
    storm = Storm(title)
    built.sink.ask("reset")
    died = await built.sql.fetchval(_DIED)
    _publish(built, title, text)
    appeared = time.monotonic()

    async def anything() -> bool:
        return sum(built.sink.ask("count").values()) > 0

    await _until(built, anything, 0.02)
    storm.first = time.monotonic() - appeared
    for _ in range(kills):
        await asyncio.sleep(rng.uniform(0.5, 4.0))
        if not (await built.sql.fetchrow(_STATE, title))["open"]:
            break
        victim = rng.choice(built.workers)
        await victim.kill()
        storm.kills += 1
        await victim.start()

    async def settled() -> bool:
        row = await built.sql.fetchrow(_STATE, title)
        return bool(row["owed"]) and not row["open"]

    await _until(built, settled, 0.5)
    row = await built.sql.fetchrow(_STATE, title)
    storm.owed, storm.statements = row["owed"], row["statements"]
    storm.seconds = (row["last_at"] - row["owed_at"]).total_seconds()
    fresh = await built.sql.fetchrow(_FRESH, title)
    times = [*fresh, row["last_at"]]
    storm.steps = ", ".join(
        f"{name} {(at - fresh['found_at']).total_seconds():.2f}"
        for name, at in zip(
            ("read", "judged and owed", "first sent", "last"), times[1:], strict=True
        )
    )
    storm.on_their_way = await built.sql.fetchval(_DIED) - died
    _reckon(storm, {each[0] for each in await built.sql.fetch(_IDS, title)}, built)
    return storm


def _reckon(storm: Storm, owed: set[str], built: House) -> None:
    came = built.home / "ids.txt"
    counts = built.sink.ask(f"ids {came}")
    got = Counter(came.read_text().split())
    storm.lost = len(owed - got.keys())
    storm.strangers = len(got.keys() - owed)
    storm.repeats = got.total() - len(got)
    storm.rates = {name: count / storm.seconds for name, count in counts.items()}


async def by_hand(built: House, count: int) -> dict[str, float]:
    """The same, as one would write it: a client each, one message after the other, a row each."""
    sink = built.sink
    await built.sql.execute(
        "CREATE TABLE IF NOT EXISTS hand (id int PRIMARY KEY, sent_at timestamptz)"
    )
    await built.sql.execute("TRUNCATE hand")
    await built.sql.execute("INSERT INTO hand SELECT generate_series(1, $1::int)", count)
    rates = {}
    began = time.perf_counter()
    async with httpx.AsyncClient(trust_env=False) as client:
        for n in range(1, count + 1):
            await client.post(
                sink.web, json={"title": _TEXTS[0] * 8}, headers={"webhook-id": f"hand_{n}"}
            )
            await built.sql.execute("UPDATE hand SET sent_at = now() WHERE id = $1", n)
    rates["web"] = count / (time.perf_counter() - began)
    began = time.perf_counter()
    for n in range(1, count + 1):
        mail = EmailMessage()
        mail["From"], mail["To"] = "alerts@pabal.example", f"reader{n}@example.org"
        mail["Subject"], mail["Message-ID"] = "수출 소식", make_msgid(domain="pabal.example")
        mail.set_content(_TEXTS[0] * 8)
        mail.add_alternative(f"<p>{_TEXTS[0] * 8}</p>", subtype="html")
        await aiosmtplib.send(mail, hostname="127.0.0.1", port=sink.mail)
        await built.sql.execute("UPDATE hand SET sent_at = now() WHERE id = $1", n)
    rates["mail"] = count / (time.perf_counter() - began)
    return rates


def _say(storm: Storm) -> None:
    web, mail = storm.rates["web"], storm.rates["mail"]
    say = sys.stdout.write
    say(f"{storm.title}: {storm.owed:,} owed in {storm.statements} statement(s), ")
    say(f"lost {storm.lost}, not owed {storm.strangers}, repeats {storm.repeats} ")
    say(f"(on their way at {storm.kills} kills: {storm.on_their_way})\n")
    say(f"  first out {storm.first:.2f} s after it appeared, all settled {storm.seconds:.1f} s ")
    say(f"after it was owed; a second: web {web:,.0f}, mail {mail:,.0f}, both {web + mail:,.0f}\n")
    say(f"  seconds after its list was fetched: {storm.steps}\n")


async def _main(subscriptions: int, kills: int, seed: int, sample: int, home: Path) -> int:
    rng = random.Random(seed)
    async with house(home, subscriptions) as built:
        storms = [await blow(built, "폭풍 속의 첫 소식", _TEXTS[0], kills, rng)]
        _say(storms[0])
        storms.append(await blow(built, "바람이 잔 뒤의 소식", _TEXTS[1], 0, rng))
        _say(storms[1])
        for each in (built.scheduler, *built.workers):
            await each.stop()
        hand = await by_hand(built, sample)
    alone = subscriptions / 2 / hand["web"] + subscriptions / 2 / hand["mail"]
    say = sys.stdout.write
    say(f"by hand, {sample} each: web {hand['web']:,.0f}, mail {hand['mail']:,.0f} a second; ")
    say(f"Pabal does both together {alone / storms[1].seconds:.1f} times as fast\n")
    short = [each.title for each in storms if each.owed < subscriptions or each.statements != 1]
    say(f"NOT owed to all in one statement: {short}\n" if short else "")
    return 0 if all(each.clean for each in storms) and not short else 1


def main() -> int:
    """Read the options and blow."""
    asks = argparse.ArgumentParser(description=__doc__)
    asks.add_argument("--subscriptions", type=int, default=100_000)
    asks.add_argument("--kills", type=int, default=10)
    asks.add_argument("--seed", type=int, default=6)
    asks.add_argument("--sample", type=int, default=500)
    said = asks.parse_args()
    with tempfile.TemporaryDirectory(prefix="pabal-storm-") as made:
        Path(made).chmod(0o755)  # the server is another account's where we are root
        way = _main(said.subscriptions, said.kills, said.seed, said.sample, Path(made))
        return asyncio.run(way)


if __name__ == "__main__":
    sys.exit(main())
