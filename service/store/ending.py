"""How a subscription or an endpoint ends: by its subscriber, or by itself when its time is over."""

from __future__ import annotations

from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from service.store.tables import delivery, endpoint, rule, rule_book, subscription, telling, waiting

Why = Literal["unsubscribed", "expired"]

OVER = sa.func.coalesce(subscription.c.expires_at <= sa.func.now(), sa.false())
"""Whether the time of a subscription is over, though nobody may have ended it yet."""

LIVE = subscription.c.ended_at.is_(None) & ~OVER

ON = endpoint.c.switched_off_at.is_(None)

ASKS = sa.exists().where(telling.c.id == delivery.c.telling_id, telling.c.reason == "confirm")
"""Whether a delivery asks for consent: for whom it is has nothing to do with who sleeps."""

# Whoever takes the name up again begins anew.
_ANEW: dict[str, Any] = {
    "embargoed": "wait",
    "expires_at": None,
    "snoozed_until": None,
    "paused_at": None,
    "cadence": "at-once",
    "remind": [],
    "coverage": False,
    "ops": False,
    "language": "ko",
    "feed_epoch": subscription.c.feed_epoch + 1,
}


async def end(tx: AsyncConnection, chosen: sa.ColumnElement[bool], why: Why) -> bool:
    """End the chosen subscription; False where it has ended. What was sent stays on record.

    Whoever unsubscribes wants nothing more; what was due before an expiry still goes out, and what
    came before it is told when its window closes. Locks go from subscription to endpoint to
    deliveries, as everywhere.
    """
    subscription_id = await tx.scalar(
        sa.update(subscription)
        .where(subscription.c.ended_at.is_(None), chosen)
        .values(ended_at=sa.func.now(), **_ANEW)
        .returning(subscription.c.id)
    )
    if subscription_id is None:
        return False
    await tx.execute(sa.delete(rule).where(rule.c.subscription_id == subscription_id))
    await switch_off(tx, (endpoint.c.subscription_id == subscription_id) & ON, why)
    unwanted = owed_to(subscription_id)
    if why == "expired":
        ready = sa.func.coalesce(delivery.c.held_from, delivery.c.due_at)
        unwanted &= (delivery.c.attempts == 0) & (ready > sa.func.now())
    else:
        await tx.execute(sa.delete(waiting).where(untold_to(subscription_id)))
    await settle_ended(tx, unwanted)
    return True


async def leave(tx: AsyncConnection, chosen: sa.ColumnElement[bool], why: str) -> int:
    """End the chosen endpoints and what is owed to them; a subscription ends with its last one.

    Returns how many were on until now.
    """
    owners = sa.select(endpoint.c.subscription_id).where(chosen, ON)
    locked = await tx.scalars(
        sa.select(subscription.c.id)
        .where(subscription.c.id.in_(owners))
        .order_by(subscription.c.id)
        .with_for_update()
    )
    of_them = endpoint.c.subscription_id.in_(left := list(locked))
    rows = sa.select(endpoint.c.id).where(chosen, ON, of_them).order_by(endpoint.c.id)
    gone = list(await tx.scalars(rows.with_for_update()))
    await switch_off(tx, endpoint.c.id.in_(gone), why)
    await settle_ended(tx, delivery.c.endpoint_id.in_(gone) & delivery.c.settled_at.is_(None))
    other = sa.exists().where(endpoint.c.subscription_id == subscription.c.id, ON)
    for each in left:
        if await end(tx, (subscription.c.id == each) & ~other, "unsubscribed"):
            await turn_page(tx)
    return len(gone)


async def switch_off(tx: AsyncConnection, chosen: sa.ColumnElement[bool], why: str) -> None:
    """Tell the chosen endpoints nothing that comes from now on."""
    off = {"switched_off_at": sa.func.now(), "switched_off_why": why}
    await tx.execute(sa.update(endpoint).where(chosen).values(off))


async def settle_ended(
    tx: AsyncConnection, unwanted: sa.ColumnElement[bool], outcome: str = "ended", **why: str
) -> None:
    """What nobody wants any more is not sent."""
    settled = sa.update(delivery).where(unwanted)
    await tx.execute(settled.values(settled_at=sa.func.now(), outcome=outcome, **why))


async def turn_page(tx: AsyncConnection) -> None:
    """Make every matcher reload its rules."""
    await tx.execute(sa.update(rule_book).values(version=rule_book.c.version + 1))


def owed_to(subscription_id: int) -> sa.ColumnElement[bool]:
    """What is still owed to a subscription."""
    return (delivery.c.subscription_id == subscription_id) & delivery.c.settled_at.is_(None)


def untold_to(subscription_id: int) -> sa.ColumnElement[bool]:
    """What waits for the end of a window of a subscription."""
    return (waiting.c.subscription_id == subscription_id) & waiting.c.told_by.is_(None)
