"""What keeps a database from being written for a while: orders, a standby, a full disk."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from pathlib import Path

import pytest

from service.ops.embedded import Server
from tests.faults.owners import ROOT, ask, server_pid, until

ROOM = "400m"
Hardship = Callable[[Server], AbstractAsyncContextManager[None]]


@asynccontextmanager
async def told_so(server: Server) -> AsyncIterator[None]:
    """Every session, running ones too, may only read."""
    await ask(server, "ALTER SYSTEM SET default_transaction_read_only = on")
    await ask(server, "SELECT pg_reload_conf()")
    try:
        yield
    finally:
        await ask(server, "ALTER SYSTEM RESET default_transaction_read_only")
        await ask(server, "SELECT pg_reload_conf()")


@asynccontextmanager
async def stood_in(server: Server) -> AsyncIterator[None]:
    """A standby answers at the same address; in the end it is promoted."""
    (server.place.cluster / "standby.signal").touch()
    old = server_pid(server)
    os.kill(old, signal.SIGINT)
    await until(lambda: server.pid not in {old, None} and _state(server) == "ready")
    yield
    assert await ask(server, "SELECT pg_promote()")


@asynccontextmanager
async def filled(server: Server) -> AsyncIterator[None]:
    """The disk under the server is full, to the last byte; in the end there is room again."""
    ballast = server.place.data / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(1 << 16)):
            pass
    try:
        yield
    finally:
        ballast.unlink()


@asynccontextmanager
async def filled_and_killed(server: Server) -> AsyncIterator[None]:
    """As ``filled``, and the server dies: it may be unable to start before there is room."""
    async with filled(server):
        os.kill(server_pid(server), signal.SIGKILL)
        yield


READ_ONLY, DISK_FULL = "25006", "53100"
HARDSHIPS: Mapping[Hardship, tuple[str, str | None]] = {
    told_so: ("read_only", READ_ONLY),
    stood_in: ("read_only", READ_ONLY),
    filled: ("disk_full", DISK_FULL),
    filled_and_killed: ("disk_full", None),
}
"""By its figure and by what is said to whoever writes, None: this and that."""
NARROW = {"max_wal_size": "64MB"}  # else the journal alone fills a small disk


@contextmanager
def small_disk(at: Path) -> Iterator[Path]:
    """A disk of ``ROOM`` at ``at``. Skips the test where none may be mounted."""
    if not ROOT:
        pytest.skip("only root mounts a small disk")
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={ROOM},mode=755", "none", str(at)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        pytest.skip(f"no small disk may be mounted here: {done.stderr.strip()}")
    try:
        yield at
    finally:
        subprocess.run(["umount", "--lazy", str(at)], check=True)


def _state(server: Server) -> str:
    """What the server says of itself, as far as it has said it."""
    with suppress(OSError, IndexError):
        return (server.place.cluster / "postmaster.pid").read_text().splitlines()[7].strip()
    return ""
