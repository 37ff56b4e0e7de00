"""What all rows that are worked on one at a time have in common: a lease, and a fence to settle by.

Claimed, a row is due again when its lease runs out; only its latest claim may change it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Protocol

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from service.model import Article
from service.store.database import Intentions, Wake, changed, wake
from service.store.steps import Step

LEASE = timedelta(seconds=20)
"""How long a claim holds; whoever works for longer renews it."""


def claimed_until(tried: sa.ColumnElement[int]) -> sa.ColumnElement[datetime]:
    """When a claim that is made now runs out.

    A row over which the worker dies again and again, ``tried`` so often, is taken up ever more
    slowly.
    """
    return sa.func.now() + LEASE * sa.cast(sa.func.power(2, sa.func.least(tried, 8)), sa.Float)


class _Claim(Protocol):
    """The right to work on row ``id``, which belongs to a source, until ``fence`` has grown."""

    @property
    def id(self) -> int: ...
    @property
    def source_id(self) -> str: ...
    @property
    def fence(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Owed:
    """An article whose own page is to be opened, claimed until its lease runs out."""

    article: Article
    fence: int
    failures: int

    @property
    def id(self) -> int:
        """That of the article."""
        return self.article.id

    @property
    def source_id(self) -> str:
        """Whose article it is."""
        return self.article.source_id


class Leased(Intentions):
    """Intentions about the rows of a table that a step works on one at a time.

    ``_due`` is the column that says when a row is taken up next, ``_open`` what holds for as long
    as it is to be worked on at all, ``_whose`` the column of the source that it belongs to.
    """

    _step: ClassVar[Step]
    _table: ClassVar[sa.Table]
    _due: ClassVar[str]
    _open: ClassVar[sa.ColumnElement[bool]]
    _whose: ClassVar[sa.Column[str]]

    def _next(
        self, source_id: str, ready: sa.ColumnElement[bool], order: Iterable[Any]
    ) -> sa.Update:
        """Claim the source's row that is due, ``ready`` and first in ``order``, and give it."""
        table, due = self._table, self._table.c[self._due]
        first = (
            sa.select(table.c.id)
            .where(self._whose == source_id, self._open, due <= sa.func.now(), ready)
            .order_by(*order)
            .limit(1)
            .with_for_update(skip_locked=True, of=table)
        )
        values = {self._due: claimed_until(table.c.fence), "fence": table.c.fence + 1}
        mine = table.c.id == first.correlate(None).scalar_subquery()
        return sa.update(table).where(mine).values(values).returning(table)

    async def renew(self, claim: _Claim) -> bool:
        """Keep the lease of what is being worked on; False where another worker has it."""
        async with self._database.transaction() as tx:
            return await self._change(tx, claim, **{self._due: sa.func.now() + LEASE})

    async def _put_off(self, claim: _Claim, delay: float, **values: object) -> None:
        """Have the row, so changed, taken up again after ``delay`` seconds."""
        async with self._database.transaction() as tx:
            await self._later(tx, claim, delay, **values)

    async def _later(
        self, tx: AsyncConnection, claim: _Claim, delay: float, **values: object
    ) -> None:
        later = timedelta(seconds=delay)
        values[self._due] = sa.func.now() + later
        if await self._change(tx, claim, **values):
            await wake(tx, [Wake(self._step, claim.source_id, after=later)])

    async def _change(self, tx: AsyncConnection, claim: _Claim, **values: object) -> bool:
        """Change the row that is still ours; False where it is not any more."""
        return await changed(tx, self._table, self._ours(claim), **values)

    def _ours(self, claim: _Claim) -> sa.ColumnElement[bool]:
        table = self._table
        return sa.and_(table.c.id == claim.id, table.c.fence == claim.fence, self._open)
