"""Receivers for mass sending, as cheap as Python allows: webhooks and mail, in a process apart.

``python tests/bench/sinks.py`` prints ``{"web": port, "mail": port}`` and then answers each line on
standard input: ``count`` with how many came since the last ``reset``, ``ids PATH`` writes the id of
every message, a line each, in order of arrival, ``reset`` forgets. It ends with its input.
"""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_TAKEN = b"HTTP/1.1 204 No Content\r\n\r\n"
_WEB_ID = re.compile(rb"\r\nwebhook-id: *([^\r]+)", re.IGNORECASE)
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_MAIL_ID = re.compile(rb"^message-id: *<([^@>]+)", re.IGNORECASE | re.MULTILINE)
_HELLO = b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 10000000\r\n"


class Web(asyncio.Protocol):
    """POST after POST on one connection; each is answered 204 once its body is there."""

    def __init__(self, got: list[str]) -> None:
        self._got = got
        self._read = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._out = transport

    def data_received(self, data: bytes) -> None:
        self._read += data
        while (end := self._read.find(b"\r\n\r\n")) >= 0:
            head = bytes(self._read[: end + 2])
            length = _LENGTH.search(head)
            whole = end + 4 + int(length[1] if length else 0)
            if len(self._read) < whole:
                return
            del self._read[:whole]
            named = _WEB_ID.search(head)
            self._got.append(named[1].decode() if named else "")
            self._out.write(_TAKEN)


class Mail(asyncio.Protocol):
    """SMTP, pipelined or not; whatever comes is taken."""

    def __init__(self, got: list[str]) -> None:
        self._got = got
        self._read = bytearray()
        self._data = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._out = transport
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self._read += data
        said = b""
        while True:
            end = self._read.find(b"\r\n.\r\n" if self._data else b"\r\n")
            if end < 0:
                break
            piece = bytes(self._read[:end])
            del self._read[: end + (5 if self._data else 2)]
            said += self._mail(piece) if self._data else self._command(piece[:4].upper())
        if said:
            self._out.write(said)

    def _mail(self, mail: bytes) -> bytes:
        named = _MAIL_ID.search(mail)
        self._got.append(named[1].decode() if named else "")
        self._data = False
        return b"250 taken\r\n"

    def _command(self, verb: bytes) -> bytes:
        if verb == b"EHLO":
            return _HELLO
        if verb == b"DATA":
            self._data = True
            return b"354 go on\r\n"
        return b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n"


async def _serve() -> None:
    loop = asyncio.get_running_loop()
    web: list[str] = []
    mail: list[str] = []
    servers = [
        await loop.create_server(lambda: Web(web), "0.0.0.0", 0),
        await loop.create_server(lambda: Mail(mail), "127.0.0.1", 0),
    ]
    ports = [each.sockets[0].getsockname()[1] for each in servers]
    print(json.dumps({"web": ports[0], "mail": ports[1]}), flush=True)  # noqa: T201
    asked = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(asked), sys.stdin)
    while line := (await asked.readline()).decode().strip():
        if line == "reset":
            web.clear()
            mail.clear()
        elif line.startswith("ids "):
            Path(line[4:]).write_text("\n".join([*web, *mail]))  # noqa: ASYNC240 - nobody waits
        print(json.dumps({"web": len(web), "mail": len(mail)}), flush=True)  # noqa: T201


@dataclass(frozen=True, slots=True)
class Sinks:
    """The running receivers: the URL of one, the SMTP port of the other."""

    web: str
    mail: int
    process: subprocess.Popen[str]

    def ask(self, line: str) -> dict[str, int]:
        """Say one line; the counts of what came."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        said: dict[str, int] = json.loads(self.process.stdout.readline())
        return said


@contextmanager
def running() -> Iterator[Sinks]:
    """Receivers in a process of their own."""
    command = [sys.executable, str(Path(__file__).resolve())]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        ports = json.loads(process.stdout.readline())
        try:
            yield Sinks(f"http://127.0.0.1:{ports['web']}", ports["mail"], process)
        finally:
            assert process.stdin is not None
            process.stdin.close()


if __name__ == "__main__":
    asyncio.run(_serve())
