"""Calls that end, and who is reminded of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg

from service.store.reminders import Call, Reminders, Rung

SEOUL = ZoneInfo("Asia/Seoul")
TODAY, LAST = date(2026, 10, 13), date(2026, 10, 27)
TOLD = datetime(2026, 9, 1, 10, tzinfo=SEOUL)  # in the past, whenever it runs
DUE = datetime(2026, 10, 13, 8, tzinfo=SEOUL)
END = date(2026, 10, 20)
FACTS = {"title": "모집", "apply_by": "2026-10-20", "changes": ["옛 줄"]}
HITS = '[{"rule": "수출", "excerpt": "수출"}]'


def of(story_id: int, article_id: int, **facts: Any) -> dict[str, Any]:
    """What a telling of it has in its row."""
    where = {"story_id": story_id, "article_id": article_id, "created_at": TOLD}
    return {**where, "facts": {**FACTS, **facts}}


def rung(call: Call, days: int = 7, nearer: Sequence[int] = ()) -> Rung:
    over = datetime(2026, 10, 21, tzinfo=SEOUL)
    return Rung(f"key {call.apply_by} {days}", call, days, DUE, over, ["at-once"], nearer)


async def reminded(sql: asyncpg.Connection) -> dict[int, str | None]:
    """The subscriptions that are reminded, and what deadline each was told before."""
    rows = await sql.fetch(
        "SELECT subscription_id, facts ->> 'was' AS was FROM delivery"
        " JOIN telling ON telling.id = telling_id WHERE reason = 'reminder'"
    )
    return {row["subscription_id"]: row["was"] for row in rows}


async def only(reminders: Reminders) -> Call:
    (call,) = await reminders.calls(TODAY, LAST)
    return call
