"""What the tests of a reviewer have in common."""

from __future__ import annotations

from datetime import timedelta

from service.model import DueDelivery
from service.store.database import Database
from service.store.deliveries import Deliveries
from service.store.owing import Concern, Why

FACTS = {"title": "제목", "embargo": None}
HITS = [{"rule": "수출", "excerpt": "수출"}]
CORRECTED = {"title": "고친 제목", "changes": ["마감 5.20 → 5.27"]}
HOUR = timedelta(hours=1)


def to(*subscriptions: int, urgent: bool = False) -> Concern:
    return Concern([Why(HITS, urgent)], dict.fromkeys(subscriptions, 0))


async def claimed(database: Database) -> list[DueDelivery]:
    return list((await Deliveries(database).claim("console", 10, {})).due)
