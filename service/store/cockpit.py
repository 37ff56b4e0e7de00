"""What whoever runs the service sees and does: polls, items, speeds, what was done by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from service.store import ops
from service.store.audit import Who, note
from service.store.database import Intentions, changed
from service.store.ending import LIVE
from service.store.tables import audit, endpoint, ops_item, poll, rule, source, subscription

_POLLS = 30
_MOST = 200

# The stamps of rows, not this process's own clock: they are of all processes, outlive a restart,
# and hold the waiting in front of a step too. Of messages the newest few thousand, by number.
_SPEEDS = """
    WITH fresh AS (
        SELECT discovered_at, collected_at, read_at, triaged_at FROM article
        WHERE discovered_at > now() - interval '1 hour' AND NOT baseline
        ORDER BY discovered_at DESC LIMIT 5000
    ), last AS (
        SELECT id FROM delivery ORDER BY id DESC LIMIT 5000
    ), took AS (
        SELECT 'poll' AS step, 1 AS place, finished_at - started_at AS length FROM poll
        WHERE started_at > now() - interval '1 hour' AND finished_at IS NOT NULL
        UNION ALL SELECT 'open', 2, collected_at - discovered_at FROM fresh
        UNION ALL SELECT 'read', 3, read_at - collected_at FROM fresh
        UNION ALL SELECT 'triage', 4, triaged_at - read_at FROM fresh
        UNION ALL SELECT 'send', 5, finished_at - started_at FROM last
        JOIN attempt ON delivery_id = id WHERE finished_at > now() - interval '1 hour'
    )
    SELECT step, count(*) AS count,
        extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY length))::float8 AS half,
        extract(epoch FROM percentile_cont(0.95) WITHIN GROUP (ORDER BY length))::float8 AS most,
        extract(epoch FROM max(length))::float8 AS longest
    FROM took WHERE length >= interval '0' GROUP BY step, place ORDER BY place
"""


@dataclass(frozen=True, slots=True)
class Poll:
    """One look at a list. ``outcome`` is ``ok`` or ``failed``; None: it is under way."""

    started_at: datetime
    finished_at: datetime | None
    outcome: str | None
    trouble: str | None
    detail: str | None
    pages: int
    seen: int
    new: int


@dataclass(frozen=True, slots=True)
class Item:
    """An ops item. ``closed_at``: None while it is open."""

    id: int
    kind: str
    subject: str
    detail: str
    times: int
    first_at: datetime
    last_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Speed:
    """How long a step took in the last hour, in seconds, with the waiting in front of it.

    ``half`` of ``count`` took no longer, ``most`` stands for 95 of 100.
    """

    step: str
    count: int
    half: float
    most: float
    longest: float


@dataclass(frozen=True, slots=True)
class Overviewed:
    """A live subscription as whoever runs the service sees it."""

    id: int
    name: str
    cadence: str
    created_at: datetime
    expires_at: datetime | None
    paused_at: datetime | None
    rules: int
    channels: Sequence[str]
    failing: int


@dataclass(frozen=True, slots=True)
class Done:
    """Something that was changed by hand."""

    id: int
    at: datetime
    who: str
    what: str
    subject: str
    detail: Mapping[str, Any] | None


class Cockpit(Intentions):
    """Intentions of whoever runs the service, a transaction each; changes are taken down."""

    async def polls(self, source_id: str) -> Sequence[Poll]:
        """The last looks at a source, the latest first."""
        query = sa.select(*poll.c[*Poll.__dataclass_fields__]).where(poll.c.source_id == source_id)
        query = query.order_by(poll.c.slot.desc()).limit(_POLLS)
        return [Poll(*row) for row in await self._rows(query)]

    async def items(self) -> Sequence[Item]:
        """Items that are open, the latest first, then those closed in the last week."""
        recent = ops_item.c.closed_at > sa.func.now() - sa.text("interval '7 days'")
        query = (
            sa.select(*ops_item.c[*Item.__dataclass_fields__])
            .where(ops_item.c.closed_at.is_(None) | recent)
            .order_by(ops_item.c.closed_at.is_not(None), ops_item.c.last_at.desc())
            .limit(_MOST)
        )
        return [Item(*row) for row in await self._rows(query)]

    async def close(self, item_id: int, why: str, by: Who) -> bool:
        """Close an item for the reason ``why``; False where none is open.

        Should it happen again, a new one is opened.
        """
        closing = (
            sa.update(ops_item)
            .where(ops_item.c.id == item_id, ops_item.c.closed_at.is_(None))
            .values(closed_at=sa.func.now())
            .returning(ops_item.c.kind, ops_item.c.subject)
        )
        async with self._database.transaction() as tx:
            row = (await tx.execute(closing)).one_or_none()
            if row is not None:
                # An address would outlive its being forgotten, and a hook's is a secret.
                subject = f"#{item_id}" if row.kind in ops.OF_ADDRESSES else row.subject
                await note(tx, by, "item.close", f"{row.kind} {subject}", {"why": why})
        return row is not None

    async def poll_now(self, source_id: str, by: Who) -> bool:
        """Have a source looked at as soon as may be; False where it is paused or is none."""
        # While it is being looked at, the time stands for the lease of whoever does so.
        looked_at = sa.exists().where(
            poll.c.source_id == source.c.id,
            poll.c.slot == source.c.slot,
            poll.c.finished_at.is_(None),
        )
        soon = sa.case((looked_at, source.c.next_due), else_=sa.func.now())
        here = (source.c.id == source_id) & source.c.paused_at.is_(None)
        async with self._database.transaction() as tx:
            done = await changed(tx, source, here, next_due=soon)
            if done:
                await note(tx, by, "source.poll", source_id)
        return done

    async def speeds(self) -> Sequence[Speed]:
        """How long each step took in the last hour, as the rows tell."""
        return [Speed(**row) for row in await self._database.all_at_once(_SPEEDS)]

    async def subscriptions(self, after: int = 0) -> Sequence[Overviewed]:
        """Live subscriptions in the order of their making, those behind number ``after``."""
        rules = sa.select(sa.func.count()).where(rule.c.subscription_id == subscription.c.id)
        of_it = endpoint.c.subscription_id == subscription.c.id
        on = of_it & endpoint.c.switched_off_at.is_(None)
        channels = sa.func.array(
            sa.select(endpoint.c.channel).where(on).order_by(endpoint.c.channel).scalar_subquery()
        )
        failing = sa.select(sa.func.count()).where(on, endpoint.c.failing_since.is_not(None))
        query = (
            sa.select(
                *subscription.c["id", "name", "cadence", "created_at", "expires_at", "paused_at"],
                rules.scalar_subquery(),
                channels,
                failing.scalar_subquery(),
            )
            .where(LIVE, subscription.c.id > after)
            .order_by(subscription.c.id)
            .limit(_MOST)
        )
        return [Overviewed(*row) for row in await self._rows(query)]

    async def done(self, before: int | None = None) -> Sequence[Done]:
        """What was changed by hand, the latest first, those before number ``before``."""
        query = sa.select(*audit.c[*Done.__dataclass_fields__])
        if before is not None:
            query = query.where(audit.c.id < before)
        query = query.order_by(audit.c.id.desc()).limit(_MOST)
        return [Done(*row) for row in await self._rows(query)]
