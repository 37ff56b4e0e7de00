"""The engine hands out wake-ups: none stops the others, and all of it ends when it is asked to."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable
from datetime import timedelta

import asyncpg
import pytest
from pgqueuer.models import TableChangedEvent
from structlog.testing import capture_logs

from service import work
from service.store.database import Database, Wake, wake
from service.store.steps import Step

Wakes = Callable[[], Awaitable[list[str]]]
Ask = Callable[..., Awaitable[None]]


@pytest.fixture
def ask(database: Database) -> Ask:
    """``await ask("1", "2", after=...)``: wake-ups, for reading where nothing else is said."""

    async def ask(*subjects: str, step: Step = "read", after: timedelta = timedelta(0)) -> None:
        async with database.transaction() as tx:
            await wake(tx, [Wake(step, each, after=after) for each in subjects])

    return ask


class Handler:
    """Notes what it is called with; ``hang`` and ``fail`` name subjects it does so on."""

    def __init__(self, *, hang: str = "", fail: str = "") -> None:
        self.hang, self.fail = hang, fail
        self.called: list[str] = []
        self.begun = asyncio.Event()
        self.go_on = asyncio.Event()
        self.ended: list[str] = []

    async def __call__(self, subject: str) -> None:
        self.called.append(subject)
        self.begun.set()
        if subject == self.fail:
            raise ZeroDivisionError
        try:
            if subject == self.hang:
                await self.go_on.wait()
        except asyncio.CancelledError:
            self.ended.append("cut off")
            raise
        self.ended.append(subject)


async def test_draining_hands_out_every_wake_up_and_ends(
    migrated_url: str, ask: Ask, wakes: Wakes
) -> None:
    handler = Handler()
    subjects = [str(n) for n in range(30)]
    await ask(*subjects)

    async with asyncio.timeout(20):
        await work.drain(migrated_url, {"read": handler})

    assert sorted(handler.ended) == sorted(subjects)
    assert await wakes() == []


async def test_draining_an_empty_queue_ends(migrated_url: str) -> None:
    async with asyncio.timeout(20):
        await work.drain(migrated_url, {"read": Handler()})


async def test_draining_leaves_the_wake_ups_of_other_steps(
    migrated_url: str, ask: Ask, wakes: Wakes
) -> None:
    await ask("1", step="triage")

    async with asyncio.timeout(20):
        await work.drain(migrated_url, {"read": Handler()})

    assert await wakes() == ["triage:1"]


async def test_draining_does_not_wait_for_what_is_put_off(
    migrated_url: str, ask: Ask, wakes: Wakes
) -> None:
    handler = Handler()
    await ask("now")
    await ask("later", after=timedelta(hours=1))

    async with asyncio.timeout(20):
        await work.drain(migrated_url, {"read": handler})

    assert handler.ended == ["now"]
    assert await wakes() == ["read:later"]


async def test_draining_waits_for_what_is_under_way_and_takes_up_what_it_wakes(
    migrated_url: str, ask: Ask
) -> None:
    handled = []

    async def handler(subject: str) -> None:
        if subject == "1":
            await ask("2")
            await asyncio.sleep(0)
        handled.append(subject)

    await ask("1")
    async with asyncio.timeout(20):
        await work.drain(migrated_url, {"read": handler})

    assert sorted(handled) == ["1", "2"]


@pytest.mark.parametrize("subjects", [["1", "2", "3"], ["1 2 3"]], ids=["alone", "together"])
async def test_a_handler_that_fails_stops_neither_the_others_nor_the_work(
    migrated_url: str, ask: Ask, wakes: Wakes, subjects: list[str]
) -> None:
    handler = Handler(fail="2")
    await ask(*subjects)

    with capture_logs() as logs:
        async with asyncio.timeout(20):
            await work.drain(migrated_url, {"read": handler})

    assert sorted(handler.called) == ["1", "2", "3"]
    assert sorted(handler.ended) == ["1", "3"]
    assert await wakes() == []  # its row is found by the sweep: a job is only a wake-up
    [line] = [each for each in logs if each["event"] == "task.failed"]
    assert (line["step"], line["subject"]) == ("read", "2")


async def test_a_database_lost_under_a_task_is_no_bug_of_the_task(
    migrated_url: str, ask: Ask, wakes: Wakes
) -> None:
    async def handler(_subject: str) -> None:
        connection = await work.connect(migrated_url)
        await connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    await ask("1")

    with capture_logs() as logs:
        async with asyncio.timeout(20):
            await work.drain(migrated_url, {"read": handler})

    assert await wakes() == []
    [line] = [each for each in logs if each["event"].startswith("task.")]
    assert (line["event"], line["log_level"]) == ("task.put_off", "warning")
    assert (line["step"], line["subject"]) == ("read", "1")


async def test_notices_of_the_queue_do_not_pile_up(migrated_url: str, ask: Ask) -> None:
    full, held, stop = asyncio.Event(), asyncio.Event(), asyncio.Event()
    begun: list[str] = []

    async def handler(subject: str) -> None:
        begun.append(subject)
        if len(begun) == 20:
            full.set()
        await held.wait()

    working = asyncio.create_task(work.work(migrated_url, {"read": handler}, at_once=20, stop=stop))
    for number in range(60):
        await ask(str(number))
    async with asyncio.timeout(20):
        await full.wait()
    waiting = [each for each in gc.get_objects() if isinstance(each, TableChangedEvent)]
    held.set()
    stop.set()
    await working

    assert len(waiting) < 5


async def test_a_wake_up_reaches_a_worker_that_is_waiting(migrated_url: str, ask: Ask) -> None:
    handler, stop = Handler(), asyncio.Event()
    working = asyncio.create_task(work.work(migrated_url, {"read": handler}, at_once=20, stop=stop))
    await ask("1")

    async with asyncio.timeout(20):
        await handler.begun.wait()
        stop.set()
        await working

    assert handler.ended == ["1"]


async def test_what_is_under_way_is_finished_before_the_work_stops(
    migrated_url: str, ask: Ask, wakes: Wakes
) -> None:
    handler, stop = Handler(hang="1"), asyncio.Event()
    await ask("1")
    working = asyncio.create_task(work.work(migrated_url, {"read": handler}, at_once=20, stop=stop))

    async with asyncio.timeout(20):
        await handler.begun.wait()
        stop.set()
        await asyncio.sleep(0)
        handler.go_on.set()
        await working

    assert handler.ended == ["1"]
    assert await wakes() == []


async def test_what_does_not_end_within_the_grace_is_cut_off(migrated_url: str, ask: Ask) -> None:
    handler, stop = Handler(hang="1"), asyncio.Event()
    await ask("1")
    working = asyncio.create_task(
        work.work(migrated_url, {"read": handler}, at_once=20, stop=stop, grace=0.05)
    )

    async with asyncio.timeout(20):
        await handler.begun.wait()
        stop.set()
        await working

    assert handler.ended == ["cut off"]
    assert not working.cancelled()


async def test_work_that_is_cancelled_leaves_no_handler_behind(migrated_url: str, ask: Ask) -> None:
    handler = Handler(hang="1")
    await ask("1")
    working = asyncio.create_task(
        work.work(migrated_url, {"read": handler}, at_once=20, stop=asyncio.Event())
    )
    async with asyncio.timeout(20):
        await handler.begun.wait()
        working.cancel()
        with pytest.raises(asyncio.CancelledError):
            await working

    assert handler.ended == ["cut off"]


async def test_a_lost_connection_is_made_anew(
    migrated_url: str, ask: Ask, sql: asyncpg.Connection
) -> None:
    handler, again, stop = Handler(hang="1"), asyncio.Event(), asyncio.Event()

    async def triage(_: str) -> None:
        again.set()

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
            await again.wait()
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
    handler, again, stop = Handler(hang="1"), asyncio.Event(), asyncio.Event()

    async def triage(_: str) -> None:
        again.set()

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
            await again.wait()
            handler.go_on.set()
            stop.set()
            await working

    assert logs[0]["why"] == "ReadOnlySQLTransactionError: read-only"
    assert handler.ended[0] == "1"
