"""The ordinary service as a child process: started, stopped, killed with all that it started."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from random import SystemRandom

# Below those that systems give to calls going out (Linux from 32,768, others from 49,152): such a
# call would hold the port of a service that is being started again.
_PORTS = range(20_000, 32_000)


class ServiceDied(Exception):
    """The service ended although nobody asked it to; carries the end of its log."""


class ServiceProcess:
    """``pabal up`` in a session of its own, its output in ``log``."""

    def __init__(
        self, environment: Mapping[str, str], log: Path, options: Sequence[str] = ()
    ) -> None:
        """``environment`` is all of it: nothing of ours leaks into the service."""
        self._environment = environment
        self._log = log
        self._options = options
        self._child: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it; returns at once."""
        with self._log.open("ab") as log:
            self._child = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "service",
                "up",
                *self._options,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=dict(self._environment),
                start_new_session=True,
            )

    def check(self) -> None:
        """Raise ServiceDied where it has ended by itself."""
        if self._child is not None and self._child.returncode is not None:
            raise ServiceDied(f"exit {self._child.returncode}\n{self.log_tail()}")

    async def kill(self) -> int:
        """SIGKILL to it and to everything it started, at once; returns how many processes."""
        child, self._child = self._child, None  # that it ends is no surprise from now on
        assert child is not None
        victims = [child.pid, *descendants(child.pid)]
        for pid in victims:  # frozen first: nobody may start another while the others die
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
        for pid in victims:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        await child.wait()
        return len(victims)

    async def stop(self) -> int:
        """SIGTERM, as an operator's machine does it; returns its exit code."""
        child, self._child = self._child, None
        if child is None:
            return 0
        if child.returncode is None:
            child.send_signal(signal.SIGTERM)
        try:
            return await asyncio.wait_for(child.wait(), 60)
        except TimeoutError:
            self._child = child
            await self.kill()
            raise ServiceDied(f"did not stop in 60 s\n{self.log_tail()}") from None

    def log_tail(self) -> str:
        """The last lines of its log."""
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-20:])


def free_port() -> int:
    """A port of loopback that nobody holds now and that no call going out will be given."""
    for port in SystemRandom().sample(_PORTS, 100):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise OSError(f"none of a hundred ports in {_PORTS} is free")


def descendants(pid: int) -> list[int]:
    """Children, their children and so on; a session of their own hides none of them."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in map(int, task.read_text().split()):
                found += [child, *descendants(child)]
    return found
