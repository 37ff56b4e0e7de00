"""The slots of sources, begun by hand."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import asyncpg

from service.store.polled import Polled, Slot
from service.store.sources import Sources

SEOUL = ZoneInfo("Asia/Seoul")
NINE = datetime(2026, 11, 20, 9, tzinfo=SEOUL)


async def come_due(sql: asyncpg.Connection, source_id: str = "a") -> None:
    await sql.execute(
        "UPDATE source SET next_due = now() - interval '1 second' WHERE id = $1", source_id
    )


async def begin(sources: Sources, sql: asyncpg.Connection, source_id: str = "a") -> Slot:
    """Claim and begin the next slot of a source."""
    await come_due(sql, source_id)
    [(_, number)] = await sources.claim_due([source_id])
    slot = await sources.begin_poll(source_id, number)
    assert slot is not None
    return slot


async def baselined(sources: Sources, sql: asyncpg.Connection, made: Polled) -> None:
    await sources.finish_poll(await begin(sources, sql), made)
