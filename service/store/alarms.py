"""Ops items in the eyes of those who want to be told of them: what stands, and what is over."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from service.store.database import Intentions
from service.store.ending import LIVE, ON
from service.store.owing import notify
from service.store.rows import record
from service.store.tables import endpoint, ops_item, subscription

_RINGS = (
    "source-broken", "source-quiet", "source-drift", "outage", "possible-gap", "backfill-failed",
    "article-stuck", "alert-lost", "alert-untold", "mailbox-unread",
)  # fmt: skip
"""Kinds that cannot wait until somebody looks; none holds the address of a reader."""

_REACHED = sa.exists().where(
    endpoint.c.subscription_id == subscription.c.id, ON, endpoint.c.confirmed_at.is_not(None)
)


@dataclass(frozen=True, slots=True)
class Stands:
    """An ops item that nobody was told of yet; ``over``: one that was told of is closed."""

    id: int
    kind: str
    subject: str
    detail: str
    over: bool


class Alarms(Intentions):
    """Intentions about the ops items that somebody wants to be told of."""

    async def ring(
        self, settled: timedelta, said: Callable[[Sequence[Stands]], Mapping[str, object]]
    ) -> int:
        """Tell whoever asked for it what stands for ``settled``, and what of it is over since.

        Each once, all that comes together in one notice of the facts that ``said`` makes. Returns
        to how many subscriptions; while nobody asks, everything is still to be told.
        """
        asked = (
            sa.select(subscription.c.id)
            .where(LIVE, subscription.c.ops, subscription.c.paused_at.is_(None), _REACHED)
            .order_by(subscription.c.id)
            .with_for_update()
        )
        async with self._database.transaction() as tx:
            readers = list(await tx.scalars(asked))
            news = await _news(tx, settled) if readers else ()
            if not news:
                return 0
            told = {"told": ~ops_item.c.told}
            ids = [each.id for each in news]
            await tx.execute(sa.update(ops_item).where(ops_item.c.id.in_(ids)).values(told))
            for each in readers:
                await notify(tx, each, f"ops {each}", said(news))
        return len(readers)


async def _news(tx: AsyncConnection, settled: timedelta) -> Sequence[Stands]:
    item = ops_item.c
    over = item.closed_at.is_not(None)
    stands = ~over & ~item.told & (item.first_at <= sa.func.now() - settled)
    query: sa.Select[Any] = sa.select(
        *item["id", "kind", "subject", "detail"], over.label("over")
    ).where(item.kind.in_(_RINGS), stands | (over & item.told))
    rows = (await tx.execute(query.order_by(item.id).with_for_update())).all()
    return [record(Stands, each) for each in rows]
