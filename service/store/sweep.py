"""The sweep: wakes rows that were left behind because a worker or its job was lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from service.store import ops
from service.store.database import Database, Wake, clock, wake
from service.store.steps import Step

_PATIENCE = timedelta(seconds=10)  # the ordinary wake-up has had its chance by then
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
# Waiting begins when it was read, else when it, its files or a change came. Each is woken the more
# rarely the more often it was: one over which the worker fails every time must neither keep it busy
# nor hide the others.
_UNJUDGED = """
UPDATE article SET swept = swept + 1
WHERE id IN (
    SELECT id FROM article AS left_behind
    WHERE triaged_at IS NULL AND coalesce(read_at, greatest(
            collected_at,
            (SELECT max(settled_at) FROM attachment WHERE article_id = left_behind.id),
            (SELECT max(noticed_at) FROM revision WHERE article_id = left_behind.id)
        )) < now() - CAST(:patience AS interval) * power(2, least(swept, 9))
        AND NOT EXISTS (SELECT FROM attachment WHERE article_id = left_behind.id
            AND settled_at IS NULL AND due_at IS NOT NULL)
    ORDER BY swept, id LIMIT 500 FOR UPDATE SKIP LOCKED
)
RETURNING id, url, read_at, swept
"""
# What waits since before :old, by the subjects of the steps that it waits for.
_LEFT: Mapping[Step, str] = {
    "collect": """SELECT DISTINCT source_id FROM article
        WHERE collected_at IS NULL AND collect_due < :old""",
    "attach": """SELECT DISTINCT source_id FROM article JOIN attachment ON article_id = article.id
        WHERE settled_at IS NULL AND due_at < :old""",
    "revisit": """SELECT DISTINCT source_id FROM article
        WHERE look_due < :old AND triaged_at IS NOT NULL""",
    "backfill": """SELECT source_id FROM backfill JOIN source ON source.id = source_id
        WHERE finished_at IS NULL AND due_at < :old AND paused_at IS NULL""",
    # A claim that ran out is a sender's that died: nobody is on the way to it.
    "deliver": """SELECT DISTINCT channel FROM delivery
        WHERE settled_at IS NULL AND due_at < CASE WHEN attempts > 0 THEN now() ELSE :old END""",
    "index": "SELECT 'all' FROM unsearched WHERE due_at < :old LIMIT 1",
    "admit": "SELECT 'mail' FROM sign_in WHERE sent_at IS NULL AND due_at < :old LIMIT 1",
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
        old = await clock(tx) - patience
        for step, subjects in _LEFT.items():
            found = await tx.scalars(sa.text(subjects), {"old": old})
            wakes += [Wake(step, each, once=True) for each in found]
        await wake(tx, wakes)
    return Counter(each.step for each in wakes)


async def _unjudged(tx: AsyncConnection, patience: timedelta) -> list[Wake]:
    """Articles that nobody read or triaged."""
    wakes = []
    for row in (await tx.execute(sa.text(_UNJUDGED), {"patience": patience})).all():
        if row.swept >= _STUCK:
            often = f"글 {row.id}번: {row.swept}번 깨움"
            often += f" (article {row.id}: woken {row.swept} times)"
            await ops.note(tx, "article-stuck", row.url, often)
        wakes.append(Wake("triage" if row.read_at else "read", str(row.id), once=True))
    return wakes


async def tidy(database: Database) -> None:
    """Forget the engine's own log, and of the last month's before what nobody asks for again."""
    async with database.transaction() as tx:
        for rows in _OVER:
            await tx.execute(sa.text(f"DELETE FROM {rows}"))  # noqa: S608 - of constants
