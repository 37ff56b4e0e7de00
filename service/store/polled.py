"""A poll in the store: the right to it, what came of it, what it leaves to be done."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from scrapers.model import Freshness, Request
from service.listed import Listed
from service.store import ops
from service.store.database import Wake, wake
from service.store.tables import backfill

MARGIN = timedelta(days=2)  # lists print days, and a release may be put up on the day after


@dataclass(frozen=True, slots=True)
class Slot:
    """The right to poll a source once, and what its last polls left to know.

    ``floor`` is the oldest date of the silent baseline: what is older was there before we came,
    even where a withdrawn release lets it slip onto the front page. ``body_sha256`` begins with the
    digest of what was asked. ``now`` is the database's.
    """

    source_id: str
    number: int
    baselined_at: datetime | None
    floor: datetime | None
    last_ok_at: datetime | None
    now: datetime
    failures: int
    quiet_polls: int
    etag: str | None
    last_modified: str | None
    body_sha256: bytes | None

    @property
    def baselined(self) -> bool:
        """Whether a first look was had."""
        return self.baselined_at is not None

    @property
    def since(self) -> datetime:
        """What is older was there when a poll last worked, or before we came."""
        looked = (self.last_ok_at or self.now) - MARGIN
        return max(looked, self.floor or looked)


@dataclass(frozen=True, slots=True)
class Polled:
    """What a poll that worked found; of a 304 nothing is ``listed``.

    ``next_in`` is in seconds. ``floor``: what is older was there before, and nobody is told of it,
    nor of those with keys in ``slid``. ``late``: what was found was out for long before we looked.
    """

    listed: Listed
    freshness: Freshness
    body_sha256: bytes | None
    next_in: float
    floor: datetime | None = None
    slid: Collection[str] = ()
    late: bool = False


# Both are done for every poll, nearly all of which find nothing: one round trip each.
BEGIN = """
    WITH mine AS (
        SELECT id, begun_slot FROM source
        WHERE id = $1 AND slot = $2 AND begun_slot < $2
        FOR UPDATE
    ), died AS (
        UPDATE poll SET finished_at = now(), outcome = 'failed',
            trouble = 'abandoned', detail = $4
        FROM mine
        WHERE source_id = mine.id AND poll.slot = mine.begun_slot AND finished_at IS NULL
        RETURNING poll.slot
    ), begun AS (
        INSERT INTO poll (source_id, slot) SELECT id, $2 FROM mine
    ), ill AS (
        SELECT count(*) > 0 AS so FROM died
    )
    UPDATE source SET
        begun_slot = $2,
        next_due = now() + $3::interval * power(2, least(failures, 8)),
        failures = failures + so::int,
        failing_since = CASE WHEN so THEN coalesce(failing_since, now()) ELSE failing_since END,
        trouble = CASE WHEN so THEN 'abandoned' ELSE trouble END,
        last_error = CASE WHEN so THEN $4 ELSE last_error END
    FROM mine, ill
    WHERE source.id = mine.id
    RETURNING
        baselined_at, baseline_floor AS floor, last_ok_at, now() AS now, failures, quiet_polls,
        etag, last_modified, body_sha256
"""
"""Take up slot $2 of source $1 for $3; the poll before it failed if its worker ended half way, $4.

A source whose worker dies again and again is taken up ever more slowly: for at most 85 minutes."""
FINISH = """
    WITH mine AS (
        UPDATE source SET
            baselined_at = coalesce(baselined_at, now()),
            baseline_floor = $3,
            last_ok_at = now(),
            newest_at = greatest(newest_at, $4),
            failures = 0,
            failing_since = NULL,
            trouble = NULL,
            quiet_polls = CASE WHEN $5 THEN quiet_polls + 1 ELSE 0 END,
            last_error = NULL,
            etag = $6,
            last_modified = $7,
            body_sha256 = $8,
            next_due = now() + $9::interval
        WHERE id = $1 AND slot = $2
        RETURNING id
    ), ended AS (
        UPDATE poll SET finished_at = now(), outcome = 'ok', pages = $10, seen = $11, shape = $12
        FROM mine
        WHERE source_id = mine.id AND slot = $2
    )
    SELECT id FROM mine
"""
"""Settle slot $2 of source $1, which worked; no row where a later slot has taken over."""
COUNT = "UPDATE poll SET new = $3 WHERE source_id = $1 AND slot = $2"


def finishing(slot: Slot, polled: Polled) -> tuple[object, ...]:
    """The values of FINISH."""
    listed, shape = polled.listed, polled.listed.shape
    dates = [each.published_at for each in listed.fresh.values() if each.published_at is not None]
    return (
        slot.source_id,
        slot.number,
        slot.floor if slot.baselined else polled.floor,
        max(dates, default=None),
        not listed.fresh,
        polled.freshness.etag,
        polled.freshness.last_modified,
        polled.body_sha256,
        timedelta(seconds=polled.next_in),
        listed.pages,
        listed.seen,
        None if shape is None else json.dumps(asdict(shape)),
    )


async def read_on(tx: AsyncConnection, slot: Slot, more: Request | None) -> None:
    """Have what lies behind the pages that were read fetched too, page by page."""
    if more is None:
        why = "아는 글에 못 닿음 (not read back to what is known)"
        await ops.note(tx, "possible-gap", slot.source_id, why)
        return
    new = insert(backfill).values(
        source_id=slot.source_id, since=slot.since, told_from=slot.since, request=asdict(more)
    )
    # One that is under way goes back to this page: it would silence, or has gone by, what is here.
    merged = new.on_conflict_do_update(
        index_elements=["source_id"],
        index_where=backfill.c.finished_at.is_(None),
        set_={
            "since": sa.func.least(backfill.c.since, slot.since),
            "told_from": sa.func.least(backfill.c.told_from, slot.since),
            "request": new.excluded.request,
            "met": False,
            "still": 0,
            "failures": 0,
            "fence": backfill.c.fence + 1,
            "due_at": sa.func.now(),
        },
    )
    await tx.execute(merged)
    await wake(tx, [Wake("backfill", slot.source_id, once=True)])
