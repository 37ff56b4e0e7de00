"""Watch: the health of all sources against their own habits; a notice each time it changes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import structlog

from scrapers.model import Source
from service.pulse.findings import findings
from service.pulse.model import FindingKind
from service.store.vitals import Known, Vitals

log = structlog.get_logger()

_EVENTS: Final[Mapping[FindingKind, str]] = {
    "source-broken": "pulse.broken",
    "source-quiet": "pulse.quiet",
    "source-drift": "pulse.drift",
    "outage": "pulse.outage",
}


@dataclass(frozen=True, slots=True)
class Watch:
    """The step with its tools. ``pace`` divides every declared wait."""

    declared: Mapping[str, Source]
    vitals: Vitals
    pace: float

    async def look(self) -> None:
        """Open an ops item for what is found wrong, close those of what is over, say each once."""
        watched = await self.vitals.vitals(facts(self.declared, self.pace))
        standing, now = await self.vitals.open(), await self.vitals.now()
        # To learn the habits of a hundred sources takes a while: not on the event loop.
        found = await asyncio.to_thread(findings, watched, now, standing)
        settled = await self.vitals.settle(found)
        for each in settled.opened:
            log.error(_EVENTS[each.kind], source=each.subject, why=each.detail)
        names = {each.source_id for each in watched}
        for each in settled.closed:
            over = each.kind == "outage" or each.subject in names
            event = "pulse.recovered" if over else "pulse.unwatched"
            log.info(event, source=each.subject, what=each.kind)


def facts(declared: Mapping[str, Source], pace: float) -> Mapping[str, Known]:
    """What the health of sources asks of their declarations."""
    return {
        name: Known(source.kind != "news", source.every / pace, unsteady=source.searches)
        for name, source in declared.items()
    }
