"""What a poll left behind."""

from __future__ import annotations

from datetime import timedelta

import asyncpg


async def keys(sql: asyncpg.Connection) -> list[str]:
    return [row["key"] for row in await sql.fetch("SELECT key FROM article ORDER BY id")]


async def told(sql: asyncpg.Connection) -> list[str]:
    rows = await sql.fetch("SELECT key FROM article WHERE NOT baseline ORDER BY id")
    return [row["key"] for row in rows]


async def last_poll(sql: asyncpg.Connection) -> tuple[object, ...]:
    row = await sql.fetchrow(
        "SELECT outcome, pages, seen, new FROM poll ORDER BY slot DESC LIMIT 1"
    )
    return tuple(row)


async def items(sql: asyncpg.Connection) -> list[tuple[object, ...]]:
    rows = await sql.fetch("SELECT kind, subject FROM ops_item WHERE closed_at IS NULL")
    return [tuple(row) for row in rows]


async def rest(sql: asyncpg.Connection) -> float:
    left: timedelta = await sql.fetchval("SELECT next_due - now() FROM source")
    return left.total_seconds()


async def age(sql: asyncpg.Connection) -> None:
    """Let the first look have been eight days ago."""
    await sql.execute("UPDATE source SET baselined_at = now() - interval '8 days'")
