"""An upgrade beside the release before, which works on: nobody waits for the schema."""

from __future__ import annotations

import asyncio

import pytest

from service.store.migrate import head, migrate
from service.work import connect
from tests.bench.upgrade import before, lost, traffic


@pytest.mark.fault(25)
async def test_the_release_before_works_on_while_and_after_we_migrate(database_url: str) -> None:
    await before(database_url, 200)

    async with asyncio.timeout(60), traffic(database_url) as seen:
        await migrate(database_url)
        await seen.further(5)

    assert await lost(database_url, seen) == {}
    sql = await connect(database_url)
    assert await sql.fetchval("SELECT version_num FROM alembic_version") == head()
    await sql.close()


@pytest.mark.fault(25)
async def test_a_migration_that_has_to_wait_keeps_nobody_waiting_behind_it(
    database_url: str,
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
    assert await lost(database_url, seen) == {}
