"""A hundred sources at once: how long a release takes from its list to the receiver."""

from __future__ import annotations

import asyncio
import random
import re
import shutil
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from pathlib import Path

import pytest

from service.demo import invent
from service.demo.ledger import percentile
from service.demo.process import ServiceProcess
from service.demo.run import SOURCES_OF_SITE
from service.demo.sink import Sink
from service.demo.sites.files import EVERY_ERROR_PAGE
from service.demo.sites.korea_kr import REP_CODES
from service.demo.world import Release, World
from service.store.database import Database
from service.store.evidence import Evidence
from service.store.overview import Overview
from tests.flow.sites import rows

ROOT = Path(__file__).parents[2]
MADE, DECLARED = 93, 7
PACE = 60.0  # of a source that is declared for every five minutes: every five seconds
SOURCE = '''"""{name}: one list of the portal among many."""

from dataclasses import replace

from scrapers.sources import korea_kr

_URL = korea_kr.SOURCE.url.replace("&repCode=&", "&repCode={code}&").replace("srchWord=", "{more}")
SOURCE = replace(korea_kr.SOURCE, url=_URL)
'''
CODES = tuple(REP_CODES.values())


def declare(home: Path) -> None:
    """The service's own packages in ``home``, with MADE more source files and no other change."""
    for package in ("scrapers", "service", "notifier", "migrations"):
        shutil.copytree(ROOT / package, home / package)  # with what is compiled: it starts sooner
    for number in range(MADE):
        code = CODES[number % len(CODES)]
        more = f"srchWord=&n={number}"
        text = SOURCE.format(name=f"목록 {number}", code=code, more=more)
        (home / "scrapers" / "sources" / f"{_made(number)}.py").write_text(text)


def _made(number: int) -> str:
    return f"gen_{number:03}"


def releases(count: int) -> list[Release]:
    """Releases of the portal alone, all of them of interest, by all sorts of ministries."""
    made = invent.releases(5, 3 * count, datetime.now(UTC), hours=1)
    # Two of one title and much the same figures are one joint release, told once.
    apart = {each.title: each for each in made if each.ministry in REP_CODES}
    ours = list(apart.values())[:count]
    portal = frozenset({"korea_kr"})
    made = [replace(each, title=f"{each.title} (수출)", sites=portal) for each in ours]
    # A file that does not come holds its release back for the whole ladder, on purpose.
    return [each if each.id % EVERY_ERROR_PAGE else replace(each, files=()) for each in made]


def history() -> list[Release]:
    """One release of every ministry, so that no list is empty."""
    made = invent.releases(6, len(REP_CODES), datetime.now(UTC) - timedelta(days=4), hours=24)
    return [replace(each, ministry=name, sites=frozenset({"korea_kr"}))
            for each, name in zip(made, REP_CODES, strict=True)]  # fmt: skip


@pytest.mark.slow
@pytest.mark.alone
@pytest.mark.parametrize("count", [30, pytest.param(120, marks=pytest.mark.faults)])
async def test_a_release_reaches_its_receiver_in_two_seconds_among_a_hundred_sources(
    database: Database,
    world: World,
    sink: Sink,
    start: Callable[[Mapping[str, str]], Awaitable[ServiceProcess]],
    subscribe: Callable[..., Awaitable[None]],
    until: Callable[[Callable[[], Awaitable[bool]]], Awaitable[None]],
    tmp_path: Path,
    count: int,
) -> None:
    declare(tmp_path)
    for release in history():
        world.publish(release, time.time())
    # Safe path: else the directory we stand in would come before the copy.
    wanted_ids = ",".join(
        [*chain.from_iterable(SOURCES_OF_SITE.values()), *map(_made, range(MADE))]
    )
    await start(
        {
            "PYTHONPATH": str(tmp_path),
            "PYTHONSAFEPATH": "1",
            "PABAL_PACE": str(PACE),
            "PABAL_SOURCES": wanted_ids,
        }
    )
    evidence = Evidence(database)

    async def settled() -> bool:
        counts = await Overview(database).counts()
        waiting = counts["to_collect"] + counts["to_judge"] + counts["to_send"]
        return waiting == 0 and await evidence.baselined()

    await until(settled)
    await subscribe("백", "수출")
    began, (before, _) = time.monotonic(), await _polls(database)
    wanted = releases(count)
    waiting = iter(wanted)
    rng = random.Random(1)
    while batch := list(islice(waiting, rng.choice((1, 1, 1, 5)))):
        for release in batch:
            world.publish(release, time.time())
        await asyncio.sleep(rng.uniform(0.4, 2.2))
    took, (polls, sources) = time.monotonic() - began, await _polls(database)

    async def told() -> bool:
        return len(sink.receipts) >= count and await settled()

    await until(told)
    arrived = _arrived(sink)
    times = [arrived[each.id] - world.first_shown[each.id] for each in wanted]
    p50, p99 = percentile(times, 0.5), percentile(times, 0.99)
    assert p50 is not None
    assert p99 is not None
    every = took * (MADE + DECLARED) / (polls - before)
    sys.stdout.write(f"\np50 {p50:.2f} s, p99 {p99:.2f} s, a source every {every:.1f} s\n")
    assert max(Counter(sink.ids()).values()) == 1
    assert len(arrived) == len(sink.receipts) == count
    assert sources == MADE + DECLARED
    assert 3 < every < 15
    assert p99 < 2.0


def _arrived(sink: Sink) -> dict[int, float]:
    """When each release came, by its number."""
    return {
        int(re.findall(r"newsId=(\d+)", each.payload["data"]["url"])[0]): each.at
        for each in sink.receipts
    }


async def _polls(database: Database) -> tuple[int, int]:
    """How many polls went well, and of how many sources."""
    query = "SELECT count(*), count(DISTINCT source_id) FROM poll WHERE outcome = 'ok'"
    [(polls, sources)] = await rows(database, query)
    return polls, sources
