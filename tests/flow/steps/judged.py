"""Texts that concern somebody, and the alerts that came of them."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg

NINE = datetime(2026, 11, 20, 9, tzinfo=ZoneInfo("Asia/Seoul"))
LONG = "서울에서 열리는 행사 안내 " * 20
TEXT = f"{LONG}수출 상담 창구를 연다. 관세 환급도 돕는다. {LONG}".strip()


async def alerts(sql: asyncpg.Connection) -> list[dict[str, Any]]:
    """What is told, with whom and why."""
    rows = await sql.fetch(
        "SELECT facts || jsonb_build_object('subscription', name, 'hits', hits) AS told"
        " FROM delivery JOIN telling ON telling.id = telling_id"
        " JOIN subscription ON subscription.id = subscription_id ORDER BY delivery.id"
    )
    return [json.loads(row["told"]) for row in rows]


async def joined(sql: asyncpg.Connection, article_id: int) -> tuple[int, int | None, str | None]:
    """Its story, its twin and what it was joined as."""
    row = await sql.fetchrow(
        "SELECT story_id, twin_id, joined_as FROM article WHERE id = $1", article_id
    )
    return tuple(row)


async def sent(sql: asyncpg.Connection) -> None:
    await sql.execute("UPDATE delivery SET settled_at = now(), outcome = 'sent', attempts = 1")


async def stories(sql: asyncpg.Connection) -> int:
    return int(await sql.fetchval("SELECT count(DISTINCT story_id) FROM article"))


async def changed(sql: asyncpg.Connection, article_id: int, text: str) -> None:
    """The page was looked at again and says something else, as the step revisit leaves it."""
    await sql.execute(
        "INSERT INTO revision (article_id, title, text, publishers, kind, published_at, precision,"
        " facts) SELECT id, read_title, read_text, publishers, kind, read_published_at,"
        " read_precision, facts FROM article WHERE id = $1",
        article_id,
    )
    await sql.execute(
        "UPDATE article SET text = $2, read_at = NULL, triaged_at = NULL WHERE id = $1",
        article_id,
        text,
    )
