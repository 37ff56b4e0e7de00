"""All that is kept of one address: shown, handed over, ended, erased."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from service.store import ops, personal
from service.store.addressed import account_of, addressed, refused
from service.store.asking import TO_ENDPOINT
from service.store.database import Intentions
from service.store.embargo import IS_THEIRS, MAY_KNOW
from service.store.ending import LIVE, ON, leave
from service.store.rulebook import asked_for, texts
from service.store.tables import (
    account,
    attempt,
    audit,
    delivery,
    dismissal,
    endpoint,
    ops_item,
    subscription,
    suppressed,
    telling,
    waiting,
)
from service.store.titles import TITLE

_OWN = ("confirm", "digest", "notice")  # reasons of what was told to one subscription alone


@dataclass(frozen=True, slots=True)
class Address:
    """Where somebody is reached, whatever the subscription."""

    channel: str
    address: str


@dataclass(frozen=True, slots=True)
class Held:
    """One subscription that tells an address something; ``rules`` as typed."""

    endpoint_id: int
    name: str
    rules: tuple[str, ...]
    cadence: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Erased:
    """How many rows of what were erased. ``suppressed``: that nothing is sent there is kept."""

    endpoints: int
    subscriptions: int
    messages: int
    suppressed: bool


class People(Intentions):
    """Intentions about all that goes to one address, a transaction each."""

    async def behind(self, endpoint_id: int, epoch: int) -> Address | None:
        """The address of an endpoint; None where that is gone, or was taken up again since."""
        query = sa.select(endpoint.c.channel, endpoint.c.address).where(
            endpoint.c.id == endpoint_id, endpoint.c.epoch == epoch
        )
        row = await self._row(query)
        return Address(*row) if row else None

    async def held(self, who: Address) -> list[Held]:
        """What the address is told, or was asked about, by name."""
        query = (
            sa.select(
                endpoint.c.id,
                TITLE,
                asked_for(),
                subscription.c.cadence,
                endpoint.c.confirmed_at.is_not(None),
            )
            .join_from(endpoint, subscription, subscription.c.id == endpoint.c.subscription_id)
            .where(_of(who), ON, LIVE)
            .order_by(subscription.c.name)
        )
        return [
            Held(number, name, tuple(rules), *rest)
            for number, name, rules, *rest in await self._rows(query)
        ]

    async def end(self, who: Address, endpoint_id: int | None = None) -> int:
        """End one endpoint of the address, or all of them; returns how many were on."""
        one = sa.true() if endpoint_id is None else endpoint.c.id == endpoint_id
        async with self._database.transaction() as tx:
            return await leave(tx, _of(who) & one, "unsubscribed")

    async def export(self, who: Address) -> dict[str, Any]:
        """All that is kept of the address, as JSON takes it; a signing secret is left out."""
        async with self._database.transaction() as tx:
            kept = await _refusal(tx, who)
            said: dict[str, Any] = {**asdict(who), "never_again": kept}
            for name, query in _EXPORTED.items():
                rows = await tx.execute(query.where(_theirs(who)))
                said[name] = [dict(row) for row in rows.mappings()]
            signs = await personal.signed_in(tx, who.address) if who.channel == "mail" else None
        return said | {"signing_in": signs}

    async def erase(self, who: Address) -> Erased:
        """End all that goes to the address, and the alerts of its account; twice is as once.

        That an address complained or does not exist is kept, so that nobody writes to it again.
        """
        async with self._database.transaction() as tx:
            await leave(tx, _theirs(who), "unsubscribed")
            columns = endpoint.c["id", "subscription_id", "channel", "address"]
            found = (await tx.execute(sa.select(*columns).where(_theirs(who)))).all()
            ids, owners = [row.id for row in found], {row.subscription_id for row in found}
            # Whoever takes up one of them now is seen, or waits until it is gone.
            held = sa.select(subscription.c.id).where(subscription.c.id.in_(owners))
            await tx.execute(held.order_by(subscription.c.id).with_for_update())
            messages = await _forget_messages(tx, ids, owners)
            await _forget_notices(tx, ids)
            await tx.execute(sa.delete(endpoint).where(endpoint.c.id.in_(ids)))
            gone = await _forget_subscriptions(tx, owners)
            spelt = {(who.channel, who.address), *((row.channel, row.address) for row in found)}
            await _forget_items(tx, set(map(" ".join, spelt)))
            if who.channel == "mail":
                await personal.forget(tx, who.address)
            kept = await _refusal(tx, who)
        return Erased(len(ids), gone, messages, kept is not None)


def _of(who: Address) -> sa.ColumnElement[bool]:
    return addressed(who.channel, who.address)


def _theirs(who: Address) -> sa.ColumnElement[bool]:
    """The address, and the messengers of the alerts of its account; other people's mail is not."""
    if who.channel != "mail":
        return _of(who)
    own = sa.select(subscription.c.id).join(account).where(account_of(who.address)).correlate(None)
    return _of(who) | ((endpoint.c.channel != "mail") & endpoint.c.subscription_id.in_(own))


def _when(column: sa.ColumnElement[Any], name: str) -> sa.Label[Any]:
    """A time as ISO 8601."""
    return sa.func.to_jsonb(column).op("#>>")(sa.text("'{}'")).label(name)


_OWNED = (
    sa.select(
        TITLE.label("name"),
        _when(subscription.c.created_at, "created_at"),
        _when(subscription.c.ended_at, "ended_at"),
        _when(subscription.c.expires_at, "expires_at"),
        *subscription.c["cadence", "remind", "coverage", "language", "embargoed"],
        texts().label("rules"),
        endpoint.c.channel,
        _when(endpoint.c.created_at, "added_at"),
        _when(endpoint.c.asked_at, "asked_at"),
        _when(endpoint.c.confirmed_at, "confirmed_at"),
        endpoint.c.consent,
        _when(endpoint.c.switched_off_at, "switched_off_at"),
        endpoint.c.switched_off_why,
    )
    .join_from(endpoint, subscription, subscription.c.id == endpoint.c.subscription_id)
    .order_by(subscription.c.name)
)
_DISMISSED = _when(
    sa.select(dismissal.c.at)
    .where(
        dismissal.c.subscription_id == endpoint.c.subscription_id,
        dismissal.c.telling_id == telling.c.id,
    )
    .correlate(endpoint, telling)
    .scalar_subquery(),
    "dismissed_at",
)
_SENT = (
    sa.select(
        (sa.literal("msg_") + sa.cast(delivery.c.message_id, sa.Text)).label("id"),
        TITLE.label("subscription"),
        telling.c.reason,
        telling.c.facts["title"].astext.label("title"),
        telling.c.facts["url"].astext.label("url"),
        delivery.c.hits,
        _when(delivery.c.created_at, "created_at"),
        _when(delivery.c.settled_at, "settled_at"),
        delivery.c.outcome,
        delivery.c.attempts,
        _DISMISSED,
    )
    .join_from(endpoint, subscription, subscription.c.id == endpoint.c.subscription_id)
    .join(delivery, TO_ENDPOINT)
    .join(telling, telling.c.id == delivery.c.telling_id)
    .where(IS_THEIRS)
    .order_by(delivery.c.id)
)


# What waits for a digest or was told in one, once however many of its endpoints are theirs.
_GATHERED = (
    sa.select(
        TITLE.label("subscription"),
        telling.c.facts["title"].astext.label("title"),
        telling.c.facts["url"].astext.label("url"),
        waiting.c.hits,
        _when(waiting.c.created_at, "created_at"),
        _when(waiting.c.window_at, "window_at"),
        _DISMISSED,
    )
    .join_from(endpoint, subscription, subscription.c.id == endpoint.c.subscription_id)
    .join(waiting, waiting.c.subscription_id == endpoint.c.subscription_id)
    .join(telling, telling.c.id == waiting.c.telling_id)
    .where(waiting.c.told_by.is_not(None) | MAY_KNOW)
    .distinct()
    .order_by(sa.text("created_at"))
)
_EXPORTED = {"subscriptions": _OWNED, "messages": _SENT, "gathered": _GATHERED}


async def _refusal(tx: AsyncConnection, who: Address) -> dict[str, Any] | None:
    """Why nothing is sent to the address any more, and since when."""
    query = sa.select(suppressed.c.why, _when(suppressed.c.at, "since")).where(
        refused(who.channel, who.address)
    )
    row = (await tx.execute(query)).mappings().one_or_none()
    return dict(row) if row else None


async def _forget_messages(
    tx: AsyncConnection, ids: Collection[int], owners: Collection[int]
) -> int:
    # By subscription too: that is what the rows can be found by.
    theirs = delivery.c.subscription_id.in_(owners) & delivery.c.endpoint_id.in_(ids)
    tried = attempt.c.delivery_id.in_(sa.select(delivery.c.id).where(theirs))
    await tx.execute(sa.delete(attempt).where(tried))
    gone = await tx.execute(sa.delete(delivery).where(theirs).returning(delivery.c.telling_id))
    told = list(gone.scalars())
    other = sa.exists().where(delivery.c.telling_id == telling.c.id)
    await tx.execute(
        sa.delete(telling).where(telling.c.id.in_(told), telling.c.reason.in_(_OWN), ~other)
    )
    return len(told)


async def _forget_notices(tx: AsyncConnection, ids: Collection[int]) -> None:
    """That one of them was switched off was told to the others; to whom it was is forgotten."""
    for each in ids:
        mine = telling.c.key.startswith(f"notice failing {each} ")
        shown = telling.c.facts.op("||")(sa.cast({"lines": ["—"]}, JSONB))
        await tx.execute(
            sa.update(telling).where(mine).values(facts=shown, version=telling.c.version + 1)
        )


async def _forget_items(tx: AsyncConnection, named: Collection[str]) -> None:
    """What an operator was told of the addresses, and that it was closed."""
    await tx.execute(sa.delete(ops_item).where(ops_item.c.subject.in_(named)))
    closed = [f"{kind} {each}" for kind in ops.OF_ADDRESSES for each in named]
    kind = sa.func.split_part(audit.c.subject, " ", 1)
    mine = (audit.c.what == "item.close", audit.c.subject.in_(closed))
    await tx.execute(sa.update(audit).where(*mine).values(subject=kind))


async def _forget_subscriptions(tx: AsyncConnection, owners: Collection[int]) -> int:
    """Those that have no endpoint left, with rules and dismissals; returns how many."""
    other = sa.exists().where(endpoint.c.subscription_id == subscription.c.id)
    bare = subscription.c.id.in_(owners) & ~other
    gone = await tx.execute(sa.delete(subscription).where(bare).returning(subscription.c.id))
    forgotten = list(gone.scalars())
    await tx.execute(sa.delete(waiting).where(waiting.c.subscription_id.in_(forgotten)))
    return len(forgotten)
