"""What the demo's ledger and the fault tests hold against what the world published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from service.store.database import Intentions
from service.store.rows import HEADLINE
from service.store.tables import article, attempt, delivery, source, telling


@dataclass(frozen=True, slots=True)
class StoredRow:
    """An article as stored; ``story_id`` None until it is judged."""

    source_id: str
    key: str
    title: str
    text: str
    baseline: bool
    story_id: int | None


@dataclass(frozen=True, slots=True)
class OwedRow:
    """A delivery of an event, or of the correction ``revision_id``, which is 0 for the event.

    ``message_id`` is that on the wire.
    """

    message_id: str
    story_id: int
    subscription_id: int
    outcome: str | None
    revision_id: int = 0


class Evidence(Intentions):
    """Reads only, a transaction each."""

    async def stored(self) -> Sequence[StoredRow]:
        """Every article, in order of discovery."""
        query = sa.select(
            *article.c["source_id", "key", "baseline", "story_id"],
            HEADLINE.label("title"),
            sa.func.coalesce(article.c.read_text, "").label("text"),
        ).order_by(article.c.id)
        return [StoredRow(**row._asdict()) for row in await self._rows(query)]

    async def owed(self) -> Sequence[OwedRow]:
        """Every delivery of an event or of its correction; digests and reminders are others."""
        query = (
            sa.select(
                sa.literal("msg_") + sa.cast(delivery.c.message_id, sa.Text),
                telling.c.story_id,
                delivery.c.subscription_id,
                delivery.c.outcome,
                telling.c.revision_id,
            )
            .join(telling, telling.c.id == delivery.c.telling_id)
            .where(telling.c.reason.in_(["alert", "correction"]))
            .order_by(delivery.c.id)
        )
        return [OwedRow(*row) for row in await self._rows(query)]

    async def died_in_flight(self) -> int:
        """How many messages were under way when their worker died: attempts with no outcome."""
        query = sa.select(sa.func.count()).where(attempt.c.finished_at.is_(None))
        return int(await self._value(query))

    async def baselined(self) -> bool:
        """Whether every source has been looked at once."""
        waiting = sa.func.count().filter(source.c.baselined_at.is_(None))
        (row,) = await self._rows(sa.select(sa.func.count(), waiting).select_from(source))
        return bool(row[0] > 0 and row[1] == 0)
