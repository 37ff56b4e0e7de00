"""Subscriptions in the store: who wants to be told of what, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from service.store.database import Database
from service.store.tables import delivery, endpoint, rule, rule_book, subscription

Embargoed = Literal["wait", "badge"]
"""What is done with news under embargo: told when it lifts, or at once with a badge."""


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A subscription as listed. ``rules`` and ``endpoints`` are texts for a person's eye."""

    name: str
    rules: tuple[str, ...]
    endpoints: tuple[str, ...]
    embargoed: Embargoed = "wait"


class Subscriptions:
    """Intentions about subscriptions, a transaction each."""

    def __init__(self, database: Database) -> None:
        """Work on ``database``."""
        self._database = database

    async def subscribe(
        self,
        name: str,
        rules: Sequence[tuple[str, str]],
        channel: str,
        address: str,
        secret: str | None,
        embargoed: Embargoed | None = None,
    ) -> None:
        """Add rules (text, canonical form) and an endpoint to the subscription called ``name``.

        What is there already stays as it is; an endpoint that was switched off is on again.
        ``embargoed`` None leaves what was chosen before, at first ``wait``; it counts for news that
        is judged later.
        """
        async with self._database.transaction() as tx:
            subscription_id = await _named(tx, name, embargoed)
            rows = [
                {"subscription_id": subscription_id, "text": text, "canonical": canonical}
                for text, canonical in rules
            ]
            await tx.execute(insert(rule).values(rows).on_conflict_do_nothing())
            await tx.execute(
                insert(endpoint)
                .values(
                    subscription_id=subscription_id, channel=channel, address=address, secret=secret
                )
                .on_conflict_do_update(
                    index_elements=["subscription_id", "channel", "address"],
                    set_={"switched_off_at": None, "switched_off_why": None, "secret": secret},
                )
            )
            await _turn_page(tx)

    async def end(self, name: str) -> bool:
        """End a subscription and what is still owed to it; False where none of that name is live.

        Triage that owes at this moment waits for us, or we for it: nothing is owed afterwards.
        Locks go from subscription to endpoint to deliveries, as everywhere.
        """
        async with self._database.transaction() as tx:
            ended = await tx.execute(
                sa.update(subscription)
                .where(subscription.c.name == name, subscription.c.ended_at.is_(None))
                .values(ended_at=sa.func.now(), embargoed="wait")
                .returning(subscription.c.id)
            )
            subscription_id = ended.scalar_one_or_none()
            if subscription_id is not None:
                # Whoever takes the name up again begins anew; what was sent stays on record.
                await tx.execute(sa.delete(rule).where(rule.c.subscription_id == subscription_id))
                await tx.execute(
                    sa.update(endpoint)
                    .where(
                        endpoint.c.subscription_id == subscription_id,
                        endpoint.c.switched_off_at.is_(None),
                    )
                    .values(switched_off_at=sa.func.now(), switched_off_why="unsubscribed")
                )
                await tx.execute(
                    sa.update(delivery)
                    .where(
                        delivery.c.subscription_id == subscription_id,
                        delivery.c.settled_at.is_(None),
                    )
                    .values(settled_at=sa.func.now(), outcome="ended")
                )
            await _turn_page(tx)
        return subscription_id is not None

    async def listed(self) -> list[Subscribed]:
        """Every live subscription, by name."""
        texts = (
            sa.select(sa.func.array_agg(rule.c.text))
            .where(rule.c.subscription_id == subscription.c.id)
            .scalar_subquery()
        )
        places = (
            sa.select(sa.func.array_agg(endpoint.c.channel + " " + endpoint.c.address))
            .where(
                endpoint.c.subscription_id == subscription.c.id,
                endpoint.c.switched_off_at.is_(None),
            )
            .scalar_subquery()
        )
        query = (
            sa.select(subscription.c.name, texts, places, subscription.c.embargoed)
            .where(subscription.c.ended_at.is_(None))
            .order_by(subscription.c.name)
        )
        async with self._database.transaction() as tx:
            rows = await tx.execute(query)
            return [Subscribed(n, tuple(r or ()), tuple(e or ()), x) for n, r, e, x in rows]


async def _named(tx: AsyncConnection, name: str, embargoed: Embargoed | None) -> int:
    """The id of the subscription of that name, made or taken up again."""
    chosen = {} if embargoed is None else {"embargoed": embargoed}
    made = await tx.execute(
        insert(subscription)
        .values(name=name, **chosen)
        .on_conflict_do_update(index_elements=["name"], set_={"ended_at": None, **chosen})
        .returning(subscription.c.id)
    )
    return int(made.scalar_one())


async def _turn_page(tx: AsyncConnection) -> None:
    """Make every matcher reload its rules."""
    await tx.execute(sa.update(rule_book).values(version=rule_book.c.version + 1))
