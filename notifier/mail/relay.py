"""The operator's mail server: a few connections that are used again, and what its answers mean."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from notifier.errors import EndpointGone, TryAgain, Undeliverable
from notifier.mail.mime import Mail
from notifier.mail.server import Server, open_line
from notifier.mail.talk import CLOSING, Answer, Broken, Talk, Unknown

CONNECTIONS = 8
# Servers look at a mail before they take it, and not to wait is to send it a second time; but a
# delivery is not claimed for ever. The wait for a turn, as long as any other answer, is within it.
_WHOLE = 40.0
_IDLE = 30.0  # seconds after which a connection is not trusted any more
_MOST_MAILS = 500  # on one connection
_PERMANENT, _TOO_LARGE = 500, 552
_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
# RFC 3463: of the mailbox or its domain; not 5.1.7 and 5.1.8, which are the sender's.
_NO_SUCH = re.compile(r"5\.1\.([1236]|10)|5\.2\.1")
_NO_MAILBOX = frozenset({550, 551, 553})
_POLICY = re.compile(r"spam|block|black|polic|reput|denied|relay|rbl|dnsbl|auth|limit", re.ASCII)
_FULL = re.compile(r"\bfull\b|quota|storage|가득|용량")  # it is there, whatever its status says
# Google and Microsoft say 550 and 554 of what a day or the operator mends; 5.7.60: may not send so.
_OURS = re.compile(
    r"5\.4\.5\b|5\.7\.60\b|.*(sendasdenied|sender throttled|"
    r"\b(daily|sending)\b(?!.*\bsize\b).*\b(limit|quota)\b)"
)
_TOO_MANY = re.compile(r"receiving mail (at a rate|too quickly)")  # for one mailbox, for a while


class Relay:
    """Hands mail over; ``name`` is what we call ourselves."""

    def __init__(
        self, server: Server, password: str, name: str, seconds: float, tls: ssl.SSLContext
    ) -> None:
        self._server, self._password, self._name = server, password, name
        self._seconds, self._tls = seconds, tls
        self._turns = asyncio.Semaphore(CONNECTIONS)
        self._idle: list[Talk] = []

    async def send(self, mail: Mail) -> str:
        """Hand over one mail; returns the server's answer. Raises a SendError.

        A connection that was used before may have ended meanwhile: then a new one is opened.
        """
        try:
            async with asyncio.timeout(_WHOLE), self._turn():
                answer = await self._handed_over(mail)
        except Broken as error:
            why = f"메일 서버가 끊었습니다 (broke off): {error}"
            raise TryAgain(why, ours=True) from error
        except (Unknown, TimeoutError) as error:
            raise TryAgain(
                "메일을 받았는지 답이 없습니다: 같은 Message-ID로 다시 보냅니다 "
                "(no last word; sent again with the same Message-ID)",
                ours=True,
            ) from error
        _judge(answer)
        return str(answer)

    async def aclose(self) -> None:
        """Close all connections."""
        while self._idle:
            await self._idle.pop().close()

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """One of the places; who gets none has time to spare, and nothing was handed over."""
        try:
            async with asyncio.timeout(self._seconds):
                await self._turns.acquire()
        except TimeoutError as error:
            why = "메일 서버가 밀려 있습니다: 나중에 보냅니다 (the server is busy; later)"
            raise TryAgain(why, ours=True) from error
        try:
            yield
        finally:
            self._turns.release()

    async def _handed_over(self, mail: Mail) -> Answer:
        if talk := await self._used():
            try:
                answer = await self._on(talk, mail)
            except Broken as error:
                if isinstance(error.__cause__, TimeoutError):
                    raise
            else:
                if answer.code != CLOSING or answer.stage == "end":
                    return answer
        return await self._on(await self._fresh(), mail)

    async def _on(self, talk: Talk, mail: Mail) -> Answer:
        if mail.recipient.international and not talk.utf8:
            self._idle.append(talk)
            raise Undeliverable("메일 서버에 SMTPUTF8이 없습니다 (the server lacks SMTPUTF8)")
        answer = await talk.hand_over(mail)
        if talk.open and talk.count < _MOST_MAILS:
            self._idle.append(talk)
        else:
            await talk.close()
        return answer

    async def _used(self) -> Talk | None:
        while self._idle:
            talk = self._idle.pop()
            if talk.open and asyncio.get_running_loop().time() - talk.used_at < _IDLE:
                return talk
            await talk.close()
        return None

    async def _fresh(self) -> Talk:
        line = await open_line(self._server, self._password, self._name, self._tls, self._seconds)
        return Talk(line, self._seconds)


def _judge(answer: Answer) -> None:
    """Return where the server took the mail; else raise what its answer asks for.

    What it has against the sender is the operator's to mend, so the mail waits for that.
    """
    if answer.stage == "end" and answer.code < 300:  # noqa: PLR2004 - 2xx
        return
    shown, text = str(answer), answer.text.lower()
    limited = _OURS.match(text) is not None
    passes = answer.code < _PERMANENT or (answer.stage == "mail" and answer.code != _TOO_LARGE)
    if passes or limited or _TOO_MANY.search(text):
        ours = limited or answer.stage in {"mail", "data"} or answer.code == CLOSING
        raise TryAgain(f"{shown}: 나중에 다시 보냅니다 (later)", ours=ours)
    if _nobody(answer):
        raise EndpointGone(f"{shown}: 없는 주소입니다 (no such address)")
    raise Undeliverable(f"{shown}: 메일 서버가 거절했습니다 (refused)")


def _nobody(answer: Answer) -> bool:
    """Whether it is the address that is not there, and not full, or the mail that is disliked."""
    if _FULL.search(answer.text.lower()):
        return False
    if enhanced := _ENHANCED.match(answer.text):
        return _NO_SUCH.fullmatch(enhanced[0]) is not None
    return (
        answer.stage == "rcpt"
        and answer.code in _NO_MAILBOX
        and not _POLICY.search(answer.text.lower())
    )
