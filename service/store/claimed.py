"""A batch of due deliveries: the right to send them, and all that their messages need."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import asyncpg

from service.model import DueDelivery, Telling
from service.store.database import Database, Intentions
from service.store.titles import TITLE

# Longer than any channel may take to answer: a send under way is never claimed twice.
_LEASE = timedelta(seconds=45)
TURNS = 2
"""Messages under way to one endpoint: what comes to it in a burst waits for it, not for others."""

_KEPT = 500  # tellings whose facts are kept: of a hot one they are read once

# What an outage or a failure has put off until night waits for its end, unless it is urgent.
_NIGHT = """
    CASE WHEN subscription.cadence LIKE '%quiet __:__-__:__' AND telling.reason <> 'confirm'
        AND CASE WHEN FIRST < LAST THEN clock >= FIRST AND clock < LAST
                 ELSE clock >= FIRST OR clock < LAST END
        AND NOT coalesce(CASE telling.reason
            WHEN 'alert' THEN seen.hits @> '[{"urgent": true}]'
            WHEN 'digest' THEN EXISTS (
                SELECT FROM waiting JOIN telling AS item ON item.id = waiting.telling_id
                WHERE waiting.subscription_id = subscription.id AND told_by = seen.telling_id
                    AND item.reason = 'alert' AND waiting.hits @> '[{"urgent": true}]')
            END, false)
    THEN timezone('Asia/Seoul', today + (FIRST > LAST AND clock >= FIRST)::int + LAST::time) END
""".replace("FIRST", "left(right(subscription.cadence, 11), 5)").replace(
    "LAST", "right(subscription.cadence, 5)"
)
_CLAIM = """
    WITH here AS MATERIALIZED (
        SELECT korea::date AS today, to_char(korea, 'HH24:MI') AS clock
        FROM timezone('Asia/Seoul', now()) AS korea
    ), seen AS (
        SELECT * FROM (
            SELECT id, telling_id, subscription_id, endpoint_id, hits, due_at, held_from, attempts
            FROM delivery
            WHERE channel = $1 AND settled_at IS NULL AND due_at <= now() AND endpoint_id <> ALL($3)
            ORDER BY due_at
            LIMIT 1000
            FOR UPDATE SKIP LOCKED
        ) AS due
        LIMIT (SELECT $2::bigint)
    ), judged AS (
        SELECT seen.*, telling.story_id, telling.article_id, telling.reason, telling.version,
            TITLE AS name, subscription.feed_epoch, subscription.language,
            endpoint.address, endpoint.secret, endpoint.epoch, greatest(
                endpoint.rests_until,
                CASE WHEN telling.reason <> 'confirm' THEN subscription.snoozed_until END,
                NIGHT,
                CASE WHEN subscription.embargoed = 'wait' THEN telling.embargo_until END
            ) AS held_until,
            telling.embargo_until IS NULL OR telling.embargo_until > now() AS badge,
            CASE
                WHEN telling.id IS NULL OR subscription.id IS NULL OR endpoint.id IS NULL THEN 'end'
                WHEN endpoint.confirmed_at IS NULL AND telling.reason <> 'confirm' THEN 'end'
                WHEN subscription.paused_at IS NOT NULL AND telling.reason <> 'confirm' THEN 'end'
                WHEN suppressed.address IS NOT NULL THEN 'end'
                WHEN telling.reason = 'reminder' AND to_char(today, 'YYYY-MM-DD ') || clock
                    >= rpad(telling.facts ->> 'apply_by', 16, ' 24:00') THEN 'end'
                WHEN endpoint.switched_off_at IS NULL AND subscription.ended_at IS NULL
                    AND coalesce(subscription.expires_at > now(), true) THEN 'go'
                WHEN coalesce(endpoint.switched_off_why, 'expired') <> 'expired' THEN 'end'
                WHEN seen.attempts > 0 OR coalesce(seen.held_from, seen.due_at)
                    <= least(subscription.expires_at, endpoint.switched_off_at) THEN 'go'
                ELSE 'end'
            END AS fate
        FROM here CROSS JOIN seen
        LEFT JOIN LATERAL (
            SELECT * FROM telling WHERE id = seen.telling_id OFFSET 0
        ) AS telling ON true
        LEFT JOIN LATERAL (
            SELECT * FROM subscription WHERE id = seen.subscription_id OFFSET 0
        ) AS subscription ON true
        LEFT JOIN LATERAL (
            SELECT * FROM endpoint WHERE id = seen.endpoint_id OFFSET 0
        ) AS endpoint ON true
        LEFT JOIN suppressed
            ON suppressed.channel = endpoint.channel
            AND suppressed.address = lower(endpoint.address)
    ), ended AS (
        UPDATE delivery SET settled_at = now(), outcome = 'ended', hits = CASE
            WHEN EXISTS (SELECT FROM endpoint WHERE endpoint.id = endpoint_id) THEN hits END
        WHERE id = ANY(ARRAY(SELECT id FROM judged WHERE fate = 'end'))
    ), held AS (
        UPDATE delivery SET
            held_from = coalesce(judged.held_from, judged.due_at), due_at = held_until
        FROM judged WHERE delivery.id = judged.id AND fate = 'go' AND held_until > now()
    ), ready AS (
        SELECT *, row_number() OVER (PARTITION BY endpoint_id ORDER BY due_at, id)
            + (endpoint_id = ANY($4))::int AS turn
        FROM judged WHERE fate = 'go' AND coalesce(held_until <= now(), true)
    ), mine AS (
        UPDATE delivery SET
            due_at = now() + $5, held_from = NULL, fence = fence + 1, attempts = attempts + 1
        WHERE id = ANY(ARRAY(SELECT id FROM ready WHERE turn <= $6))
        RETURNING id, fence, 'msg_' || message_id AS message_id, channel, attempts AS attempt,
            endpoint_id, subscription_id, telling_id, hits
    ), begun AS (
        INSERT INTO attempt (delivery_id, number) SELECT id, fence FROM mine
    )
    SELECT (SELECT count(*) FROM seen) AS seen, (SELECT today FROM here) AS today,
        mine.*, address, secret, epoch, name AS subscription, feed_epoch, language, story_id,
        article_id, reason, version, badge
    FROM (VALUES (1)) AS one LEFT JOIN (mine JOIN ready USING (id)) ON true
    ORDER BY ready.due_at, id
""".replace("NIGHT", _NIGHT).replace("TITLE", TITLE.name)
"""Take up to $2 due rows of channel $1 for the time $5, none of endpoints $3, one of each of $4.

What nobody wants any more ends here, unsent, and says no more why where its reader was erased; so
does a reminder that a snooze or an outage has held for too long. What goes to an endpoint that
rests, to somebody who sleeps or to one who waits until its embargo ends is due at the end of that,
so that whoever comes next need not pass over it. An attempt is numbered as its claim.
It is written so that rows are looked up one by one: whatever a plan expects, they are few. $2 is
asked for by a query, within a thousand, so that no plan for its very number seems better: to plan
this takes the server longer than to do it. Rows beyond it are not locked.
"""
_FACTS = """
    SELECT id, telling.version, facts FROM unnest($1::bigint[], $2::bigint[]) AS known (id, version)
    JOIN telling USING (id) WHERE telling.version > known.version
"""
_ITEMS = """
    SELECT waiting.subscription_id, waiting.telling_id, waiting.hits, reason, version,
        embargo_until IS NULL OR embargo_until > now() AS badge
    FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS shown (subscription_id, id, place)
    JOIN waiting ON waiting.subscription_id = shown.subscription_id AND telling_id = shown.id
    JOIN telling ON telling.id = telling_id
    JOIN subscription ON subscription.id = waiting.subscription_id
    WHERE embargoed = 'badge' OR coalesce(embargo_until <= now(), true)
    ORDER BY place
"""
"""What digests show; what an embargo holds back stands behind their link once that lifts."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What one claim brought, ``today`` in Korea.

    ``seen``: rows that were due, those too that are not to be sent.
    """

    due: Sequence[DueDelivery]
    seen: int
    today: date


class Claims(Intentions):
    """Claims batches; keeps the facts of the latest tellings, which many rows have in common."""

    def __init__(self, database: Database) -> None:
        """Work on ``database``."""
        super().__init__(database)
        self._facts: OrderedDict[int, tuple[int, Mapping[str, Any]]] = OrderedDict()

    async def claim(self, channel: str, most: int, flying: Mapping[int, int]) -> Batch:
        """Claim up to ``most`` due deliveries, oldest first, and commit that we are about to act.

        At most two at a time are under way to one endpoint; ``flying`` counts those that are.
        """
        full = [each for each, count in flying.items() if count >= TURNS]
        busy = [each for each, count in flying.items() if count < TURNS]
        rows = await self._database.all_at_once(_CLAIM, channel, most, full, busy, _LEASE, TURNS)
        mine = [row for row in rows if row["id"] is not None]
        facts = await self._facts_of({row["telling_id"] for row in mine})
        due = [_due(row, facts[row["telling_id"]]) for row in mine if row["telling_id"] in facts]
        return Batch(await self._with_items(due), rows[0]["seen"], rows[0]["today"])

    async def _facts_of(
        self, wanted: Collection[int]
    ) -> Mapping[int, tuple[int, Mapping[str, Any]]]:
        """Version and facts of each telling as they are now.

        Asked after the claim: a correction that did not wait for that has told itself to nobody
        whom the claim is about, and may have been committed while the claim was being made.
        """
        known = [self._facts[each][0] if each in self._facts else -1 for each in wanted]
        if wanted:
            for row in await self._database.all_at_once(_FACTS, list(wanted), known):
                self._facts[row["id"]] = (row["version"], row["facts"])
                self._facts.move_to_end(row["id"])
        found = {each: self._facts[each] for each in wanted if each in self._facts}
        while len(self._facts) > _KEPT:
            self._facts.popitem(last=False)
        return found

    async def _with_items(self, due: Sequence[DueDelivery]) -> Sequence[DueDelivery]:
        """``due`` with what its digests tell of."""
        shown = [
            (each.subscription_id, telling_id)
            for each in due
            if each.reason == "digest"
            for telling_id in each.facts["telling_ids"]
        ]
        if not shown:
            return due
        rows = await self._database.all_at_once(_ITEMS, *map(list, zip(*shown, strict=True)))
        facts = await self._facts_of({row["telling_id"] for row in rows})
        items = {
            (row["subscription_id"], row["telling_id"]): _item(row, facts[row["telling_id"]][1])
            for row in rows
            if row["telling_id"] in facts
        }
        return [_told(each, items) if each.reason == "digest" else each for each in due]


def _due(row: asyncpg.Record, known: tuple[int, Mapping[str, Any]]) -> DueDelivery:
    """The delivery in a claimed row, with the facts as they are known."""
    fields = dict(row)
    del fields["seen"], fields["today"]
    version, facts = known
    return DueDelivery(**fields | {"version": version, "facts": facts, "hits": row["hits"] or ()})


def _item(row: asyncpg.Record, facts: Mapping[str, Any]) -> Telling:
    return Telling(row["telling_id"], row["reason"], facts, row["hits"] or (), row["badge"])


def _told(due: DueDelivery, items: Mapping[tuple[int, int], Telling]) -> DueDelivery:
    ids = ((due.subscription_id, each) for each in due.facts["telling_ids"])
    return replace(due, items=tuple(items[each] for each in ids if each in items))
