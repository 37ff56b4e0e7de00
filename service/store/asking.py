"""Endpoints as they are typed, and the question to their owners before anything else is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from service.errors import UserError
from service.store.addressed import addressed, refused
from service.store.database import Wake, wake
from service.store.ending import ASKS, settle_ended
from service.store.owing import tell
from service.store.tables import delivery, endpoint, suppressed, telling

_AGAIN_AFTER = timedelta(hours=24)
"""How long it is not repeated to somebody who has not answered."""

_ENDED = ("unsubscribed", "expired")
TO_ENDPOINT = (delivery.c.subscription_id == endpoint.c.subscription_id) & (
    delivery.c.endpoint_id == endpoint.c.id
)
"""That a delivery is one to an endpoint; by its subscription too, by which rows can be found."""
_A_DAY = 3  # questions to one address, whoever asks: nobody is flooded through us


Standing = Literal["agreed", "asked", "unasked"]
"""Whether an endpoint is told, or was asked, or was asked too often today to be asked again."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a subscription is told. ``secret`` is for channels that sign.

    ``made``: nobody chose the secret, so that one which the endpoint has already is kept.
    ``agreed``: typed, the operator answers for its owner; listed, its owner or they did.
    ``by`` account: its owner is signed in with that address, and typed it.
    """

    channel: str
    address: str
    secret: str | None = None
    made: bool = False
    agreed: bool = False
    by: Literal["operator", "account"] = "operator"


@dataclass(frozen=True, slots=True)
class Taken:
    """How an endpoint stands once it is saved, and the secret that it has now."""

    secret: str | None
    standing: Standing


class Suppressed(UserError):
    """An address that does not exist or complained: it is never sent anything again."""


async def unask(tx: AsyncConnection, endpoint_id: int) -> None:
    """Send no question any more to an endpoint whose owner has agreed, or is asked anew."""
    owed = (delivery.c.endpoint_id == endpoint_id) & delivery.c.settled_at.is_(None)
    await settle_ended(tx, owed & ASKS)


async def _check_wanted(tx: AsyncConnection, to: Endpoint) -> None:
    """Raise Suppressed for an address that nothing may be sent to."""
    never = sa.select(suppressed.c.why).where(refused(to.channel, to.address))
    if (why := await tx.scalar(never)) is not None:
        raise Suppressed(
            f"{to.channel}:{to.address}: 다시는 보내지 않기로 한 주소입니다 "
            f"(this address is never sent anything again): {why}"
        )


async def put(
    tx: AsyncConnection, subscription_id: int, to: Endpoint, rules: Sequence[str]
) -> Taken:
    """Add an endpoint, or switch it on again; its owner is asked unless they agreed already.

    Whoever was switched off is asked anew. To be called with the subscription's row locked.
    """
    await _check_wanted(tx, to)
    here = (
        endpoint.c.subscription_id == subscription_id,
        addressed(to.channel, to.address),
    )
    if not await tx.scalar(sa.select(sa.exists().where(*here))):
        place = {"channel": to.channel, "address": to.address, "secret": to.secret}
        added = insert(endpoint).values(subscription_id=subscription_id, **place)
        await tx.execute(added.on_conflict_do_nothing())
    before = (await tx.execute(sa.select(*_STANDING).where(*here).with_for_update())).one()
    off = before.switched_off_at is not None
    # Whoever takes up an ended subscription again may not have its secret any more.
    keeps = to.made and before.switched_off_why not in _ENDED
    secret = (before.secret if keeps else None) or to.secret
    agreed = before.confirmed_at is not None and not off
    changes = {"secret": secret, **(_AGAIN if off else {})}
    if to.agreed and not agreed:
        changes |= answered(rules, by=to.by)
    await tx.execute(sa.update(endpoint).where(*here).values(**changes))
    if to.agreed:
        await unask(tx, before.id)
    if agreed or to.agreed:
        return Taken(secret, "agreed")
    if not off and before.waits:
        return Taken(secret, "asked")
    return Taken(secret, "asked" if await _ask(tx, before.id, to, rules) else "unasked")


def answered(rules: Sequence[str], **said: str) -> dict[str, object]:
    """What is written once an address agrees to ``rules``: by whom it is ``said``, and how."""
    at = sa.func.jsonb_build_object("at", sa.func.now())
    consent = sa.cast({**said, "rules": list(rules)}, JSONB).op("||")(at)
    return {"confirmed_at": sa.func.now(), "consent": consent}


async def _ask(tx: AsyncConnection, endpoint_id: int, to: Endpoint, rules: Sequence[str]) -> bool:
    """Owe an endpoint the question whether it wants what these rules find.

    False where its address was asked too often today. Links of an earlier question are void.
    """
    if await _asked_today(tx, to.channel, to.address) >= _A_DAY:
        return False
    await unask(tx, endpoint_id)
    seconds = sa.cast(sa.func.floor(sa.extract("epoch", sa.func.now())), sa.BigInteger)
    asked = await tx.execute(
        sa.update(endpoint)
        .where(endpoint.c.id == endpoint_id)
        .values(
            asked_at=sa.func.now(),
            epoch=endpoint.c.epoch + sa.case((endpoint.c.asked_at.is_(None), 0), else_=1),
        )
        .returning(endpoint.c.epoch, endpoint.c.subscription_id, seconds)
    )
    epoch, subscription_id, at = asked.one()
    facts = {"rules": list(rules), "asked_at": at}
    owed = insert(delivery).values(
        telling_id=await tell(tx, f"confirm {endpoint_id} {epoch}", "confirm", {"facts": facts}),
        subscription_id=subscription_id,
        endpoint_id=endpoint_id,
        channel=to.channel,
    )
    await tx.execute(owed)
    await wake(tx, [Wake("deliver", to.channel)])
    return True


# What becomes of an endpoint that was off: nobody has agreed, links given out are void.
_AGAIN: dict[str, Any] = {
    "switched_off_at": None,
    "switched_off_why": None,
    "failing_since": None,
    "rests_until": None,
    "confirmed_at": None,
    "consent": sa.null(),
    "asked_at": None,
    "epoch": endpoint.c.epoch + 1,
}
_STANDING = (
    *endpoint.c["id", "secret", "switched_off_at", "switched_off_why", "confirmed_at"],
    sa.func.coalesce(endpoint.c.asked_at > sa.func.now() - _AGAIN_AFTER, sa.false()).label("waits"),
)


async def _asked_today(tx: AsyncConnection, channel: str, address: str) -> int:
    """How often an address was asked in the last day; whoever asks it next waits for ``tx``."""
    here = sa.literal(f"ask {channel} {address.lower()}")
    await tx.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(here, 0))))
    asked = (
        sa.select(sa.func.count())
        .select_from(endpoint)
        .join(delivery, TO_ENDPOINT)
        .join(telling, telling.c.id == delivery.c.telling_id)
        .where(
            addressed(channel, address),
            telling.c.reason == "confirm",
            delivery.c.created_at > sa.func.now() - timedelta(days=1),
        )
    )
    return await tx.scalar(asked) or 0
