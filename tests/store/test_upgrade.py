"""An upgrade beside the release before, which works on: nobody waits for the schema."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

import pytest

from service.store.migrate import head, migrate
from service.work import connect
from tests.bench.upgrade import before, lost, traffic

Measured = Callable[..., None]


def rows(gone: Mapping[str, int]) -> int:
    """How many rows too few, or too many."""
    return sum(map(abs, gone.values()))


@pytest.mark.fault(25)
async def test_the_release_before_works_on_while_and_after_we_migrate(
    database_url: str, measured: Measured
) -> None:
    await before(database_url, 200)

    async with asyncio.timeout(60), traffic(database_url) as seen:
        await migrate(database_url)
        await seen.further(5)

    gone = await lost(database_url, seen)
    measured(lost=rows(gone), longest_wait_seconds=max(seen.longest.values()))
    assert gone == {}
    sql = await connect(database_url)
    assert await sql.fetchval("SELECT version_num FROM alembic_version") == head()
    await sql.close()


@pytest.mark.fault(25)
async def test_a_migration_that_has_to_wait_keeps_nobody_waiting_behind_it(
    database_url: str, measured: Measured
) -> None:
    """A reader, such as a backup, holds every table; whoever comes after the migration goes on."""
    await before(database_url, 50)
    sql = await connect(database_url)

    async with asyncio.timeout(60), traffic(database_url) as seen:
        reading = sql.transaction(isolation="repeatable_read", readonly=True)
        await reading.start()
        for name in ("article", "subscription"):
            await sql.fetch(f"SELECT id FROM {name} LIMIT 1")
        migrating = asyncio.create_task(migrate(database_url))
        await asyncio.sleep(0.5)  # long enough for it to stand in the queue for a lock
        await seen.further(20)
        assert not migrating.done()
        await reading.rollback()
        await migrating
        await seen.further(3)

    await sql.close()
    gone = await lost(database_url, seen)
    measured(lost=rows(gone), longest_wait_seconds=max(seen.longest.values()))
    assert gone == {}
