"""What is owed to a subscription that is to be silent: held back, let go again, or given up."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from service import cadence
from service.store.database import Wake, wake
from service.store.ending import ASKS, owed_to, settle_ended, untold_to
from service.store.tables import delivery, endpoint, subscription, telling, waiting


async def hold(tx: AsyncConnection, subscription_id: int, until: datetime, rest: timedelta) -> None:
    """Let nothing be due before ``until``, which is ``rest`` from now, but for a question."""
    channels = await _hold_endpoints(tx, subscription_id)
    await _let_wait(tx, subscription_id, await _chosen(tx, subscription_id))
    ready = sa.func.coalesce(delivery.c.held_from, delivery.c.due_at)
    await tx.execute(
        sa.update(delivery)
        .where(owed_to(subscription_id), ~ASKS)
        .values(due_at=sa.func.greatest(ready, until), held_from=sa.case((ready < until, ready)))
    )
    await tx.execute(
        sa.update(waiting)
        .where(untold_to(subscription_id), waiting.c.window_at < until)
        .values(window_at=until)
    )
    await wake(tx, [Wake("deliver", each, after=rest) for each in channels])


async def let_go(tx: AsyncConnection, subscription_id: int) -> int:
    """Let what was held be due as if it had not been, but for the quiet hours of this moment.

    Returns how much that is.
    """
    chosen = await _chosen(tx, subscription_id)
    await _hold_endpoints(tx, subscription_id)
    quiet = sa.cast(cadence.quiet_end(chosen.when, chosen.now), sa.DateTime(timezone=True))
    freed = await tx.execute(
        sa.update(delivery)
        .where(owed_to(subscription_id), delivery.c.held_from.is_not(None))
        .values(due_at=sa.func.greatest(delivery.c.held_from, quiet), held_from=None)
        .returning(delivery.c.channel, delivery.c.due_at - sa.func.now())
    )
    rows = freed.all()
    waits = {(channel, max(rest, timedelta(0))) for channel, rest in rows}
    await wake(tx, [Wake("deliver", each, after=rest) for each, rest in sorted(waits)])
    return len(rows) + await _let_wait(tx, subscription_id, chosen)


class _Chosen(NamedTuple):
    """When a subscription is to be told, and the database's time."""

    when: cadence.Cadence
    embargoed: str
    now: datetime


async def _chosen(tx: AsyncConnection, subscription_id: int) -> _Chosen:
    said = sa.select(subscription.c.cadence, subscription.c.embargoed, sa.func.now())
    row = (await tx.execute(said.where(subscription.c.id == subscription_id))).one()
    return _Chosen(cadence.kept(row[0]), row[1], row[2])


async def _let_wait(tx: AsyncConnection, subscription_id: int, chosen: _Chosen) -> int:
    """Let what waits be told in the window of this moment, or of the end of its embargo."""
    query = sa.select(waiting.c.telling_id, telling.c.embargo_until).join(
        telling, telling.c.id == waiting.c.telling_id
    )
    ready: defaultdict[datetime, list[int]] = defaultdict(list)
    for telling_id, until in (await tx.execute(query.where(untold_to(subscription_id)))).all():
        held = until if until and chosen.embargoed == "wait" else chosen.now
        ready[max(held, chosen.now)].append(telling_id)
    for at, ids in ready.items():
        await tx.execute(
            sa.update(waiting)
            .where(untold_to(subscription_id), waiting.c.telling_id.in_(ids))
            .values(window_at=cadence.window(chosen.when, at) or at)
        )
    return sum(map(len, ready.values()))


async def give_up(tx: AsyncConnection, subscription_id: int) -> None:
    """Let nothing that is owed or waits be told, but for a question."""
    await _hold_endpoints(tx, subscription_id)
    await settle_ended(tx, owed_to(subscription_id) & ~ASKS)
    await tx.execute(sa.delete(waiting).where(untold_to(subscription_id)))


async def _hold_endpoints(tx: AsyncConnection, subscription_id: int) -> list[str]:
    """Lock them before their deliveries, as whoever switches one off does; their channels."""
    query = sa.select(endpoint.c.channel).where(endpoint.c.subscription_id == subscription_id)
    channels = await tx.scalars(query.order_by(endpoint.c.id).with_for_update())
    return sorted(set(channels))
