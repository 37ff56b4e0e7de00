"""The running service, its receivers, and as many subscriptions as asked for."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg

from notifier.channels.webhook import new_secret
from service.demo import invent
from service.demo.process import ServiceProcess
from service.demo.server import HOST, Replica
from service.demo.world import Release, World
from service.judging import rules
from service.ops.embedded import running
from service.store.migrate import migrate
from service.store.server import plain
from service.web.serve import serving
from tests.bench import sinks

_TERMS = "수출 전시회 해외인증 바우처 연구개발 통상 관세 물류 특허 융자"
PAIRS = [" & ".join(each) for each in pairwise(_TERMS.split())]
TEXTS = [
    """수출 기업의 해외 전시회 참가와 해외인증을 돕는 바우처 사업이 시작된다. 연구개발과 통상, 관세,
    물류, 특허, 융자 지원을 한곳에서 신청할 수 있다. 자세한 내용은 누리집에서 볼 수 있다.""",
    """올가을 전시회에서 만난 기업들은 융자보다 특허가 급하다고 입을 모았다. 물류와 관세에 밝은 통상
    전문가가 모자라고, 연구개발을 마쳐도 해외인증에서 막히며, 수출 바우처는 이미 동났다고 한다.""",
    """내년 예산안에 특허 분쟁을 대신 치르는 융자와 물류 거점 세 곳이 담겼다. 통상 협상으로 관세가
    바뀌면 바우처로 해외인증을 다시 받게 하고, 연구개발 과제를 전시회에 내는 수출 팀도 뽑는다.""",
]
"""Each says all of the words that rules ask for, and is no copy of another."""
_SEED = """
    WITH made AS (
        INSERT INTO subscription (name)
        SELECT 'storm ' || n + (SELECT count(*) FROM subscription)
        FROM generate_series(1, $1::int) AS n RETURNING id
    ), ruled AS (
        INSERT INTO rule (subscription_id, text, canonical)
        SELECT id, ($2::text[])[1 + id % $5::int], ($3::text[])[1 + id % $5::int] FROM made
    )
    INSERT INTO endpoint (subscription_id, channel, address, secret, confirmed_at)
    SELECT id, channel,
           CASE channel WHEN 'webhook' THEN $4::text || '/' || id
                ELSE 'reader' || id || '@example.org' END,
           CASE channel WHEN 'webhook' THEN $6::text END, now()
    FROM made, LATERAL (SELECT ($7::text[])[1 + id % cardinality($7)] AS channel) AS told
"""
_BASELINED = "SELECT count(*) > 0 AND bool_and(baselined_at IS NOT NULL) FROM source"
_PATIENCE = 1200.0


@dataclass(slots=True)
class House:
    """The running service, a process for each scheduler and worker, and its receivers.

    ``world`` is what the replica of korea.kr shows, where there is one.
    """

    sql: asyncpg.Connection
    sink: sinks.Sinks
    home: Path
    schedulers: list[ServiceProcess]
    workers: list[ServiceProcess]
    world: World = field(default_factory=World)

    @property
    def everybody(self) -> list[ServiceProcess]:
        """All processes of the service."""
        return [*self.schedulers, *self.workers]

    async def stop(self) -> None:
        """Stop the service; database and receivers stay."""
        for each in self.everybody:
            await each.stop()


def _environment(home: Path, url: str, replica: str, sink: sinks.Sinks) -> dict[str, str]:
    plain_environment = {k: v for k, v in os.environ.items() if not k.startswith("PABAL_")}
    return plain_environment | {
        "PABAL_DATA": str(home),
        "PABAL_DATABASE_URL": url,
        "PABAL_REPLICA_URL": replica,
        "PABAL_LOOK_AGAIN": "",
        "PABAL_PRIVATE_ADDRESSES": "true",
        "PABAL_MAIL_SERVER": f"smtp://127.0.0.1:{sink.mail}",
        "PABAL_MAIL_FROM": "파발 <alerts@pabal.example>",
        "PABAL_LOG": "json",
    }


@asynccontextmanager
async def staffed(
    home: Path, replica: str, settings: dict[str, str], schedulers: int, workers: int
) -> AsyncIterator[House]:
    """So many processes on a database of their own, the baseline of ``replica`` behind them."""
    with sinks.running() as sink:
        async with running(home / "data") as server:
            await migrate(server.url)
            sql = await asyncpg.connect(plain(server.url))
            environment = _environment(home, server.url, replica, sink) | settings

            def of(role: str, count: int) -> list[ServiceProcess]:
                logs = (home / f"{role}{n}.log" for n in range(count))
                return [ServiceProcess(environment, log, ("--only", role)) for log in logs]

            built = House(sql, sink, home, of("scheduler", schedulers), of("worker", workers))
            try:
                for each in built.everybody:
                    await each.start()
                await until(built, lambda: sql.fetchval(_BASELINED))
                yield built
            finally:
                await built.stop()
                await sql.close()


@asynccontextmanager
async def house(home: Path, subscriptions: int) -> AsyncIterator[House]:
    """A scheduler, two workers, korea.kr to watch, and ``subscriptions`` that wait."""
    world = World()
    for old in invent.releases(7, 40, datetime.now(UTC) - timedelta(days=2), hours=40):
        world.publish(old, time.time())
    settings = {"PABAL_SOURCES": "korea_kr", "PABAL_PACE": "300"}
    async with (
        serving(Replica(world), HOST, 0) as replica,
        staffed(home, replica, settings, 1, 2) as built,
    ):
        built.world = world
        await subscribe(built, subscriptions)
        yield built


async def subscribe(
    built: House,
    count: int,
    texts: Sequence[str] = PAIRS,
    channels: Sequence[str] = ("webhook", "mail"),
) -> None:
    """So many more subscriptions; each has one of the rules ``texts``, and one of the channels."""
    canonical = [rules.canonical(rules.parse(each)) for each in texts]
    given = list(texts), canonical, built.sink.web, len(texts), new_secret(), list(channels)
    await built.sql.execute(_SEED, count, *given, timeout=600)
    await built.sql.execute("UPDATE rule_book SET version = version + 1")
    await built.sql.execute("ANALYZE")


async def until(built: House, true: Callable[[], Awaitable[Any]], every: float = 0.2) -> None:
    """Wait for what has to come true, with an end."""
    end = time.monotonic() + _PATIENCE
    while not await true():
        for each in built.everybody:
            each.check()
        if time.monotonic() > end:
            raise TimeoutError("it never came to that")
        await asyncio.sleep(every)


def publish(built: House, title: str, text: str) -> None:
    """Put a release up on the replica."""
    number, now = (
        90_000_000 + int(time.time() * 10) % 9_000_000,
        datetime.now(ZoneInfo("Asia/Seoul")),
    )
    release = Release(
        number, "산업통상부", title, "\n".join([text] * 6), now.replace(microsecond=0)
    )
    built.world.publish(release, time.time())
