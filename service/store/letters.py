"""Dead letters in the store: seen, sent again, or dropped."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from service.model import Reason
from service.store import ops
from service.store.audit import Who, note
from service.store.database import Intentions, Wake, wake
from service.store.tables import delivery, endpoint, subscription, telling

_DEAD = delivery.c.outcome == "dead"


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that nobody took. ``off``: its endpoint is switched off, or is no more."""

    id: int
    subscription: str
    channel: str
    address: str
    reason: Reason
    title: str
    why: str
    at: datetime
    off: bool


class Letters(Intentions):
    """Intentions about dead letters, a transaction each. ``ids`` None: all there are.

    ``by``: who changes something; None: whoever has the command line.
    """

    async def listed(self, most: int | None = None) -> Sequence[DeadLetter]:
        """Dead letters, the oldest first, at most so many."""
        query = (
            sa.select(
                delivery.c.id,
                sa.func.coalesce(subscription.c.name, "—"),
                delivery.c.channel,
                sa.func.coalesce(endpoint.c.address, "—"),
                telling.c.reason,
                sa.func.coalesce(telling.c.facts["title"].astext, "—"),
                sa.func.coalesce(delivery.c.last_error, "—"),
                delivery.c.settled_at,
                sa.or_(endpoint.c.id.is_(None), endpoint.c.switched_off_at.is_not(None)),
            )
            .outerjoin(subscription, subscription.c.id == delivery.c.subscription_id)
            .outerjoin(endpoint, endpoint.c.id == delivery.c.endpoint_id)
            .join(telling, telling.c.id == delivery.c.telling_id)
            .where(_DEAD)
            .order_by(delivery.c.settled_at, delivery.c.id)
            .limit(most)
        )
        return [DeadLetter(*row) for row in await self._rows(query)]

    async def resend(self, ids: Collection[int] | None, by: Who | None = None) -> int:
        """Owe letters anew, each the same message, where the endpoint is on; returns how many."""
        on = sa.select(endpoint.c.id).where(endpoint.c.switched_off_at.is_(None))
        again = delivery.c.endpoint_id.in_(on)
        fields = {"outcome": None, "settled_at": None, "due_at": sa.func.now(), "attempts": 0}
        async with self._database.transaction() as tx:
            channels = await _settle(tx, _chosen(ids) & again, fields)
            await wake(tx, [Wake("deliver", each) for each in sorted(set(channels))])
            await note(tx, by, "letters.resend", _said(ids), {"count": len(channels)})
        return len(channels)

    async def drop(self, ids: Collection[int] | None, by: Who | None = None) -> int:
        """Give letters up; returns how many."""
        async with self._database.transaction() as tx:
            dropped = await _settle(tx, _chosen(ids), {"outcome": "ended"})
            await note(tx, by, "letters.drop", _said(ids), {"count": len(dropped)})
        return len(dropped)


def _said(ids: Collection[int] | None) -> str:
    return "all" if ids is None else ",".join(map(str, sorted(ids)))


def _chosen(ids: Collection[int] | None) -> sa.ColumnElement[bool]:
    return _DEAD if ids is None else _DEAD & delivery.c.id.in_(ids)


async def _settle(
    tx: AsyncConnection, chosen: sa.ColumnElement[bool], fields: Mapping[str, object]
) -> list[str]:
    """Settle the chosen letters otherwise; returns the channel of each.

    Where a place has no dead letter left, nobody need look at it any more.
    """
    done = await tx.execute(
        sa.update(delivery)
        .where(chosen)
        .values(**fields)
        .returning(delivery.c.channel, delivery.c.endpoint_id)
    )
    rows = done.all()
    dead = sa.exists().where(_DEAD, delivery.c.endpoint_id == endpoint.c.id)
    places = await tx.execute(
        sa.select(endpoint.c.channel, endpoint.c.address).where(
            endpoint.c.id.in_({row.endpoint_id for row in rows}), ~dead
        )
    )
    for channel, address in places.all():
        await ops.close(tx, "dead-letter", f"{channel} {address}")
    return [row.channel for row in rows]
