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
