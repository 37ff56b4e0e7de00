"""What the tests of subscriptions have in common."""

from __future__ import annotations

import asyncpg


async def version(sql: asyncpg.Connection) -> int:
    return int(await sql.fetchval("SELECT version FROM rule_book"))
