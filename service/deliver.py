"""Deliver: claim | word | send | settle. No transaction is open while a message is on its way.

Every channel has a lane of its own. What came of messages is committed in groups: whatever ends
within a moment, and while one group is committed, is the next. A place is free again only when the
message that had it is settled, so that after a crash no more are repeated than there are places.
"""

from __future__ import annotations

import asyncio
import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import takewhile

import structlog

from notifier.errors import EndpointGone, SendError, TryAgain, Undeliverable
from notifier.model import Channel, Receipt, Traits
from service import observe
from service.model import DueDelivery
from service.pace import SEND_LADDER, Rate, jittered
from service.store.claimed import TURNS
from service.store.deliveries import Dead, Deliveries, Later, Sent, Settled
from service.worded import Words

log = structlog.get_logger()

_TRIES = len(SEND_LADDER) + 1
_SLOW = 1.0  # seconds; then a message lends its place to another
_LENT = 4  # times as many places, at most: silent receivers are waited for beside the others
_CALL = 1.0  # seconds between calls for help
_SHARE = 4  # of the places together: to claim or settle one costs as much as to do it for twenty
_MOMENT = 0.01  # seconds that a message which has ended waits for others of its group


@dataclass(frozen=True, slots=True)
class Deliver:
    """The step with its tools. ``pace`` divides the waits between tries."""

    deliveries: Deliveries
    channels: Mapping[str, Channel]
    traits: Mapping[str, Traits]
    words: Words
    pace: float
    _lanes: dict[str, _Lane] = field(default_factory=dict, init=False)
    _rates: dict[str, Rate] = field(default_factory=dict, init=False)

    async def deliver(self, channel: str) -> None:
        """Send what a channel is to carry until nothing is due.

        Where that is being done in this process already, whoever does it looks once more.
        """
        if (lane := self._lanes.get(channel)) is not None:
            lane.look_again()
            return
        traits = self.traits.get(channel, Traits())
        if traits.per_second is not None:
            self._rates.setdefault(channel, Rate(traits.per_second))
        lane = self._lanes[channel] = _Lane(self, channel, traits, self._rates.get(channel))
        try:
            await lane.run()
        finally:
            del self._lanes[channel]

    async def send(self, due: DueDelivery, today: date) -> Receipt:
        """Hand one message over. Raises a SendError; any other exception is a bug."""
        if due.attempt > _TRIES:  # only where try after try broke off half way
            raise Undeliverable(f"{_TRIES}번이나 도중에 끊겼습니다 (each try broke off)")
        if due.channel not in self.channels:
            raise Undeliverable(f"그런 채널이 없습니다 (no such channel): {due.channel}")
        return await self.channels[due.channel].send(self.words.message(due, today))

    def failed(self, due: DueDelivery, error: BaseException) -> Settled:
        """Passing failures and bugs climb the ladder; its end and a refusal make a dead letter."""
        detail = str(error) if isinstance(error, SendError) else repr(error)
        refused = isinstance(error, SendError) and not isinstance(error, TryAgain)
        if refused or due.attempt > len(SEND_LADDER):
            return Dead(due, detail, gone=isinstance(error, EndpointGone))
        wait = jittered(SEND_LADDER[due.attempt - 1] / self.pace)
        if not isinstance(error, TryAgain) or error.ours:
            return Later(due, detail, wait, rest=None)
        asked = min(error.retry_after or 0.0, SEND_LADDER[-1])
        return Later(due, detail, max(wait, asked), max(SEND_LADDER[0] / self.pace, asked))


class _Lane:
    """What is under way on one channel."""

    def __init__(self, step: Deliver, channel: str, traits: Traits, rate: Rate | None) -> None:
        self._step = step
        self._channel = channel
        self._traits = traits
        self._rate = rate
        self._loop = asyncio.get_running_loop()
        # Since when each is under way, the longest first; their endpoints, until they are settled.
        self._flying: dict[asyncio.Task[Receipt], tuple[float, DueDelivery]] = {}
        self._busy: Counter[int] = Counter()
        self._ended: list[tuple[Settled, float]] = []  # with the time at which it set out
        self._ended_at = 0.0  # the first of them
        self._unsettled = 0
        self._settling: asyncio.Task[None] | None = None
        self._news = asyncio.Event()
        self._more = True
        self._called = self._loop.time()
        self._claimed = -math.inf

    def look_again(self) -> None:
        """Something may have come due."""
        self._more = True
        self._news.set()

    async def run(self) -> None:
        """Send until nothing is due and all is settled."""
        try:
            while True:
                self._news.clear()
                if self._settling is not None and self._settling.done():
                    self._settling.result()
                    self._settling = None
                if self._settling is None and self._ripe():
                    self._settling = asyncio.create_task(self._settle())
                    self._settling.add_done_callback(lambda _: self._news.set())
                await self._fill()
                if not (self._more or self._flying or self._ended or self._settling):
                    return
                await self._wait()
        finally:
            await self._end()

    def _ripe(self) -> bool:
        """Whether what has ended is to wait for no more."""
        enough = not self._flying or len(self._ended) * _SHARE >= self._traits.at_once
        return bool(self._ended) and (enough or self._loop.time() - self._ended_at >= _MOMENT)

    async def _wait(self) -> None:
        """Until something happens, a message has become slow, or the carrier takes one more."""
        patience = _MOMENT if self._ended and self._settling is None else _SLOW
        if self._more and self._rate is not None:
            patience = min(patience, self._rate.wait() or patience)
        timer = self._loop.call_later(patience, self._news.set)
        try:
            await self._news.wait()
        finally:
            timer.cancel()

    async def _fill(self) -> None:
        """Claim for every place that is free, as long as something is due."""
        while self._more and (room := self._room()) > 0:
            self._more = False
            self._claimed = self._loop.time()
            before = dict(self._busy)
            batch = await self._step.deliveries.claim(self._channel, room, self._busy)
            # Of what was seen nothing is left to see: it flies, or it was put off; but where a turn
            # came free meanwhile, what was refused it is there still.
            freed = any(self._busy[each] < count for each, count in before.items())
            self._more |= freed or batch.seen == room
            if self._rate is not None:
                self._rate.take(len(batch.due))
            for due in batch.due:
                self._begin(due, batch.today)
            if self._more and self._loop.time() - self._called > _CALL:
                self._called = self._loop.time()
                await self._step.deliveries.call(self._channel)

    def _room(self) -> int:
        """How many may be sent now."""
        places = self._traits.at_once
        if not self._traits.one_server:
            slow_since = self._loop.time() - _SLOW
            began = (since for since, _ in self._flying.values())  # the longest first
            slow = sum(1 for _ in takewhile(slow_since.__gt__, began))
            places += min(slow, _LENT * places)
        room = places - len(self._flying) - self._unsettled
        few = room * _SHARE < self._traits.at_once
        if few and self._loop.time() - self._claimed < _SLOW:
            return 0
        return room if self._rate is None else min(room, self._rate.allowed(self._loop.time()))

    def _begin(self, due: DueDelivery, today: date) -> None:
        task = asyncio.create_task(self._step.send(due, today))
        self._flying[task] = self._loop.time(), due
        self._busy[due.endpoint_id] += 1
        task.add_done_callback(self._landed)

    def _landed(self, task: asyncio.Task[Receipt]) -> None:
        since, due = self._flying.pop(task)
        if task.cancelled():
            self._leave(due)  # its lease runs out, and it is tried again
            return
        came = self._came_of(due, task)
        observe.measured("send", _outcome(came), self._loop.time() - since)
        if not self._ended:
            self._ended_at = self._loop.time()
        self._ended.append((came, since))
        self._unsettled += 1
        self._news.set()

    def _came_of(self, due: DueDelivery, task: asyncio.Task[Receipt]) -> Settled:
        error = task.exception()
        if error is None:
            return Sent(due, task.result().detail, task.result().proven)
        said = {"message": due.message_id, "channel": due.channel, "try_": due.attempt}
        if isinstance(error, SendError):
            log.warning("deliver.failed", why=str(error), **said)
        else:
            log.error("deliver.broken", exc_info=error, **said)
        return self._step.failed(due, error)

    async def _settle(self) -> None:
        """Commit what has ended by now."""
        group = self._ended[:]
        sent = sum(isinstance(each, Sent) for each, _ in group)
        counts = {"sent": sent, "failed": len(group) - sent}
        with observe.unit("deliver", self._channel, **counts):
            await self._step.deliveries.settle([each for each, _ in group])
        del self._ended[: len(group)]
        self._unsettled -= len(group)
        for each, _ in group:
            self._leave(each.due)
        if observe.tracing():
            self._trace(group)

    def _trace(self, group: Sequence[tuple[Settled, float]]) -> None:
        """One span for all that was settled together about one article: they may be thousands."""
        about: defaultdict[int | None, list[tuple[Settled, float]]] = defaultdict(list)
        for each in group:
            about[each[0].due.article_id].append(each)
        for article, some in about.items():
            sent = sum(isinstance(each, Sent) for each, _ in some)
            began = min(since for _, since in some)
            seconds, failed = self._loop.time() - began, len(some) - sent
            observe.sent(article, seconds, channel=self._channel, sent=sent, failed=failed)

    def _leave(self, due: DueDelivery) -> None:
        """Its endpoint has a turn free; if it had none, more may wait there than was seen."""
        self._more |= self._busy[due.endpoint_id] >= TURNS
        self._busy[due.endpoint_id] -= 1
        if not self._busy[due.endpoint_id]:
            del self._busy[due.endpoint_id]

    async def _end(self) -> None:
        """Let go of what is under way; what has ended is settled all the same."""
        flying = list(self._flying)
        for each in flying:
            each.cancel()
        await asyncio.gather(*flying, return_exceptions=True)
        if self._settling is not None:
            await asyncio.gather(self._settling, return_exceptions=True)
        if self._ended:
            await self._step.deliveries.settle([each for each, _ in self._ended])


def _outcome(came: Settled) -> observe.Outcome:
    if isinstance(came, Sent):
        return "sent"
    return "later" if isinstance(came, Later) else "dead"
