"""What the pages of one's own alerts share: whose they are is asked here, and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request

from service.owning import Owner
from service.store.audit import Who
from service.store.database import Database
from service.store.owned import Owned
from service.store.subscriptions import Subscribed
from service.store.told import Told
from service.web.alerts.looks import Looks
from service.web.means import Means
from service.web.shell import Shell, need
from service.web.typed import Refused, number_in


@dataclass(frozen=True, slots=True)
class Room:
    """The shell, the store, and what alerts are made with. ``looks`` None: no rule is tried."""

    house: Shell
    database: Database
    means: Means
    looks: Looks | None

    def owner(self, who: Who) -> Owner:
        """Who acts on their alerts."""
        return Owner(self.database, who)

    @property
    def owned(self) -> Owned:
        """What is known of an alert whose owner has been asked for."""
        return Owned(self.database)

    async def mine(self, request: Request, typed: str) -> tuple[Who, Subscribed]:
        """Who asks, and a live alert of theirs by its number. Raises Refused for others."""
        who, number = need(request, "reader"), number_in(typed)
        found = None if number is None else await self.owner(who).one(number)
        if found is None:
            raise Refused(404, "alerts.missing")
        return who, found

    async def feeds(self, request: Request, mine: Subscribed) -> list[tuple[str, str]]:
        """The addresses that an alert can be read at, each with the key of its phrase."""
        address = await Told(self.database).address(mine.name)
        if address is None:
            return []
        token = self.house.signer.sign("feed", *address)
        base = self.house.base(request)
        return [
            ("alerts.atom", f"{base}/feed/{token}.atom"),
            ("alerts.json", f"{base}/feed/{token}.json"),
            ("alerts.calendar", f"{base}/calendar/{token}.ics"),
        ]
