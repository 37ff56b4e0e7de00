"""Admit: mail the links that people sign in with. Claimed, sent and settled as deliveries are."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import structlog

from notifier.errors import EndpointGone, SendError, TryAgain
from notifier.model import Channel, Message, SignIn
from service.links import Signer
from service.pace import SEND_LADDER, jittered
from service.store.sign_ins import COUNTS_FOR, Owed, SignIns

log = structlog.get_logger()

_AT_ONCE = 4
_MINUTES = int(COUNTS_FOR.total_seconds()) // 60


def link(url: str, signer: Signer, number: int, asked_at: int) -> str:
    """The address of the page that signs somebody in."""
    return f"{url}/sign-in/{signer.sign('sign-in', number, asked_at)}"


@dataclass(frozen=True, slots=True)
class Admit:
    """The step with its tools. ``url``: the public address of the pages, None where nobody knows.

    ``pace`` divides the waits between tries.
    """

    sign_ins: SignIns
    mail: Channel
    signer: Signer
    url: str | None
    pace: float

    async def admit(self, _: str = "mail") -> None:
        """Send what is owed until nothing is due."""
        while owed := await self.sign_ins.claim(_AT_ONCE):
            async with asyncio.TaskGroup() as group:
                for each in owed:
                    group.create_task(self._send(each))

    async def _send(self, owed: Owed) -> None:
        try:
            if self.url is None:
                raise TryAgain("PABAL_URL: 공개 주소가 있어야 합니다 (needs one)", ours=True)
            content = SignIn(link(self.url, self.signer, owed.id, owed.asked_at), _MINUTES)
            number = f"msg_sign-in-{owed.id}"
            said = Message(number, owed.address, None, content, owed.attempt, owed.language)
            await self.mail.send(said)
        except SendError as error:
            # Whose address it is stays out of the log: it may be anybody's.
            log.warning("admit.failed", sign_in=owed.id, why=str(error), try_=owed.attempt)
            await self._failed(owed, error)
        else:
            await self.sign_ins.sent(owed)
            log.info("admit.sent", sign_in=owed.id)

    async def _failed(self, owed: Owed, error: SendError) -> None:
        if not isinstance(error, TryAgain) or owed.attempt > len(SEND_LADDER):
            gone = isinstance(error, EndpointGone)
            await self.sign_ins.dead(owed, str(error), gone=gone)
            return
        wait = jittered(SEND_LADDER[owed.attempt - 1] / self.pace)
        await self.sign_ins.later(owed, str(error), max(wait, error.retry_after or 0.0))
