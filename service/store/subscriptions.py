"""Subscriptions in the store: who wants to be told of what, where and until when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast, get_args

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from service.errors import UserError
from service.store.database import Database, Wake, wake
from service.store.ending import LIVE, OVER, Why, end, owed_to
from service.store.tables import delivery, endpoint, rule, rule_book, subscription

Embargoed = Literal["wait", "badge"]
"""What is done with news under embargo: told when it lifts, or at once with a badge."""

_ENDED = get_args(Why)


class SnoozedPastEnd(UserError):
    """A snooze would last until the subscription ends: what it holds back would never come."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a subscription is told. ``secret`` is for channels that sign.

    ``made``: nobody chose the secret, so that one which the endpoint has already is kept.
    """

    channel: str
    address: str
    secret: str | None = None
    made: bool = False


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A subscription as listed, with the rules as typed and the endpoints that are on.

    It ends by itself at ``expires_at`` and is silent until ``snoozed_until``, a time to come.
    """

    name: str
    rules: tuple[str, ...]
    endpoints: tuple[Endpoint, ...]
    embargoed: Embargoed = "wait"
    expires_at: datetime | None = None
    snoozed_until: datetime | None = None


class Subscriptions:
    """Intentions about subscriptions, a transaction each."""

    def __init__(self, database: Database) -> None:
        """Work on ``database``."""
        self._database = database

    async def subscribe(
        self,
        name: str,
        rules: Sequence[tuple[str, str]],
        *endpoints: Endpoint,
        embargoed: Embargoed | None = None,
        expires_at: datetime | None = None,
    ) -> list[str | None]:
        """Add rules (text, canonical form) and endpoints to the subscription called ``name``.

        What is there already stays as it is; an endpoint that was switched off is on again. None
        leaves what was chosen before: at first ``wait``, which counts for news that is judged
        later, and no expiry. Returns the secret of each endpoint. Raises SnoozedPastEnd.
        """
        chosen = {"embargoed": embargoed, "expires_at": expires_at}
        async with self._database.transaction() as tx:
            await end(tx, (subscription.c.name == name) & OVER, "expired")
            subscription_id = await _named(
                tx, name, {key: value for key, value in chosen.items() if value is not None}
            )
            rows = [
                {"subscription_id": subscription_id, "text": text, "canonical": canonical}
                for text, canonical in rules
            ]
            await tx.execute(insert(rule).values(rows).on_conflict_do_nothing())
            secrets = [await _put(tx, subscription_id, each) for each in endpoints]
            await _turn_page(tx)
        return secrets

    async def end(self, name: str) -> bool:
        """End a subscription and what is still owed to it; False where none of that name is live.

        Triage that owes at this moment waits for us, or we for it: nothing is owed afterwards.
        """
        async with self._database.transaction() as tx:
            ended = await end(tx, subscription.c.name == name, "unsubscribed")
            await _turn_page(tx)
        return ended

    async def end_expired(self) -> None:
        """End every subscription whose time is over: a transaction each, so that none waits."""
        query = sa.select(subscription.c.id).where(subscription.c.ended_at.is_(None), OVER)
        async with self._database.transaction() as tx:
            over = list(await tx.scalars(query))
        for each in over:
            async with self._database.transaction() as tx:
                if await end(tx, (subscription.c.id == each) & OVER, "expired"):
                    await _turn_page(tx)

    async def snooze(self, name: str, until: timedelta | datetime) -> datetime | None:
        """Hold back whatever a subscription would be told before ``until``; it comes then.

        A timedelta counts from now. What is owed already is held too, but for messages on their
        way; one that is snoozed gets the new end. Returns the end, None where none of that name is
        live. Raises SnoozedPastEnd.
        """
        then = sa.func.now() + until if isinstance(until, timedelta) else until
        async with self._database.transaction() as tx:
            done = await tx.execute(
                sa.update(subscription)
                .where(subscription.c.name == name, LIVE)
                .values(snoozed_until=then)
                .returning(*_SPAN, (subscription.c.snoozed_until - sa.func.now()).label("rest"))
            )
            row = done.one_or_none()
            if row is None:
                return None
            _awake_at_end(name, row)
            await _hold_endpoints(tx, row.id)
            ready = sa.func.coalesce(delivery.c.held_from, delivery.c.due_at)
            await tx.execute(
                sa.update(delivery)
                .where(owed_to(row.id))
                .values(
                    due_at=sa.func.greatest(ready, row.snoozed_until),
                    held_from=sa.case((ready < row.snoozed_until, ready)),
                )
            )
            await wake(tx, [Wake("deliver", f"snooze {row.id}", after=row.rest)])
        return cast("datetime", row.snoozed_until)

    async def wake(self, name: str) -> int | None:
        """End a snooze; what it held back is due as if there had been none: no embargo is broken.

        Returns how many alerts that is, None where none of that name is live.
        """
        async with self._database.transaction() as tx:
            woken = await tx.execute(
                sa.update(subscription)
                .where(subscription.c.name == name, LIVE)
                .values(snoozed_until=None)
                .returning(subscription.c.id)
            )
            subscription_id = woken.scalar_one_or_none()
            if subscription_id is None:
                return None
            await _hold_endpoints(tx, subscription_id)
            freed = await tx.execute(
                sa.update(delivery)
                .where(owed_to(subscription_id), delivery.c.held_from.is_not(None))
                .values(due_at=delivery.c.held_from, held_from=None)
                .returning(delivery.c.due_at - sa.func.now())
            )
            rests = list(freed.scalars())
            await wake(tx, [Wake("deliver", name, after=each) for each in _waits(rests)])
        return len(rests)

    async def listed(self, name: str | None = None) -> list[Subscribed]:
        """Every live subscription, by name; or the one of that ``name``."""
        texts = (
            sa.select(sa.func.array_agg(aggregate_order_by(rule.c.text, rule.c.id)))
            .where(rule.c.subscription_id == subscription.c.id)
            .scalar_subquery()
        )
        place = sa.func.jsonb_build_array(endpoint.c.channel, endpoint.c.address, endpoint.c.secret)
        places = (
            sa.select(sa.func.jsonb_agg(aggregate_order_by(place, endpoint.c.id)))
            .where(
                endpoint.c.subscription_id == subscription.c.id,
                endpoint.c.switched_off_at.is_(None),
            )
            .scalar_subquery()
        )
        snoozed = subscription.c.snoozed_until
        query = (
            sa.select(
                subscription.c.name,
                texts,
                places,
                subscription.c.embargoed,
                subscription.c.expires_at,
                sa.case((snoozed > sa.func.now(), snoozed)),
            )
            .where(LIVE)
            .order_by(subscription.c.name)
        )
        if name is not None:
            query = query.where(subscription.c.name == name)
        async with self._database.transaction() as tx:
            return [
                Subscribed(each, tuple(said or ()), tuple(Endpoint(*to) for to in out or ()), *rest)
                for each, said, out, *rest in await tx.execute(query)
            ]


_SPAN = (subscription.c.id, subscription.c.snoozed_until, subscription.c.expires_at)


async def _hold_endpoints(tx: AsyncConnection, subscription_id: int) -> None:
    """Lock them before their deliveries: whoever switches one off does so in that order too."""
    query = sa.select(endpoint.c.id).where(endpoint.c.subscription_id == subscription_id)
    await tx.execute(query.order_by(endpoint.c.id).with_for_update())


def _waits(rests: Sequence[timedelta]) -> list[timedelta]:
    """One wake-up for all that is due already, and one for each other time."""
    return sorted({max(each, timedelta(0)) for each in rests})


def _awake_at_end(name: str, row: sa.Row[tuple[object, ...]]) -> None:
    if row.snoozed_until and row.expires_at and row.snoozed_until >= row.expires_at:
        raise SnoozedPastEnd(
            f"{name}: 쉼이 구독보다 늦게 끝나 그동안의 알림을 잃습니다 "
            "(the snooze would outlast the subscription and its alerts be lost)"
        )


async def _named(tx: AsyncConnection, name: str, chosen: dict[str, object]) -> int:
    """The id of the subscription of that name, made or taken up again."""
    made = await tx.execute(
        insert(subscription)
        .values(name=name, **chosen)
        .on_conflict_do_update(index_elements=["name"], set_={"ended_at": None, **chosen})
        .returning(*_SPAN)
    )
    row = made.one()
    _awake_at_end(name, row)
    return int(row.id)


async def _put(tx: AsyncConnection, subscription_id: int, to: Endpoint) -> str | None:
    """Add an endpoint, or switch it on again; returns the secret it has now."""
    new = insert(endpoint).values(
        subscription_id=subscription_id, channel=to.channel, address=to.address, secret=to.secret
    )
    # Whoever takes up an ended subscription again may not have its secret any more.
    kept = sa.case((endpoint.c.switched_off_why.in_(_ENDED), None), else_=endpoint.c.secret)
    secret = sa.func.coalesce(kept, new.excluded.secret) if to.made else new.excluded.secret
    put = await tx.execute(
        new.on_conflict_do_update(
            index_elements=["subscription_id", "channel", "address"],
            set_={"switched_off_at": None, "switched_off_why": None, "secret": secret},
        ).returning(endpoint.c.secret)
    )
    found: str | None = put.scalar_one()
    return found


async def _turn_page(tx: AsyncConnection) -> None:
    """Make every matcher reload its rules."""
    await tx.execute(sa.update(rule_book).values(version=rule_book.c.version + 1))
