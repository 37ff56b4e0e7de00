"""What the tests of deliveries have in common: who is owed what, and what became of it."""

from __future__ import annotations

import asyncpg

CHANNEL = "webhook"


async def come_due(sql: asyncpg.Connection) -> None:
    await sql.execute("UPDATE delivery SET due_at = now() - interval '1 second'")


async def attempts(sql: asyncpg.Connection) -> list[tuple[object, ...]]:
    rows = await sql.fetch(
        "SELECT delivery_id, number, outcome, detail, finished_at IS NOT NULL"
        " FROM attempt ORDER BY delivery_id, number"
    )
    return [tuple(row) for row in rows]


async def state(sql: asyncpg.Connection, delivery_id: int) -> tuple[object, ...]:
    row = await sql.fetchrow(
        "SELECT outcome, last_error, settled_at IS NOT NULL FROM delivery WHERE id = $1",
        delivery_id,
    )
    return tuple(row)
