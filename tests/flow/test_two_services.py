"""Two whole services on one database share the work: nothing polled twice, nothing told twice."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

import pytest
import sqlalchemy as sa

from service.demo import invent
from service.demo.process import ServiceProcess
from service.demo.sink import Sink
from service.demo.world import World
from service.store.database import Database
from service.store.evidence import Evidence
from service.store.overview import Overview
from tests.replica import Watched

LISTS = {
    "korea_kr": ("www.korea.kr", "/briefing/pressReleaseList.do"),
    "mss_press": ("www.mss.go.kr", "/site/smba/ex/bbs/List.do"),
    "mss_press_rss": ("www.mss.go.kr", "/rss/smba/board/86.do"),
    "mofa_rss": ("www.mofa.go.kr", "/www/brd/rss.do"),
    "etoday": ("rss.etoday.co.kr", "/eto/etoday_news_all.xml"),
    "yna": ("www.yna.co.kr", "/rss/news.xml"),
    "mk": ("www.mk.co.kr", "/sitemap/latest-articles/"),
}
SECONDS, COUNT = 15.0, 40
POLLS = """
    SELECT source_id, count(*), max(slot), count(DISTINCT slot),
           sum(1 + greatest(pages - 1, 0)) FILTER (WHERE outcome IS NOT NULL)
    FROM poll GROUP BY source_id
"""


@pytest.mark.slow
async def test_two_services_poll_each_slot_once_and_tell_each_story_once(
    database: Database,
    world: World,
    watched: Watched,
    sink: Sink,
    start: Callable[[Mapping[str, str]], Awaitable[ServiceProcess]],
    subscribe: Callable[..., Awaitable[None]],
    until: Callable[[Callable[[], Awaitable[bool]]], Awaitable[None]],
    tmp_path: Path,
) -> None:
    services = [await start({"PABAL_PACE": "300"}) for _ in range(2)]
    evidence = Evidence(database)
    await until(evidence.baselined)
    await subscribe("둘", "수출")
    releases = [
        replace(each, title=f"{each.title} (수출)")
        for each in invent.releases(7, COUNT, datetime.now(UTC), hours=1)
    ]
    for release in releases:
        world.publish(release, time.time())
        await asyncio.sleep(SECONDS / COUNT)

    async def settled() -> bool:
        counts = await Overview(database).counts()
        keys = {int(row.key[-8:]) for row in await evidence.stored()}
        waiting = counts["to_collect"] + counts["to_judge"] + counts["to_send"]
        return not waiting and {each.id % 10**8 for each in releases} <= keys

    await until(settled)
    for number, service in enumerate(services, start=1):
        assert await service.stop() == 0
        assert '"event": "poll.done"' in (tmp_path / f"service-{number}.log").read_text()

    fetched = Counter(
        (host, path)
        for host, path, status in watched.asked
        if status in {HTTPStatus.OK, HTTPStatus.NOT_MODIFIED}
    )
    async with database.transaction() as tx:
        polls = {row[0]: tuple(row[1:]) for row in await tx.execute(sa.text(POLLS))}
    assert polls.keys() == LISTS.keys()
    for source_id, (count, last, distinct, pages) in polls.items():
        assert count == last == distinct, source_id
        assert count > 3, source_id
        assert fetched[LISTS[source_id]] == pages, source_id
    assert max(Counter(sink.ids()).values()) == 1
    owed = {row.message_id: row.story_id for row in await evidence.owed()}
    assert set(sink.ids()) == set(owed)
    assert len(set(owed.values())) == len(owed)
    told = {receipt.payload["data"]["url"] for receipt in sink.receipts}
    assert len(told) == len(sink.receipts)
    news = {row.story_id for row in await evidence.stored() if not row.baseline}
    assert news == set(owed.values())
