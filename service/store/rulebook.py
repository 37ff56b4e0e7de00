"""The rules that are in force, and what became of them since somebody read them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from service.store.tables import rule, rule_book, subscription

_IDS = sa.ARRAY(sa.BigInteger)


def texts(*, urgent: bool | None = None) -> sa.ColumnElement[list[str]]:
    """The rules of a subscription as typed, in their order; None: all, urgent or not."""
    chosen = sa.true() if urgent is None else rule.c.urgent == urgent
    its = sa.select(rule.c.text).where(rule.c.subscription_id == subscription.c.id, chosen)
    return sa.func.array(its.order_by(rule.c.id).scalar_subquery())


def asked_for() -> sa.ColumnElement[list[str]]:
    """What a subscription is told, in the eyes of whoever agrees to it: its rules, ops items."""
    ops = sa.case((subscription.c.ops, sa.cast("살펴볼 것 · ops items", sa.Text)))
    return sa.func.array_remove(sa.func.array_append(texts(urgent=False), ops), sa.null())


@dataclass(frozen=True, slots=True)
class LiveRule:
    """A rule of a subscription that has not ended.

    ``urgent``: what other rules of it match is told at once where this one matches too.
    """

    id: int
    subscription_id: int
    subscription: str
    text: str
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class RuleChanges:
    """What became of the rules. ``version`` is at most that of the book they were read from."""

    version: int
    added: Sequence[LiveRule]
    gone: frozenset[int]


async def changes(tx: AsyncConnection, known: Collection[int]) -> RuleChanges:
    """The live rules that are not among the ``known``, and which of those are gone."""
    live = sa.select(rule.c.id).join(subscription).where(subscription.c.ended_at.is_(None))
    version = (await tx.execute(sa.select(rule_book.c.version))).scalar_one()
    ids = frozenset(await tx.scalars(live))
    query: sa.Select[*tuple[Any, ...]] = (
        sa.select(*rule.c["id", "subscription_id"], subscription.c.name, *rule.c["text", "urgent"])
        .join(subscription)
        .order_by(rule.c.id)
    )
    fresh = ids.difference(known)
    if known:
        query = query.where(rule.c.id == sa.any_(sa.cast(list(fresh), _IDS)))
    else:
        query = query.where(subscription.c.ended_at.is_(None))
    added = [LiveRule(*row) for row in await tx.execute(query)]
    return RuleChanges(version, added, frozenset(known) - ids)
