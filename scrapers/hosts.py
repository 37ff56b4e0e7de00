"""Whose turn it is at each host: one at a time, with pauses, and nobody while it asked for rest."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from scrapers.errors import Throttled

_HOUR = 3_600.0


class Hosts:
    """Every host that had a turn in the last hour."""

    def __init__(self) -> None:
        """None yet."""
        self._known: dict[bytes, Host] = {}

    def of(self, netloc: bytes) -> Host:
        """That of this name and port. Pages lead to ever more hosts: the others are forgotten."""
        host = self._known.get(netloc)
        if host is None:
            long_ago = asyncio.get_running_loop().time() - _HOUR
            kept = self._known.items()
            self._known = {name: each for name, each in kept if not each.rests_since(long_ago)}
            host = self._known[netloc] = Host()
        return host


class Host:
    """Whose turn it is at one host: the urgent first, else whoever waits longest."""

    def __init__(self) -> None:
        self._taken = False
        self._urgent: deque[asyncio.Future[None]] = deque()
        self._others: deque[asyncio.Future[None]] = deque()
        self._ended = self._rests_until = float("-inf")

    def rests_since(self, moment: float) -> bool:
        """Whether nobody had a turn after ``moment`` of the loop's clock, or waits for one."""
        return not self._taken and self._ended < moment

    def rest(self, seconds: float) -> None:
        """Give out no turn for so long, at most an hour: an error of the host's must end, too."""
        self._rests_until = asyncio.get_running_loop().time() + min(seconds, _HOUR)

    @asynccontextmanager
    async def turn(self, rest: float, *, url: str, urgent: bool) -> AsyncIterator[None]:
        """Hold the host alone, at least ``rest`` seconds after its last turn ended.

        Raises Throttled, named after ``url``, while the host asked to be left alone.
        """
        clock = asyncio.get_running_loop().time
        await self._take(self._urgent if urgent else self._others)
        try:
            if (left := self._rests_until - clock()) > 0:
                detail = f"the host asked to be left alone for {left:.0f} more seconds"
                raise Throttled(url, detail, left)
            if (wait := self._ended + rest - clock()) > 0:
                await asyncio.sleep(wait)
            try:
                yield
            finally:
                self._ended = clock()
        finally:
            self._pass_on()

    async def _take(self, queue: deque[asyncio.Future[None]]) -> None:
        if not self._taken:
            self._taken = True
            return
        mine = asyncio.get_running_loop().create_future()
        queue.append(mine)
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():  # the turn came and nobody is here for it
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        for queue in (self._urgent, self._others):
            while queue:
                waiting = queue.popleft()
                if not waiting.done():
                    waiting.set_result(None)
                    return
        self._taken = False
