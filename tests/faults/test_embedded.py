"""The embedded PostgreSQL through starts, kills, orphans, sharing and awkward places."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from service.ops.cluster import SOCKET
from service.ops.embedded import Server, running
from tests.faults.owners import HASTY, PATIENCE, ROOT, ask, connect, names, server_pid, until

OWNER = """
import asyncio, sys
from pathlib import Path
from service.ops.embedded import running

async def main():
    async with running(Path(sys.argv[1]), options={"fsync": "off"}) as server:
        print(server.pid, flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


async def ask_until_answered(server: Server, question: str) -> Any:
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                return await ask(server, question)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await asyncio.sleep(0.05)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


async def wait_until_gone(pid: int) -> None:
    await until(lambda: not alive(pid))


@contextmanager
def owner_elsewhere(data: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Another process that owns the server: itself, and the server's pid."""
    checkout = Path(__file__).parents[2]
    command = [sys.executable, "-c", OWNER, str(data)]
    with subprocess.Popen(command, cwd=checkout, stdout=subprocess.PIPE, text=True) as owner:
        try:
            assert owner.stdout is not None
            yield owner, int(owner.stdout.readline())
        finally:
            owner.kill()


@contextmanager
def stranger() -> Iterator[int]:
    """A living process of the server's account that is no PostgreSQL."""
    account: dict[str, Any] = {"user": "nobody"} if ROOT else {}
    with subprocess.Popen(["sleep", "600"], cwd="/", **account) as process:
        try:
            yield process.pid
        finally:
            process.kill()


@contextmanager
def zombie() -> Iterator[int]:
    """A dead process of the server's account whose parent has not asked after it."""
    account: dict[str, Any] = {"user": "nobody"} if ROOT else {}
    with subprocess.Popen(["true"], cwd="/", **account) as process:
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        yield process.pid


async def test_it_starts_and_answers_over_the_given_address(data: Path) -> None:
    async with running(data, options=HASTY) as server:
        engine = create_async_engine(server.url)
        async with engine.connect() as connection:
            row = (await connection.execute(text("SELECT current_user, current_database()"))).one()
        await engine.dispose()
        pid = server_pid(server)
        assert os.getsid(pid) == pid  # Ctrl-C at our terminal does not reach it

    assert tuple(row) == ("pabal", "pabal")
    assert not alive(pid)


async def test_what_was_written_is_there_after_a_restart(data: Path) -> None:
    async with running(data) as server:
        await ask(server, "CREATE TABLE kept AS SELECT '보도자료' AS word")
    async with running(data) as server:
        assert await ask(server, "SELECT word FROM kept") == "보도자료"
        assert await ask(server, "SHOW fsync") == "on"


async def test_it_listens_to_nobody_but_its_own_account(data: Path) -> None:
    async with running(data, options=HASTY) as server:
        assert await ask(server, "SHOW listen_addresses") == ""
        place = server.place
        owner = place.account.uid if place.account else os.geteuid()
        for private in (place.sockets, place.cluster):
            found = private.stat()
            assert (found.st_uid, found.st_mode & 0o777) == (owner, 0o700)


async def test_hangul_sorts_by_dictionary_and_has_trigrams(data: Path) -> None:
    async with running(data, options=HASTY) as server:
        await ask(server, "CREATE EXTENSION pg_trgm")
        words = "SELECT array_agg(w ORDER BY w) FROM unnest(ARRAY['하나','가나','나라']) AS w"
        assert await ask(server, words) == ["가나", "나라", "하나"]
        assert await ask(server, "SELECT similarity('보도자료', '보도자료집')") > 0.5


async def test_two_share_one_server_and_the_second_takes_over(data: Path) -> None:
    async with AsyncExitStack() as first, AsyncExitStack() as second:
        one = await first.enter_async_context(running(data, options=HASTY))
        two = await second.enter_async_context(running(data, options=HASTY))
        assert one == two
        before = server_pid(one)
        await ask(one, "CREATE TABLE shared AS SELECT 1 AS n")

        await first.aclose()

        assert not alive(before)
        assert await ask_until_answered(two, "SELECT n FROM shared") == 1
        after = server_pid(two)
        assert after != before
    assert not alive(after)


async def test_starting_at_the_same_time_makes_one_server(data: Path) -> None:
    async with AsyncExitStack() as stack:
        starts = (stack.enter_async_context(running(data, options=HASTY)) for _ in range(3))
        for server in await asyncio.gather(*starts):
            assert await ask(server, "SELECT 1") == 1
    assert names(data) == {"cluster", "lock", "postgres.log", "run"}


async def test_a_guest_that_leaves_stops_nothing(data: Path) -> None:
    async with running(data, options=HASTY) as server:
        pid = server.pid
        async with running(data, options=HASTY):
            pass
        assert await ask(server, "SELECT 1") == 1
        assert server.pid == pid


async def test_a_killed_server_is_healed_with_what_was_committed(data: Path) -> None:
    async with running(data, options=HASTY) as server:
        await ask(server, "CREATE TABLE kept AS SELECT 1 AS n")
        before = server_pid(server)

        os.kill(before, signal.SIGKILL)
        await wait_until_gone(before)

        assert await ask_until_answered(server, "SELECT n FROM kept") == 1
        assert server.pid != before


async def test_healing_waits_for_the_processes_of_the_dead_server(data: Path) -> None:
    async with running(data, options=HASTY) as server:
        connection = await connect(server)
        backend = connection.get_server_pid()
        log = data / "postgres.log"
        os.kill(backend, signal.SIGSTOP)
        os.kill(server_pid(server), signal.SIGKILL)

        await until(lambda: "shared memory block" in log.read_text())
        os.kill(backend, signal.SIGCONT)

        assert await ask_until_answered(server, "SELECT 1") == 1
        connection.terminate()


async def test_a_server_that_outlived_its_owner_is_adopted_and_stopped(data: Path) -> None:
    with owner_elsewhere(data) as (owner, orphan):
        owner.kill()
        owner.wait()
        assert alive(orphan)
        async with running(data, options=HASTY) as server:
            assert server.pid == orphan
            assert await ask(server, "SELECT 1") == 1
        assert not alive(orphan)


async def test_a_server_killed_with_its_owner_starts_again(data: Path) -> None:
    with owner_elsewhere(data) as (owner, dead):
        owner.kill()
        os.kill(dead, signal.SIGKILL)
        owner.wait()
        await wait_until_gone(dead)
        async with running(data, options=HASTY) as server:
            assert await ask(server, "SELECT 1") == 1
            assert server.pid != dead


async def test_a_guest_takes_over_from_a_killed_owner(data: Path) -> None:
    with owner_elsewhere(data) as (owner, orphan):
        async with running(data, options=HASTY) as server:
            assert server.pid == orphan
            owner.kill()
            os.kill(orphan, signal.SIGKILL)
            owner.wait()
            await wait_until_gone(orphan)
            assert await ask_until_answered(server, "SELECT 1") == 1
            after = server_pid(server)
        assert after != orphan
        assert not alive(after)


@pytest.mark.parametrize("somebody", [stranger, zombie])
async def test_a_stale_pid_file_naming_another_process_is_no_obstacle(
    data: Path, somebody: Any
) -> None:
    async with running(data, options=HASTY) as server:
        place = server.place
        left = (place.cluster / "postmaster.pid").read_text().splitlines(keepends=True)
    with somebody() as pid:
        for file in (place.cluster / "postmaster.pid", place.sockets / f"{SOCKET}.lock"):
            file.write_text("".join([f"{pid}\n", *left[1:]]))
            file.chmod(0o600)
            place.give(file)
        async with running(data, options=HASTY) as server:
            assert await ask(server, "SELECT 1") == 1
            assert server.pid != pid
