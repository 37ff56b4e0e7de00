"""What was told, as rows: whom of it, since when, and whether an embargo still holds it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from service.model import Telling
from service.store.database import Database


@dataclass(frozen=True, slots=True)
class Item(Telling):
    """One thing that a subscription is told, its facts in a ``version``. Times are aware.

    ``told_at`` is when it became known to them, ``updated_at`` when it last said something else.
    """

    subscription_id: int
    story_id: int | None
    article_id: int | None
    version: int
    told_at: datetime
    updated_at: datetime
    asked_at: datetime


SHOWN = "(subscription.embargoed = 'badge' OR coalesce(telling.embargo_until <= now(), true))"
KINDS = "telling.reason IN ('alert', 'correction', 'coverage')"

# A telling may be owed to very many: the few rows of one subscription are found by its endpoints.
THESE = """
    SELECT these.*, owed.created_at, owed.hits
    FROM unnest(CAST(:ids AS bigint[]), CAST(:tellings AS bigint[]))
        AS these (subscription_id, telling_id)
    CROSS JOIN LATERAL (
        SELECT delivery.created_at, delivery.hits FROM endpoint
        JOIN delivery ON delivery.endpoint_id = endpoint.id
            AND delivery.telling_id = these.telling_id
        WHERE endpoint.subscription_id = these.subscription_id
            AND outcome IS DISTINCT FROM 'ended'
        UNION ALL
        SELECT created_at, hits FROM waiting
        WHERE waiting.subscription_id = these.subscription_id
            AND waiting.telling_id = these.telling_id
    ) AS owed
"""
"""The pairs of ``:ids`` of subscriptions and ``:tellings``."""

# The same may be owed to several endpoints, or have waited before: told once, when it was first.
_ITEMS = """
    SELECT owed.subscription_id, telling.id AS telling_id, story_id, article_id, reason,
        version, facts, coalesce(owed.hits, '[]') AS hits,
        coalesce(embargo_until > now(), true) AS badge, told_at,
        greatest(told_at, CASE WHEN embargo_until <= now() THEN embargo_until END, (
            SELECT max(noticed_at) FROM revision JOIN article ON article.id = revision.article_id
            WHERE article.story_id = telling.story_id AND telling.version > 0
        )) AS updated_at,
        now() AS asked_at
    FROM (
        SELECT DISTINCT ON (subscription_id, telling_id) * FROM ({owed}) AS every
        ORDER BY subscription_id, telling_id, created_at
    ) AS owed
    JOIN telling ON telling.id = telling_id
    JOIN subscription ON subscription.id = owed.subscription_id
    CROSS JOIN LATERAL (SELECT greatest(
        owed.created_at, CASE WHEN subscription.embargoed = 'wait' THEN embargo_until END
    ) AS told_at) AS at
    WHERE {kinds} AND {shown} AND {further}
    ORDER BY told_at DESC, telling.id DESC
"""


def items_of(owed: str, further: str = "true") -> str:
    """The statement for the items among ``owed`` rows that are shown, the newest first."""
    return _ITEMS.format(owed=owed, further=further, kinds=KINDS, shown=SHOWN)


async def items(database: Database, statement: str, **values: Any) -> list[Item]:
    """What a statement of ``items_of`` finds, in a transaction of its own."""
    async with database.transaction() as tx:
        rows = await tx.execute(sa.text(statement).columns(facts=JSONB, hits=JSONB), values)
        return [Item(**row) for row in rows.mappings()]
