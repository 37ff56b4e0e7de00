"""``pabal backfill`` against the replica: to its end, stopped half way, and refused."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scrapers.dates import SEOUL
from scrapers.registry import sources
from service.cli import backfill
from service.config import Settings
from service.demo import invent
from service.errors import UserError
from service.store.backfills import Backfills
from service.store.database import Database
from service.store.sources import Sources
from tests.replica import Restless

MSS = "mss_press"


@pytest.fixture
def world(world: Restless) -> Restless:
    """With more on its lists than a page of them shows."""
    for release in invent.releases(98, 120, datetime.now(UTC) - timedelta(days=6), hours=48):
        world.publish(release, time.time())
    return world


@pytest.fixture
def settings(migrated_url: str, replica: str) -> Settings:
    return Settings(database_url=migrated_url, replica_url=replica, pace=600)


def day(ago: int) -> datetime:
    return datetime.now(UTC).astimezone(SEOUL) - timedelta(days=ago)


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What it said of its pages, without the log."""
    return [line for line in capsys.readouterr().out.splitlines() if "쪽 / pages" in line]


async def run(settings: Settings, ago: int) -> Any:
    return await backfill._backfill(settings, MSS, sources()[MSS], day(ago))


async def test_it_says_how_far_it_is_until_it_is_done(
    settings: Settings, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await run(settings, 30) == "ended"

    said = lines(capsys)
    [far] = await Backfills(database).progress(MSS)
    assert len(said) == far.pages > 1
    assert far.new > 10
    assert f"새 글 / new {far.new}" in said[-1]
    assert said[-1].endswith("목록이 여기서 끝납니다 / the list ends here")

    await backfill._list(database)
    assert lines(capsys) == [f"{MSS} ← {day(30):%Y-%m-%d}: {said[-1]}"]


async def test_it_is_stopped_by_a_signal_and_goes_on_where_it_was(
    settings: Settings, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    slow = settings.model_copy(update={"pace": 3.0})
    running = asyncio.create_task(run(slow, 30))
    while not lines(capsys):  # noqa: ASYNC110 - what is printed has no event
        await asyncio.sleep(0.05)
    os.kill(os.getpid(), signal.SIGINT)

    assert await running is None
    assert "다시 실행하거나" in capsys.readouterr().out
    [far] = await Backfills(database).progress(MSS)
    assert (far.pages, far.outcome) == (1, None)

    assert await run(settings, 30) == "ended"
    assert len(await Backfills(database).progress(MSS)) == 1


async def test_a_day_to_come_and_a_paused_source_are_refused(
    settings: Settings, database: Database
) -> None:
    with pytest.raises(UserError, match="a day to come"):
        await run(settings, -2)

    await Sources(database).pause(MSS, "점검")
    with pytest.raises(UserError, match="점검"):
        await run(settings, 2)
