"""What people and machines look at: sources and their health, counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from service.store.database import Intentions
from service.store.tables import article, delivery, rule_book, source, story, waiting


@dataclass(frozen=True, slots=True)
class Health:
    """How a source does. Times are aware.

    ``trouble`` is what ails it, since ``failing_since``; None while it answers. ``paused_why`` is
    why it is not polled since ``paused_at``.
    """

    source_id: str
    last_ok_at: datetime | None
    newest_at: datetime | None
    failures: int
    last_error: str | None
    articles: int
    trouble: str | None = None
    failing_since: datetime | None = None
    paused_at: datetime | None = None
    paused_why: str | None = None


class Overview(Intentions):
    """Reads only; a transaction each."""

    async def writable(self) -> bool:
        """Whether the database takes more than questions; raise what the driver raises.

        That is raised too where it has not our tables.
        """
        only_reads = sa.func.current_setting("transaction_read_only")
        async with self._database.transaction() as tx:
            row = (await tx.execute(sa.select(rule_book.c.version, only_reads))).one()
            return bool(row[1] == "off")

    async def sources(self) -> Sequence[Health]:
        """Every source that was ever polled here, by id."""
        stored = (
            sa.select(sa.func.count())
            .where(article.c.source_id == source.c.id)
            .correlate(source)
            .scalar_subquery()
        )
        query = sa.select(
            *source.c["id", "last_ok_at", "newest_at", "failures", "last_error"],
            stored,
            *source.c["trouble", "failing_since", "paused_at", "paused_why"],
        ).order_by(source.c.id)
        return [Health(*row) for row in await self._rows(query)]

    async def counts(self) -> Mapping[str, int]:
        """How many rows stand where: the length of every queue on the way."""

        def count(*where: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
            return sa.select(sa.func.count()).where(*where).scalar_subquery()

        # Not tried yet and not due yet: it waits for an embargo to lift, or for its digest.
        held = sa.and_(delivery.c.attempts == 0, delivery.c.due_at > sa.func.now())
        query = sa.select(
            count(article.c.id.is_not(None)).label("articles"),
            count(story.c.id.is_not(None)).label("stories"),
            count(article.c.collected_at.is_(None)).label("to_collect"),
            count(article.c.triaged_at.is_(None), article.c.collected_at.is_not(None)).label(
                "to_judge"
            ),
            count(delivery.c.settled_at.is_(None), ~held).label("to_send"),
            (
                count(delivery.c.settled_at.is_(None), held) + count(waiting.c.told_by.is_(None))
            ).label("held"),
            count(delivery.c.outcome == "sent").label("sent"),
            count(delivery.c.outcome == "dead").label("dead"),
        )
        (row,) = await self._rows(query)
        return row._asdict()
