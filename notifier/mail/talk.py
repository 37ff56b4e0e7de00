"""How one mail after the other is handed over on a connection (RFC 5321, 2920, 6531)."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from notifier.clean import line
from notifier.mail.mime import Mail
from notifier.mail.server import Line

_Stage = Literal["mail", "rcpt", "data", "end"]

CLOSING = 421
"""The server says so before it closes the connection."""

_GO_ON = 354
_MOST_LINES = 50
_LONGEST = 200
_PARTING = 1.0  # seconds
_TROUBLE = (OSError, EOFError, ValueError)  # broken off, out of time, or no SMTP


class Broken(Exception):
    """The connection ended, and the mail was not handed over."""


class Unknown(Exception):
    """The connection ended after the mail and before the answer: nobody knows."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said last, and to which command; ``end`` is the end of the mail."""

    stage: _Stage
    code: int
    text: str

    def __str__(self) -> str:
        return f"{self.code} {self.text}"


class Talk:
    """One connection; ``count`` are the mails so far, ``used_at`` by the loop's clock."""

    def __init__(self, on: Line, seconds: float) -> None:
        """``seconds`` may pass up to the mail; how long its answer may take is for the caller."""
        self._reader, self._writer = on.reader, on.writer
        self._pipelining = on.pipelining
        self.utf8 = on.utf8
        self._seconds = seconds
        self.count = 0
        self.used_at = asyncio.get_running_loop().time()

    @property
    def open(self) -> bool:
        """Whether another mail may be tried."""
        return not (self._writer.is_closing() or self._reader.at_eof())

    async def hand_over(self, mail: Mail) -> Answer:
        """Hand over one mail. Raises Broken or Unknown, and then the connection is closed."""
        done = False
        try:
            answer = await self._begin(mail)
            if answer.code == _GO_ON:
                answer = await self._end(mail)
            elif answer.code != CLOSING and self.open:
                await self._reset()
            done = answer.code != CLOSING
        finally:
            if not done:
                self._writer.close()
        self.count += 1
        self.used_at = asyncio.get_running_loop().time()
        return answer

    async def close(self) -> None:
        """Take leave, without waiting for an answer."""
        if not self._writer.is_closing():
            self._writer.write(b"QUIT\r\n")
        self._writer.close()
        with suppress(OSError):
            async with asyncio.timeout(_PARTING):
                await self._writer.wait_closed()

    async def _begin(self, mail: Mail) -> Answer:
        """The first answer that is no, else that to DATA."""
        try:
            async with asyncio.timeout(self._seconds):
                return await self._asked(_commands(mail))
        except _TROUBLE as error:
            raise Broken(type(error).__name__) from error

    async def _asked(self, commands: list[tuple[_Stage, bytes]]) -> Answer:
        if self._pipelining:
            self._writer.write(b"".join(command for _, command in commands))
            no = None
            for stage, _ in commands:
                answer = await self._answer(stage)
                no = no or (None if _yes(answer) else answer)
                if answer.code == CLOSING:
                    break
            if no and answer.code == _GO_ON:  # it waits for a mail to nobody
                self._writer.close()
            return no or answer
        for stage, command in commands:
            self._writer.write(command)
            answer = await self._answer(stage)
            if not _yes(answer):
                break
        return answer

    async def _end(self, mail: Mail) -> Answer:
        try:
            self._writer.write(mail.content.replace(b"\r\n.", b"\r\n..") + b".\r\n")
            await self._writer.drain()
            return await self._answer("end")
        except _TROUBLE as error:
            raise Unknown(type(error).__name__) from error

    async def _reset(self) -> None:
        try:
            async with asyncio.timeout(self._seconds):
                self._writer.write(b"RSET\r\n")
                if _yes(await self._answer("mail")):
                    return
        except _TROUBLE:
            pass
        self._writer.close()

    async def _answer(self, stage: _Stage) -> Answer:
        said: list[str] = []
        while len(said) < _MOST_LINES:
            got = await self._reader.readline()
            if not got.endswith(b"\n"):
                raise EOFError
            said.append(got[4:].decode("utf-8", "replace").strip())
            if got[3:4] != b"-":
                return Answer(stage, int(got[:3]), line(" ".join(said), _LONGEST))
        raise ValueError


def _commands(mail: Mail) -> list[tuple[_Stage, bytes]]:
    utf8 = " SMTPUTF8" if mail.recipient.international else ""
    return [
        ("mail", f"MAIL FROM:<{mail.sender}>{utf8}\r\n".encode()),
        ("rcpt", f"RCPT TO:<{mail.recipient}>\r\n".encode()),
        ("data", b"DATA\r\n"),
    ]


def _yes(answer: Answer) -> bool:
    return 200 <= answer.code < 400  # noqa: PLR2004 - 2xx, and 354
