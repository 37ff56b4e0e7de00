"""Backfills and their pages, taken up by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg

from scrapers.model import Request
from service.store.backfills import Backfills, Filling
from service.store.polled import Polled
from service.store.sources import Sources

SEOUL = ZoneInfo("Asia/Seoul")
MARCH, APRIL, MAY = (datetime(2026, month, 1, tzinfo=SEOUL) for month in (3, 4, 5))
MORE: dict[str, Any] = asdict(Request("https://a.example/list/2"))
MakePolled = Callable[..., Polled]


async def come_due(sql: asyncpg.Connection) -> None:
    await sql.execute("UPDATE backfill SET due_at = now() - interval '1 minute'")


async def claimed(backfills: Backfills, sql: asyncpg.Connection) -> Filling:
    await come_due(sql)
    filling = await backfills.claim("a")
    assert filling is not None
    return filling


async def gap(sources: Sources, sql: asyncpg.Connection, polled: MakePolled) -> None:
    """Two looks: the baseline, and one that had nothing known in sight."""
    for made in (polled("k0"), polled("k9", gap=True, more=Request(**MORE))):
        await sql.execute("UPDATE source SET next_due = now()")
        [(source_id, number)] = await sources.claim_due(["a"])
        slot = await sources.begin_poll(source_id, number)
        assert slot is not None
        await sources.finish_poll(slot, made)


async def state(sql: asyncpg.Connection, *columns: str) -> tuple[object, ...]:
    return tuple(await sql.fetchrow(f"SELECT {', '.join(columns)} FROM backfill"))


async def items(sql: asyncpg.Connection) -> list[str]:
    rows = await sql.fetch("SELECT kind FROM ops_item WHERE closed_at IS NULL ORDER BY 1")
    return [row["kind"] for row in rows]
