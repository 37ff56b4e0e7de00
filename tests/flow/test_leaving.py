"""Asked to leave under load a process leaves in order; restored from a backup it repeats none."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from service.config import Settings
from service.demo.process import ServiceProcess
from service.demo.world import Release, World
from service.ops.backup import back_up, new_file, restore
from service.store.database import Database
from service.store.evidence import Evidence
from service.store.overview import Overview
from tests.flow.conftest import running
from tests.replica import Moody

Until = Callable[[Callable[[], Awaitable[bool]]], Awaitable[None]]
Subscribe = Callable[..., Awaitable[None]]


def releases(count: int) -> list[Release]:
    words = ("통관", "물류", "관세", "환율", "인증", "보험", "박람회", "상담회", "바우처", "금융")
    return [
        Release(
            156_000_100 + number,
            "중소벤처기업부",
            f"{words[number]} 분야 수출 기업 {number + 3}곳 선정",
            f"중소벤처기업부는 {words[number]} 분야에서 {words[number] * 3} 등을 살펴 수출 기업을 "
            f"골랐다고 밝혔다. {' '.join(words[number:] + words[:number])}.\n" * 3,
            datetime.now(UTC),
        )
        for number in range(count)
    ]


@pytest.mark.slow
async def test_sigterm_under_load_loses_nothing_and_repeats_nothing(
    world: World,
    sink: Moody,
    database: Database,
    start: Callable[[Mapping[str, str]], Awaitable[ServiceProcess]],
    subscribe: Subscribe,
    until: Until,
) -> None:
    chosen = {"PABAL_PACE": "300", "PABAL_SOURCES": "korea_kr"}
    evidence = Evidence(database)
    first = await start(chosen)
    await until(evidence.baselined)
    for name in ("하나", "둘", "셋"):
        await subscribe(name, "수출")
    sink.delay = 2.0

    for each in releases(8):
        world.publish(each, time.time())

    async def under_way() -> bool:
        return await evidence.died_in_flight() > 0

    await until(under_way)
    async with asyncio.timeout(25):
        assert await first.stop() == 0
    assert not await evidence.died_in_flight()  # what was begun was waited for and written down

    sink.delay = 0.0
    await start(chosen)

    async def all_told() -> bool:
        owed = await evidence.owed()
        return len(owed) == 24 and {row.outcome for row in owed} == {"sent"}

    await until(all_told)
    assert Counter(sink.ids()) == {row.message_id: 1 for row in await evidence.owed()}


@pytest.mark.slow
@pytest.mark.fault(25)
@pytest.mark.usefixtures("service")
async def test_after_a_restore_the_same_lists_bring_no_alert_twice(
    world: World,
    sink: Moody,
    database: Database,
    subscribe: Subscribe,
    until: Until,
    replica: str,
    migrated_url: str,
    database_url: str,
    tmp_path: Path,
    measured: Callable[..., None],
) -> None:
    evidence = Evidence(database)
    await until(evidence.baselined)
    await subscribe("팀", "수출")
    *most, last = releases(5)
    for each in most:
        world.publish(each, time.time())
    await until(lambda: told(evidence, 4))
    with new_file(tmp_path / "kept.zip") as file:
        await back_up(migrated_url, file, version="0", now=datetime.now(UTC))

    await restore(database_url, tmp_path / "kept.zip", replace=False)
    settings = Settings(
        replica_url=replica, sources=("korea_kr", "mss_press"), pace=600, look_again="",
        private_addresses=True, port=0,
    )  # fmt: skip
    restored = Database(database_url, size=2)
    async with running(settings, database_url, ("scheduler", "worker")):
        world.publish(last, time.time())  # so that we know that it has looked
        await until(lambda: told(Evidence(restored), 5))

    counts = await Overview(restored).counts()
    async with restored.transaction() as tx:
        before = sa.text("SELECT count(*) FROM article WHERE title LIKE '%수출 기업%'")
        assert await tx.scalar(before) == 5
    await restored.close()
    assert counts["to_send"] == 0
    owed = {row.message_id for row in await evidence.owed()}
    heard = Counter(receipt.payload["data"]["title"] for receipt in sink.receipts)
    lost = [each.title for each in most if not heard[each.title]]
    twice = [each.title for each in most if heard[each.title] > 1]
    measured(lost=len(lost), twice=len(twice))
    assert (lost, twice) == ([], [])
    assert owed <= set(sink.ids())


async def told(evidence: Evidence, count: int) -> bool:
    return [row.outcome for row in await evidence.owed()].count("sent") >= count
