"""Deliveries in the store: claimed before the act, settled after it, dead letters kept."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from service.model import DueDelivery
from service.store import ops
from service.store.database import Database, Wake, wake
from service.store.tables import attempt, delivery, endpoint

# Longer than any channel may take to answer: a send under way is never claimed twice.
LEASE = timedelta(seconds=45)


class Deliveries:
    """Intentions about deliveries, a transaction each."""

    def __init__(self, database: Database) -> None:
        """Work on ``database``."""
        self._database = database

    async def claim_due(self, limit: int) -> list[DueDelivery]:
        """Claim up to ``limit`` due deliveries, oldest first, and commit that we are about to act.

        1. Take rows that no other worker holds, and move their due time past the lease.
        2. Write an attempt without an outcome for each: after a crash it says "unknown".
        """
        due = (
            sa.select(delivery.c.id)
            .where(delivery.c.settled_at.is_(None), delivery.c.due_at <= sa.func.now())
            .order_by(delivery.c.due_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).cte("due")
        claim = (
            sa.update(delivery)
            .where(delivery.c.id == due.c.id, endpoint.c.id == delivery.c.endpoint_id)
            .values(
                due_at=sa.func.now() + LEASE,
                held_from=None,
                fence=delivery.c.fence + 1,
                attempts=delivery.c.attempts + 1,
            )
            .returning(
                delivery.c.id,
                delivery.c.fence,
                delivery.c.message_id,
                endpoint.c.channel,
                endpoint.c.address,
                endpoint.c.secret,
                delivery.c.attempts,
                delivery.c.alert,
            )
        )
        async with self._database.transaction() as tx:
            claimed = [DueDelivery(*row) for row in await tx.execute(claim)]
            if claimed:
                acts = [{"delivery_id": each.id, "number": each.attempt} for each in claimed]
                await tx.execute(insert(attempt).values(acts))
        return claimed

    async def settle_sent(self, due: DueDelivery, detail: str) -> None:
        """The carrier took it over."""
        async with self._database.transaction() as tx:
            await _settle(tx, due, "sent", None)
            await _record(tx, due, "sent", detail)

    async def settle_later(self, due: DueDelivery, detail: str, delay: float) -> None:
        """A passing failure: due again after ``delay`` seconds."""
        later = timedelta(seconds=delay)
        async with self._database.transaction() as tx:
            await _record(tx, due, "later", detail)
            if await _update(tx, due, due_at=sa.func.now() + later, last_error=detail):
                await wake(tx, [Wake("deliver", f"retry {due.id}", after=later)])

    async def settle_dead(self, due: DueDelivery, detail: str, *, switch_off: bool) -> None:
        """Never again: kept as a dead letter, an operator is told.

        ``switch_off`` ends the endpoint too, with all that is still owed to it.
        """
        async with self._database.transaction() as tx:
            if switch_off:  # the endpoint before its deliveries: two at once wait for each other
                await tx.execute(
                    sa.select(endpoint.c.id).where(_endpoint_of(due)).with_for_update()
                )
            await _record(tx, due, "dead", detail)
            if not await _settle(tx, due, "dead", detail):
                return
            if switch_off:
                await _switch_off(tx, due, detail)
            await ops.note(tx, "dead-letter", f"{due.channel} {due.address}", detail)


async def _settle(tx: AsyncConnection, due: DueDelivery, outcome: str, error: str | None) -> bool:
    return await _update(tx, due, settled_at=sa.func.now(), outcome=outcome, last_error=error)


async def _update(tx: AsyncConnection, due: DueDelivery, **values: object) -> bool:
    """Only the latest claim may settle: a worker whose lease ran out changes nothing."""
    done = await tx.execute(
        sa.update(delivery)
        .where(
            delivery.c.id == due.id,
            delivery.c.fence == due.fence,
            delivery.c.settled_at.is_(None),
        )
        .values(**values)
        .returning(delivery.c.id)
    )
    return done.one_or_none() is not None


async def _record(tx: AsyncConnection, due: DueDelivery, outcome: str, detail: str) -> None:
    await tx.execute(
        sa.update(attempt)
        .where(attempt.c.delivery_id == due.id, attempt.c.number == due.attempt)
        .values(finished_at=sa.func.now(), outcome=outcome, detail=detail)
    )


async def _switch_off(tx: AsyncConnection, due: DueDelivery, why: str) -> None:
    """End the endpoint of ``due`` with all that is owed to it."""
    ended = await tx.execute(
        sa.update(endpoint)
        .where(_endpoint_of(due))
        .values(switched_off_at=sa.func.now(), switched_off_why=why)
        .returning(endpoint.c.id)
    )
    await tx.execute(
        sa.update(delivery)
        .where(
            delivery.c.endpoint_id == ended.scalar_one(),
            delivery.c.settled_at.is_(None),
        )
        .values(settled_at=sa.func.now(), outcome="dead", last_error=why)
    )


def _endpoint_of(due: DueDelivery) -> sa.ColumnElement[bool]:
    chosen = sa.select(delivery.c.endpoint_id).where(delivery.c.id == due.id)
    return endpoint.c.id == chosen.scalar_subquery()
