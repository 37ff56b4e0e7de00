"""What the pages of one's own alerts share: whose they are is asked here, and nowhere else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from fastapi import Request

from service.store.audit import Who
from service.store.database import Database
from service.store.owned import Owned
from service.store.subscriptions import Subscribed, Subscriptions
from service.store.told import Told
from service.web.means import Means
from service.web.shell import Refused, Shell, need

_NUMBER = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Room:
    """The shell, the store, and what alerts are made with."""

    house: Shell
    store: Subscriptions
    owned: Owned
    told: Told
    means: Means

    @classmethod
    def over(cls, house: Shell, database: Database, means: Means) -> Self:
        """A room over one store."""
        return cls(house, Subscriptions(database), Owned(database), Told(database), means)

    async def mine(self, request: Request, number: str) -> tuple[Who, int, str]:
        """Who asks, and the id and name of a live alert of theirs. Raises Refused for others."""
        who = need(request, "reader")
        name = await self.owned.name(who, int(number)) if _NUMBER.fullmatch(number) else None
        if name is None:
            raise Refused(404, "alerts.missing")
        return who, int(number), name

    async def subscribed(self, name: str) -> Subscribed:
        """The alert of that name. Raises Refused where it has ended meanwhile."""
        found = await self.store.listed(name)
        if not found:
            raise Refused(404, "alerts.missing")
        return found[0]

    async def feeds(self, request: Request, name: str) -> list[tuple[str, str]]:
        """The addresses that an alert can be read at, each with the key of its phrase."""
        address = await self.told.address(name)
        if address is None:
            return []
        token = self.house.signer.sign("feed", *address)
        base = self.house.url or str(request.base_url).rstrip("/")
        return [
            ("alerts.atom", f"{base}/feed/{token}.atom"),
            ("alerts.json", f"{base}/feed/{token}.json"),
            ("alerts.calendar", f"{base}/calendar/{token}.ics"),
        ]
