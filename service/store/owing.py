"""Alerts that come to be owed: of an event once, of each correction of it once more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from service.store.tables import article, delivery, endpoint, pacing, subscription

_EMBARGO = ["embargo"]
_SPACE = timedelta(minutes=1)  # between two alerts of what was out for long, at one endpoint
_ENDS_SOON = 2  # days an application has left: its call is not held back
_TURN = (5, 1)  # names the lock; those of stories have one number
_TODAY = sa.cast(sa.func.timezone("Asia/Seoul", sa.func.now()), sa.Date)


async def spaced(tx: AsyncConnection, article_id: int) -> bool:
    """Whether the alerts of an article are to be spaced: it was out for long before it was seen.

    If so nobody else spaces any until ``tx`` ends. To be asked before anything is locked: those who
    wait for this lock hold nothing that its holder may want.
    """
    soon = article.c.call_end.between(_TODAY, _TODAY + _ENDS_SOON)
    lock = sa.select(sa.func.pg_advisory_xact_lock(*_TURN)).where(
        article.c.id == article_id, article.c.late, ~sa.func.coalesce(soon, sa.false())
    )
    return (await tx.execute(lock)).one_or_none() is not None


async def owe(
    tx: AsyncConnection,
    article_id: int,
    story_id: int,
    alerts: Mapping[int, Mapping[str, object]],
    until: datetime | None,
    *,
    space: bool = False,
) -> list[timedelta]:
    """Owe each subscription's alert to each of its endpoints, once a story. Idempotent.

    ``alerts`` by id of subscription. With ``space``, which ``spaced`` has said, an endpoint gets it
    some time after the last one that was spaced, so that a source that comes back is no storm.
    Returns how long each that is newly owed waits, for that or for ``until``.
    """
    if not alerts:
        return []
    told = _told(alerts)
    last = sa.select(pacing.c.turn_at).where(pacing.c.endpoint_id == endpoint.c.id)
    turn = sa.func.greatest(sa.func.now(), last.scalar_subquery() + _SPACE)
    query = (
        _receivers(told.c.alert, until, turn if space else None)
        .join(told, told.c.subscription_id == endpoint.c.subscription_id)
        .join(subscription, subscription.c.id == endpoint.c.subscription_id)
    )
    owed = await _insert(tx, article_id, story_id, 0, query)
    if space and owed:
        # Of an embargo only the turn counts: who comes next need not wait until it lifts.
        reached = endpoint.c.id == sa.any_(sa.cast(list(owed), ARRAY(sa.BigInteger)))
        taken = insert(pacing).from_select(
            ["endpoint_id", "turn_at"], sa.select(endpoint.c.id, turn).where(reached)
        )
        await tx.execute(
            taken.on_conflict_do_update(
                index_elements=["endpoint_id"], set_={"turn_at": taken.excluded.turn_at}
            )
        )
    return list(owed.values())


async def correct(
    tx: AsyncConnection,
    article_id: int,
    story_id: int,
    revision_id: int,
    alert: Mapping[str, object],
    until: datetime | None,
    *,
    released: bool,
) -> list[timedelta]:
    """Owe what was corrected to everyone who was told of the story, or is about to be.

    Whoever was not tried yet is told of it as it is now, in the alert that stands: locks go from
    subscription to endpoint to deliveries, as everywhere. Whoever was told the same changes last,
    by a copy of the correction, is not told again. ``alert`` is without subscription and hits:
    those are of the alert they got. ``released``: it says that it may be told at once.
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
    fresh, waits = await _refresh(tx, story_id, alert, until, released=released)
    last = _corrected_last(story_id)
    known = last.c.changes.contains(sa.cast(alert["changes"], JSONB))
    query = query.outerjoin(last, last.c.endpoint_id == endpoint.c.id).where(
        endpoint.c.id != sa.all_(sa.cast(fresh, ARRAY(sa.BigInteger))),
        sa.not_(sa.func.coalesce(known, sa.false())),
    )
    owed = await _insert(tx, article_id, story_id, revision_id, query)
    return [*waits, *owed.values()]


async def _insert(
    tx: AsyncConnection, article_id: int, story_id: int, revision_id: int, query: sa.Select[Any]
) -> dict[int, timedelta]:
    """Owe what ``query`` selects; returns how long each that is newly owed waits, by endpoint."""
    columns = ["subscription_id", "endpoint_id", "alert", "due_at", "held_from"]
    columns += ["message_id", "story_id", "article_id", "revision_id"]
    owed = query.add_columns(
        sa.literal("msg_") + sa.cast(sa.func.gen_random_uuid(), sa.Text),
        *(sa.literal(each, sa.BigInteger) for each in (story_id, article_id, revision_id)),
    )
    done = await tx.execute(
        insert(delivery)
        .from_select(columns, owed)
        .on_conflict_do_nothing()
        .returning(delivery.c.endpoint_id, delivery.c.due_at - sa.func.now())
    )
    return dict(done.all())


def _receivers(
    alert: sa.ColumnElement[Any],
    until: datetime | None,
    turn: sa.ColumnElement[datetime] | None = None,
) -> sa.Select[Any]:
    """Subscription, endpoint, alert, due time and what a snooze holds it from, of each who is told.

    It is due at its ``turn``, at once where it has none, and not before its embargo lifts or a
    snooze is over. Whoever's subscription expires before that is not told.
    """
    lifts = sa.cast(until, sa.DateTime(timezone=True))
    held = sa.func.coalesce(lifts > sa.func.now(), sa.false())
    waits = held & (subscription.c.embargoed == "wait")
    ready = sa.func.greatest(sa.case((waits, lifts)), sa.func.now() if turn is None else turn)
    expires, snoozed = subscription.c.expires_at, subscription.c.snoozed_until
    return (
        sa.select(
            endpoint.c.subscription_id,
            endpoint.c.id,
            # Whoever is told when it has lifted sees no badge; a condition lifts unseen.
            sa.case(
                (sa.or_(lifts.is_(None), held & ~waits), alert),
                else_=alert.op("#-")(sa.cast(_EMBARGO, ARRAY(sa.Text))),
            ),
            sa.func.greatest(ready, snoozed),
            sa.case((snoozed > ready, ready)),
        )
        .select_from(endpoint)
        .where(
            endpoint.c.switched_off_at.is_(None),
            subscription.c.ended_at.is_(None),
            sa.or_(expires.is_(None), ready < expires),
        )
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


def _corrected_last(story_id: int) -> sa.Subquery:
    """Of each endpoint the changes that it was told of last."""
    return (
        sa.select(delivery.c.endpoint_id, delivery.c.alert["changes"].label("changes"))
        .ext(distinct_on(delivery.c.endpoint_id))
        .where(delivery.c.story_id == story_id, delivery.c.revision_id != 0)
        .order_by(delivery.c.endpoint_id, delivery.c.id.desc())
        .subquery("last")
    )


def _standing(story_id: int) -> sa.CTE:
    """The alerts of the event that are not settled, locked in one order."""
    return (
        sa.select(
            delivery.c.id,
            delivery.c.due_at,
            subscription.c.embargoed,
            subscription.c.snoozed_until,
        )
        .join(subscription, subscription.c.id == delivery.c.subscription_id)
        .where(
            delivery.c.story_id == story_id,
            delivery.c.revision_id == 0,
            delivery.c.settled_at.is_(None),
        )
        .order_by(delivery.c.id)
        .with_for_update(of=delivery)
        .cte("standing")
    )


async def _refresh(
    tx: AsyncConnection,
    story_id: int,
    alert: Mapping[str, object],
    until: datetime | None,
    *,
    released: bool,
) -> tuple[list[int], list[timedelta]]:
    """Let every alert of the event that is not settled tell the newest.

    Returns the endpoints that were not tried yet, which need no more, and how long those wait that
    are due at another time than before. A badge that one had none of it does not get. An embargo
    ends early only where the correction says so: many a page leaves its box out.
    """
    fresh = {key: value for key, value in alert.items() if key not in ("changes", "embargo")}
    standing, untried = _standing(story_id), delivery.c.attempts == 0
    lifts = sa.cast(until, sa.DateTime(timezone=True))
    ready = sa.case(
        (untried & (standing.c.embargoed == "wait") & (lifts > sa.func.now()), lifts),
        (untried & sa.literal(released), sa.func.now()),
        else_=sa.func.coalesce(delivery.c.held_from, delivery.c.due_at),
    )
    done = await tx.execute(
        sa.update(delivery)
        .where(delivery.c.id == standing.c.id)
        .values(
            alert=delivery.c.alert.op("||")(sa.cast(fresh, JSONB)),
            due_at=sa.func.greatest(ready, standing.c.snoozed_until),
            held_from=sa.case((standing.c.snoozed_until > ready, ready)),
        )
        .returning(
            delivery.c.endpoint_id,
            untried.label("untried"),
            (delivery.c.due_at - sa.func.now()).label("rest"),
            (delivery.c.due_at != standing.c.due_at).label("moved"),
        )
    )
    rows = done.all()
    return [row.endpoint_id for row in rows if row.untried], [r.rest for r in rows if r.moved]
