"""Ops items: what a person has to look at. One open item a subject, however often it happens."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from service.store.tables import ops_item

OF_ADDRESSES = frozenset({"dead-letter", "endpoint-failing", "suppressed"})
"""Kinds whose subject is a channel and an address."""
_LONGEST = 800  # characters of a subject: a b-tree row holds under 2,704 bytes


async def note(tx: AsyncConnection, kind: str, subject: str, detail: str) -> None:
    """Open the item, or count it once more where it is open."""
    await tx.execute(
        insert(ops_item)
        .values(kind=kind, subject=subject[:_LONGEST], detail=detail)
        .on_conflict_do_update(
            index_elements=["kind", "subject"],
            index_where=ops_item.c.closed_at.is_(None),
            set_={"times": ops_item.c.times + 1, "last_at": sa.func.now(), "detail": detail},
        )
    )


async def close(tx: AsyncConnection, kind: str, subject: str) -> None:
    """Close the item where it is open."""
    await tx.execute(
        sa.update(ops_item)
        .where(
            ops_item.c.kind == kind,
            ops_item.c.subject == subject[:_LONGEST],
            ops_item.c.closed_at.is_(None),
        )
        .values(closed_at=sa.func.now())
    )
