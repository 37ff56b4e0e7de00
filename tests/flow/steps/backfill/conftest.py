from __future__ import annotations

from datetime import datetime
from typing import cast

import asyncpg
import pytest

from scrapers.fetch import Fetcher
from scrapers.model import Source
from service.backfill import Backfill
from service.collect import Collect
from service.store.articles import Articles
from service.store.backfills import Backfills
from service.store.database import Database
from service.store.sources import Sources
from tests.flow.steps.backfill.archive import DAY, Archive


@pytest.fixture
async def now(sql: asyncpg.Connection) -> datetime:
    found: datetime = await sql.fetchval("SELECT now()")
    return found


@pytest.fixture
def archive(now: datetime) -> Archive:
    """Twenty posts, one a day, k20 of today."""
    return Archive([(f"k{n}", now - (20 - n) * DAY) for n in range(20, 0, -1)], {}, [])


@pytest.fixture
async def step(database: Database, archive: Archive) -> Backfill:
    await Sources(database).declare(["a"])
    source, fetcher = cast("Source", archive), cast("Fetcher", archive)
    return Backfill({"a": source}, fetcher, Backfills(database), 1.0)


@pytest.fixture
def collect(database: Database, archive: Archive) -> Collect:
    source, fetcher = cast("Source", archive), cast("Fetcher", archive)
    return Collect({"a": source}, fetcher, Sources(database), Articles(database), 1.0)
