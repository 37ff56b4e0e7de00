"""Transactions, and the wake-ups that stand or fall with them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta

import asyncpg
import pytest
import sqlalchemy as sa

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


async def test_one_statement_at_once_is_a_transaction_by_itself(
    database: Database, sql: asyncpg.Connection
) -> None:
    insert = "INSERT INTO source (id) VALUES ($1) RETURNING id, slot"

    row = await database.at_once(insert, "a")

    assert row is not None
    assert tuple(row) == ("a", 0)
    assert await sql.fetchval("SELECT id FROM source") == "a"
    assert await database.at_once("SELECT 1 WHERE false") is None
    with pytest.raises(asyncpg.UniqueViolationError):
        await database.at_once(insert, "a")
    assert await database.at_once(insert, "b")


async def test_connections_that_the_server_cut_cost_no_unit_of_work(
    database: Database, sql: asyncpg.Connection
) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(3):  # three will wait in the pool
            tx = await stack.enter_async_context(database.transaction())
            await tx.execute(sa.select(1))
    await sql.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid != pg_backend_pid()"
    )
    await asyncio.sleep(0.05)  # until we too have heard of it

    assert await database.at_once("SELECT 1") is not None
    async with database.transaction() as tx:
        assert (await tx.execute(sa.select(1))).scalar_one() == 1
