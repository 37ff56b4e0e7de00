"""Deliver: claim | word | send | settle. No transaction is open while a message is on its way."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import structlog
from pydantic import TypeAdapter

from notifier.errors import EndpointGone, SendError, TryAgain, Undeliverable
from notifier.model import Alert, Channel, Message
from service.model import DueDelivery
from service.pace import SEND_LADDER, jittered
from service.store.deliveries import Deliveries

log = structlog.get_logger()

IN_FLIGHT = 10  # messages under way for one wake-up; after a crash at most these are repeated
_TRIES = len(SEND_LADDER) + 1
_ALERTS = TypeAdapter(Alert)


@dataclass(frozen=True, slots=True)
class Deliver:
    """The step with its tools. ``pace`` divides the waits between tries."""

    deliveries: Deliveries
    channels: Mapping[str, Channel]
    pace: float

    async def deliver(self) -> None:
        """Send what is due until nothing is; a slow receiver holds up only its own message.

        So does one whose sending breaks: the others are sent first, then what broke is raised. It
        comes due again when its lease runs out.
        """
        flying: set[asyncio.Task[None]] = set()
        broken: list[BaseException] = []
        try:
            while True:
                if len(flying) < IN_FLIGHT:
                    due = await self.deliveries.claim_due(IN_FLIGHT - len(flying))
                    flying |= {asyncio.create_task(self._send(each)) for each in due}
                if not flying:
                    break
                done, flying = await asyncio.wait(flying, return_when=asyncio.FIRST_COMPLETED)
                broken += [error for each in done if (error := each.exception()) is not None]
        finally:
            for each in flying:
                each.cancel()
            await asyncio.gather(*flying, return_exceptions=True)
        if broken:
            raise BaseExceptionGroup("messages whose sending broke", broken)

    async def _send(self, due: DueDelivery) -> None:
        try:
            if due.attempt > _TRIES:  # only where try after try broke off half way
                raise Undeliverable(f"given up after {_TRIES} tries that broke off")
            channel = self._channel(due)
            receipt = await channel.send(_worded(due))
        except SendError as error:
            await self._failed(due, error)
        else:
            await self.deliveries.settle_sent(due, receipt.detail)
            log.info("deliver.sent", message=due.message_id, channel=due.channel, try_=due.attempt)

    def _channel(self, due: DueDelivery) -> Channel:
        if due.channel not in self.channels:
            raise Undeliverable(f"no channel is called {due.channel}")
        return self.channels[due.channel]

    async def _failed(self, due: DueDelivery, error: SendError) -> None:
        """Passing failures climb the ladder; the last rung and every refusal is a dead letter."""
        detail = str(error)
        log.warning("deliver.failed", message=due.message_id, why=detail, try_=due.attempt)
        if isinstance(error, TryAgain) and due.attempt <= len(SEND_LADDER):
            wait = jittered(SEND_LADDER[due.attempt - 1] / self.pace)
            asked = min(error.retry_after or 0.0, SEND_LADDER[-1])
            await self.deliveries.settle_later(due, detail, max(wait, asked))
        else:
            gone = isinstance(error, EndpointGone)
            await self.deliveries.settle_dead(due, detail, switch_off=gone)


def _worded(due: DueDelivery) -> Message:
    """The message. Another version may have owed it, with fewer facts than ours, or with more."""
    alert = _ALERTS.validate_python(due.alert)
    return Message(due.message_id, due.address, due.secret, alert, due.attempt)
