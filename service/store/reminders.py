"""Deadlines that come near, in the store: nothing is planned, what is due is found among the rows.

Of each reminder there is one telling for all who are due it at the same moment, so that any number
of schedulers may look. Its key holds the deadline too: one that has moved reminds anew, and what
else is told of the event never stands in its way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from service.store.database import Intentions, clock
from service.store.owing import Owed, call
from service.store.rows import GONE

_WISHED = sa.text("""
    SELECT cadence, array_agg(DISTINCT day) FROM subscription CROSS JOIN unnest(remind) AS day
    WHERE ended_at IS NULL AND coalesce(expires_at > now(), true) GROUP BY cadence
""")
# How an event is told now; what a newspaper says of it moves nothing.
_NEWEST = """
    SELECT telling.id, telling.story_id, article_id, telling.embargo_until,
        telling.facts ->> 'apply_by' AS apply_by
    FROM telling JOIN article ON article.id = telling.article_id
    WHERE telling.story_id = event.story_id AND telling.reason IN ('alert', 'correction')
        AND kind IS DISTINCT FROM 'news' AND NOT EXISTS (
            SELECT FROM revision
            WHERE revision.article_id = article.id AND changes @> CAST(:withdrawn AS jsonb))
    ORDER BY telling.id DESC LIMIT 1
"""
_CALLS = """
    SELECT newest.id AS newest_id, newest.story_id, apply_by, first_at,
        coalesce(done, '{}') AS done, coalesce(moves, '[]') AS moves
    FROM (
        SELECT DISTINCT story_id FROM article
        WHERE call_end BETWEEN :today AND :last AND kind IS DISTINCT FROM 'news'
    ) AS event
    CROSS JOIN LATERAL (NEWEST) AS newest
    CROSS JOIN LATERAL (
        SELECT min(created_at) FILTER (WHERE reason = 'alert') AS first_at,
            array_agg(telling.key) FILTER (WHERE reason = 'reminder') AS done,
            jsonb_agg(jsonb_build_array(created_at, before -> 'end', before -> 'end_clock')
                      ORDER BY telling.id) FILTER (WHERE reason = 'correction') AS moves
        FROM telling LEFT JOIN revision ON revision.id = telling.revision_id
        LEFT JOIN article AS corrected ON corrected.id = revision.earlier_id
        CROSS JOIN LATERAL (
            SELECT coalesce(revision.facts, corrected.facts) -> 'call' AS before) AS said
        WHERE telling.story_id = event.story_id
    ) AS known
    WHERE apply_by IS NOT NULL AND coalesce(embargo_until <= now(), true)
"""
_OUTDATED = """
    UPDATE delivery SET settled_at = now(), outcome = 'ended'
    FROM subscription JOIN endpoint ON endpoint.subscription_id = subscription.id
    JOIN delivery AS held ON held.endpoint_id = endpoint.id
        AND held.settled_at IS NULL AND held.attempts = 0
    JOIN telling AS event ON event.id = held.telling_id AND event.reason = 'reminder'
    LEFT JOIN LATERAL (NEWEST) AS newest ON true
    WHERE snoozed_until > now() AND delivery.id = held.id AND delivery.settled_at IS NULL
        AND event.facts ->> 'apply_by' IS DISTINCT FROM newest.apply_by
"""
# What is told is what the event tells now. Most remind nobody: of those the key alone is kept.
_TELLING = sa.text("""
    INSERT INTO telling (reason, key, story_id, article_id, revision_id, facts, embargo_until)
    SELECT 'reminder', :key, story_id, article_id, revision_id, '{}', embargo_until
    FROM telling WHERE id = :newest
    ON CONFLICT DO NOTHING RETURNING id
""")
_FILL = sa.text("""
    UPDATE telling SET
        facts = newest.facts - 'changes' || jsonb_build_object('was', CAST(:was AS text))
    FROM telling AS newest WHERE telling.id = :telling AND newest.id = :newest
""")
# Each message that told of the event, ``by`` itself or a digest: it counts once an endpoint has it,
# and while none has it is about to be told. Whoever chose another hour was reminded at the one
# before.
_REMIND = sa.text("""
    WITH event AS (
        SELECT id, reason FROM telling
        WHERE story_id = :story AND reason IN ('alert', 'correction', 'reminder')
    ), sent AS (
        SELECT telling_id AS by, subscription_id, reason, hits, outcome, settled_at
        FROM delivery JOIN event ON event.id = telling_id
        UNION ALL
        SELECT told_by, waiting.subscription_id, reason, waiting.hits, outcome, settled_at
        FROM waiting JOIN event ON event.id = waiting.telling_id
        JOIN delivery ON delivery.telling_id = told_by
            AND delivery.subscription_id = waiting.subscription_id
        WHERE told_by <> waiting.telling_id
        UNION ALL
        SELECT NULL, subscription_id, reason, hits, NULL, NULL
        FROM waiting JOIN event ON event.id = telling_id
        WHERE told_by IS NULL AND window_at <= now()
    ), told AS (
        SELECT subscription_id, reason, min(settled_at) FILTER (WHERE outcome = 'sent') AS at,
            bool_or(settled_at IS NULL) AS open,
            (array_agg(hits) FILTER (WHERE hits IS NOT NULL))[1] AS hits
        FROM sent GROUP BY subscription_id, by, reason
    ), heard AS (
        SELECT subscription_id, (array_agg(hits) FILTER (WHERE hits IS NOT NULL))[1] AS hits
        FROM told GROUP BY subscription_id
        HAVING max(at) FILTER (WHERE reason <> 'reminder') < :due
            AND NOT coalesce(bool_or(at IS NULL AND open), false)
            AND coalesce(max(at) >= CAST(:since AS timestamptz), true)
            AND coalesce(max(at) < CAST(:until AS timestamptz), true)
    ), reminded AS (
        SELECT endpoint_id FROM delivery JOIN telling ON telling.id = telling_id
        WHERE story_id = :story AND reason = 'reminder' AND facts ->> 'apply_by' = :apply_by
            AND delivery.created_at >= date_trunc('day', :due, 'Asia/Seoul')
    ), owed AS (
        INSERT INTO delivery
            (telling_id, subscription_id, endpoint_id, channel, hits, due_at, held_from)
        SELECT :telling, subscription.id, endpoint.id, channel, heard.hits,
            greatest(snoozed_until, now()), CASE WHEN snoozed_until > now() THEN now() END
        FROM heard JOIN subscription ON subscription.id = heard.subscription_id
        JOIN endpoint ON endpoint.subscription_id = subscription.id
        WHERE cadence = ANY(:cadences) AND :days = ANY(remind) AND NOT remind && :nearer
            AND ended_at IS NULL AND paused_at IS NULL
            AND coalesce(expires_at > now(), true) AND coalesce(snoozed_until < :over, true)
            AND switched_off_at IS NULL AND confirmed_at IS NOT NULL
            AND NOT EXISTS (SELECT FROM reminded WHERE endpoint_id = endpoint.id)
            AND NOT EXISTS (
                SELECT FROM dismissal JOIN event ON event.id = dismissal.telling_id
                WHERE dismissal.subscription_id = subscription.id)
        ON CONFLICT DO NOTHING RETURNING channel, due_at
    )
    SELECT channel, due_at - now(), count(*) FROM owed GROUP BY 1, 2
""").bindparams(
    sa.bindparam("cadences", type_=ARRAY(sa.Text)),
    sa.bindparam("nearer", type_=ARRAY(sa.SmallInteger)),
    sa.bindparam("days", type_=sa.SmallInteger),
)


@dataclass(frozen=True, slots=True)
class Call:
    """An event with something to apply for, as it is known now. Times are aware.

    ``newest_id``: the telling that says so. ``apply_by`` is ``2026-06-30`` or ``2026-06-30 18:00``,
    in Korean time. ``first_at``: when it was first told. ``done``: keys of its reminders.
    ``moves``: when it was corrected, and to when one could apply before that; the oldest first.
    """

    newest_id: int
    story_id: int
    apply_by: str
    first_at: datetime
    done: frozenset[str]
    moves: Sequence[tuple[datetime, str | None]]


@dataclass(frozen=True, slots=True)
class Rung:
    """A reminder that is due, so many ``days`` before ``call`` is ``over``, to all ``cadences``.

    ``due`` is when it became so; whoever wants to be reminded ``nearer`` days before it too is not
    reminded any more.
    """

    key: str
    call: Call
    days: int
    due: datetime
    over: datetime
    cadences: Sequence[str]
    nearer: Sequence[int]


class Reminders(Intentions):
    """Intentions about reminders, a transaction each."""

    async def wished(self) -> tuple[datetime, Sequence[tuple[str, Sequence[int]]]]:
        """Now, and every cadence with the days before a deadline that somebody has chosen."""
        async with self._database.transaction() as tx:
            return await clock(tx), [(row[0], row[1]) for row in await tx.execute(_WISHED)]

    async def calls(self, today: date, last: date) -> Sequence[Call]:
        """Events that were told and end ``today`` or later, at ``last``.

        None that is withdrawn, nor one of which the newest is under embargo.
        """
        async with self._database.transaction() as tx:
            rows = await tx.execute(_asked(_CALLS), {"today": today, "last": last, **GONE})
            return [_call(row._asdict()) for row in rows]

    async def forget_outdated(self) -> None:
        """Let nobody who sleeps be reminded, on waking up, of a deadline that has moved since."""
        await self._do(_asked(_OUTDATED), GONE)

    async def remind(self, rung: Rung) -> int:
        """Remind of a deadline whom it is due; returns how many messages that is.

        Whoever was told of the event since it was due needs none, nor who said that it is nothing
        for them. What another scheduler was
        faster with counts not.
        """
        tellings: dict[str | None, int | None] = {}
        number, since = 0, None
        async with self._database.transaction() as tx:
            for until, said in [*rung.call.moves, (None, None)]:
                was = None if said == rung.call.apply_by else said
                if was not in tellings:
                    tellings[was] = await _telling(tx, rung, was)
                if (telling_id := tellings[was]) is not None:
                    number += (owed := await _owe(tx, rung, telling_id, since, until))
                    if owed:
                        newest = rung.call.newest_id
                        await tx.execute(
                            _FILL, {"telling": telling_id, "was": was, "newest": newest}
                        )
                since = until
        return number


def _asked(statement: str) -> sa.TextClause:
    """A statement that asks how each event is told now."""
    return sa.text(statement.replace("NEWEST", _NEWEST))


def _call(fields: dict[str, Any]) -> Call:
    moves = [
        (datetime.fromisoformat(at), f"{end} {clock or ''}".rstrip() if end else None)
        for at, end, clock in fields["moves"]
    ]
    return Call(**{**fields, "done": frozenset(fields["done"]), "moves": moves})


async def _telling(tx: AsyncConnection, rung: Rung, was: str | None) -> int | None:
    """The telling of a reminder, None where it is there."""
    key = rung.key if was is None else f"{rung.key} was {was}"
    given = {"key": key, "was": was, "newest": rung.call.newest_id}
    return cast("int | None", await tx.scalar(_TELLING, given))


async def _owe(
    tx: AsyncConnection,
    rung: Rung,
    telling_id: int,
    since: datetime | None,
    until: datetime | None,
) -> int:
    """Owe a reminder to whoever heard of the event last ``since`` and before ``until``."""
    given = {
        "telling": telling_id,
        "story": rung.call.story_id,
        "apply_by": rung.call.apply_by,
        "due": rung.due,
        "since": since,
        "until": until,
        "cadences": list(rung.cadences),
        "days": rung.days,
        "nearer": list(rung.nearer),
        "over": rung.over,
    }
    return await call(tx, [Owed(*row) for row in await tx.execute(_REMIND, given)])
