"""What people and machines look at: sources and their health, counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from service.store.database import Intentions
from service.store.tables import rule_book

# What was not tried yet and is not due yet waits for an embargo to lift, or for its digest.
_HELD = "attempts = 0 AND due_at > now()"
_COUNTS = sa.text(f"""
    SELECT (SELECT count(*) FROM article) AS articles, (SELECT count(*) FROM story) AS stories,
        (SELECT count(*) FROM article WHERE collected_at IS NULL) AS to_collect,
        (SELECT count(*) FROM article
            WHERE triaged_at IS NULL AND collected_at IS NOT NULL) AS to_judge,
        (SELECT count(*) FROM delivery WHERE settled_at IS NULL AND NOT ({_HELD})) AS to_send,
        (SELECT count(*) FROM delivery WHERE settled_at IS NULL AND {_HELD})
            + (SELECT count(*) FROM waiting WHERE told_by IS NULL) AS held,
        (SELECT count(*) FROM delivery WHERE outcome = 'sent') AS sent,
        (SELECT count(*) FROM delivery WHERE outcome = 'dead') AS dead
""")  # noqa: S608 - of constants
_SOURCES = sa.text("""
    SELECT id, last_ok_at, newest_at, failures, last_error,
        (SELECT count(*) FROM article WHERE source_id = source.id),
        trouble, failing_since, paused_at, paused_why
    FROM source ORDER BY id
""")


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
        (row,) = await self._rows(sa.select(rule_book.c.version, only_reads))
        return bool(row[1] == "off")

    async def sources(self) -> Sequence[Health]:
        """Every source that was ever polled here, by id."""
        return [Health(*row) for row in await self._rows(_SOURCES)]

    async def counts(self) -> Mapping[str, int]:
        """How many rows stand where: the length of every queue on the way."""
        (row,) = await self._rows(_COUNTS)
        return row._asdict()
