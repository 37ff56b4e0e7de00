"""What opening pages left behind."""

from __future__ import annotations

import asyncpg


async def stored(sql: asyncpg.Connection) -> list[tuple[object, ...]]:
    """(title, text, collected) of every article."""
    rows = await sql.fetch("SELECT title, text, collected_at IS NOT NULL FROM article ORDER BY id")
    return [tuple(row) for row in rows]
