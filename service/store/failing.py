"""Endpoints that take nothing: they rest ever longer, and in the end are switched off."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from urllib.parse import urlsplit

import asyncpg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from service.model import DueDelivery
from service.store import ending, ops
from service.store.database import within
from service.store.owing import notify
from service.store.tables import delivery, endpoint, suppressed

# A failure that no success followed, its message being given up, is not one of now: what is tried
# again is so within little more than a day.
_SINCE = """
    CASE WHEN rests_until < now() - $3::interval THEN now() ELSE coalesce(failing_since, now()) END
"""
_REST = """
    UPDATE endpoint SET
        failing_since = SINCE,
        rests_until = greatest(
            rests_until, now() + greatest(rest, least((now() - SINCE) / 8, interval '6 hours'))
        )
    FROM unnest($1::bigint[], $2::interval[]) AS said (failed_id, rest)
    WHERE endpoint.id = failed_id
    RETURNING endpoint.id, rests_until - now() AS left,
        failing_since <= now() - $3::interval AND switched_off_at IS NULL AS over
""".replace("SINCE", _SINCE)
"""Let endpoints rest, an eighth of the time for which they fail, but for $2 at least.

``over``: tries of $3 have failed. Whoever was not tried for as long begins anew.
"""


async def lock(tx: AsyncConnection, endpoints: Collection[int]) -> None:
    """Endpoints before their deliveries, in one order: two at once wait for each other."""
    rows = sa.select(endpoint.c.id).where(endpoint.c.id.in_(set(endpoints)))
    await tx.execute(rows.order_by(endpoint.c.id).with_for_update())


async def rest(
    tx: AsyncConnection, rests: Mapping[int, timedelta], failing: timedelta
) -> dict[int, asyncpg.Record]:
    """Let endpoints that failed rest for so long at least; how long it is ``left``, and ``over``.

    ``failing``: the time after which it is.
    """
    driver = await within(tx)
    rows = await driver.fetch(_REST, list(rests), list(rests.values()), failing)
    return {row["id"]: row for row in rows}


async def switch_off(tx: AsyncConnection, endpoint_id: int, why: str, detail: str) -> None:
    """End an endpoint with all that is owed to it."""
    await ending.switch_off(tx, endpoint.c.id == endpoint_id, why)
    owed = (delivery.c.endpoint_id == endpoint_id) & delivery.c.settled_at.is_(None)
    await ending.settle_ended(tx, owed, "dead", last_error=detail)


async def suppress(tx: AsyncConnection, channel: str, address: str, why: str) -> None:
    """Send nothing to a mail address any more, whoever asks; other channels give theirs anew."""
    if channel == "mail":
        row = insert(suppressed).values(channel=channel, address=address.lower(), why=why)
        await tx.execute(row.on_conflict_do_nothing())


async def give_up(tx: AsyncConnection, due: DueDelivery, detail: str) -> None:
    """Switch off an endpoint that takes nothing; the others of its subscription hear of it."""
    await switch_off(tx, due.endpoint_id, "failing", detail)
    await ops.note(tx, "endpoint-failing", f"{due.channel} {due.address}", detail)
    # An address may hold what is a secret anywhere else.
    place = f"{due.channel} {urlsplit(due.address).hostname or due.address}"
    facts = {
        "title": "받는 곳 하나를 껐습니다 · one of your endpoints was switched off",
        "lines": [
            place,
            f"이틀 동안 받지 않았습니다 · it took nothing for two days: {detail}",
            "다시 켜려면 같은 주소로 다시 구독하세요 · subscribe it again to switch it on",
        ],
    }
    await notify(tx, due.subscription_id, f"failing {due.endpoint_id}", facts)
