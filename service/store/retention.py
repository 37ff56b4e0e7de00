"""What is forgotten after how long: traces of what was done, never a release or a promise.

Deliveries stay, since a row there is the promise that something is told once; what they say of a
reader goes. All of it in small batches, a transaction each, so that nobody waits for long.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from service.store.database import Database, Intentions, clock


@dataclass(frozen=True, slots=True)
class Kept:
    """For how many days what is kept that may be personal; 0: for good."""

    told: int
    audit: int


@dataclass(frozen=True, slots=True)
class Rule:
    """Rows of ``table`` that are due, found by ``due``, a condition on ``:cutoff``.

    ``forget``: a column that is emptied in place of the row. ``walk``: the number by which a large
    table is walked through, the oldest first; None: few rows, or an index finds them.
    """

    table: str
    days: int
    due: str
    forget: str | None = None
    walk: str | None = None

    @property
    def what(self) -> str:
        """The table, or the column of it that is emptied."""
        return f"{self.table}.{self.forget}" if self.forget else self.table


def rules(kept: Kept) -> Sequence[Rule]:
    """Every rule that is in force, in the order in which they are applied."""
    settled = "EXISTS (SELECT 1 FROM delivery WHERE id = delivery_id AND settled_at < :cutoff)"
    orphaned = "NOT EXISTS (SELECT 1 FROM delivery WHERE id = delivery_id)"
    told = """EXISTS (
        SELECT FROM delivery JOIN telling ON telling.id = telling_id AND reason <> 'confirm'
        WHERE delivery.subscription_id = endpoint.subscription_id AND endpoint_id = endpoint.id)"""
    unanswered = f"confirmed_at IS NULL AND coalesce(asked_at, created_at) < :cutoff AND NOT {told}"
    every = (
        Rule("sighting", 62, "seen_at < :cutoff"),
        Rule("request", 2, "at < :cutoff"),
        Rule("ops_item", 365, "closed_at < :cutoff"),
        Rule("backfill", 365, "finished_at < :cutoff"),
        Rule("endpoint", 30, unanswered),
        Rule(
            "attempt",
            kept.told,
            f"started_at < :cutoff AND ({settled} OR {orphaned})",
            walk="delivery_id",
        ),
        Rule(
            "delivery",
            kept.told,
            "hits IS NOT NULL AND settled_at < :cutoff",
            forget="hits",
            walk="id",
        ),
        Rule(
            "waiting",
            kept.told,
            "hits IS NOT NULL AND told_by IS NOT NULL AND created_at < :cutoff",
            forget="hits",
        ),
        Rule("audit", kept.audit, "at < :cutoff"),
    )
    return [rule for rule in every if rule.days]


class Retention(Intentions):
    """Intentions about what is forgotten."""

    def __init__(self, database: Database, kept: Kept, batch: int = 5_000) -> None:
        """Work on ``database`` by the rules that follow from ``kept``, ``batch`` rows at a time."""
        super().__init__(database)
        self._batch = batch
        self._rules = rules(kept)

    async def due(self) -> list[tuple[Rule, int]]:
        """How many rows would go now, rule by rule. Changes nothing."""
        found = []
        for rule in self._rules:
            query = sa.text(f"SELECT count(*) FROM {rule.table} WHERE {rule.due}")  # noqa: S608
            async with self._database.transaction() as tx:
                cutoff = await clock(tx) - timedelta(days=rule.days)
                rows = await tx.scalar(query, {"cutoff": cutoff})
            found.append((rule, rows or 0))
        return found

    async def apply(self) -> list[tuple[Rule, int]]:
        """Let go what is due: how many rows, rule by rule. Two at once find no row twice."""
        return [(rule, await self._applied(rule)) for rule in self._rules]

    async def _applied(self, rule: Rule) -> int:
        rows: int = 0
        after = -1
        while True:
            async with self._database.transaction() as tx:
                cutoff = await clock(tx) - timedelta(days=rule.days)
                values = {"cutoff": cutoff, "after": after, "batch": self._batch}
                done = (await tx.execute(sa.text(_statement(rule)), values)).one()
            rows += done.gone
            if done.last is None or (rule.walk is None and done.gone < self._batch):
                return rows
            after = done.last


def _statement(rule: Rule) -> str:
    """One batch: how many rows ``gone`` counts, and the ``last`` number that the walk came by."""
    act = f"DELETE FROM {rule.table}"  # noqa: S608 - names of ours
    if rule.forget:
        act = f"UPDATE {rule.table} SET {rule.forget} = NULL"  # noqa: S608 - names of ours
    if rule.walk is None:
        return f"""
            WITH part AS (SELECT ctid FROM {rule.table} WHERE {rule.due} LIMIT :batch),
                 gone AS ({act} WHERE ctid IN (SELECT ctid FROM part) AND :after < 0 RETURNING 1)
            SELECT count(*) AS gone, -1 AS last FROM gone
        """  # noqa: S608 - names of ours
    return f"""
        WITH part AS (SELECT DISTINCT number FROM (
                          SELECT {rule.walk} AS number FROM {rule.table}
                           WHERE {rule.walk} > :after ORDER BY {rule.walk} LIMIT :batch) AS next),
             gone AS ({act} WHERE {rule.walk} IN (SELECT number FROM part) AND {rule.due}
                      RETURNING 1)
        SELECT (SELECT count(*) FROM gone) AS gone, (SELECT max(number) FROM part) AS last
    """  # noqa: S608 - names of ours
