"""Watch: the health of all sources against their own habits; a notice each time it changes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import structlog

from scrapers.model import Source
from scrapers.routes import Groups, groups
from service.pulse.findings import findings, subject
from service.pulse.model import Finding, Vital
from service.store.vitals import Known, Vitals

log = structlog.get_logger()

_STILL_DARK = 3 / 4  # of a group: while so many fail, there is nothing to hasten to


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
        await self._light_up(watched, found)
        settled = await self.vitals.settle(found)
        for each in settled.opened:
            event = f"pulse.{each.kind.removeprefix('source-')}"
            log.error(event, source=each.subject, why=each.detail)
        lit = {each.subject for each in settled.closed if each.kind == "outage"}
        if lit:
            await self.vitals.pardon([each.source_id for each in watched if subject(each) in lit])
        names = {each.source_id for each in watched}
        for each in settled.closed:
            over = each.kind == "outage" or each.subject in names
            event = "pulse.recovered" if over else "pulse.unwatched"
            log.info(event, source=each.subject, what=each.kind)

    async def _light_up(self, watched: Sequence[Vital], found: Sequence[Finding]) -> None:
        """Where some answer again in an outage, the others are worth asking at their usual pace."""
        for outage in (each for each in found if each.kind == "outage"):
            group = [each for each in watched if subject(each) == outage.subject]
            failing = [each for each in group if each.failures]
            if len(failing) <= _STILL_DARK * len(group):
                await self.vitals.hasten({each.source_id: each.every for each in failing})


def facts(declared: Mapping[str, Source], pace: float) -> Mapping[str, Known]:
    """What the health of sources asks of their declarations."""
    several = groups(declared)
    return {
        name: Known(
            source.kind != "news",
            source.every / pace,
            unsteady=source.searches,
            siblings=_siblings(name, source, declared, several),
        )
        for name, source in declared.items()
    }


def _siblings(
    name: str, source: Source, declared: Mapping[str, Source], several: Groups
) -> tuple[str, ...]:
    """Other routes to the same posts; one that checks shows them by turns, hours later."""
    routes = () if source.checks else several.get(source.route_of or name, ())
    return tuple(each for each in routes if each != name and not declared[each].checks)
