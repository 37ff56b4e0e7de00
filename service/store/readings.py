"""Readings in the store: an article with its documents, held until what it says is stored."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from service.model import Article, Mention, Reading
from service.store import ops
from service.store.database import Intentions, Wake, wake
from service.store.rows import article_of, documents_of, facts_of, still_owed
from service.store.tables import article, mention

_LONGEST_NAME = 200  # characters: a b-tree row holds under 2,704 bytes
_MOST_MENTIONS = 100
_LARGEST = 9_999  # of a round or a year; what is larger is no such number


class Readings(Intentions):
    """Intentions about readings."""

    @asynccontextmanager
    async def reading(
        self, article_id: int
    ) -> AsyncIterator[tuple[Article, tuple[tuple[str, str], ...], AsyncConnection] | None]:
        """Hold an unread article for reading: one transaction, committed on leaving.

        Yields it with its documents, file name and text of each, the release first; None where it
        is read already, not collected yet, still owed a file, or held by another worker.
        """
        ready = (
            article.c.id == article_id,
            article.c.collected_at.is_not(None),
            article.c.read_at.is_(None),
            ~still_owed(article_id),
        )
        async with self._database.transaction() as tx:
            found = await tx.execute(
                sa.select(article).where(*ready).with_for_update(key_share=True, skip_locked=True)
            )
            row = found.one_or_none()
            if row is None:
                yield None
            else:
                yield article_of(row), await documents_of(tx, article_id), tx

    async def store(
        self,
        tx: AsyncConnection,
        article_id: int,
        reading: Reading,
        *,
        embargo_until: datetime | None = None,
    ) -> None:
        """Store what an article says, in place of what was read before, and wake its triage.

        An embargo ends early only where a box says so: a changed page may leave its box out, or
        come as a file that cannot be read.
        """
        await tx.execute(
            sa.update(article)
            .where(article.c.id == article_id)
            .values(
                read_title=reading.title,
                read_text=reading.text,
                publishers=list(reading.publishers),
                kind=reading.kind,
                read_published_at=reading.published_at,
                read_precision=reading.precision,
                embargo_until=embargo_until if reading.embargo else article.c.embargo_until,
                call_end=reading.call.end if reading.call.is_call else None,
                facts=facts_of(reading),
                read_at=sa.func.now(),
            )
        )
        await tx.execute(sa.delete(mention).where(mention.c.article_id == article_id))
        rows = [_mention(article_id, each) for each in reading.mentions[:_MOST_MENTIONS]]
        if rows:
            await tx.execute(insert(mention).values(rows))
        if reading.unknown_publisher is not None:
            which = f"글 {article_id}번 (article {article_id})"
            await ops.note(tx, "unknown-publisher", reading.unknown_publisher, which)
        await wake(tx, [Wake("triage", str(article_id))])


def _mention(article_id: int, each: Mention) -> dict[str, object]:
    return {
        "article_id": article_id,
        "series": each.series[:_LONGEST_NAME],
        "name": each.name[:_LONGEST_NAME],
        "round": _number(each.round),
        "year": _number(each.year),
        "parties": list(each.parties),
    }


def _number(value: int | None) -> int | None:
    return value if value is None or 0 <= value <= _LARGEST else None
