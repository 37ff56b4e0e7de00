"""Looks back for whoever types a rule: few at once, each within its time, the latest of a session.

A look reads a month and judges it, as much work as a thousand pages: readers must not wait for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from service.judging.logic import Rule
from service.preview import Preview, Tools, previews
from service.store.past import Past

_BACK = timedelta(days=30)
_AT_ONCE = 2
_TITLES = 5


class Busy(Exception):
    """Too many look back at this moment."""


class Outdated(Exception):
    """The same session has asked for something else since."""


class TooBroad(Exception):
    """Not even the first articles were judged in time."""


@dataclass(frozen=True, slots=True)
class Looks:
    """The looks back of one process, each of so many ``seconds``, after ``patience`` for a turn."""

    past: Past
    tools: Tools
    seconds: float = 6.0
    patience: float = 8.0
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))
    _latest: dict[int, asyncio.Task[list[Preview]]] = field(default_factory=dict)

    async def look(self, session_id: int, rules: Sequence[Rule]) -> list[Preview]:
        """What each rule would have brought; of a look that took too long as far as it came.

        Raises Busy, Outdated and TooBroad.
        """
        if (before := self._latest.get(session_id)) is not None:
            before.cancel()
        task = asyncio.create_task(self._look(rules))
        self._latest[session_id] = task
        try:
            await asyncio.wait([task])
        finally:
            task.cancel()  # where whoever asked went away
            if self._latest.get(session_id) is task:
                del self._latest[session_id]
        if task.cancelled():
            raise Outdated
        return task.result()

    async def _look(self, rules: Sequence[Rule]) -> list[Preview]:
        try:
            async with asyncio.timeout(self.patience):
                await self._turns.acquire()
        except TimeoutError:
            raise Busy from None
        try:
            return await previews(
                self.past, rules, _BACK, self.tools, _TITLES, seconds=self.seconds
            )
        except TimeoutError:
            raise TooBroad from None
        finally:
            self._turns.release()
