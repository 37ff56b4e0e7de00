"""What all rows that are worked on one at a time have in common: a lease, and a fence to settle by.

Claimed, a row is due again when its lease runs out; only its latest claim may change it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

LEASE = timedelta(seconds=20)
"""How long a claim holds; whoever works for longer renews it."""


def claimed_until(tried: sa.ColumnElement[int]) -> sa.ColumnElement[datetime]:
    """When a claim that is made now runs out.

    A row over which the worker dies again and again, ``tried`` so often, is taken up ever more
    slowly.
    """
    return sa.func.now() + LEASE * sa.cast(sa.func.power(2, sa.func.least(tried, 8)), sa.Float)


async def changed(
    tx: AsyncConnection, table: sa.Table, *ours: sa.ColumnElement[bool], **values: object
) -> bool:
    """Change the row that is still ours; False where it is not any more."""
    change = sa.update(table).where(*ours).values(**values).returning(table.c.id)
    return (await tx.execute(change)).one_or_none() is not None
