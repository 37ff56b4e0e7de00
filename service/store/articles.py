"""Articles in the store: opened, read and judged, each hand-over a stamp in its own transaction."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from service.model import Article, Attachment, Precision, Reading
from service.store import ops
from service.store.database import Database, Wake, wake
from service.store.tables import article, attachment

LEASE = timedelta(seconds=20)
# A page over which the worker dies again and again is taken up ever more slowly.
_SLOWER = sa.cast(sa.func.power(2, sa.func.least(article.c.fence, 8)), sa.Float)


@dataclass(frozen=True, slots=True)
class Owed:
    """An article whose own page is still to be opened, claimed until its lease runs out."""

    article: Article
    fence: int
    failures: int


@dataclass(frozen=True, slots=True)
class Opened:
    """What the post's own page added. None leaves what the list said."""

    text: str
    title: str | None = None
    publisher: str | None = None
    published_at: datetime | None = None
    precision: Precision | None = None
    files: tuple[Attachment, ...] = ()


class Articles:
    """Intentions about articles, a transaction each."""

    def __init__(self, database: Database) -> None:
        """Work on ``database``."""
        self._database = database

    async def claim_owed(self, source_id: str) -> Owed | None:
        """Claim the source's next article whose page is owed and due, oldest first; None if none.

        A release that may concern somebody goes before the silent baseline, and what was tried less
        before what was tried more.
        """
        next_one = (
            sa.select(article.c.id)
            .where(
                article.c.source_id == source_id,
                article.c.collected_at.is_(None),
                article.c.collect_due <= sa.func.now(),
            )
            .order_by(article.c.baseline, article.c.fence, article.c.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        async with self._database.transaction() as tx:
            row = (
                await tx.execute(
                    sa.update(article)
                    .where(article.c.id == next_one.scalar_subquery())
                    .values(collect_due=sa.func.now() + LEASE * _SLOWER, fence=article.c.fence + 1)
                    .returning(article)
                )
            ).one_or_none()
        return None if row is None else Owed(_article(row), row.fence, row.failures)

    async def renew(self, owed: Owed) -> bool:
        """Keep the lease of an article being opened; False where another worker has it."""
        async with self._database.transaction() as tx:
            return await _update(tx, owed, collect_due=sa.func.now() + LEASE)

    async def store_opened(self, owed: Owed, opened: Opened, *, problem: str | None = None) -> bool:
        """Store what was read from the post's page and wake its reading.

        ``problem`` says why the page could not be read for good: the article goes on with what its
        list said, and an operator is told. False where another worker was faster.
        """
        values: dict[str, object] = {
            "text": opened.text,
            "title": opened.title or owed.article.title,
            "publisher": opened.publisher or owed.article.publisher,
            "last_error": problem,
            "collected_at": sa.func.now(),
        }
        if opened.published_at is not None:
            values |= {"published_at": opened.published_at, "precision": opened.precision}
        async with self._database.transaction() as tx:
            if not await _update(tx, owed, **values):
                return False
            if opened.files:
                files = [
                    {"article_id": owed.article.id, "position": n, "name": f.name, "url": f.url}
                    for n, f in enumerate(opened.files)
                ]
                await tx.execute(insert(attachment).values(files).on_conflict_do_nothing())
            if problem is not None:
                await ops.note(tx, "post-unreadable", owed.article.url, problem)
            await wake(tx, [Wake("read", str(owed.article.id))])
        return True

    async def put_off(self, owed: Owed, problem: str, delay: float) -> None:
        """Try the article's page again after ``delay`` seconds."""
        later = timedelta(seconds=delay)
        async with self._database.transaction() as tx:
            current = await _update(
                tx,
                owed,
                collect_due=sa.func.now() + later,
                failures=article.c.failures + 1,
                last_error=problem,
            )
            if current:
                await wake(tx, [Wake("collect", owed.article.source_id, after=later)])

    @asynccontextmanager
    async def reading(
        self, article_id: int
    ) -> AsyncIterator[tuple[Article, AsyncConnection] | None]:
        """Hold an unread article for reading: one transaction, committed on leaving.

        Yields None where it is read already, not collected yet, or held by another worker.
        """
        ready = (article.c.collected_at.is_not(None), article.c.read_at.is_(None))
        async with self._database.transaction() as tx:
            row = await _hold(tx, article_id, *ready)
            yield None if row is None else (_article(row), tx)

    async def store_reading(self, tx: AsyncConnection, article_id: int, reading: Reading) -> None:
        """Store what an article says and wake its triage."""
        await tx.execute(
            sa.update(article)
            .where(article.c.id == article_id)
            .values(
                read_title=reading.title,
                read_text=reading.text,
                publishers=list(reading.publishers),
                read_at=sa.func.now(),
            )
        )
        if reading.unknown_publisher is not None:
            await ops.note(
                tx, "unknown-publisher", reading.unknown_publisher, f"article {article_id}"
            )
        await wake(tx, [Wake("triage", str(article_id))])


async def _hold(
    tx: AsyncConnection, article_id: int, *where: sa.ColumnElement[bool]
) -> sa.Row[tuple[object, ...]] | None:
    found = await tx.execute(
        sa.select(article)
        .where(article.c.id == article_id, *where)
        .with_for_update(skip_locked=True)
    )
    return found.one_or_none()


async def _update(tx: AsyncConnection, owed: Owed, **values: object) -> bool:
    done = await tx.execute(
        sa.update(article)
        .where(
            article.c.id == owed.article.id,
            article.c.fence == owed.fence,
            article.c.collected_at.is_(None),
        )
        .values(**values)
        .returning(article.c.id)
    )
    return done.one_or_none() is not None


def _article(row: sa.Row[tuple[object, ...]]) -> Article:
    return Article(
        row.id,
        row.source_id,
        row.key,
        row.url,
        row.title,
        row.publisher,
        row.published_at,
        row.precision,
        row.summary,
        row.text or "",
        row.baseline,
        row.discovered_at,
    )
