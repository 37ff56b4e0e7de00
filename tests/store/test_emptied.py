"""What one test leaves in the database that tests share does not reach the next."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest

from service.ops.embedded import Server
from service.work import connect
from tests.conftest import copied, dropped, throwaway
from tests.emptied import Kept


@pytest.fixture
async def shared(postgres: Server, template: str) -> AsyncIterator[Kept]:
    made = Kept(
        lambda: copied(postgres, throwaway("pabal"), template), lambda url: dropped(postgres, url)
    )
    yield made
    await made.drop()


async def rows(sql: asyncpg.Connection) -> dict[str, list[str]]:
    tables = await sql.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return {
        name: [row for (row,) in await sql.fetch(f"SELECT t::text FROM {name} t")]
        for (name,) in tables
    }


async def test_rows_numbers_and_connections_are_as_if_nothing_had_been(shared: Kept) -> None:
    url = await shared.ready()
    sql = await connect(url)
    before = await rows(sql)
    assert before["rule_book"]
    subscribing = "INSERT INTO subscription (name) VALUES ($1) RETURNING id"
    assert await sql.fetchval(subscribing, "하나") == 1
    await sql.execute("INSERT INTO source (id) VALUES ('a')")
    await sql.execute("UPDATE rule_book SET version = 7")
    await sql.execute("DELETE FROM instance")

    await shared.empty()

    assert await shared.ready() == url
    assert sql.is_closed()
    sql = await connect(url)
    assert await rows(sql) == before
    assert await sql.fetchval(subscribing, "둘") == 1
    await sql.close()


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE article ADD COLUMN more text",
        "ALTER TABLE article ALTER COLUMN title SET DEFAULT ''",
        "ALTER TABLE article ALTER COLUMN title DROP NOT NULL",
        "ALTER TABLE article DISABLE TRIGGER ALL",
        "ALTER TABLE article SET (fillfactor = 50)",
        "CREATE INDEX ON article (title)",
        "CREATE FUNCTION more() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "DROP TABLE alembic_version",
        "DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || ' SET jit = off'; END $$",
        "INSERT INTO source (id) SELECT repeat('a', 100) || n FROM generate_series(1, 30000) n",
    ],
    ids=lambda change: " ".join(change.split()[:6]),
)
async def test_after_a_change_of_the_schema_or_very_many_rows_the_next_has_another(
    shared: Kept, change: str
) -> None:
    url = await shared.ready()
    sql = await connect(url)
    await sql.execute(change)
    await sql.close()

    await shared.empty()

    assert await shared.ready() != url
