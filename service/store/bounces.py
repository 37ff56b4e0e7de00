"""Mail that came back: addresses that are not there, or complained, get nothing more."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from service.model import Returned
from service.store import ops
from service.store.addressed import addressed
from service.store.database import Intentions, storable
from service.store.ending import leave
from service.store.failing import suppress
from service.store.tables import delivery, endpoint

_STRIKES = 3
"""Days on which mail to an endpoint came back until nothing more is sent there."""

_WITHIN = timedelta(days=30)
_RETURNED = "returned: "
# What came back for now may have arrived later: its reader can complain of it, or want no more.
_SENT = sa.or_(
    delivery.c.outcome == "sent",
    (delivery.c.outcome == "dead") & delivery.c.last_error.startswith(_RETURNED),
)
_Mailed = sa.Row[*tuple[int, int, int, str]]


class Returns(Intentions):
    """Intentions about mail that came back, a transaction each."""

    async def seen(self, trouble: str | None) -> None:
        """Note that the mailbox cannot be read, and why; None: that it was read."""
        async with self._database.transaction() as tx:
            if trouble is None:
                await ops.close(tx, "mailbox-unread", "bounces")
            else:
                await ops.note(tx, "mailbox-unread", "bounces", trouble)

    async def settle(self, returned: Returned) -> bool:
        """Act upon what became of a mail; False where no mail of that id was sent, or came back.

        Nothing more goes to an address that is not there or whose reader complained, whoever asked
        for it. An endpoint whose mail comes back on three days of thirty ends. What came back is a
        dead letter. To do it twice does no more than once.
        """
        async with self._database.transaction() as tx:
            mailed = await _find(tx, returned)
            if mailed is None:
                return False
            if returned.fate == "end":
                await leave(tx, endpoint.c.id == mailed.endpoint_id, "unsubscribed")
            elif returned.fate == "refused":
                await _came_back(tx, mailed, returned.why)
                await _strike(tx, mailed, returned.why)
            else:
                await _suppress(tx, mailed, returned)
            return True


async def _find(tx: AsyncConnection, returned: Returned) -> _Mailed | None:
    """A mail of ours, and to whom it went."""
    found = await tx.execute(
        sa.select(
            delivery.c.id, delivery.c.subscription_id, delivery.c.endpoint_id, endpoint.c.address
        )
        .join(endpoint, endpoint.c.id == delivery.c.endpoint_id)
        .where(
            delivery.c.message_id == returned.message_id,
            delivery.c.channel == "mail",
            _SENT,
        )
    )
    return found.one_or_none()


async def _suppress(tx: AsyncConnection, mailed: _Mailed, returned: Returned) -> None:
    why = f"{returned.fate}: {storable(returned.why)}"
    await suppress(tx, "mail", mailed.address, why)
    await leave(tx, addressed("mail", mailed.address), why)
    if returned.fate == "gone":
        await _came_back(tx, mailed, returned.why)
    await ops.note(tx, "suppressed", f"mail {mailed.address}", why)


async def _came_back(tx: AsyncConnection, mailed: _Mailed, why: str) -> None:
    await tx.execute(
        sa.update(delivery)
        .where(delivery.c.id == mailed.id, delivery.c.outcome == "sent")
        .values(outcome="dead", last_error=f"{_RETURNED}{storable(why)}")
    )


async def _strike(tx: AsyncConnection, mailed: _Mailed, why: str) -> None:
    """Count the days on which mail came back; days, since one bad hour is no reason.

    What came back before its reader agreed anew counts no more.
    """
    day = sa.func.date(sa.func.timezone("Asia/Seoul", delivery.c.settled_at))
    days = await tx.scalar(
        sa.select(sa.func.count(day.distinct())).where(
            delivery.c.subscription_id == mailed.subscription_id,
            delivery.c.created_at
            > sa.func.greatest(sa.func.now() - _WITHIN, endpoint.c.confirmed_at),
            delivery.c.endpoint_id == mailed.endpoint_id,
            endpoint.c.id == mailed.endpoint_id,
            delivery.c.outcome == "dead",
            delivery.c.last_error.startswith(_RETURNED),
        )
    )
    if (days or 0) >= _STRIKES:
        said = f"메일이 {days}일 되돌아옴 (mail came back on {days} days): {storable(why)}"
        await leave(tx, endpoint.c.id == mailed.endpoint_id, said)
        await ops.note(tx, "endpoint-failing", f"mail {mailed.address}", said)
