"""Requests that carry a key of their own: sent again, they make nothing a second time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from service.store.database import Intentions
from service.store.tables import request

_KEPT = timedelta(hours=24)
_DIED = timedelta(minutes=2)  # who is at it for longer will not come back


@dataclass(frozen=True, slots=True)
class Known:
    """A request that came before. ``same``: it asked for the same; ``made`` None: under way."""

    same: bool
    made: int | None


class Requests(Intentions):
    """Intentions about them, a transaction each. Keys and bodies go by their SHA-256."""

    async def begin(self, account_id: int, key: bytes, body: bytes) -> Known | None:
        """Take a request on; what is known of it where it came before, in the last day."""
        mine = request.c.account_id == account_id
        old = sa.or_(
            request.c.at < sa.func.now() - _KEPT,
            request.c.made.is_(None) & (request.c.at < sa.func.now() - _DIED),
        )
        row = insert(request).values(account_id=account_id, key=key, body=body)
        async with self._database.transaction() as tx:
            await tx.execute(sa.delete(request).where(mine, old))
            taken = await tx.execute(row.on_conflict_do_nothing().returning(request.c.key))
            if taken.scalar_one_or_none() is not None:
                return None
            found = await tx.execute(
                sa.select(request.c.body, request.c.made).where(mine, request.c.key == key)
            )
            before = found.one()
        return Known(before.body == body, before.made)

    async def done(self, account_id: int, key: bytes, made: int) -> None:
        """What a request made."""
        await self._do(sa.update(request).where(_it(account_id, key)).values(made=made))

    async def failed(self, account_id: int, key: bytes) -> None:
        """It made nothing: it may be sent again, mended."""
        unmade = _it(account_id, key) & request.c.made.is_(None)
        await self._do(sa.delete(request).where(unmade))


def _it(account_id: int, key: bytes) -> sa.ColumnElement[bool]:
    return (request.c.account_id == account_id) & (request.c.key == key)
