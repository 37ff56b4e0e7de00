"""When each of many subscriptions is told: reckoned once for all that have the same wishes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from service import cadence
from service.model import SEOUL
from service.store.database import columns
from service.store.tables import subscription

PACED = """
    unnest(CAST(:cadences AS text[]), CAST(:embargoes AS text[]), CAST(:wakings AS timestamptz[]),
           CAST(:urgents AS boolean[]), CAST(:windows AS timestamptz[]),
           CAST(:readies AS timestamptz[]), CAST(:dues AS timestamptz[]))
    AS pace (cadence, embargoed, awake_at, urgent, window_at, ready_at, due_at)
    ON pace.cadence = subscription.cadence AND pace.embargoed = subscription.embargoed
    AND pace.awake_at = greatest(subscription.snoozed_until, now())
"""
"""To join ``subscription`` with: when it is told. ``window_at`` NULL: at once, at ``due_at``.

``ready_at`` is when it would be due but for a snooze. There are two, one of them ``urgent``.
"""

# Whoever chose otherwise a moment ago finds no pace: told at once is better than not at all.
_AT_ONCE = "greatest(CAST(:until AS timestamptz), subscription.snoozed_until, now())"
WHEN = f"""
    pace.window_at IS NULL AS at_once, pace.window_at,
    coalesce(pace.ready_at, {_AT_ONCE}) AS ready_at, coalesce(pace.due_at, {_AT_ONCE}) AS due_at
"""

LIVE = """
    subscription.ended_at IS NULL AND subscription.paused_at IS NULL
    AND coalesce(coalesce(pace.ready_at, now()) < subscription.expires_at, true)
"""
"""Who is told then, joined with ``PACED``: what comes before an end, though its window is later."""

# What fits ten rows would take hours with a million: each time has a plan of its own. A million
# that fits in memory stays in order, and keeps the indexes it is written to warm.
_PLAN = sa.text("""
    SELECT set_config('plan_cache_mode', 'force_custom_plan', true),
           set_config('work_mem', '128MB', true), set_config('jit', 'off', true)
""")
_MANY = 10_000  # of whom to ask everybody is as quick
_SPAN = ("cadences", "embargoes", "wakings", "urgents", "windows", "readies", "dues")


async def paces(
    tx: AsyncConnection,
    ids: Sequence[int],
    until: datetime | None,
    *,
    late: bool = False,
    last_day: date | None = None,
) -> dict[str, Any]:
    """The values that ``PACED`` and ``WHEN`` ask for, for the subscriptions of these ``ids``.

    ``until``: an embargo, for those who wait for its end. ``late``: it was out for long before it
    was seen, so that it is gathered with more of the kind. ``last_day`` of a call, in Korea: whose
    window closes no sooner is told before, after the night at most.
    """
    await tx.execute(_PLAN)
    awake_at = sa.func.greatest(subscription.c.snoozed_until, sa.func.now())
    query = (
        sa.select(subscription.c.cadence, subscription.c.embargoed, awake_at, sa.func.now())
        .where(subscription.c.ended_at.is_(None), subscription.c.paused_at.is_(None))
        .distinct()
    )
    if len(ids) < _MANY:
        query = query.where(subscription.c.id == sa.any_(sa.cast(ids, ARRAY(sa.BigInteger))))
    wishes = await tx.execute(query)
    rows = [
        row for wish in wishes for row in _paced(*wish, until=until, late=late, last_day=last_day)
    ]
    return {"until": until, **columns(rows, *_SPAN)}


def _paced(
    wished: str,
    embargoed: str,
    awake_at: datetime,
    now: datetime,
    *,
    until: datetime | None,
    late: bool,
    last_day: date | None,
) -> Iterator[tuple[object, ...]]:
    """The rows of one wish, that of what is urgent last."""
    ready_at = max(now, until) if until and embargoed == "wait" else now
    due_at = max(ready_at, awake_at)
    burst = cadence.burst(due_at) if late else None
    chosen = cadence.kept(wished)
    closing, window_at = cadence.window, cadence.window(chosen, due_at)
    if window_at and last_day and due_at.astimezone(SEOUL).date() <= last_day <= window_at.date():
        closing, window_at = cadence.quiet_end, cadence.quiet_end(chosen, due_at)
    if burst and not window_at:
        window_at = closing(chosen, burst) or burst
    for urgent, closes in ((False, window_at), (True, burst)):
        yield wished, embargoed, awake_at, urgent, closes, ready_at, due_at
