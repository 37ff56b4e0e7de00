"""Transactions, and the wake-ups that stand or fall with them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import asyncpg
import pytest

from service.store.database import Database, Wake, wake

Wakes = Callable[[], Awaitable[list[str]]]


async def test_a_wake_up_is_enqueued_with_its_row_or_not_at_all(
    database: Database, wakes: Wakes
) -> None:
    async def rolled_back() -> None:
        async with database.transaction() as tx:
            await wake(tx, [Wake("collect", "a"), Wake("collect", "b")])
            assert await wakes() == []  # nobody else sees it before the row is there
            raise ConnectionAbortedError

    with pytest.raises(ConnectionAbortedError):
        await rolled_back()
    assert await wakes() == []

    async with database.transaction() as tx:
        await wake(tx, [Wake("collect", "a"), Wake("collect", "b")])
    assert await wakes() == ["collect:a", "collect:b"]


async def test_a_wake_up_wanted_once_is_skipped_only_while_the_same_is_queued(
    database: Database, sql: asyncpg.Connection, wakes: Wakes
) -> None:
    async def once(step_subject: str) -> None:
        async with database.transaction() as tx:
            await wake(tx, [Wake("collect", step_subject, once=True)])

    for subject in ("a", "a", "b"):
        await once(subject)
    assert await wakes() == ["collect:a", "collect:b"]

    await sql.execute("DELETE FROM pgqueuer")
    await once("a")
    assert await wakes() == ["collect:a"]


async def test_the_wake_up_that_is_nearest_to_its_reader_goes_first(
    database: Database, sql: asyncpg.Connection
) -> None:
    async with database.transaction() as tx:
        await wake(
            tx,
            [Wake(step, "1") for step in ("poll", "triage", "collect", "deliver", "read")],
        )

    rows = await sql.fetch("SELECT entrypoint FROM pgqueuer ORDER BY priority DESC")
    assert [row["entrypoint"] for row in rows] == ["deliver", "triage", "read", "poll", "collect"]


async def test_a_delayed_wake_up_waits(database: Database, sql: asyncpg.Connection) -> None:
    async with database.transaction() as tx:
        await wake(tx, [Wake("collect", "a", after=timedelta(minutes=5))])

    left = await sql.fetchval("SELECT execute_after - now() FROM pgqueuer")
    assert timedelta(minutes=4) < left <= timedelta(minutes=5)
