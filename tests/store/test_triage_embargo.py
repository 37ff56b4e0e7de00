"""Whom an embargo holds an alert back from, and until when."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import asyncpg

from service.store.verdicts import Verdicts
from tests.store.triage import FACTS, owing

Add = Callable[..., Awaitable[int]]
Wakes = Callable[[], Awaitable[list[str]]]
Subscribe = Callable[..., Awaitable[int]]

HELD = {**FACTS, "embargo": "엠바고"}
SOON = timedelta(minutes=30)


async def owed_to(sql: asyncpg.Connection, subscription_id: int) -> tuple[datetime, bool]:
    """When the subscription is told, and whether with a badge."""
    row = await sql.fetchrow(
        "SELECT due_at, coalesce(embargo_until > due_at, true) AND facts ->> 'embargo' IS NOT NULL"
        " FROM delivery JOIN telling ON telling.id = telling_id WHERE subscription_id = $1",
        subscription_id,
    )
    return row[0], row[1]


async def test_an_embargo_holds_an_alert_back_unless_the_badge_was_asked_for(
    verdicts: Verdicts, add: Add, subscribe: Subscribe, sql: asyncpg.Connection, wakes: Wakes
) -> None:
    waits, sees = await subscribe(), await subscribe(embargoed="badge")
    now = await sql.fetchval("SELECT now()")
    made = await add("article")

    verdict = owing("url:1", to=[waits, sees], facts=HELD, until=now + SOON)
    assert await verdicts.settle(made, verdict) == 2

    assert await owed_to(sql, waits) == (now + SOON, False)
    told_at, badge = await owed_to(sql, sees)
    assert badge
    assert told_at < now + timedelta(minutes=1)
    rests = await sql.fetch("SELECT execute_after - now() AS rest FROM pgqueuer ORDER BY 1")
    assert rests[0]["rest"] <= timedelta(0)
    assert timedelta(minutes=29) < rests[1]["rest"] <= SOON
    assert await wakes() == ["deliver:console"] * 2


async def test_an_embargo_that_has_lifted_holds_nothing_back_and_shows_no_badge(
    verdicts: Verdicts, add: Add, subscribe: Subscribe, sql: asyncpg.Connection
) -> None:
    waits, sees = await subscribe(), await subscribe(embargoed="badge")
    now = await sql.fetchval("SELECT now()")

    verdict = owing("url:1", to=[waits, sees], facts=HELD, until=now - SOON)
    await verdicts.settle(await add("article"), verdict)

    for each in (waits, sees):
        told_at, badge = await owed_to(sql, each)
        assert now <= told_at < now + timedelta(minutes=1)
        assert not badge


async def test_a_condition_without_a_time_holds_nothing_back_but_is_shown_to_everybody(
    verdicts: Verdicts, add: Add, subscribe: Subscribe, sql: asyncpg.Connection
) -> None:
    waits, sees = await subscribe(), await subscribe(embargoed="badge")

    await verdicts.settle(await add("article"), owing("url:1", to=[waits, sees], facts=HELD))

    assert [(await owed_to(sql, each))[1] for each in (waits, sees)] == [True, True]


async def test_a_copy_that_comes_while_the_embargo_holds_is_not_told_before_it_lifts(
    verdicts: Verdicts, add: Add, subscribe: Subscribe, sql: asyncpg.Connection
) -> None:
    waits = await subscribe()
    until = await sql.fetchval("SELECT now()") + SOON
    await verdicts.settle(
        await add("article"), owing("text:1", to=[waits], facts=HELD, until=until)
    )

    assert await verdicts.settle(await add("article"), owing("text:1", to=[waits])) == 0

    assert await owed_to(sql, waits) == (until, False)
