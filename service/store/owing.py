"""What comes to be owed of an event: a delivery at once, or a place in a window that is told later.

One statement owes to however many: each has its own rows only where it differs from the others.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from service import cadence
from service.model import SEOUL, Reason
from service.store.database import TODAY, Wake, wake, within
from service.store.paces import LIVE, PACED, WHEN, paces
from service.store.tables import article, delivery, subscription, telling, waiting

_TO_ALL = """
    INSERT INTO delivery (telling_id, subscription_id, endpoint_id, channel, due_at)
    SELECT $1, subscription_id, id, channel, $3 FROM endpoint
    WHERE subscription_id = $2 AND switched_off_at IS NULL AND confirmed_at IS NOT NULL
    RETURNING channel
"""
_ENDS_SOON = 2  # days an application has left: its call is not held back


@dataclass(frozen=True, slots=True)
class Why:
    """Why a subscription is told: the fields of notifier.model.Hit, of each rule that matched.

    ``urgent``: one of them says that it is to be told at once.
    """

    hits: Sequence[Mapping[str, object]]
    urgent: bool = False

    @property
    def told(self) -> list[Mapping[str, object]]:
        """The hits as they are kept: those that are urgent stay so when they are put off."""
        return [{**each, "urgent": True} for each in self.hits] if self.urgent else [*self.hits]


@dataclass(frozen=True, slots=True)
class Concern:
    """Whom something concerns: many for the same reason, so that each stands here once.

    ``of`` is the place in ``whys`` by the id of the subscription.
    """

    whys: Sequence[Why] = ()
    of: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Owed:
    """``number`` messages that come to be owed by ``channel``, or are due at another time.

    ``channel`` None: they wait for the end of a window. ``rest``: how long until then.
    """

    channel: str | None
    rest: timedelta
    number: int


WANTED = """
    endpoint.switched_off_at IS NULL AND endpoint.confirmed_at IS NOT NULL
    AND NOT EXISTS (SELECT FROM suppressed WHERE suppressed.channel = endpoint.channel
                    AND suppressed.address = lower(endpoint.address))
"""
# A million random numbers take longer than a million hashes of one that nobody knows.
# Joins are outer ones where each row has its match, so that a plan for a million expects a million.
SPREAD = """
    , owed AS (
        INSERT INTO delivery
            (telling_id, subscription_id, endpoint_id, channel, message_id, hits, due_at, held_from)
        SELECT :telling, told.subscription_id, endpoint.id, endpoint.channel,
               CAST(md5(:salt || endpoint.id) AS uuid), {hits}, told.due_at,
               CASE WHEN told.ready_at < told.due_at THEN told.ready_at END
        FROM told JOIN endpoint ON endpoint.subscription_id = told.subscription_id
            AND coalesce(told.endpoint_id = endpoint.id, true)
        {reasons}
        WHERE told.at_once
          AND WANTED
        RETURNING channel, due_at
    ), kept AS (
        INSERT INTO waiting (telling_id, subscription_id, hits, window_at)
        SELECT :telling, told.subscription_id, {hits}, told.window_at FROM told {reasons}
        WHERE NOT told.at_once AND EXISTS (
            SELECT FROM endpoint WHERE endpoint.subscription_id = told.subscription_id
            AND endpoint.switched_off_at IS NULL)
        ON CONFLICT DO NOTHING RETURNING window_at
    )
    SELECT channel, due_at - now(), count(*) FROM owed GROUP BY 1, 2
    UNION ALL SELECT NULL, window_at - now(), count(*) FROM kept GROUP BY 2
""".replace("WANTED", WANTED)
_TOLD = """
    {first} told AS (
        SELECT subscription.id AS subscription_id, {endpoint} AS endpoint_id, number, {when}
        FROM {whom} JOIN subscription ON subscription.id = concerned.id
        LEFT JOIN unnest(CAST(:urgent AS boolean[])) WITH ORDINALITY AS why (urgent, number)
            USING (number)
        LEFT JOIN {paced} AND pace.urgent = why.urgent
        WHERE {live}
    ) {spread}
"""
_REASONS = "LEFT JOIN unnest(:hits) WITH ORDINALITY AS why (hits, number) USING (number)"
_SPREAD = SPREAD.format(hits="why.hits", reasons=_REASONS)
WHOM = "unnest(CAST(:ids AS bigint[]), CAST(:numbers AS bigint[])) AS concerned (id, number)"


def owing_to(
    whom: str = WHOM, endpoint: str = "CAST(NULL AS bigint)", first: str = "WITH"
) -> sa.TextClause:
    """The statement that owes a telling to the ``concerned``, each for the why of its ``number``.

    ``endpoint``: the only one that is told, NULL: all. ``first``: what the statement begins with.
    """
    fragments = {"when": WHEN, "paced": PACED, "live": LIVE, "spread": _SPREAD}
    return sa.text(_TOLD.format(whom=whom, endpoint=endpoint, first=first, **fragments)).bindparams(
        sa.bindparam("hits", type_=ARRAY(JSONB, dimensions=1))
    )


_OWE = owing_to()


def badge(until: datetime) -> str:
    """What is told with news that may not be published before ``until``."""
    at = f"{until.astimezone(SEOUL):%Y-%m-%d %H:%M}"
    return f"엠바고 {at}까지 · embargoed until {at} KST"


async def owe(
    tx: AsyncConnection,
    article_id: int,
    story_id: int,
    facts: Mapping[str, object],
    concern: Concern,
    until: datetime | None,
    *,
    news: bool = False,
) -> list[Owed]:
    """Owe an event to whom it concerns, once a story. Idempotent.

    It is told as it was first found: ``facts`` are kept where nobody was told yet. ``until`` is the
    end of its embargo. ``news``: the article is a newspaper's.
    """
    if not concern.of:
        return []
    values = {"story_id": story_id, "article_id": article_id, "facts": facts}
    values["embargo_until"] = until
    event = await tell(tx, f"story {story_id}", "alert", values)
    told_by = await events(tx, story_id)
    if news and not told_by[event]:
        # Whom the release did not concern, but news of it does, is told of the news.
        event = await tell(tx, f"story {story_id} news", "alert", values)
        told_by[event] = True
    told = await told_of(tx, told_by)
    of = {each: place + 1 for each, place in concern.of.items() if each not in told}
    if not of:
        return []
    ids = list(of)
    given = await paces(tx, ids, until, **await haste(tx, article_id))
    given |= spreading(event) | reasons(concern) | {"ids": ids, "numbers": list(of.values())}
    return [Owed(*row) for row in await tx.execute(_OWE, given)]


def reasons(concern: Concern) -> dict[str, object]:
    """What ``owing_to`` asks for of why it concerns them."""
    whys = concern.whys
    return {"hits": [each.told for each in whys], "urgent": [each.urgent for each in whys]}


async def call(tx: AsyncConnection, owed: Collection[Owed]) -> int:
    """Wake who delivers what came to be owed; returns how many messages that is."""
    lanes = {(each.channel, each.rest) for each in owed if each.channel}
    await wake(tx, [Wake("deliver", name, after=rest) for name, rest in sorted(lanes)])
    return sum(each.number for each in owed)


def spreading(telling_id: int) -> dict[str, object]:
    """What ``SPREAD`` asks for beside ``told``."""
    return {"telling": telling_id, "salt": secrets.token_hex()}


async def told_of(tx: AsyncConnection, tellings: Collection[int]) -> frozenset[int]:
    """Subscriptions that are told by one of these, or wait to be.

    They are not told again: a copy that is judged by day is nothing to who waits for the morning.
    """
    found = (
        sa.select(each.c.subscription_id).where(each.c.telling_id.in_(tellings))
        for each in (delivery, waiting)
    )
    return frozenset(await tx.scalars(sa.union(*found)))


async def events(tx: AsyncConnection, story_id: int) -> dict[int, bool]:
    """Every telling of a story as an event, and whether it is news that it tells."""
    query = (
        sa.select(telling.c.id, sa.func.coalesce(article.c.kind == "news", sa.false()))
        .join(article, article.c.id == telling.c.article_id)
        .where(telling.c.story_id == story_id, telling.c.reason == "alert")
    )
    return dict((await tx.execute(query)).all())


async def tell(tx: AsyncConnection, key: str, reason: Reason, values: Mapping[str, object]) -> int:
    """The telling of that ``key``, made with ``values`` unless it is there; locked."""
    made = await tx.execute(
        insert(telling)
        .values(key=key, reason=reason, **values)
        .on_conflict_do_update(index_elements=["key"], set_={"version": telling.c.version})
        .returning(telling.c.id)
    )
    return int(made.scalar_one())


async def notify(
    tx: AsyncConnection, subscription_id: int, about: str, facts: Mapping[str, object]
) -> None:
    """Owe a notice to the endpoints that are on, not in their night. ``facts`` as Notice has it."""
    mine = sa.select(subscription.c.cadence, subscription.c.snoozed_until, sa.func.now())
    row = await tx.execute(mine.where(subscription.c.id == subscription_id))
    kept, snoozed, now = row.one()
    then = max(cadence.quiet_end(cadence.kept(kept), now) or now, snoozed or now)
    made = await tell(tx, f"notice {about} {now.isoformat()}", "notice", {"facts": facts})
    owed = await (await within(tx)).fetch(_TO_ALL, made, subscription_id, then)
    await call(tx, [Owed(row["channel"], then - now, 1) for row in owed])


async def haste(tx: AsyncConnection, article_id: int) -> dict[str, Any]:
    """What ``paces`` asks of an article: the last day of its call, and whether it is ``late``.

    That is one that was out for long before it was seen. A call that ends soon is not: it is told
    while there is time.
    """
    soon = article.c.call_end.between(TODAY, TODAY + _ENDS_SOON)
    late = article.c.late & ~sa.func.coalesce(soon, sa.false())
    query = sa.select(late.label("late"), article.c.call_end.label("last_day"))
    return dict((await tx.execute(query.where(article.c.id == article_id))).mappings().one())
