"""Articles in the store: whose page is owed, and what it added."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from service.store import ops
from service.store.database import Wake, wake
from service.store.leases import Leased, Owed
from service.store.opened import Opened, file_row, said
from service.store.rows import article_of, paused
from service.store.tables import article, attachment


class Articles(Leased):
    """Intentions about articles, a transaction each."""

    _step, _table, _due = "collect", article, "collect_due"
    _open, _whose = article.c.collected_at.is_(None), article.c.source_id

    async def claim_owed(self, source_id: str) -> Owed | None:
        """Claim the source's next article whose page is owed and due, oldest first; None if none.

        A release that may concern somebody goes before the silent baseline, and what was tried less
        before what was tried more.
        """
        order = article.c["baseline", "fence", "id"]
        row = await self._row(self._next(source_id, ~paused(source_id), order=order))
        return None if row is None else Owed(article_of(row), row.fence, row.failures)

    async def numbers(self, source_id: str, keys: Collection[str]) -> list[int]:
        """The numbers of a source's articles with ``keys``, ascending."""
        query = (
            sa.select(article.c.id)
            .where(article.c.source_id == source_id, article.c.key.in_(keys))
            .order_by(article.c.id)
        )
        return [number for (number,) in await self._rows(query)]

    async def store_opened(
        self,
        owed: Owed,
        opened: Opened,
        *,
        look_in: timedelta | None = None,
        problem: str | None = None,
    ) -> bool:
        """Store what was read from the post's page and wake its files, else its reading.

        ``look_in``: when the page is looked at again, None never. ``problem`` says why it could not
        be read for good: the article goes on with what its list said, and an operator is told.
        False where another worker was faster.
        """
        values = said(opened, owed.article) | {
            "last_error": problem,
            "collected_at": sa.func.now(),
            "failures": 0,  # from now on those of looking again
            "look_due": None if look_in is None else sa.func.now() + look_in,
        }
        async with self._database.transaction() as tx:
            if not await self._change(tx, owed, **values):
                return False
            if opened.files:
                rows = [file_row(owed.id, n, each) for n, each in enumerate(opened.files)]
                await tx.execute(insert(attachment).values(rows).on_conflict_do_nothing())
            if problem is not None:
                await ops.note(tx, "post-unreadable", owed.article.url, problem)
            if any(each.place is not None for each in opened.files):
                await wake(tx, [Wake("attach", owed.source_id)])
            else:
                await wake(tx, [Wake("read", str(owed.id))])
            if look_in is not None:
                await wake(tx, [Wake("revisit", owed.source_id, after=look_in)])
        return True

    async def put_off(self, owed: Owed, problem: str, delay: float) -> None:
        """Try the article's page again after ``delay`` seconds."""
        failures = article.c.failures + 1
        await self._put_off(owed, delay, failures=failures, last_error=problem)
