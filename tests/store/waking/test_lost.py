"""What the engine does where its connection is lost, or its queue is refused."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import asyncpg
from structlog.testing import capture_logs

from service import work
from tests.store.waking.handler import Handler

Ask = Callable[..., Awaitable[None]]


async def test_a_lost_connection_is_made_anew(
    migrated_url: str, ask: Ask, sql: asyncpg.Connection
) -> None:
    handler, triage, stop = Handler(hang="1"), Handler(), asyncio.Event()
    await ask("1")
    with capture_logs() as logs:
        working = asyncio.create_task(
            work.work(migrated_url, {"read": handler, "triage": triage}, at_once=20, stop=stop)
        )
        async with asyncio.timeout(20):
            await handler.begun.wait()
            cut = await sql.fetch(
                "SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            pids = [row["pid"] for row in cut]
            # Whoever asks next must not be handed a connection that is just being cut.
            left = "SELECT count(*) FROM pg_stat_activity WHERE pid = ANY($1)"
            while await sql.fetchval(left, pids):  # noqa: ASYNC110 - the server tells nobody
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.1)
            handler.go_on.set()
            await ask("2", step="triage")
            await triage.begun.wait()
            stop.set()
            await working

    assert handler.ended[0] == "1"
    assert "work.database_lost" in [line["event"] for line in logs]


_REFUSE = """
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE 'read-only' USING ERRCODE = 'read_only_sql_transaction'; END $$;
    CREATE TRIGGER refuse BEFORE UPDATE ON pgqueuer EXECUTE FUNCTION refuse();
"""


async def test_what_takes_long_keeps_nobody_from_going_on_where_the_queue_was_refused(
    migrated_url: str, ask: Ask, sql: asyncpg.Connection
) -> None:
    handler, triage, stop = Handler(hang="1"), Handler(), asyncio.Event()
    await ask("1")
    tasks: work.Tasks = {"read": handler, "triage": triage}
    with capture_logs() as logs:
        working = asyncio.create_task(work.work(migrated_url, tasks, at_once=20, stop=stop))
        async with asyncio.timeout(20):
            await handler.begun.wait()
            await sql.execute(_REFUSE)
            while not logs:  # noqa: ASYNC110 - a line of the log tells nobody
                await asyncio.sleep(0.01)
            await sql.execute("DROP FUNCTION refuse CASCADE")
            await ask("2", step="triage")
            await triage.begun.wait()
            handler.go_on.set()
            stop.set()
            await working

    assert logs[0]["why"] == "ReadOnlySQLTransactionError: read-only"
    assert handler.ended[0] == "1"
