"""A poll in the store: the right to it, what came of it, what it leaves to be done."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from service.model import Found, Shape
from service.store import ops
from service.store.database import Wake, wake
from service.store.tables import backfill, poll, source

_HALF_WAY = "the worker ended half way"
_MARGIN = timedelta(days=2)  # lists print days, and a release may be put up on the day after


@dataclass(frozen=True, slots=True)
class Slot:
    """The right to poll a source once, and what its last polls left to know.

    ``floor`` is the oldest date of the silent baseline: what is older was there before we came,
    even where a withdrawn release lets it slip onto the front page. It counts for a week: later a
    date that old is a slip of somebody's pen, and its release is news. ``now`` is the database's.
    """

    source_id: str
    number: int
    baselined_at: datetime | None
    floor: datetime | None
    last_ok_at: datetime | None
    now: datetime
    failures: int
    quiet_polls: int
    etag: str | None
    last_modified: str | None
    body_sha256: bytes | None

    @property
    def baselined(self) -> bool:
        """Whether a first look was had."""
        return self.baselined_at is not None


@dataclass(frozen=True, slots=True)
class Polled:
    """What a poll that worked found. ``found`` holds only posts that were not known.

    ``pages`` and ``seen`` are 0 for a 304, ``shape`` is None. ``next_in`` is in seconds. ``floor``:
    what is older was there before, and nobody is told of it. ``late``: what was found was out for
    long before we looked. ``sighted`` are keys that another route has already. ``gap`` says that
    reading ended before anything known came up; it can go on at ``more``, None: the list had ended
    too, and what lay behind may be lost.
    """

    pages: int
    seen: int
    found: Sequence[Found]
    etag: str | None
    last_modified: str | None
    body_sha256: bytes | None
    next_in: float
    shape: Shape | None = None
    floor: datetime | None = None
    late: bool = False
    sighted: Collection[str] = ()
    gap: bool = False
    more: Mapping[str, object] | None = None


async def abandoned(tx: AsyncConnection, source_id: str) -> int:
    """Close polls whose worker ended half way, as failures like any other; returns how many."""
    died = await tx.execute(
        sa.update(poll)
        .where(poll.c.source_id == source_id, poll.c.finished_at.is_(None))
        .values(finished_at=sa.func.now(), outcome="Abandoned", detail=_HALF_WAY)
        .returning(poll.c.id)
    )
    count = len(died.all())
    if count:
        await tx.execute(
            sa.update(source)
            .where(source.c.id == source_id)
            .values(
                failures=source.c.failures + count,
                failing_since=sa.func.coalesce(source.c.failing_since, sa.func.now()),
                trouble="abandoned",
                last_error=f"Abandoned: {_HALF_WAY}",
            )
        )
    return count


async def read_on(tx: AsyncConnection, slot: Slot, polled: Polled) -> None:
    """Have what lies behind the pages that were read fetched too, page by page."""
    if polled.more is None or slot.last_ok_at is None:
        why = f"slot {slot.number}: nothing known in sight"
        await ops.note(tx, "possible-gap", slot.source_id, why)
        return
    since = slot.last_ok_at - _MARGIN
    row = {"source_id": slot.source_id, "since": since, "silent": False, "request": polled.more}
    await tx.execute(insert(backfill).values(row).on_conflict_do_nothing())
    await wake(tx, [Wake("backfill", slot.source_id, once=True)])


async def end(
    tx: AsyncConnection,
    slot: Slot,
    outcome: str,
    detail: str | None,
    *,
    trouble: str | None = None,
    polled: Polled | None = None,
    new: int = 0,
) -> None:
    """Close the poll of a slot with what came of it."""
    shape = polled.shape if polled else None
    await tx.execute(
        sa.update(poll)
        .where(poll.c.source_id == slot.source_id, poll.c.slot == slot.number)
        .values(
            finished_at=sa.func.now(),
            outcome=outcome,
            detail=detail,
            trouble=trouble,
            pages=polled.pages if polled else 0,
            seen=polled.seen if polled else 0,
            shape=None if shape is None else asdict(shape),
            new=new,
        )
    )
