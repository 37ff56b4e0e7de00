"""What the pages of the cockpit read and change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fastapi import Request

from service.shown_pulse import Pulse, Pulses
from service.store.accounts import Accounts
from service.store.cockpit import Cockpit
from service.store.database import Database, storable
from service.store.letters import Letters
from service.store.overview import Overview
from service.store.sources import Sources
from service.store.vitals import Vitals
from service.web.metrics import Watched
from service.web.shell import Shell
from service.web.typed import Refused, first, number_in

_LONGEST = 300  # characters of a reason
_MOST = 500  # letters that are ticked
_WORST_FIRST = ("broken", "failing", "quiet", "drift", "unseen", "paused", "alive")


class Panel:
    """The stores and the shell of the cockpit."""

    def __init__(self, database: Database, house: Shell, watched: Watched) -> None:
        """All of it over one database."""
        self.house, self.watched = house, watched
        self.overview, self.cockpit = Overview(database), Cockpit(database)
        self.vitals, self.sources = Vitals(database), Sources(database)
        self.letters, self.accounts = Letters(database), Accounts(database)

    async def pulses(self) -> Pulses:
        """How every source that is polled does, the worst first."""
        known = self.watched.known
        healths = await self.overview.sources()
        missed = (await self.watched.readings.now()).missed_of
        found = Pulses.of(
            [each for each in healths if known is None or each.source_id in known],
            await self.vitals.vitals(known or {}),
            (),
            await self.vitals.open(),
            await self.vitals.now(),
        )
        rated = [replace(each, missed=missed.get(each.health.source_id)) for each in found.sources]
        return replace(found, sources=sorted(rated, key=_place))

    async def reason(self, request: Request) -> str:
        """What was typed for ``why``. Raises Refused where that is nothing."""
        form = await self.house.form(request)
        why = storable(first(form, "why")).strip()[:_LONGEST]
        if not why:
            raise Refused(422, "desk.no_reason")
        return why

    async def ticked(self, request: Request) -> tuple[str, Sequence[int]]:
        """Which button was pressed, and the numbers that were ticked. Raises Refused for none."""
        form = await self.house.form(request)
        typed = form.get("letter", [])[:_MOST]
        numbers = [number for number in map(number_in, typed) if number is not None]
        if not numbers:
            raise Refused(422, "desk.none_ticked")
        return first(form, "do"), numbers


def _place(pulse: Pulse) -> tuple[int, str]:
    return _WORST_FIRST.index(pulse.state), pulse.health.source_id
