"""The sweep: wakes rows that were left behind because a worker or its job was lost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from service.store.database import Database, Wake, wake
from service.store.steps import Step
from service.store.tables import article, delivery, poll

_PATIENCE = timedelta(seconds=10)  # the ordinary wake-up has had its chance by then
_BATCH = 500


async def sweep(database: Database, *, patience: timedelta = _PATIENCE) -> Mapping[str, int]:
    """Wake what waits for longer than ``patience``; returns how many by step.

    Losing every job loses nothing: this finds the rows again. It repeats no wake-up that is queued.
    """
    old = sa.func.now() - patience
    left: dict[Step, sa.Select[Any]] = {
        "collect": sa.select(article.c.source_id)
        .where(article.c.collected_at.is_(None), article.c.collect_due < old)
        .distinct(),
        "read": sa.select(article.c.id).where(
            article.c.triaged_at.is_(None),
            article.c.read_at.is_(None),
            article.c.collected_at < old,
        ),
        "triage": sa.select(article.c.id).where(
            article.c.triaged_at.is_(None), article.c.read_at < old
        ),
        "deliver": sa.select(sa.literal("swept")).where(
            sa.exists().where(delivery.c.settled_at.is_(None), delivery.c.due_at < old)
        ),
    }
    woken: dict[str, int] = {}
    async with database.transaction() as tx:
        for step, query in left.items():
            subjects = (await tx.execute(query.limit(_BATCH))).scalars().all()
            await wake(tx, [Wake(step, str(each), once=True) for each in subjects])
            woken[step] = len(subjects)
    return woken


async def tidy(database: Database) -> None:
    """Forget the engine's own log and the polls that are older than a month."""
    async with database.transaction() as tx:
        await tx.execute(
            sa.text(
                "DELETE FROM pgqueuer_log WHERE aggregated AND created < now() - interval '1 day'"
            )
        )
        await tx.execute(
            sa.text("DELETE FROM pgqueuer_statistics WHERE created < now() - interval '31 days'")
        )
        await tx.execute(
            sa.delete(poll).where(poll.c.started_at < sa.func.now() - timedelta(days=31))
        )
