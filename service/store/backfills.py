"""Backfills in the store: lists that are read back to a day, page by page, each page once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from service.model import Found
from service.store import found, ops
from service.store.database import Wake, clock, wake
from service.store.leases import Leased, claimed_until
from service.store.polled import MARGIN
from service.store.rows import paused, record
from service.store.tables import article, backfill, source

Outcome = Literal["reached", "ended", "failed"]
"""The day was reached; the list ended before it; its next page cannot be read."""

_STILL = 30  # pages in a row without anything new or older: the site shows its last one for ever


@dataclass(frozen=True, slots=True)
class Filling:
    """The right to read the next page of an open backfill, until its lease runs out.

    ``request`` None: the first page. ``told_from``: what is dated before it is told to nobody;
    None: nothing is told. ``looked_at``: when a poll last worked, less what lists may be behind;
    None: none ever did. ``met``: it came by something known. ``tries`` counts claims since a page
    was stored last, this one included. ``now`` is the database's.
    """

    id: int
    source_id: str
    fence: int
    tries: int
    since: datetime
    told_from: datetime | None
    request: Mapping[str, Any] | None
    pages: int
    still: int
    met: bool
    oldest_at: datetime | None
    looked_at: datetime | None
    now: datetime


@dataclass(frozen=True, slots=True)
class Leaf:
    """What one page of a list brought.

    ``found`` holds only posts that were not known, oldest first. ``oldest_at``: the list was read
    back to there. ``more`` is the request for the next page. ``outcome``: it was the last, and why.
    ``lost``: what of it could not be read however often it was asked for.
    """

    seen: int = 0
    found: Sequence[Found] = ()
    oldest_at: datetime | None = None
    met: bool = False
    more: Mapping[str, object] | None = None
    outcome: Outcome | None = None
    lost: str | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a backfill has come. ``rest``: seconds until its next page; ``told`` to readers."""

    source_id: str
    since: datetime
    told: bool
    pages: int
    seen: int
    new: int
    oldest_at: datetime | None
    rest: float
    paused_why: str | None
    last_error: str | None
    outcome: Outcome | None


class Backfills(Leased):
    """Intentions about backfills, a transaction each."""

    _step, _table, _due = "backfill", backfill, "due_at"
    _open, _whose = backfill.c.finished_at.is_(None), backfill.c.source_id

    async def open(self, source_id: str, since: datetime) -> bool:
        """Have a declared source's list read back to ``since``, telling nobody; False: not past.

        A source has one backfill at a time: where one is open, it goes as far back as any asked.
        """
        async with self._database.transaction() as tx:
            if since > await clock(tx):
                return False
            await tx.execute(
                insert(backfill)
                .values(source_id=source_id, since=since)
                .on_conflict_do_update(
                    index_elements=["source_id"],
                    index_where=backfill.c.finished_at.is_(None),
                    set_={"since": sa.func.least(backfill.c.since, since)},
                )
            )
            await wake(tx, [Wake("backfill", source_id, once=True)])
        return True

    async def claim(self, source_id: str) -> Filling | None:
        """Claim the source's open backfill; None where none is due or the source is paused."""
        tries = backfill.c.failures + 1
        claim = (
            self._next(source_id, ~paused(source_id), [backfill.c.id])
            .where(source.c.id == backfill.c.source_id)
            .values(due_at=claimed_until(backfill.c.failures), failures=tries)
            .returning(
                (source.c.last_ok_at - MARGIN).label("looked_at"), sa.func.now().label("now")
            )
        )
        row = await self._row(claim)
        return None if row is None else record(Filling, row, tries=row.failures)

    async def known(self, filling: Filling, keys: Collection[str]) -> Mapping[str, bool]:
        """Those of ``keys`` that the source has announced; whether before the backfill was asked.

        What the poll that asked for it stored came with it, not before.
        """
        before = (article.c.discovered_at < backfill.c.asked_at).label("before")
        query = (
            sa.select(article.c.key, before)
            .join(backfill, backfill.c.id == filling.id)
            .where(
                article.c.source_id == filling.source_id,
                article.c.key == sa.any_(sa.cast(list(keys), ARRAY(sa.Text))),
            )
        )
        return {row.key: row.before for row in await self._rows(query)}

    async def turn(self, filling: Filling, leaf: Leaf, rest: float) -> int | None:
        """Store what a page brought and turn to the next one, in ``rest`` seconds.

        All of it or nothing: a crash leaves the page to be read again. Returns how many articles
        are new; None where somebody else has taken over.
        """
        async with self._database.transaction() as tx:
            # The source first, as a poll does: it stores the same posts and may open this anew.
            held = sa.select(source.c.id).where(source.c.id == filling.source_id)
            await tx.execute(held.with_for_update(key_share=True))
            if not await self._change(tx, filling, failures=0, last_error=None):
                return None
            told = filling.told_from is not None
            new = await found.store(
                tx,
                filling.source_id,
                leaf.found,
                silent=not told or _beyond(filling),
                floor=filling.told_from,
                late=told,
            )
            still = 0 if new or _further(leaf, filling) else filling.still + 1
            outcome = leaf.outcome or ("ended" if still >= _STILL else None)
            await self._count(tx, filling, leaf, new, still)
            lost = leaf.lost
            if outcome is None:
                await self._later(tx, filling, rest)
            else:
                await self._finish(tx, filling, outcome)
                await ops.close(tx, "backfill-failed", filling.source_id)
                if outcome == "ended" and told and not (filling.met or leaf.met):
                    day = f"{filling.since:%Y-%m-%d}"
                    lost = lost or f"목록이 {day}까지 닿지 않음 (its list ended before {day})"
            if lost is not None:
                await ops.note(tx, "possible-gap", filling.source_id, lost)
        return new

    async def put_off(self, filling: Filling, problem: str, delay: float) -> None:
        """Read the page again after ``delay`` seconds."""
        await self._put_off(filling, delay, last_error=problem)

    async def give_up(self, filling: Filling, problem: str) -> None:
        """Read no further, and have a person look."""
        async with self._database.transaction() as tx:
            if await self._change(tx, filling, last_error=problem):
                await self._finish(tx, filling, "failed")
                await ops.note(tx, "backfill-failed", filling.source_id, problem)

    async def progress(self, source_id: str | None = None, *, limit: int = 100) -> list[Progress]:
        """How far the backfills, of one source or of all, have come; the last asked for first."""
        query = (
            sa.select(
                backfill.c.source_id,
                backfill.c.since,
                backfill.c.told_from.is_not(None),
                *backfill.c["pages", "seen", "new", "oldest_at"],
                sa.cast(sa.extract("epoch", backfill.c.due_at - sa.func.now()), sa.Float),
                source.c.paused_why,
                *backfill.c["last_error", "outcome"],
            )
            .join(source, source.c.id == backfill.c.source_id)
            .order_by(backfill.c.id.desc())
            .limit(limit)
        )
        if source_id is not None:
            query = query.where(backfill.c.source_id == source_id)
        return [Progress(*row) for row in await self._rows(query)]

    async def _count(
        self, tx: AsyncConnection, filling: Filling, leaf: Leaf, new: int, still: int
    ) -> None:
        await self._change(
            tx,
            filling,
            request=sa.null() if leaf.more is None else leaf.more,
            pages=backfill.c.pages + 1,
            seen=backfill.c.seen + leaf.seen,
            new=backfill.c.new + new,
            oldest_at=sa.func.least(backfill.c.oldest_at, leaf.oldest_at),
            met=filling.met or leaf.met,
            still=still,
        )

    async def _finish(self, tx: AsyncConnection, filling: Filling, outcome: Outcome) -> None:
        await self._change(tx, filling, finished_at=sa.func.now(), outcome=outcome)


def _further(leaf: Leaf, filling: Filling) -> bool:
    """Whether the page leads further back than those before it."""
    if leaf.oldest_at is None:
        return False
    return filling.oldest_at is None or leaf.oldest_at < filling.oldest_at


def _beyond(filling: Filling) -> bool:
    """Whether what somebody else asked for begins here, behind the gap that is told."""
    if filling.told_from is None or filling.oldest_at is None:
        return False
    return filling.oldest_at < filling.told_from
