"""How a subscription ends: by its subscriber, or by itself when its time is over."""

from __future__ import annotations

from typing import Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from service.store.tables import delivery, endpoint, rule, subscription

Why = Literal["unsubscribed", "expired"]

OVER = sa.func.coalesce(subscription.c.expires_at <= sa.func.now(), sa.false())
"""Whether the time of a subscription is over, though nobody may have ended it yet."""

LIVE = subscription.c.ended_at.is_(None) & ~OVER


async def end(tx: AsyncConnection, chosen: sa.ColumnElement[bool], why: Why) -> bool:
    """End the chosen subscription; False where it has ended. What was sent stays on record.

    Whoever unsubscribes wants nothing more; what was due before an expiry still goes out. Locks go
    from subscription to endpoint to deliveries, as everywhere.
    """
    ended = await tx.execute(
        sa.update(subscription)
        .where(subscription.c.ended_at.is_(None), chosen)
        # Whoever takes the name up again begins anew.
        .values(ended_at=sa.func.now(), embargoed="wait", expires_at=None, snoozed_until=None)
        .returning(subscription.c.id)
    )
    subscription_id = ended.scalar_one_or_none()
    if subscription_id is None:
        return False
    await tx.execute(sa.delete(rule).where(rule.c.subscription_id == subscription_id))
    await tx.execute(
        sa.update(endpoint)
        .where(
            endpoint.c.subscription_id == subscription_id,
            endpoint.c.switched_off_at.is_(None),
        )
        .values(switched_off_at=sa.func.now(), switched_off_why=why)
    )
    unwanted = owed_to(subscription_id)
    if why == "expired":
        unwanted &= (delivery.c.attempts == 0) & (delivery.c.due_at > sa.func.now())
    await tx.execute(
        sa.update(delivery).where(unwanted).values(settled_at=sa.func.now(), outcome="ended")
    )
    return True


def owed_to(subscription_id: int) -> sa.ColumnElement[bool]:
    """What is still owed to a subscription."""
    return (delivery.c.subscription_id == subscription_id) & delivery.c.settled_at.is_(None)
