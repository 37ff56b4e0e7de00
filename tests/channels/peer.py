"""A mail server by script, and mails on their way to it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

from notifier.channels.mail import Mails
from notifier.mail.addresses import sender
from notifier.mail.mime import Composer
from notifier.mail.relay import Relay
from notifier.mail.server import Server
from notifier.model import Message, Notice

HANG_UP = "hang up"
SILENCE = "silence"


@dataclass
class Peer:
    """A mail server by script: ``says`` has an answer for each verb, and END for a whole mail.

    A list holds one answer a time, the last of them for ever.
    """

    says: dict[str, str | list[str]] = field(default_factory=dict)
    offers: Sequence[str] = ("PIPELINING",)
    heard: list[str] = field(default_factory=list)
    mails: list[bytes] = field(default_factory=list)
    connections: int = 0
    naive: bool = False
    """Asks for a mail though it has refused its reader."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            with suppress(OSError, EOFError):
                go_on = await self._say(writer, "HELLO", "220 mail.example")
                while go_on and (line := await reader.readline()):
                    verb = line.decode().split(" ")[0].split(":")[0].strip().upper()
                    self.heard.append(verb)
                    go_on = await self._answer(verb, reader, writer)
        finally:
            writer.close()

    async def _answer(
        self, verb: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        if verb == "EHLO":
            lines = ["250-mail.example", *(f"250-{each}" for each in self.offers), "250 HELP"]
            return await self._say(writer, "EHLO", "\r\n".join(lines))
        if verb == "QUIT":
            return False
        if verb != "DATA":
            go_on = await self._say(writer, verb, "250 ok")
            self._refused = verb in {"MAIL", "RCPT"} and not self._last.startswith("250")
            return go_on
        usual = "503 5.5.1 nobody to send it to" if self._refused else "354 go on"
        if not await self._say(writer, "DATA", usual if not self.naive else "354 go on"):
            return False
        if not self._last.startswith("354"):
            return True
        self.mails.append(await reader.readuntil(b"\r\n.\r\n"))
        return await self._say(writer, "END", "250 2.0.0 taken")

    async def _say(self, writer: asyncio.StreamWriter, verb: str, usual: str) -> bool:
        given = self.says.get(verb, usual)
        if isinstance(given, list):
            given = given.pop(0) if len(given) > 1 else given[0]
        self._last = given
        if given == HANG_UP:
            return False
        if given == SILENCE:
            await asyncio.sleep(30)
        writer.write(f"{given}\r\n".encode())
        await writer.drain()
        return not given.startswith("421")


@asynccontextmanager
async def sending(
    peer: Peer, user: str | None = None, seconds: float = 5.0, *, starttls: bool = False
) -> AsyncIterator[Mails]:
    running: set[asyncio.Task[None]] = set()

    def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        running.add(asyncio.ensure_future(peer.serve(reader, writer)))

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as listening:
        port = listening.sockets[0].getsockname()[1]
        server = Server("127.0.0.1", port, "started" if starttls else None, user)
        composer = Composer(
            sender("alerts@pabal.example"), None, None, lambda: datetime(2026, 8, 3, tzinfo=UTC)
        )
        tls = ssl.create_default_context()
        mails = Mails(composer, Relay(server, "secret", "pabal.example", seconds, tls))
        try:
            yield mails
        finally:
            await mails.aclose()
            for each in running:
                each.cancel()
            await asyncio.gather(*running, return_exceptions=True)
            await asyncio.sleep(0)  # what was closed is gone by then


def message_of(number: int = 1, address: str = "reader@example.kr") -> Message:
    return Message(f"msg_{number}", address, None, Notice("구독", "제목", ("한 줄",)), 1)
