"""Windows that have closed, in the store: each is told of once, by one digest.

A digest is claimed by the key of its telling, so that any number of schedulers may make them. What
was alone in its window is told as if it had been told at once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from service import cadence
from service.model import SEOUL
from service.store.database import Intentions, Wake, columns, wake

_AT_ONCE = 2000  # things that wait, told of in one transaction
_SHOWN = 30  # things that one digest tells of; the rest stands behind its link

# Those who have paused keep what waits. Whoever holds a subscription has all of its windows: two
# who shared the rows of one would make two digests of it. What triage is about to correct or move
# is left to it: whoever waits still in its eyes must not be told meanwhile as it was.
_DUE = sa.text("""
    WITH closed AS (
        SELECT subscription_id FROM waiting
        JOIN subscription ON subscription.id = subscription_id AND paused_at IS NULL
        WHERE told_by IS NULL AND window_at <= now() ORDER BY window_at LIMIT :most
    ), held AS (
        SELECT * FROM subscription WHERE id IN (SELECT subscription_id FROM closed)
        FOR NO KEY UPDATE SKIP LOCKED
    ), mine AS (
        SELECT waiting.* FROM waiting JOIN held ON held.id = subscription_id
        JOIN telling ON telling.id = telling_id
        WHERE told_by IS NULL AND window_at <= now()
        FOR UPDATE OF waiting SKIP LOCKED FOR SHARE OF telling SKIP LOCKED
    )
    SELECT subscription_id, window_at, telling_id, mine.created_at, cadence, now() AS now, ready_at,
        coalesce(ready_at <= ends_at, ended_at IS NULL) AS wanted, ends_at <= window_at AS over
    FROM mine JOIN held ON held.id = subscription_id
    JOIN telling ON telling.id = telling_id
    CROSS JOIN LATERAL (SELECT greatest(mine.created_at,
        CASE WHEN embargoed = 'wait' THEN embargo_until END) AS ready_at) AS came
    CROSS JOIN LATERAL (SELECT CASE WHEN ended_at IS NULL THEN expires_at ELSE (
        SELECT max(switched_off_at) FROM endpoint
        WHERE endpoint.subscription_id = held.id AND switched_off_why = 'expired'
    ) END AS ends_at) AS span
    CROSS JOIN LATERAL (SELECT CAST(timezone('Asia/Seoul', now()) AS date) AS today) AS here
    CROSS JOIN LATERAL (SELECT left(facts ->> 'apply_by', 10) AS ends) AS call
    ORDER BY window_at, subscription_id, reason = 'correction' DESC,
        CASE WHEN ends BETWEEN today::text AND (today + 7)::text THEN ends END, telling_id DESC
""")
_DROP = sa.text("""
    DELETE FROM waiting USING unnest(CAST(:subscriptions AS bigint[]), CAST(:tellings AS bigint[]))
        AS gone (subscription, telling)
    WHERE subscription_id = subscription AND telling_id = telling
""")
_PUT_OFF = sa.text("""
    UPDATE waiting SET window_at = later
    FROM unnest(CAST(:subscriptions AS bigint[]), CAST(:tellings AS bigint[]),
        CAST(:windows AS timestamptz[])) AS late (subscription, telling, later)
    WHERE subscription_id = subscription AND telling_id = telling
""")
_CLAIM = sa.text("""
    INSERT INTO telling (reason, key, facts)
    SELECT 'digest', key, facts FROM unnest(CAST(:keys AS text[]), CAST(:facts AS jsonb[]))
        AS made (key, facts)
    ON CONFLICT DO NOTHING RETURNING key, id
""")
# Whoever's time is over is still told of what came before that.
_TELL = sa.text("""
    WITH told AS (
        UPDATE waiting SET told_by = tells
        FROM unnest(CAST(:subscriptions AS bigint[]), CAST(:tellings AS bigint[]),
            CAST(:tells AS bigint[])) AS item (subscription, telling, tells)
        WHERE subscription_id = subscription AND telling_id = telling
        RETURNING subscription_id, tells, CASE WHEN tells = telling THEN hits END AS hits
    ), owed AS (
        INSERT INTO delivery
            (telling_id, subscription_id, endpoint_id, channel, hits, due_at, held_from)
        SELECT DISTINCT ON (tells, endpoint.id) tells, subscription_id, endpoint.id, channel,
            told.hits, due, CASE WHEN ready < due THEN ready END
        FROM told
        JOIN unnest(CAST(:whom AS bigint[]), CAST(:which AS bigint[]),
            CAST(:readies AS timestamptz[]), CAST(:dues AS timestamptz[]))
            AS pace (whom, which, ready, due)
            ON whom = subscription_id AND which = tells
        JOIN endpoint USING (subscription_id)
        WHERE confirmed_at IS NOT NULL AND (
            switched_off_at IS NULL OR switched_off_why = 'expired' AND ready <= switched_off_at)
        ON CONFLICT DO NOTHING RETURNING channel, due_at
    )
    SELECT DISTINCT channel, greatest(due_at - now(), interval '0') FROM owed ORDER BY 1, 2
""")


@dataclass(frozen=True, slots=True)
class _Window:
    """What waited for one window of a subscription: tellings, what matters most first.

    ``since``: when the first of them came; ``ready_at``: when the message counts as due, which is
    before the end of its subscription; ``wanted``: whether anybody is left to be told.
    """

    subscription_id: int
    at: datetime
    tellings: Sequence[int]
    since: datetime
    ready_at: datetime
    cadence: cadence.Cadence
    wanted: bool

    @property
    def key(self) -> str:
        """What its digest is claimed by."""
        return f"digest {self.subscription_id} {self.at.astimezone(UTC).isoformat()}"

    @property
    def facts(self) -> dict[str, Any]:
        """What its digest tells: of the first ones, and how many there are."""
        return {
            "since": self.since.astimezone(SEOUL).isoformat(),
            "until": self.at.astimezone(SEOUL).isoformat(),
            "total": len(self.tellings),
            "telling_ids": list(self.tellings[:_SHOWN]),
        }

    def due(self, now: datetime) -> datetime:
        """When what tells of it is sent: not in quiet hours, unless it was to be, being urgent."""
        if cadence.quiet_end(self.cadence, self.at):
            return self.at
        return cadence.quiet_end(self.cadence, now) or self.at


class Digests(Intentions):
    """Intentions about digests, a transaction each."""

    async def tell_all(self) -> int:
        """Tell of every window that has closed; how many there were, which is nearly always 0."""
        told = 0
        while windows := await self.tell(_AT_ONCE):
            told += windows
        return told

    async def tell(self, most: int) -> int:
        """Tell of the windows that closed first, with up to ``most`` things; returns how many.

        1. Whoever has ended is told nothing.
        2. What is alone in its window is told by itself.
        3. What came too late for the digest of its window waits for the next one.
        """
        async with self._database.transaction() as tx:
            rows = (await tx.execute(_DUE, {"most": most})).all()
            if not rows:
                return 0
            now, windows = rows[0].now, list(_windows(rows))
            if dropped := [row for each in windows if not each.wanted for row in _of(each)]:
                await tx.execute(_DROP, columns(dropped, "subscriptions", "tellings"))
            wanted = [each for each in windows if each.wanted]
            alone = [(each, each.tellings[0]) for each in wanted if len(each.tellings) == 1]
            many = [each for each in wanted if len(each.tellings) > 1]
            made = await _claim(tx, many)
            late = [(each, _next(each, now)) for each in many if each.key not in made]
            if later := [(*row, at) for each, at in late for row in _of(each)]:
                await tx.execute(_PUT_OFF, columns(later, "subscriptions", "tellings", "windows"))
            digests = [(each, made[each.key]) for each in many if each.key in made]
            await _tell(tx, alone + digests, now)
        return len(windows)


def _windows(rows: Sequence[sa.Row[Any]]) -> Iterator[_Window]:
    for (subscription_id, at), group in groupby(rows, lambda row: row[:2]):
        found = list(group)
        first = found[0]
        yield _Window(
            subscription_id,
            at,
            [row.telling_id for row in found],
            min(row.created_at for row in found),
            max(row.ready_at for row in found) if first.over else at,
            cadence.kept(first.cadence),
            first.wanted,
        )


def _next(missed: _Window, now: datetime) -> datetime:
    return cadence.window(missed.cadence, now) or cadence.burst(now)


def _of(window: _Window) -> list[tuple[int, int]]:
    return [(window.subscription_id, each) for each in window.tellings]


async def _claim(tx: AsyncConnection, windows: Sequence[_Window]) -> dict[str, int]:
    """The digests of ``windows`` that nobody made before, by key."""
    if not windows:
        return {}
    given = columns([(each.key, json.dumps(each.facts)) for each in windows], "keys", "facts")
    return {row.key: row.id for row in await tx.execute(_CLAIM, given)}


async def _tell(tx: AsyncConnection, telling: Sequence[tuple[_Window, int]], now: datetime) -> None:
    """Let each telling tell of its window, and owe it to every endpoint."""
    if not telling:
        return
    rows = [(*row, tells) for window, tells in telling for row in _of(window)]
    paced = [(each.subscription_id, tells, each.ready_at, each.due(now)) for each, tells in telling]
    given = columns(rows, "subscriptions", "tellings", "tells")
    given |= columns(paced, "whom", "which", "readies", "dues")
    owed = await tx.execute(_TELL, given)
    await wake(tx, [Wake("deliver", channel, after=rest) for channel, rest in owed])
