"""The whole product in one test: a release on a ministry's page, one signed message out."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import pytest

from service.demo.sink import Sink
from service.demo.world import Release, World
from service.store.database import Database
from service.store.evidence import Evidence

Until = Callable[[Callable[[], Awaitable[bool]]], Awaitable[None]]

TEXT = "중소벤처기업부는 수출 바우처 신청을 5월 2일부터 받는다고 밝혔다.\n" + "자세한 내용. " * 40
RELEASE = Release(156_000_001, "중소벤처기업부", "수출 바우처 신청 안내", TEXT, datetime.now(UTC))
COPY = replace(RELEASE, id=1_070_001, sites=frozenset({"mss"}))


async def all_sent(evidence: Evidence) -> bool:
    return {row.outcome for row in await evidence.owed()} == {"sent"}


async def is_folded(evidence: Evidence) -> bool:
    """Whether both are stored and judged to be one story."""
    keys = {str(RELEASE.id), str(COPY.id)}
    stories = [row.story_id for row in await evidence.stored() if row.key in keys]
    return len(stories) == 2 and None not in stories and len(set(stories)) == 1


@pytest.mark.usefixtures("service")
async def test_a_release_is_told_once_to_each_who_asked_and_its_copy_to_nobody(
    world: World,
    sink: Sink,
    database: Database,
    subscribe: Callable[..., Awaitable[None]],
    until: Until,
    capfd: pytest.CaptureFixture[str],
) -> None:
    evidence = Evidence(database)
    await until(evidence.baselined)
    await subscribe("수출팀", "수출 바우처")
    await subscribe("민원실", "바우처", channel="console", address="-")

    world.publish(RELEASE, time.time())
    await until(partial(all_sent, evidence))
    world.publish(COPY, time.time())
    await until(partial(is_folded, evidence))

    (receipt,) = sink.receipts
    assert receipt.valid  # the signature is that of the subscription's secret
    assert receipt.payload["data"]["title"] == RELEASE.title
    assert receipt.payload["data"]["url"].endswith(f"newsId={RELEASE.id}")
    assert [row.outcome for row in await evidence.owed()] == ["sent", "sent"]
    assert capfd.readouterr().out.count(RELEASE.title) == 1
