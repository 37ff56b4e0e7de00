"""A page and a file that are swapped without a word, on the replica, by the ordinary service."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import asyncpg
import pytest

from service.config import Settings
from service.demo.world import Release
from service.store.database import Database
from service.store.evidence import Evidence
from tests.flow.conftest import running
from tests.replica import Restless

Until = Callable[[Callable[[], Awaitable[bool]]], Awaitable[None]]

TEXT = "수출 바우처 신청 마감은 5월 20일이다.\n" + "자세한 내용은 붙임을 본다. " * 20
PAGE = Release(156_000_004, "관세청", "수출 바우처 안내", TEXT, datetime.now(UTC))
FILE = replace(PAGE, id=156_000_008, title="감귤 출하 안내", files=("안내.hwpx",))
GONE = replace(PAGE, id=156_000_012, title="연어 양식 안내")


@pytest.fixture
async def watching(migrated_url: str, replica: str) -> AsyncIterator[None]:
    """The service, looking again two seconds after a page was opened, and a few times more."""
    settings = Settings(
        replica_url=replica, sources=("korea_kr",), pace=600, look_again="20m,40m,2h,6h", port=0
    )
    async with running(settings, migrated_url, ("scheduler", "worker")):
        yield


@pytest.mark.usefixtures("watching")
async def test_what_is_swapped_or_withdrawn_is_seen_and_what_changed_is_judged_again(
    world: Restless, database: Database, sql: asyncpg.Connection, until: Until
) -> None:
    await until(Evidence(database).baselined)

    async def judged(release: Release, words: str) -> bool:
        """Whether the release was read with these words and judged."""
        read = await sql.fetchval(
            "SELECT read_text FROM article WHERE key = $1 AND triaged_at IS NOT NULL",
            str(release.id),
        )
        return read is not None and words in read

    async def kept(release: Release) -> list[str]:
        """What the release said before each of its changes."""
        rows = await sql.fetch(
            "SELECT revision.text FROM revision JOIN article ON article.id = article_id"
            " WHERE key = $1",
            str(release.id),
        )
        return [row["text"] for row in rows]

    async def gone() -> bool:
        return await kept(GONE) != []

    for release in (PAGE, FILE, GONE):
        world.publish(release, time.time())
    for release in (PAGE, FILE, GONE):
        await until(partial(judged, release, "5월 20일"))
    world.amend(replace(PAGE, text=TEXT.replace("5월 20일", "5월 27일")))
    world.amend(replace(FILE, attached=TEXT.replace("5월 20일", "6월 3일")))
    world.withdraw(GONE.id)

    await until(partial(judged, PAGE, "5월 27일"))
    await until(partial(judged, FILE, "6월 3일"))
    await until(gone)

    for release in (PAGE, FILE, GONE):
        (before,) = await kept(release)
        assert "5월 20일" in before
    assert await judged(GONE, "5월 20일")  # it stays as it was read
