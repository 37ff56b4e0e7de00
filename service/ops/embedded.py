"""A PostgreSQL of our own, from the binaries of a Python package, for those who run none.

One process owns the server of a data directory: it starts it, starts it again when it dies, and
stops it on leaving. Others share it over the same socket, and one of them becomes the owner when
the owner goes. A server that outlived a killed owner is adopted. Linux only: ``/proc`` tells
which process is ours.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import structlog

from service.ops.cluster import NAME, SOCKET, EmbeddedError, Place, binaries, in_words, prepare

__all__ = ["EmbeddedError", "Server", "address", "binaries", "running"]

_LOG_BYTES = 10 * 1024 * 1024
_START_SECONDS = 60.0
_OLD_MEMORY_SECONDS = 10.0
_STOP_SECONDS = 10.0
_WATCH_SECONDS = 1.0
_WATCH_SECONDS_MAX = 10.0
_SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "shared_buffers": "128MB",
    "max_connections": "100",
    "logging_collector": "off",
    # A transaction that somebody forgot keeps every finished wake-up from being tidied away.
    "idle_in_transaction_session_timeout": "5min",
}

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; ``url`` is an SQLAlchemy address for asyncpg over a Unix socket."""

    url: str
    place: Place

    @property
    def pid(self) -> int | None:
        """The postmaster's id, None between two lives; it changes when the server is healed."""
        return self.place.pid()


@asynccontextmanager
async def running(
    data: Path, *, bin_dir: Path | None = None, options: Mapping[str, str] | None = None
) -> AsyncIterator[Server]:
    """Have the server of ``data`` answer inside the block, shared with other processes.

    While it is healed or handed over connections fail: try them again. ``options`` are server
    settings; ``fsync=off`` (for tests) spares the syncs of the first start too.

    Raises:
        EmbeddedError: it did not come up within 60 seconds; with the last lines of its log.
    """
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(1, "embedded-postgres") as thread:  # it alone touches the state
        place = await loop.run_in_executor(thread, prepare, data, bin_dir)
        embedded = _Embedded(place, options or {})
        try:
            await loop.run_in_executor(thread, embedded.ensure)
            watching = thread.submit(embedded.watch)
            yield Server(_url(place), place)
        finally:
            embedded.leaving.set()
            await loop.run_in_executor(thread, embedded.leave)
    watching.result()  # a fault of the watcher itself is not to be lost


def address(data: Path) -> str:
    """The address of the server of ``data`` for a guest that neither starts nor heals it."""
    return _url(prepare(data, None))


def _url(place: Place) -> str:
    return f"postgresql+asyncpg://{NAME}@/{NAME}?host={quote(str(place.sockets))}"


class _Embedded:
    """One process's hold on the server of a place. Blocking, and used from one thread only."""

    def __init__(self, place: Place, options: Mapping[str, str]) -> None:
        self.leaving = threading.Event()
        self._place = place
        self._options = {**_SETTINGS, "unix_socket_directories": str(place.sockets), **options}
        self._lock: int | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._log_start = 0

    @in_words()
    def ensure(self) -> None:
        """Return when the server answers (or we are leaving); start it where that is ours to do."""
        began = time.monotonic()
        launched = False
        owner = self._own()
        while not self._answers():
            elapsed = time.monotonic() - began
            if owner and self._postmaster() is None:
                if launched:
                    self._judge_failure(elapsed)
                self._launch()
                launched = True
            if elapsed > _START_SECONDS:
                raise EmbeddedError(
                    f"{self._place.data}: PostgreSQL이 {_START_SECONDS:.0f}초 안에 답하지 "
                    f"않았습니다 / PostgreSQL gave no answer in time\n{self._log_tail()}"
                )
            if self.leaving.wait(0.05):
                return
            owner = self._own()

    def watch(self) -> None:
        """Until leaving: heal the server if it is ours, take it over if its owner went away."""
        pause = _WATCH_SECONDS
        while not self.leaving.wait(pause):
            try:
                if self._own() and self._postmaster() is None:
                    log.warning("postgres_missing", data=str(self._place.data))
                    self.ensure()
                pause = _WATCH_SECONDS
            except (EmbeddedError, OSError) as error:
                log.error("postgres_not_restarted", error=str(error))
                pause = min(pause * 2, _WATCH_SECONDS_MAX)

    def leave(self) -> None:
        """Stop the server if it is ours: connections are cut, what was committed is kept."""
        if self._lock is None:
            return
        for how in (signal.SIGINT, signal.SIGQUIT):
            if (pid := self._postmaster()) is None:
                break
            with suppress(ProcessLookupError):
                os.kill(pid, how)
            deadline = time.monotonic() + _STOP_SECONDS
            while self._postmaster() is not None and time.monotonic() < deadline:
                time.sleep(0.02)
        os.close(self._lock)
        self._lock = None

    def _own(self) -> bool:
        """Whether the data directory's lock is ours: now, if not before."""
        if self._lock is not None:
            return True
        lock = self._open("lock")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return False
        self._lock = lock
        return True

    def _postmaster(self) -> int | None:
        """The live server of this place: our child, or one that outlived its owner."""
        if self._child is not None and self._child.poll() is None:
            return self._child.pid
        pid = self._place.pid()
        with suppress(OSError):  # a zombie's command line is empty, a stranger's names no cluster
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            return pid if os.fsencode(self._place.cluster) in command else None
        return None

    def _answers(self) -> bool:
        """Whether the server says it is ready (its eighth line) and its socket is open."""
        with suppress(OSError), socket.socket(socket.AF_UNIX) as probe:
            lines = (self._place.cluster / "postmaster.pid").read_bytes().splitlines()
            probe.settimeout(1)
            probe.connect(str(self._place.sockets / SOCKET))
            return [line.strip() for line in lines[7:8]] == [b"ready"]
        return False

    def _launch(self) -> None:
        programs = self._place.make_ready(hasty=self._options.get("fsync") == "off")
        settings = [f"--{name}={value}" for name, value in self._options.items()]
        with os.fdopen(self._open("postgres.log"), "ab") as out:
            if out.tell() > _LOG_BYTES:
                out.truncate(0)
            self._log_start = out.seek(0, os.SEEK_END)
            # In a session of its own: Ctrl-C at a terminal is for us, and we stop it in order.
            self._child = subprocess.Popen(  # noqa: S603 - our own binaries and settings
                [str(programs / "postgres"), "-D", str(self._place.cluster), *settings],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                **self._place.manner(),
            )

    def _judge_failure(self, elapsed: float) -> None:
        """Wait a little where the last server's processes are still going; else give up."""
        tail = self._log_tail()
        if "shared memory block" not in tail or elapsed > _OLD_MEMORY_SECONDS:
            raise EmbeddedError(
                f"PostgreSQL이 시작하다 멈추었습니다 / PostgreSQL stopped while starting\n{tail}"
            )
        self.leaving.wait(0.5)

    def _log_tail(self) -> str:
        with suppress(FileNotFoundError):
            text = (self._place.data / "postgres.log").read_bytes()[self._log_start :]
            return "\n".join(text.decode(errors="replace").splitlines()[-15:])
        return ""

    def _open(self, name: str) -> int:
        """Open a file to append to; what root makes stays usable to the owner of the data."""
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
        file = os.open(self._place.data / name, flags, 0o600)
        self._place.give(file)
        return file
