"""Sources in the store: when each is due, what a poll of it found, how it does."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from service.store import found
from service.store.database import Database, Wake, wake
from service.store.polled import Polled, Slot, abandoned, end, read_on
from service.store.tables import article, poll, sighting, source

LEASE = timedelta(seconds=20)
_UNTAKEN = timedelta(seconds=30)  # a claimed slot that nobody takes up is woken again after this


_FLOOR_FOR_NOW = sa.case(
    (source.c.baselined_at > sa.func.now() - timedelta(days=7), source.c.baseline_floor)
).label("floor")
_NOW = sa.func.now().label("now")
# A poll whose worker dies again and again is taken up ever more slowly: at most 85 minutes.
_SLOWER = sa.cast(sa.func.power(2, sa.func.least(source.c.failures, 8)), sa.Float)


class Sources:
    """Intentions about sources, a transaction each."""

    def __init__(self, database: Database) -> None:
        """Work on ``database``."""
        self._database = database

    async def declare(self, ids: Collection[str]) -> None:
        """Make sure that every declared source has its row; rows of others stay untouched."""
        rows = [{"id": each} for each in sorted(ids)]
        async with self._database.transaction() as tx:
            await tx.execute(insert(source).values(rows).on_conflict_do_nothing())

    async def pause(self, source_id: str, why: str | None) -> bool:
        """Poll a source no more, for the reason ``why``, or with None again; False: no such row."""
        paused = None if why is None else sa.func.now()
        async with self._database.transaction() as tx:
            done = await tx.execute(
                sa.update(source)
                .where(source.c.id == source_id)
                .values(paused_at=paused, paused_why=why)
                .returning(source.c.id)
            )
            return done.one_or_none() is not None

    async def claim_due(self, ids: Collection[str]) -> list[tuple[str, int]]:
        """Claim a slot of each of ``ids`` whose time has come and wake its poll: one UPDATE.

        Any number of schedulers may call this at once: a slot goes to exactly one of them. A slot
        that nobody took up is woken again under its own number. Returns (source id, slot).
        """
        due = (
            sa.update(source)
            .where(
                source.c.id.in_(ids),
                source.c.next_due <= sa.func.now(),
                source.c.paused_at.is_(None),
            )
            .values(
                slot=sa.case(
                    (source.c.begun_slot == source.c.slot, source.c.slot + 1),
                    else_=source.c.slot,
                ),
                next_due=sa.func.now() + _UNTAKEN,
            )
            .returning(source.c.id, source.c.slot)
        )
        async with self._database.transaction() as tx:
            claimed = [(row.id, row.slot) for row in await tx.execute(due)]
            await wake(tx, [Wake("poll", f"{each}:{slot}", once=True) for each, slot in claimed])
        return claimed

    async def begin_poll(self, source_id: str, number: int) -> Slot | None:
        """Take up slot ``number``; None where it was taken up already or is not the latest."""
        async with self._database.transaction() as tx:
            taken = await tx.execute(
                sa.update(source)
                .where(
                    source.c.id == source_id,
                    source.c.slot == number,
                    source.c.begun_slot < number,
                )
                .values(begun_slot=number, next_due=sa.func.now() + LEASE * _SLOWER)
                .returning(source, _FLOOR_FOR_NOW, _NOW)
            )
            row = taken.one_or_none()
            if row is None:
                return None
            failures = row.failures + await abandoned(tx, source_id)
            await tx.execute(insert(poll).values(source_id=source_id, slot=number))
        return Slot(
            source_id,
            number,
            row.baselined_at,
            row.floor,
            row.last_ok_at,
            row.now,
            failures,
            row.quiet_polls,
            row.etag,
            row.last_modified,
            row.body_sha256,
        )

    async def renew(self, slot: Slot) -> bool:
        """Keep the lease of a poll under way; False where a later slot has taken over."""
        return await self._settle(slot, next_due=sa.func.now() + LEASE)

    async def unknown(self, source_id: str, keys: Collection[str]) -> set[str]:
        """Those of ``keys`` that this source has not announced before."""
        async with self._database.transaction() as tx:
            rows = await tx.execute(
                sa.select(article.c.key).where(
                    article.c.source_id == source_id,
                    article.c.key == sa.any_(sa.cast(list(keys), ARRAY(sa.Text))),
                )
            )
            return set(keys) - {row.key for row in rows}

    async def terms(self) -> tuple[str, ...]:
        """The words that rules of live subscriptions ask for, in a steady order."""
        raise NotImplementedError

    async def unknown_to_all(self, routes: Collection[str], keys: Collection[str]) -> set[str]:
        """Those of ``keys`` that none of these sources has announced before."""
        async with self._database.transaction() as tx:
            rows = await tx.execute(
                sa.select(article.c.key).where(
                    article.c.source_id.in_(routes),
                    article.c.key == sa.any_(sa.cast(list(keys), ARRAY(sa.Text))),
                )
            )
            return set(keys) - {row.key for row in rows}

    async def finish_poll(self, slot: Slot, polled: Polled) -> int:
        """Store what a poll found and let the source rest; returns how many articles are new.

        All of it or nothing: a crash leaves the posts unknown, so that the next poll finds them.
        The first poll of a source is its silent baseline.
        """
        dates = [each.published_at for each in polled.found if each.published_at is not None]
        async with self._database.transaction() as tx:
            current = await _update(
                tx,
                slot,
                baselined_at=sa.func.coalesce(source.c.baselined_at, sa.func.now()),
                baseline_floor=slot.floor if slot.baselined else min(dates, default=None),
                last_ok_at=sa.func.now(),
                newest_at=sa.func.greatest(source.c.newest_at, max(dates, default=None)),
                failures=0,
                failing_since=None,
                trouble=None,
                quiet_polls=0 if polled.found else source.c.quiet_polls + 1,
                last_error=None,
                etag=polled.etag,
                last_modified=polled.last_modified,
                body_sha256=polled.body_sha256,
                next_due=sa.func.now() + timedelta(seconds=polled.next_in),
            )
            if not current:
                return 0  # fenced off: a later slot has taken over
            new = await found.store(
                tx,
                slot.source_id,
                polled.found,
                silent=not slot.baselined,
                floor=polled.floor,
                late=polled.late,
            )
            await end(tx, slot, "ok", None, polled=polled, new=new)
            if polled.sighted:
                rows = [{"source_id": slot.source_id, "key": key} for key in sorted(polled.sighted)]
                await tx.execute(insert(sighting).values(rows).on_conflict_do_nothing())
            if polled.gap:
                await read_on(tx, slot, polled)
        return new

    async def fail_poll(
        self, slot: Slot, outcome: str, trouble: str, detail: str, *, next_in: float
    ) -> None:
        """Record why a poll failed and when to try again; nothing stored is touched."""
        async with self._database.transaction() as tx:
            current = await _update(
                tx,
                slot,
                failures=source.c.failures + 1,
                failing_since=sa.func.coalesce(source.c.failing_since, sa.func.now()),
                trouble=trouble,
                last_error=f"{outcome}: {detail}",
                next_due=sa.func.now() + timedelta(seconds=next_in),
            )
            if not current:
                return  # fenced off: how the source does is for the later slot to say
            await end(tx, slot, outcome, detail, trouble=trouble)

    async def _settle(self, slot: Slot, **values: object) -> bool:
        async with self._database.transaction() as tx:
            return await _update(tx, slot, **values)


async def _update(tx: AsyncConnection, slot: Slot, **values: object) -> bool:
    done = await tx.execute(
        sa.update(source)
        .where(source.c.id == slot.source_id, source.c.slot == slot.number)
        .values(**values)
        .returning(source.c.id)
    )
    return done.one_or_none() is not None
