"""A relay for the demo that delivers to nobody: it takes every mail and keeps it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

_HOST = "127.0.0.1"
_LARGEST = 1_000_000
_ANSWERS = {
    b"EHLO": b"250-demo\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 1000000\r\n",
    b"DATA": b"354 go on\r\n",
    b"QUIT": b"221 bye\r\n",
}


class Mailbox:
    """``mails`` are those taken, as they came; ``address`` is where to hand them in."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []
        self.address = ""

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(b"220 demo\r\n")
            while line := await reader.readline():
                verb = line[:4].upper().rstrip()
                writer.write(_ANSWERS.get(verb, b"250 ok\r\n"))
                if verb == b"DATA":
                    self.mails.append(_unstuffed(await reader.readuntil(b"\r\n.\r\n")))
                    writer.write(b"250 taken\r\n")
                if verb == b"QUIT":
                    break
                await writer.drain()
        except (
            ConnectionError,
            ValueError,
            asyncio.IncompleteReadError,
            asyncio.LimitOverrunError,
        ):
            pass  # whoever hung up did not hand it over
        finally:
            writer.close()


def _unstuffed(mail: bytes) -> bytes:
    """The mail without SMTP's own dots."""
    return mail.removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n.")


@asynccontextmanager
async def open_mailbox() -> AsyncIterator[Mailbox]:
    """A mailbox that takes mail on a free port of loopback while it is open."""
    mailbox = Mailbox()
    server = await asyncio.start_server(mailbox._talk, _HOST, 0, limit=_LARGEST)  # noqa: SLF001
    async with server:
        mailbox.address = f"smtp://{_HOST}:{server.sockets[0].getsockname()[1]}"
        yield mailbox
