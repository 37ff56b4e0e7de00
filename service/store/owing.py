"""Alerts that come to be owed: of an event once, of each correction of it once more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from service.store.tables import delivery, endpoint, subscription

_EMBARGO = ["embargo"]


async def owe(
    tx: AsyncConnection,
    article_id: int,
    story_id: int,
    alerts: Mapping[int, Mapping[str, object]],
    until: datetime | None,
) -> list[timedelta]:
    """Owe each subscription's alert to each of its endpoints, once a story. Idempotent.

    ``alerts`` by id of subscription. Returns how long each that is newly owed waits for ``until``.
    """
    if not alerts:
        return []
    told = _told(alerts)
    query = (
        _receivers(told.c.alert, until)
        .join(told, told.c.subscription_id == endpoint.c.subscription_id)
        .join(subscription, subscription.c.id == endpoint.c.subscription_id)
    )
    return await _insert(tx, article_id, story_id, 0, query)


async def correct(
    tx: AsyncConnection,
    article_id: int,
    story_id: int,
    revision_id: int,
    alert: Mapping[str, object],
    until: datetime | None,
) -> list[timedelta]:
    """Owe what was corrected to everyone who was told of the story, or is about to be.

    Whoever waits for an embargo is told of it as it is now, at once with the rest: locks go from
    subscription to endpoint to deliveries, as everywhere. ``alert`` is without subscription and
    hits: those are of the alert they got.
    """
    earlier = _earlier(story_id)
    merged = sa.cast(dict(alert), JSONB).op("||")(
        sa.func.jsonb_build_object(
            "subscription", earlier.c.alert["subscription"], "hits", earlier.c.alert["hits"]
        )
    )
    query = (
        _receivers(merged, until)
        .join(earlier, earlier.c.endpoint_id == endpoint.c.id)
        .join(subscription, subscription.c.id == endpoint.c.subscription_id)
    )
    await tx.execute(query)
    waited = await _replace_waiting(tx, story_id, alert, until)
    query = query.where(endpoint.c.id.not_in(waited))
    return await _insert(tx, article_id, story_id, revision_id, query)


async def _insert(
    tx: AsyncConnection, article_id: int, story_id: int, revision_id: int, query: sa.Select[Any]
) -> list[timedelta]:
    columns = ["subscription_id", "endpoint_id", "alert", "due_at"]
    columns += ["message_id", "story_id", "article_id", "revision_id"]
    owed = query.add_columns(
        sa.literal("msg_") + sa.cast(sa.func.gen_random_uuid(), sa.Text),
        *(sa.literal(each, sa.BigInteger) for each in (story_id, article_id, revision_id)),
    )
    done = await tx.execute(
        insert(delivery)
        .from_select(columns, owed)
        .on_conflict_do_nothing()
        .returning(delivery.c.due_at - sa.func.now())
    )
    return list(done.scalars())


def _receivers(alert: sa.ColumnElement[Any], until: datetime | None) -> sa.Select[Any]:
    """Subscription, endpoint, alert and due time of each who is to be told; joins are to come."""
    lifts = sa.cast(until, sa.DateTime(timezone=True))
    held = sa.func.coalesce(lifts > sa.func.now(), sa.false())
    waits = held & (subscription.c.embargoed == "wait")
    return (
        sa.select(
            endpoint.c.subscription_id,
            endpoint.c.id,
            # Whoever is told when it has lifted sees no badge; a condition lifts unseen.
            sa.case(
                (sa.or_(lifts.is_(None), held & ~waits), alert),
                else_=alert.op("#-")(sa.cast(_EMBARGO, ARRAY(sa.Text))),
            ),
            sa.case((waits, lifts), else_=sa.func.now()),
        )
        .select_from(endpoint)
        .where(endpoint.c.switched_off_at.is_(None), subscription.c.ended_at.is_(None))
        # Whoever ends a subscription or an endpoint now comes before us or after us.
        .with_for_update(read=True, of=[subscription, endpoint])
    )


def _told(alerts: Mapping[int, Mapping[str, object]]) -> sa.TableValuedAlias:
    """The alerts as a table of subscription_id and alert."""
    return (
        sa.func.unnest(
            sa.cast(list(alerts), ARRAY(sa.BigInteger)),
            sa.cast([dict(each) for each in alerts.values()], ARRAY(JSONB)),
        )
        .table_valued(sa.column("subscription_id", sa.BigInteger), sa.column("alert", JSONB))
        .render_derived(name="told")
    )


def _earlier(story_id: int) -> sa.Subquery:
    """Of each endpoint that was told of a story, or will be, the first alert."""
    return (
        sa.select(delivery.c.endpoint_id, delivery.c.alert)
        .where(
            delivery.c.story_id == story_id,
            delivery.c.revision_id == 0,
            sa.or_(delivery.c.outcome.is_(None), delivery.c.outcome == "sent"),
        )
        .subquery("earlier")
    )


async def _replace_waiting(
    tx: AsyncConnection, story_id: int, alert: Mapping[str, object], until: datetime | None
) -> list[int]:
    """Whatever was not tried yet tells the newest; returns the endpoints that need no more.

    A badge it had none of it does not get.
    """
    fresh = {key: value for key, value in alert.items() if key not in ("changes", "embargo")}
    lifts = sa.cast(until, sa.DateTime(timezone=True))
    waiting = (
        sa.select(delivery.c.id)
        .where(
            delivery.c.story_id == story_id,
            delivery.c.revision_id == 0,
            delivery.c.settled_at.is_(None),
            delivery.c.attempts == 0,
        )
        .order_by(delivery.c.id)
        .with_for_update()
    )
    replaced = await tx.execute(
        sa.update(delivery)
        .where(delivery.c.id.in_(waiting.scalar_subquery()))
        .values(
            alert=delivery.c.alert.op("||")(sa.cast(fresh, JSONB)),
            # What waited for the embargo waits for the one that is printed now.
            due_at=sa.case(
                (delivery.c.due_at > sa.func.now(), sa.func.coalesce(lifts, sa.func.now())),
                else_=delivery.c.due_at,
            ),
        )
        .returning(delivery.c.endpoint_id)
    )
    return list(replaced.scalars())
