"""The sweep: wakes rows that were left behind because a worker or its job was lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from service.store import ops
from service.store.database import Database, Wake, wake
from service.store.rows import still_owed
from service.store.steps import Step
from service.store.tables import (
    article,
    attachment,
    revision,
)

_PATIENCE = timedelta(seconds=10)  # the ordinary wake-up has had its chance by then
_BATCH = 500
_STUCK = 6  # times an article is woken before a person is told: ten minutes
# What a process of the release before judged while it was upgraded, owing no search anything.
_UNENTERED = """
INSERT INTO unsearched (article_id)
SELECT id FROM article
WHERE discovered_at > now() - interval '1 day'
    AND triaged_at < now() - interval '1 minute' AND read_at IS NOT NULL
    AND NOT EXISTS (SELECT FROM searchable WHERE article_id = article.id)
    AND NOT EXISTS (SELECT FROM unsearched WHERE article_id = article.id)
ON CONFLICT DO NOTHING
"""
# What waits since before OLD, by the subjects of the steps that it waits for.
_LEFT: Mapping[Step, str] = {
    "collect": """SELECT DISTINCT source_id FROM article
        WHERE collected_at IS NULL AND collect_due < OLD""",
    "attach": """SELECT DISTINCT source_id FROM article JOIN attachment ON article_id = article.id
        WHERE settled_at IS NULL AND due_at < OLD""",
    "revisit": """SELECT DISTINCT source_id FROM article
        WHERE look_due < OLD AND triaged_at IS NOT NULL""",
    "backfill": """SELECT source_id FROM backfill JOIN source ON source.id = source_id
        WHERE finished_at IS NULL AND due_at < OLD AND paused_at IS NULL""",
    # A claim that ran out is a sender's that died: nobody is on the way to it.
    "deliver": """SELECT DISTINCT channel FROM delivery
        WHERE settled_at IS NULL AND due_at < CASE WHEN attempts > 0 THEN now() ELSE OLD END""",
    "index": "SELECT 'all' FROM unsearched WHERE due_at < OLD LIMIT 1",
    "admit": "SELECT 'mail' FROM sign_in WHERE sent_at IS NULL AND due_at < OLD LIMIT 1",
}
_OVER = (
    "pgqueuer_log WHERE aggregated AND created < now() - interval '1 day'",
    "pgqueuer_statistics WHERE created < now() - interval '31 days'",
    "poll WHERE started_at < now() - interval '31 days'",
    "session WHERE expires_at < now()",
    # Where somebody asked from is kept no longer than it is counted by.
    "sign_in WHERE asked_at < now() - interval '2 days'",
    "excerpt WHERE day < current_date - 31",
)


async def sweep(database: Database, *, patience: timedelta = _PATIENCE) -> Mapping[str, int]:
    """Wake what waits for longer than ``patience``; returns how many by step.

    Losing every job loses nothing: this finds the rows again. It repeats no wake-up that is queued.
    """
    async with database.transaction() as tx:
        await tx.execute(sa.text(_UNENTERED))
        wakes = await _unjudged(tx, patience)
        for step, subjects in _LEFT.items():
            query = sa.text(subjects.replace("OLD", "now() - CAST(:patience AS interval)"))
            found = await tx.scalars(query, {"patience": patience})
            wakes += [Wake(step, each, once=True) for each in found]
        await wake(tx, wakes)
    return Counter(each.step for each in wakes)


async def _unjudged(tx: AsyncConnection, patience: timedelta) -> list[Wake]:
    """Articles that nobody read or triaged, each the more rarely the more often it was woken.

    One over which the worker fails every time must neither keep it busy nor hide the others.
    """
    slower = sa.cast(sa.func.power(2, sa.func.least(article.c.swept, 9)), sa.Float)
    waiting = (
        sa.select(article.c.id)
        .where(
            article.c.triaged_at.is_(None),
            _since() < sa.func.now() - patience * slower,
            ~still_owed(article.c.id),
        )
        .order_by(article.c.swept, article.c.id)
        .limit(_BATCH)
        .with_for_update(skip_locked=True)
    )
    woken = await tx.execute(
        sa.update(article)
        .where(article.c.id.in_(waiting.scalar_subquery()))
        .values(swept=article.c.swept + 1)
        .returning(article.c.id, article.c.url, article.c.read_at, article.c.swept)
    )
    wakes = []
    for row in woken.all():
        if row.swept >= _STUCK:
            often = f"글 {row.id}번: {row.swept}번 깨움"
            often += f" (article {row.id}: woken {row.swept} times)"
            await ops.note(tx, "article-stuck", row.url, often)
        wakes.append(Wake("triage" if row.read_at else "read", str(row.id), once=True))
    return wakes


def _since() -> sa.ColumnElement[datetime]:
    """Since when an article waits for its next step: read, else come, with files, or changed."""
    files = sa.select(sa.func.max(attachment.c.settled_at)).where(
        attachment.c.article_id == article.c.id
    )
    changed = sa.select(sa.func.max(revision.c.noticed_at)).where(
        revision.c.article_id == article.c.id
    )
    came = (article.c.collected_at, files.scalar_subquery(), changed.scalar_subquery())
    return sa.func.coalesce(article.c.read_at, sa.func.greatest(*came))


async def tidy(database: Database) -> None:
    """Forget the engine's own log, and of the last month's before what nobody asks for again."""
    async with database.transaction() as tx:
        for rows in _OVER:
            await tx.execute(sa.text(f"DELETE FROM {rows}"))  # noqa: S608 - of constants
