"""Deliveries in the store: claimed before the act, settled in groups, dead letters kept."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import asyncpg
import sqlalchemy as sa

from service.model import DueDelivery
from service.store import ops
from service.store.asking import answered
from service.store.claimed import Claims
from service.store.database import Database, Wake, changed, said, wake, within
from service.store.failing import give_up, lock, rest, suppress, switch_off
from service.store.tables import attempt, delivery, endpoint

FAILING = timedelta(days=2)
"""An endpoint that takes nothing for as long is switched off."""

_DEADLOCKS = 3  # that a group may meet: whoever ends a subscription locks its rows in any order

_SENT = """
    WITH said AS (
        SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS said (id, fence, detail)
        ORDER BY id
    ), held AS (
        SELECT claimed.* FROM said CROSS JOIN LATERAL (
            SELECT id, endpoint_id FROM delivery
            WHERE delivery.id = said.id AND delivery.fence = said.fence AND outcome IS NULL
            FOR UPDATE
        ) AS claimed
    ), settled AS (
        UPDATE delivery SET settled_at = now(), outcome = 'sent', last_error = NULL
        WHERE id = ANY(ARRAY(SELECT id FROM held))
    ), recorded AS (
        UPDATE attempt SET finished_at = now(), outcome = 'sent', detail = said.detail
        FROM said WHERE delivery_id = ANY($1) AND delivery_id = said.id AND number = said.fence
    )
    SELECT DISTINCT endpoint.id FROM held JOIN endpoint ON endpoint.id = endpoint_id
    WHERE failing_since IS NOT NULL OR rests_until IS NOT NULL
"""
"""Settle claims ($1, $2) as sent; answers with the endpoints that were failing until now.

Rows are looked up one by one, in order, and asked for ``outcome``, which is set with
``settled_at``: no index is for that, while those of open rows, few when a plan was made, may hold a
hundred thousand now, and each look-up would go over them all.
"""
_WELL = """
    UPDATE endpoint SET failing_since = NULL, rests_until = NULL WHERE id = ANY($1)
"""
_LATER = """
    WITH said AS (
        SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::interval[])
            AS said (id, fence, detail, wait)
    ), put_off AS (
        UPDATE delivery SET due_at = now() + wait, last_error = detail
        FROM said WHERE delivery.id = ANY($1)
            AND delivery.id = said.id AND delivery.fence = said.fence AND outcome IS NULL
        RETURNING delivery.id
    ), recorded AS (
        UPDATE attempt SET finished_at = now(), outcome = 'later', detail = said.detail
        FROM said WHERE delivery_id = ANY($1) AND delivery_id = said.id AND number = said.fence
    )
    SELECT id FROM put_off
"""
"""Put claims ($1, $2) off for $4; answers with those that still held."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The carrier took it over. ``proven``: its answer was the consent that it was asked for."""

    due: DueDelivery
    detail: str
    proven: bool = False


@dataclass(frozen=True, slots=True)
class Later:
    """A passing failure: due again after ``wait`` seconds.

    Its endpoint rests for ``rest`` seconds, not at all where that is None: it was not to blame.
    """

    due: DueDelivery
    detail: str
    wait: float
    rest: float | None


@dataclass(frozen=True, slots=True)
class Dead:
    """Never again. ``gone``: nor is anything else wanted there."""

    due: DueDelivery
    detail: str
    gone: bool = False


Settled = Sent | Later | Dead


class Deliveries(Claims):
    """Intentions about deliveries, a transaction each."""

    def __init__(self, database: Database, failing: timedelta = FAILING) -> None:
        """``failing``: after which time without a success an endpoint is switched off."""
        super().__init__(database)
        self._failing = failing

    async def call(self, channel: str) -> None:
        """Wake one more worker, where there is more to send than one may get done."""
        async with self._database.transaction() as tx:
            await wake(tx, [Wake("deliver", channel)])

    async def settle(self, group: Sequence[Settled]) -> None:
        """Settle what came of claims. One whose lease ran out meanwhile changes nothing.

        Whatever is sent is committed together, so is whatever is put off.
        """
        for each in group:
            if isinstance(each, Sent) and each.proven:
                await self._confirm(each.due)
        if sent := [each for each in group if isinstance(each, Sent)]:
            await self._settle_sent(sent)
        if later := [each for each in group if isinstance(each, Later)]:
            await self._settle_later(later)
        for each in group:
            if isinstance(each, Dead):
                await self._settle_dead(each)

    async def _confirm(self, due: DueDelivery) -> None:
        """The answer of an endpoint is its owner's consent."""
        asked = (endpoint.c.id == due.endpoint_id, endpoint.c.confirmed_at.is_(None))
        agreed = answered(due.facts.get("rules", ()), by="answer")
        await self._do(sa.update(endpoint).where(*asked).values(**agreed))

    async def _settle_sent(self, sent: Sequence[Sent]) -> None:
        values = [
            [each.due.id for each in sent],
            [each.due.fence for each in sent],
            [said(each.detail) for each in sent],
        ]
        for left in reversed(range(_DEADLOCKS)):
            try:
                well = await self._database.all_at_once(_SENT, *values)
            except asyncpg.DeadlockDetectedError:
                if not left:
                    raise
            else:
                break
        if well:  # by itself: an endpoint is never locked after its deliveries
            await self._database.at_once(_WELL, [row["id"] for row in well])

    async def _settle_later(self, later: Sequence[Later]) -> None:
        """Put off what failed in passing, and let its endpoints rest."""
        async with self._database.transaction() as tx:
            await lock(tx, [each.due.endpoint_id for each in later])
            driver = await within(tx)
            rows = await driver.fetch(
                _LATER,
                [each.due.id for each in later],
                [each.due.fence for each in later],
                [said(each.detail) for each in later],
                [timedelta(seconds=each.wait) for each in later],
            )
            held = {row["id"] for row in rows}
            still = [each for each in later if each.due.id in held]
            waits = {(each.due.channel, math.ceil(each.wait)) for each in still}
            rested = await rest(tx, _rests(still), self._failing)
            for each in {each.due.endpoint_id: each for each in still}.values():
                if (rests := rested.get(each.due.endpoint_id)) is not None:
                    waits.add((each.due.channel, math.ceil(rests["left"].total_seconds())))
                    if rests["over"]:
                        await give_up(tx, each.due, said(each.detail))
            lanes = ((channel, timedelta(seconds=wait)) for channel, wait in sorted(waits))
            await wake(tx, [Wake("deliver", channel, after=wait) for channel, wait in lanes])

    async def _settle_dead(self, dead: Dead) -> None:
        """Keep a dead letter, tell an operator; of one who is gone end the endpoint too."""
        due, detail = dead.due, said(dead.detail)
        async with self._database.transaction() as tx:
            if dead.gone:  # the endpoint before its deliveries: two at once wait for each other
                await lock(tx, [due.endpoint_id])
            await tx.execute(
                sa.update(attempt)
                .where(attempt.c.delivery_id == due.id, attempt.c.number == due.fence)
                .values(finished_at=sa.func.now(), outcome="dead", detail=detail)
            )
            ours = (delivery.c.id == due.id) & (delivery.c.fence == due.fence)
            held = ours & delivery.c.outcome.is_(None)  # as above
            died = {"settled_at": sa.func.now(), "outcome": "dead", "last_error": detail}
            if not await changed(tx, delivery, held, **died):
                return
            if dead.gone:
                await switch_off(tx, due.endpoint_id, detail, detail)
                await suppress(tx, due.channel, due.address, f"gone: {detail}")
            await ops.note(tx, "dead-letter", f"{due.channel} {due.address}", detail)


def _rests(later: Sequence[Later]) -> dict[int, timedelta]:
    """How long each endpoint rests at least."""
    rests: defaultdict[int, timedelta] = defaultdict(timedelta)
    for each in later:
        if each.rest is not None:
            asked = timedelta(seconds=each.rest)
            rests[each.due.endpoint_id] = max(rests[each.due.endpoint_id], asked)
    return rests
