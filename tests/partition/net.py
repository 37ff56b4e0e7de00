"""A network of our own: a hub where PostgreSQL listens, and a namespace for each worker.

Nothing of it is seen outside, and it is gone with the last process in it, however that ends.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from service.demo.process import ServiceProcess

Cut = Literal["down", "silent"]

_NEW_NETWORK = 0x40000000  # CLONE_NEWNET
_PREFIX = "198.18.77"  # of the addresses that are kept for measuring networks
_CARDS = "02:00:00:00:00:"
HUB = f"{_PREFIX}.1"
PORT = 9000
_TOOLS = ("ip", "bridge", "nsenter")
_DISABLED, _FORWARDING = "0", "3"  # states of a port of a bridge


class NoNetwork(Exception):
    """Namespaces cannot be made here; the text is for a person."""


@dataclass(frozen=True, slots=True)
class Island:
    """A namespace that reaches the hub by one wire. ``near`` listens on its own loopback."""

    number: int
    handle: int
    near: socket.socket

    @property
    def path(self) -> str:
        """The namespace as tools name it."""
        return f"/proc/{os.getpid()}/fd/{self.handle}"

    @property
    def address(self) -> str:
        """Its address on the hub."""
        return f"{_PREFIX}.{self.number + 10}"

    def cut(self, how: Cut) -> None:
        """Cut it off: it loses its link, or nothing is said and every packet is dropped."""
        if how == "down":
            self._within("ip", "link", "set", "eth0", "down")
        else:
            _run("bridge", "link", "set", "dev", f"port{self.number}", "state", _DISABLED)

    def heal(self, how: Cut) -> None:
        """Undo ``cut``."""
        if how == "down":
            self._within("ip", "link", "set", "eth0", "up")
        else:
            _run("bridge", "link", "set", "dev", f"port{self.number}", "state", _FORWARDING)

    def _within(self, *command: str) -> None:
        _run("nsenter", f"--net={self.path}", *command)

    def _wire(self) -> None:
        port = f"port{self.number}"
        _run(*("ip", "link", "add", port, "type", "veth"),
             *("peer", "name", "eth0", "netns", self.path))  # fmt: skip
        _run("ip", "link", "set", port, "master", "hub0")
        _run("ip", "link", "set", port, "up")
        card = f"{_CARDS}{self.number + 10}"
        self._within("ip", "address", "add", f"{self.address}/24", "dev", "eth0")
        self._within("ip", "link", "set", "eth0", "address", card, "up")
        # Both ends know each other for good, as with routers between them: else the kernel would
        # say within seconds that nobody is there.
        to = ("nud", "permanent", "lladdr")
        self._within(*("ip", "neighbour", "add", HUB, "dev", "eth0"), *to, f"{_CARDS}01")
        _run(*("ip", "neighbour", "add", self.address, "dev", "hub0"), *to, card)


class Castaway(ServiceProcess):
    """``pabal up --only worker`` on an island."""

    def __init__(self, island: Island, environment: Mapping[str, str], log: Path) -> None:
        super().__init__(environment, log)
        self.island = island

    async def start(self) -> None:
        with self._log.open("ab") as log:
            self._child = await asyncio.create_subprocess_exec(
                *("nsenter", f"--net={self.island.path}"),
                *(sys.executable, "-m", "service", "up", "--only", "worker"),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=dict(self._environment),
                start_new_session=True,
            )


@contextmanager
def islands(count: int) -> Iterator[Sequence[Island]]:
    """Leave the network of the machine for one of our own with ``count`` islands.

    All islands listen on the same port of their loopback. To be called before any thread or
    connection is made. Raises NoNetwork.
    """
    lacking = [each for each in _TOOLS if shutil.which(each) is None]
    if os.geteuid() != 0 or lacking:
        what = f"{', '.join(lacking)} (iproute2, util-linux)" if lacking else "root"
        raise NoNetwork(f"네트워크 이름공간을 만들 수 없습니다 / cannot make namespaces: {what}")
    try:
        _leave()
        _run("ip", "link", "set", "lo", "up")
        _run("ip", "link", "add", "name", "hub0", "address", f"{_CARDS}01", "type", "bridge")
        _run("ip", "address", "add", f"{HUB}/24", "dev", "hub0")
        _run("ip", "link", "set", "hub0", "up")
        made = [_island(number) for number in range(count)]
    except (OSError, subprocess.CalledProcessError) as error:
        why = getattr(error, "stderr", None) or error
        raise NoNetwork(
            f"네트워크 이름공간을 만들 수 없습니다 / cannot make namespaces: {why}"
        ) from error
    try:
        yield made
    finally:
        for each in made:
            each.near.close()
            os.close(each.handle)


def _island(number: int) -> Island:
    """An island with its wire; a thread goes there to open its door, and ends."""

    def settle() -> Island:
        _leave()
        _run("ip", "link", "set", "lo", "up")
        near = socket.create_server(("127.0.0.1", PORT))
        near.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return Island(number, os.open("/proc/thread-self/ns/net", os.O_RDONLY), near)

    with ThreadPoolExecutor(1) as thread:
        island = thread.submit(settle).result()
    island._wire()
    return island


def _leave() -> None:
    """Have this thread, and whatever it starts, in a fresh network namespace."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_NEW_NETWORK):
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)


def listen_for(cluster: Path) -> None:
    """Let a PostgreSQL of ours take the islands in, as it takes in who comes over its socket."""
    with (cluster / "pg_hba.conf").open("a") as access:
        access.write(f"host all all {_PREFIX}.0/24 trust\n")
