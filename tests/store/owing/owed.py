"""What the tests of what is owed have in common: who is concerned, what goes out, what waits."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import asyncpg

from service.model import Change
from service.store.owing import Concern, Why
from service.store.stories import Place
from service.store.verdicts import Correction, Verdict, Verdicts

FACTS = {"title": "제목", "embargo": None}
HITS = [{"rule": "수출", "excerpt": "수출"}]
CHANGE = Change("마감 (deadline)", "5.20", "5.27", weighty=True)
CORRECTED = {"title": "고친 제목", "changes": ["마감 5.20 → 5.27"], "apply_by": "2026-05-27"}

Add = Callable[..., Awaitable[int]]


def to(*subscriptions: int, urgent: bool = False) -> Concern:
    """All of them for the same reason."""
    return Concern([Why(HITS, urgent)], dict.fromkeys(subscriptions, 0))


async def sent(sql: asyncpg.Connection) -> None:
    """Everything that is due goes out."""
    await sql.execute(
        "UPDATE delivery SET attempts = 1, settled_at = now(), outcome = 'sent'"
        " WHERE settled_at IS NULL AND due_at <= now()"
    )


def corrected(*subscriptions: int, **values: Any) -> Verdict:
    correction = Correction((CHANGE,), **{"alert": CORRECTED, **values})
    return Verdict(Place(["url:1"]), FACTS, to(*subscriptions), correction=correction)


async def owed(sql: asyncpg.Connection) -> list[dict[str, Any]]:
    """What is told, with the hits, by everything that is still to be sent."""
    rows = await sql.fetch(
        "SELECT facts || jsonb_build_object('hits', hits) AS told FROM delivery"
        " JOIN telling ON telling.id = telling_id WHERE settled_at IS NULL ORDER BY delivery.id"
    )
    return [json.loads(row["told"]) for row in rows]


async def waits(sql: asyncpg.Connection) -> list[tuple[str, int]]:
    """Which telling waits, and for how many minutes."""
    rows = await sql.fetch(
        "SELECT key, window_at - now() AS rest FROM waiting JOIN telling ON id = telling_id"
        " WHERE told_by IS NULL ORDER BY telling_id, subscription_id"
    )
    return [(row["key"], round(row["rest"] / timedelta(minutes=1))) for row in rows]


async def owe(
    verdicts: Verdicts, add: Add, reader: int, number: int, *, urgent: bool = False, **values: Any
) -> int:
    """Judge an article that concerns ``reader``."""
    made = await add("article", **values)
    verdict = Verdict(Place([f"url:{number}"]), FACTS, to(reader, urgent=urgent))
    await verdicts.settle(made, verdict)
    return made


async def wish(sql: asyncpg.Connection, cadence: str, reader: int | None = None) -> None:
    await sql.execute(
        "UPDATE subscription SET cadence = $1 WHERE id = coalesce($2, id)", cadence, reader
    )


async def hours(sql: asyncpg.Connection, first: int, last: int) -> str:
    """Quiet hours from so many hours after now to so many."""
    now: datetime = await sql.fetchval("SELECT date_trunc('hour', now() AT TIME ZONE 'Asia/Seoul')")
    start, end = (now + timedelta(hours=each) for each in (first, last))
    return f"quiet {start:%H}:00-{end:%H}:00"


async def rests(sql: asyncpg.Connection) -> list[int]:
    """Minutes until each delivery is due, in the order they came to be owed."""
    rows = await sql.fetch("SELECT due_at - now() AS rest FROM delivery ORDER BY id")
    return [round(row["rest"] / timedelta(minutes=1)) for row in rows]
