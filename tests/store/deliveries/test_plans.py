"""How the server looks for what is settled: a plan that is kept meets more rows than it was for."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest

from service.store.deliveries import _LATER, _SENT
from service.store.migrate import migrate
from service.work import connect

_SETTLED = """
    INSERT INTO delivery (telling_id, subscription_id, endpoint_id, channel, settled_at, outcome)
    SELECT 1, each, each, 'mail', now(), 'sent' FROM generate_series(1, 2000) AS each
"""


@pytest.fixture
async def sql(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """To a database of its own: what ANALYZE finds would change the plans of other tests."""
    await migrate(database_url)
    connection = await connect(database_url)
    yield connection
    await connection.close()


@pytest.mark.parametrize(
    ("statement", "given"), [(_SENT, ""), (_LATER, ", ARRAY['1 s']::interval[]")]
)
async def test_what_is_settled_is_looked_up_however_few_were_open_when_that_was_planned(
    sql: asyncpg.Connection, statement: str, given: str
) -> None:
    await sql.execute(_SETTLED)
    await sql.execute("ANALYZE delivery")
    await sql.execute("SET plan_cache_mode = force_generic_plan")
    kinds = "bigint[], bigint[], text[]" + ", interval[]" * bool(given)
    await sql.execute(f"PREPARE settle ({kinds}) AS {statement}")
    asked = f"EXPLAIN EXECUTE settle (ARRAY[1], ARRAY[1], ARRAY['taken']{given})"
    plan = "\n".join(row[0] for row in await sql.fetch(asked))
    assert "pk_delivery" in plan
    assert "ix_delivery" not in plan, plan  # an index of those that are open
