"""What follows upon an event for those who were told of it: corrections, and coverage if asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from service.store.embargo import is_told
from service.store.owing import SPREAD, Owed, events, haste, spreading, tell, told_of
from service.store.paces import LIVE, PACED, WHEN, paces
from service.store.tables import article, revision, subscription, telling

# Whoever was told of the event, and where: by itself, or in a digest.
_EARLIER = """
    WITH earlier AS (
        SELECT subscription_id, endpoint_id, hits, attempts = 0 AND settled_at IS NULL AS untried
        FROM delivery
        WHERE telling_id = ANY(:events) AND (outcome IS NULL OR outcome = 'sent')
        UNION ALL
        SELECT delivery.subscription_id, delivery.endpoint_id, waiting.hits,
               delivery.attempts = 0 AND delivery.settled_at IS NULL
        FROM waiting JOIN delivery ON delivery.telling_id = waiting.told_by
            AND delivery.subscription_id = waiting.subscription_id
        WHERE waiting.telling_id = ANY(:events) AND waiting.told_by <> waiting.telling_id
          AND (delivery.outcome IS NULL OR delivery.outcome = 'sent')
    ),
"""
# ``same``: corrections of the story that tell these changes too. Only the last one counts: what was
# corrected back since is told again.
_TOLD = """
    {earlier} told AS (
        SELECT earlier.subscription_id, earlier.endpoint_id, earlier.hits, {when}
        FROM earlier JOIN subscription ON subscription.id = earlier.subscription_id
        LEFT JOIN {paced} AND NOT pace.urgent
        WHERE {live} AND subscription.id <> ALL(CAST(:told AS bigint[]))
          AND CASE WHEN :asked THEN subscription.coverage ELSE NOT earlier.untried END
          AND coalesce(greatest(
                (SELECT max(telling_id) FROM delivery
                 WHERE telling_id = ANY(CAST(:corrections AS bigint[]))
                   AND delivery.endpoint_id = earlier.endpoint_id),
                (SELECT max(telling_id) FROM waiting
                 WHERE telling_id = ANY(CAST(:corrections AS bigint[]))
                   AND waiting.subscription_id = earlier.subscription_id)
              ) <> ALL(CAST(:same AS bigint[])), true)
    ) {spread}
"""
_SPREAD = SPREAD.format(hits="told.hits", reasons="")
_FOLLOW = sa.text(_TOLD.format(earlier=_EARLIER, when=WHEN, paced=PACED, live=LIVE, spread=_SPREAD))
_MOVED = """
    WITH moved AS (
        SELECT subscription.id, pace.urgent,
               coalesce(pace.window_at, pace.due_at) AS told_at,
               CASE WHEN pace.window_at IS NULL AND pace.ready_at < pace.due_at
                    THEN pace.ready_at END AS held_from
        FROM subscription JOIN {paced}
        WHERE subscription.id = ANY(CAST(:ids AS bigint[])) AND (
            :released
            OR subscription.embargoed = 'wait' AND CAST(:until AS timestamptz) > now()
        )
    ), owed AS (
        UPDATE delivery SET due_at = moved.told_at, held_from = moved.held_from FROM moved
        WHERE delivery.telling_id = ANY(:events) AND delivery.subscription_id = moved.id
          AND moved.urgent = coalesce(delivery.hits @> '[{{"urgent": true}}]', false)
          AND delivery.settled_at IS NULL AND delivery.attempts = 0 AND delivery.due_at > now()
          AND (delivery.due_at, delivery.held_from)
              IS DISTINCT FROM (moved.told_at, moved.held_from)
        RETURNING delivery.channel, delivery.due_at
    ), kept AS (
        UPDATE waiting SET window_at = moved.told_at FROM moved
        WHERE waiting.telling_id = ANY(:events) AND waiting.subscription_id = moved.id
          AND NOT moved.urgent AND waiting.told_by IS NULL AND waiting.window_at > now()
          AND waiting.window_at <> moved.told_at
        RETURNING waiting.window_at
    )
    SELECT channel, due_at - now(), count(*) FROM owed GROUP BY 1, 2
    UNION ALL SELECT NULL, window_at - now(), count(*) FROM kept GROUP BY 2
"""
_MOVE = sa.text(_MOVED.format(paced=PACED))
# Who claims one of them now has what it told before; we see that it did. Digests are claimed alike.
_LOCK = sa.text("""
    SELECT FROM delivery
    WHERE telling_id IN (SELECT unnest(CAST(:events AS bigint[]))
                         UNION SELECT told_by FROM waiting WHERE telling_id = ANY(:events))
      AND settled_at IS NULL AND attempts = 0
    ORDER BY id FOR UPDATE
""")


async def keep(
    tx: AsyncConnection,
    article_id: int,
    changes: Sequence[Mapping[str, object]],
    earlier_id: int | None,
    revision_id: int | None,
) -> int:
    """Keep what changed since another article, or in a revision of this one; that revision's id."""
    if revision_id is not None:
        await tx.execute(
            sa.update(revision).where(revision.c.id == revision_id).values(changes=changes)
        )
        return revision_id
    made = await tx.execute(
        insert(revision)
        .values(article_id=article_id, earlier_id=earlier_id, changes=changes)
        .returning(revision.c.id)
    )
    return int(made.scalar_one())


async def renew(
    tx: AsyncConnection, article_id: int, facts: Mapping[str, object], until: datetime | None
) -> None:
    """Tell an event as its article says it now, which could not be read when it was first told.

    What was corrected since stays as it was corrected.
    """
    mine = (telling.c.article_id == article_id, telling.c.reason == "alert")
    old = (telling.c.version == 0, telling.c.facts != facts)
    values = {"facts": facts, "embargo_until": until, "version": 1}
    await tx.execute(sa.update(telling).where(*mine, *old).values(values))


async def correct(
    tx: AsyncConnection,
    article_id: int,
    story_id: int,
    revision_id: int,
    facts: Mapping[str, object],
    until: datetime | None,
    *,
    released: bool,
) -> list[Owed]:
    """Owe what was corrected to everyone who was told of the story.

    Whoever was not tried yet, or waits, is told of it as it is now. Whoever was told the same
    changes last, by a copy of the correction, is not told again. ``facts`` are those of an event
    with its ``changes``; the hits are those they were told. ``released``: it says that it may be
    told at once.
    """
    known = list(await events(tx, story_id))
    if not known:
        return []
    ids = list(await told_of(tx, known))
    moved = await _refresh(tx, known, ids, facts, until, released=released)
    if not (released or until):
        facts, until = await _badged(tx, known, facts)
    corrections = await _corrections(tx, story_id, facts)
    values = {
        "story_id": story_id,
        "article_id": article_id,
        "revision_id": revision_id,
        "facts": facts,
        "embargo_until": until,
    }
    made = await tell(tx, f"story {story_id} revision {revision_id}", "correction", values)
    given = {
        "corrections": list(corrections),
        "same": [each for each, told in corrections.items() if told],
        **await paces(tx, ids, until),
    }
    return moved + await _follow(tx, made, known, given)


async def _badged(
    tx: AsyncConnection, known: Sequence[int], facts: Mapping[str, object]
) -> tuple[Mapping[str, object], datetime | None]:
    """``facts`` with the badge of the event, and its end: a correction may leave its box out."""
    said = telling.c.facts["embargo"].astext
    lasts = sa.func.coalesce(telling.c.embargo_until > sa.func.now(), sa.true())
    query = (
        sa.select(said, telling.c.embargo_until)
        .where(telling.c.id.in_(known), said.is_not(None), lasts)
        .order_by(telling.c.embargo_until.desc().nulls_last())
        .limit(1)
    )
    row = (await tx.execute(query)).one_or_none()
    return (facts, None) if row is None else ({**facts, "embargo": row[0]}, row[1])


async def _corrections(
    tx: AsyncConnection, story_id: int, facts: Mapping[str, object]
) -> dict[int, bool]:
    """The corrections of a story until now, and whether each tells the same changes too."""
    same = telling.c.facts["changes"].contains(sa.cast(facts["changes"], JSONB))
    query = sa.select(telling.c.id, same).where(
        telling.c.story_id == story_id, telling.c.reason == "correction"
    )
    return dict((await tx.execute(query)).all())


async def cover(
    tx: AsyncConnection, article_id: int, story_id: int, facts: Mapping[str, object]
) -> list[Owed]:
    """Owe news of a release to whoever was told of that and asked for coverage.

    Nobody else is told: it is the same event. News of what is under embargo is an event of its own.
    """
    known = list(await events(tx, story_id))
    release = article.alias("release")
    asked = sa.exists().where(subscription.c.coverage, subscription.c.ended_at.is_(None))
    query = (
        sa.select(release.c.read_title)
        .join(article, article.c.twin_id == release.c.id)
        .where(
            article.c.id == article_id,
            article.c.joined_as == "coverage",
            release.c.story_id == story_id,
            is_told(release),
            asked,
        )
    )
    title = await tx.scalar(query) if known else None
    if title is None:
        return []
    values = {
        "story_id": story_id,
        "article_id": article_id,
        "facts": {**facts, "coverage": title},
    }
    made = await tell(tx, f"story {story_id} coverage {article_id}", "coverage", values)
    ids = list(await told_of(tx, known))
    given = await paces(tx, ids, None, **await haste(tx, article_id))
    return await _follow(tx, made, known, {"corrections": [], "same": [], **given}, asked=True)


async def _follow(
    tx: AsyncConnection,
    made: int,
    known: Sequence[int],
    given: Mapping[str, Any],
    *,
    asked: bool = False,
) -> list[Owed]:
    """Owe a telling to whoever was told of the event; ``asked``: where coverage was asked for."""
    told = list(await told_of(tx, [made]))
    values = {"told": told, "events": known, "asked": asked, **given, **spreading(made)}
    return [Owed(*row) for row in await tx.execute(_FOLLOW, values)]


async def _refresh(
    tx: AsyncConnection,
    known: Sequence[int],
    ids: Sequence[int],
    facts: Mapping[str, object],
    until: datetime | None,
    *,
    released: bool,
) -> list[Owed]:
    """Let the event tell the newest; returns what is due at another time than before.

    A badge that it had none of it does not get. An embargo ends early only where the correction
    says so: many a page leaves its box out.
    """
    fresh = {key: value for key, value in facts.items() if key not in ("changes", "embargo")}
    badge = sa.cast({"embargo": None if released else facts.get("embargo")}, JSONB)
    renewed = telling.c.facts.op("||")(sa.cast(fresh, JSONB))
    shown = telling.c.facts["embargo"].astext.is_not(None)
    values: dict[str, Any] = {"facts": renewed, "version": telling.c.version + 1}
    if released or until:
        values["facts"] = sa.case((shown, renewed.op("||")(badge)), else_=renewed)
        values["embargo_until"] = None if released else until
    await tx.execute(sa.update(telling).where(telling.c.id.in_(known)).values(values))
    await tx.execute(_LOCK, {"events": known})
    if not (released or until):
        return []
    given = await paces(tx, ids, None if released else until)
    moved = {"events": known, "ids": ids, "released": released, **given}
    return [Owed(*row) for row in await tx.execute(_MOVE, moved)]
