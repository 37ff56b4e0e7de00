"""Reconcile: judge once more what came of late, and owe what should be owed and is not.

Every step finds its rows again where a wake-up was lost. A row that itself is gone, by a bug or by
somebody's hand, nothing finds but this: once a night it holds what is owed against what the rules
say. Corrections, coverage and reminders that were lost are not found.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.observe import unit
from service.store.owing import Concern
from service.store.reconciled import Reconciled
from service.store.rows import Readable


@dataclass(frozen=True, slots=True)
class Reconcile:
    """The step with its tools. ``again`` judges what was judged before, as Triage has it."""

    again: Callable[[Readable, int, Collection[int]], Awaitable[tuple[Mapping[str, Any], Concern]]]
    reconciled: Reconciled

    async def look(self) -> int:
        """Look at all that came of late; how many alerts and digests were missing."""
        with unit("reconcile", "all") as one:
            missing = await self.reconciled.digests()
            lost = await self.reconciled.lost()
            looked = 0
            async for article_id in self.reconciled.recent():
                missing += await self._hold(article_id, lost)
                looked += 1
            orphans = await self.reconciled.orphans()
            one.say(articles=looked, missing=missing, orphans=orphans)
        return missing

    async def _hold(self, article_id: int, lost: Mapping[datetime, int]) -> int:
        """Hold what one article should have brought against what is owed; how many were missing."""
        found = await self.reconciled.judged(article_id)
        if found is None:
            return 0
        facts, concern = await self.again(found.article, found.version, found.young)
        return await self.reconciled.owe(found, facts, concern, lost)
