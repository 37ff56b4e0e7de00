"""Sources in the store: when each is due, what a poll of it found, how it does."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from service.store import found
from service.store.audit import What, Who, note
from service.store.database import Intentions, Wake, changed, wake, within
from service.store.leases import LEASE
from service.store.polled import BEGIN, COUNT, FINISH, Polled, Slot, finishing, read_on
from service.store.tables import poll, rule, rule_book, sighting, source, subscription

# One way through the index for all keys, in its own order: those of a list stand close together.
# What is left of them is told here: the server would sort them once more, and send rows of one key.
_KNOWN = """
    SELECT ARRAY(
        SELECT key FROM article WHERE source_id = ANY($1::text[]) AND key = ANY($2::text[])
    ) AS known
"""
_HALF_WAY = "the worker ended half way"
_RULES = 1_000  # from which words to search for are taken
# A slot that nobody takes up is woken again. A poll that ended in the future, by more than clocks
# of two servers differ, says that the clock was set back.
_CLAIM = sa.text("""
    UPDATE source SET next_due = now() + interval '30 seconds',
        slot = CASE WHEN begun_slot = slot THEN slot + 1 ELSE slot END
    WHERE id = ANY(CAST(:ids AS text[])) AND paused_at IS NULL AND (next_due <= now()
        OR last_ok_at > now() + interval '1 minute' AND next_due > last_ok_at)
    RETURNING id, slot
""")


class Sources(Intentions):
    """Intentions about sources, a transaction each."""

    async def declare(self, ids: Collection[str]) -> None:
        """Make sure that every declared source has its row; rows of others stay untouched."""
        rows = [{"id": each} for each in sorted(ids)]
        await self._do(insert(source).values(rows).on_conflict_do_nothing())

    async def pause(self, source_id: str, why: str | None, by: Who | None = None) -> bool:
        """Ask nothing of a source, for the reason ``why``, or with None again; False: no such row.

        What it owes is kept: its pages and files are fetched once it is resumed. ``by``: who asks
        for it; None: whoever has the command line.
        """
        paused = None if why is None else sa.func.now()
        async with self._database.transaction() as tx:
            here = source.c.id == source_id
            known = await changed(tx, source, here, paused_at=paused, paused_why=why)
            if known:
                what: What = "source.resume" if why is None else "source.pause"
                await note(tx, by, what, source_id, {"why": why} if why else None)
        return known

    async def claim_due(self, ids: Collection[str]) -> list[tuple[str, int]]:
        """Claim a slot of each of ``ids`` whose time has come and wake its poll: one UPDATE.

        Any number of schedulers may call this at once: a slot goes to exactly one of them. A slot
        that nobody took up is woken again under its own number. Returns (source id, slot).

        Where the clock was set back, what was to come an hour later is due at once.
        """
        async with self._database.transaction() as tx:
            due = await tx.execute(_CLAIM, {"ids": list(ids)})
            claimed = [(row.id, row.slot) for row in due]
            await wake(tx, [Wake("poll", f"{each}:{slot}", once=True) for each, slot in claimed])
        return claimed

    async def begin_poll(self, source_id: str, number: int) -> Slot | None:
        """Take up slot ``number``; None where it was taken up already or is not the latest."""
        row = await self._database.at_once(BEGIN, source_id, number, LEASE, _HALF_WAY)
        return None if row is None else Slot(source_id, number, **row)

    async def renew(self, slot: Slot) -> bool:
        """Keep the lease of a poll under way; False where a later slot has taken over."""
        async with self._database.transaction() as tx:
            return await _update(tx, slot, next_due=sa.func.now() + LEASE)

    async def unknown(self, routes: Collection[str], keys: Collection[str]) -> set[str]:
        """Those of ``keys`` that none of these sources has announced before."""
        row = await self._database.at_once(_KNOWN, list(routes), sorted(keys))
        return set(keys).difference(row["known"] if row else ())

    async def rules(self, version: int) -> tuple[int, tuple[str, ...]] | None:
        """The rules of live subscriptions and the version of the book; None where it is this one.

        In their canonical form, each once, those of most subscriptions first; at most a thousand.
        """
        live = (
            sa.select(rule.c.canonical)
            .join(subscription)
            .where(subscription.c.ended_at.is_(None))
            .group_by(rule.c.canonical)
            .order_by(sa.func.count().desc(), rule.c.canonical)
            .limit(_RULES)
        )
        async with self._database.transaction() as tx:
            now: int = (await tx.execute(sa.select(rule_book.c.version))).scalar_one()
            return None if now == version else (now, tuple(await tx.scalars(live)))

    async def finish_poll(self, slot: Slot, polled: Polled) -> int:
        """Store what a poll found and let the source rest; returns how many articles are new.

        All of it or nothing: a crash leaves the posts unknown, so that the next poll finds them.
        The first poll of a source is its silent baseline.
        """
        settled = finishing(slot, polled)
        listed = polled.listed
        if not (listed.fresh or listed.sighted or listed.gap):
            await self._database.at_once(FINISH, *settled)
            return 0
        async with self._database.transaction() as tx:
            if (await tx.exec_driver_sql(FINISH, settled)).one_or_none() is None:
                return 0  # fenced off: a later slot has taken over
            new = await _keep(tx, slot, polled)
            if listed.gap:
                await read_on(tx, slot, listed.more)
        return new

    async def fail_poll(
        self,
        slot: Slot,
        trouble: str,
        detail: str,
        *,
        next_in: float,
        kept: Polled | None = None,
    ) -> None:
        """Record why a poll failed and when to try again; nothing stored is touched.

        What was ``kept`` all the same, the sound part of a list, is stored.
        """
        async with self._database.transaction() as tx:
            current = await _update(
                tx,
                slot,
                failures=source.c.failures + 1,
                failing_since=sa.func.coalesce(source.c.failing_since, sa.func.now()),
                trouble=trouble,
                last_error=detail,
                next_due=sa.func.now() + timedelta(seconds=next_in),
            )
            if not current:
                return  # fenced off: how the source does is for the later slot to say
            now = sa.func.now()
            failed = {"finished_at": now, "outcome": "failed", "detail": detail, "trouble": trouble}
            its = (poll.c.source_id == slot.source_id, poll.c.slot == slot.number)
            await tx.execute(sa.update(poll).where(*its).values(failed))
            if kept is not None:
                await _keep(tx, slot, kept)


async def _update(tx: AsyncConnection, slot: Slot, **values: object) -> bool:
    ours = (source.c.id == slot.source_id) & (source.c.slot == slot.number)
    return await changed(tx, source, ours, **values)


async def _keep(tx: AsyncConnection, slot: Slot, polled: Polled) -> int:
    """Store what a poll found; returns how many articles are new."""
    new = await found.store(
        tx,
        slot.source_id,
        polled.listed.found,
        silent=not slot.baselined,
        floor=polled.floor,
        slid=polled.slid,
        late=polled.late,
    )
    await (await within(tx)).execute(COUNT, slot.source_id, slot.number, new)
    if sighted := sorted(polled.listed.sighted):
        rows = [{"source_id": slot.source_id, "key": key} for key in sighted]
        await tx.execute(insert(sighting).values(rows).on_conflict_do_nothing())
    return new
