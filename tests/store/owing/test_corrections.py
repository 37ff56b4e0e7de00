"""Corrections are owed to whoever was told, once, and change what is still owed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

import asyncpg
import pytest

from service.store.database import Database
from service.store.stories import Place
from service.store.subscriptions import Endpoint, Subscriptions
from service.store.verdicts import Verdict, Verdicts
from tests.store.owing.owed import (
    CORRECTED,
    FACTS,
    HITS,
    corrected,
    owe,
    owed,
    rests,
    to,
    waits,
    wish,
)

Add = Callable[..., Awaitable[int]]


async def test_a_correction_is_owed_to_whoever_was_told_with_the_hits_of_then(
    verdicts: Verdicts, add: Add, told: tuple[int, int], sql: asyncpg.Connection
) -> None:
    assert await verdicts.settle(await add("article"), corrected(earlier_id=told[1])) == 1

    assert await owed(sql) == [{**CORRECTED, "hits": HITS}]
    kept = await sql.fetchrow("SELECT earlier_id, changes FROM revision")
    assert kept["earlier_id"] == told[1]
    assert json.loads(kept["changes"]) == [
        {"what": "마감 (deadline)", "before": "5.20", "after": "5.27", "weighty": True}
    ]


async def test_whoever_is_told_of_the_event_only_now_gets_the_event_alone(
    verdicts: Verdicts, add: Add, told: tuple[int, int], sql: asyncpg.Connection
) -> None:
    new = await add("subscription")
    await add("endpoint", subscription_id=new)

    assert await verdicts.settle(await add("article"), corrected(told[0], new)) == 2

    to_whom = await sql.fetch(
        "SELECT subscription_id FROM delivery WHERE settled_at IS NULL ORDER BY 1"
    )
    assert [row[0] for row in to_whom] == [told[0], new]
    first, second = await owed(sql)
    assert ("changes" in first, "changes" in second) == (True, False)
    assert second["title"] == "고친 제목"


async def test_a_changed_page_is_told_once_however_often_it_is_judged(
    verdicts: Verdicts, add: Add, told: tuple[int, int], sql: asyncpg.Connection
) -> None:
    made = told[1]
    revision = await add("revision", article_id=made)
    await sql.execute("UPDATE article SET triaged_at = NULL")
    waiting = await verdicts.waiting(made)
    assert waiting is not None
    assert waiting[0].earlier is not None
    assert (waiting[0].earlier.revision_id, waiting[0].earlier.reading.title) == (
        revision,
        "옛 제목",
    )

    for _ in range(2):
        await sql.execute("UPDATE article SET triaged_at = NULL")
        await verdicts.settle(made, corrected(revision_id=revision))

    assert len(await owed(sql)) == 1
    assert json.loads(await sql.fetchval("SELECT changes FROM revision"))[0]["after"] == "5.27"
    await sql.execute("UPDATE article SET triaged_at = NULL")
    assert (await verdicts.waiting(made) or waiting)[0].earlier is None


async def test_each_correction_of_a_story_is_told(
    verdicts: Verdicts, add: Add, told: tuple[int, int], sql: asyncpg.Connection
) -> None:
    for day in (27, 28):
        alert = {**CORRECTED, "changes": [f"마감 5.20 → 5.{day}"]}
        verdict = corrected(earlier_id=told[1], alert=alert)
        assert await verdicts.settle(await add("article"), verdict) == 1

    assert [each["changes"] for each in await owed(sql)] == [
        ["마감 5.20 → 5.27"],
        ["마감 5.20 → 5.28"],
    ]


async def test_a_correction_that_comes_by_two_ways_is_told_once_and_once_more_after_another(
    verdicts: Verdicts, add: Add, told: tuple[int, int], sql: asyncpg.Connection
) -> None:
    back = {**CORRECTED, "changes": ["마감 5.27 → 5.20"]}
    owed_each = [
        await verdicts.settle(await add("article"), corrected(earlier_id=told[1], alert=alert))
        for alert in (CORRECTED, CORRECTED, back, CORRECTED)
    ]

    assert owed_each == [1, 0, 1, 1]
    assert len(await owed(sql)) == 3


async def test_what_is_not_worth_an_alert_is_kept_and_told_to_nobody(
    verdicts: Verdicts, add: Add, told: tuple[int, int], sql: asyncpg.Connection
) -> None:
    assert (
        await verdicts.settle(await add("article"), corrected(earlier_id=told[1], alert=None)) == 0
    )

    assert await sql.fetchval("SELECT count(*) FROM revision") == 1


async def test_a_correction_is_owed_to_no_endpoint_that_is_off_or_was_never_reached(
    verdicts: Verdicts, add: Add, told: tuple[int, int], sql: asyncpg.Connection
) -> None:
    await sql.execute("UPDATE endpoint SET switched_off_at = now()")
    assert await verdicts.settle(await add("article"), corrected(earlier_id=told[1])) == 0

    await sql.execute("UPDATE endpoint SET switched_off_at = NULL")
    await sql.execute("UPDATE delivery SET outcome = 'dead'")
    assert await verdicts.settle(await add("article"), corrected(earlier_id=told[1])) == 0


async def test_an_alert_that_waits_for_its_embargo_tells_the_corrected_facts_alone(
    verdicts: Verdicts, add: Add, sql: asyncpg.Connection
) -> None:
    subscription_id, made = await add("subscription"), await add("article")
    await add("endpoint", subscription_id=subscription_id)
    now: datetime = await sql.fetchval("SELECT now()")
    until, later = now + timedelta(hours=1), now + timedelta(hours=2)
    first = Verdict(Place(["url:1"]), FACTS, to(subscription_id), until)
    await verdicts.settle(made, first)

    verdict = replace(corrected(earlier_id=made), embargo_until=later)
    assert await verdicts.settle(await add("article"), verdict) == 1

    (alert,) = await owed(sql)
    assert alert == {"title": "고친 제목", "apply_by": "2026-05-27", "embargo": None, "hits": HITS}
    assert await sql.fetchval("SELECT due_at FROM delivery") == later
    told = await sql.fetchrow("SELECT version, embargo_until FROM telling ORDER BY id LIMIT 1")
    assert tuple(told) == (1, later)


@pytest.mark.parametrize(("released", "early"), [(False, False), (True, True)])
async def test_an_embargo_ends_early_only_where_the_correction_says_so(
    verdicts: Verdicts, add: Add, sql: asyncpg.Connection, released: bool, early: bool
) -> None:
    subscription_id, made = await add("subscription"), await add("article")
    await add("endpoint", subscription_id=subscription_id)
    now: datetime = await sql.fetchval("SELECT now()")
    first = Verdict(Place(["url:1"]), FACTS, to(subscription_id), now + timedelta(hours=1))
    await verdicts.settle(made, first)

    await verdicts.settle(await add("article"), corrected(earlier_id=made, released=released))

    due = await sql.fetchval("SELECT due_at FROM delivery")
    assert (due < now + timedelta(minutes=30)) is early


async def test_a_copy_without_its_box_waits_for_the_embargo_of_its_story(
    verdicts: Verdicts, add: Add, sql: asyncpg.Connection
) -> None:
    subscription_id = await add("subscription")
    await add("endpoint", subscription_id=subscription_id)
    until: datetime = await sql.fetchval("SELECT now()") + timedelta(hours=1)
    held = await add("article", embargo_until=until)
    await verdicts.settle(held, Verdict(Place(["url:1"]), {}, embargo_until=until))

    verdict = Verdict(Place(["url:1"]), FACTS, to(subscription_id))
    await verdicts.settle(await add("article"), verdict)

    assert await sql.fetchval("SELECT due_at FROM delivery") == until


async def test_an_alert_that_is_tried_again_tells_the_corrected_facts_too(
    verdicts: Verdicts, add: Add, told: tuple[int, int], sql: asyncpg.Connection
) -> None:
    await sql.execute("UPDATE delivery SET settled_at = NULL, outcome = NULL, attempts = 1")

    assert await verdicts.settle(await add("article"), corrected(earlier_id=told[1])) == 1

    first, correction = await owed(sql)
    assert (first["title"], "changes" in first) == ("고친 제목", False)
    assert correction["changes"] == CORRECTED["changes"]


async def test_a_correction_and_an_unsubscription_at_once_both_succeed(
    verdicts: Verdicts, add: Add, told: tuple[int, int], database: Database
) -> None:
    for _ in range(5):
        made = await add("article")
        ended, _ = await asyncio.gather(
            Subscriptions(database).end("무역"),
            verdicts.settle(made, corrected(earlier_id=told[1])),
        )
        await Subscriptions(database).subscribe(
            "무역", [("수출", "수출")], Endpoint("console", "-", agreed=True)
        )

    assert ended


async def test_a_correction_of_what_is_late_is_told_at_once(
    verdicts: Verdicts, add: Add, told: tuple[int, int], sql: asyncpg.Connection
) -> None:
    made = await add("article", late=True)

    assert await verdicts.settle(made, corrected(told[0], earlier_id=told[1])) == 1

    assert await rests(sql) == [0, 0]


async def digested(sql: asyncpg.Connection, outcome: str | None = "sent") -> None:
    """What waits is told in a digest, to every endpoint."""
    digest = await sql.fetchval(
        "INSERT INTO telling (reason, key, facts) VALUES ('digest', 'digest 1', '{}') RETURNING id"
    )
    await sql.execute("UPDATE waiting SET told_by = $1", digest)
    await sql.execute(
        "INSERT INTO delivery (telling_id, subscription_id, endpoint_id, channel, outcome,"
        " attempts, settled_at) SELECT $1, subscription_id, id, channel, $2::text,"
        " 1 - ($2::text IS NULL)::int, CASE WHEN $2::text IS NOT NULL THEN now() END FROM endpoint",
        digest,
        outcome,
    )


@pytest.mark.parametrize(
    ("outcome", "owed_to"), [("sent", 1), ("dead", 0), (None, 0)], ids=["told", "dead", "untried"]
)
async def test_whoever_was_told_in_a_digest_is_told_of_the_correction_in_another(
    verdicts: Verdicts, add: Add, reader: int, sql: asyncpg.Connection,
    outcome: str | None, owed_to: int,
) -> None:  # fmt: skip
    await wish(sql, "daily 08:00")
    made = await owe(verdicts, add, reader, 1)
    await digested(sql, outcome)

    assert await verdicts.settle(await add("article"), corrected(earlier_id=made)) == owed_to

    keys = [key for key, _ in await waits(sql)]
    assert keys == ["story 1 revision 1"] * owed_to
    copy = corrected(earlier_id=made)
    assert await verdicts.settle(await add("article"), copy) == 0
    # What its digest still has to tell is told as it is now.
    event = await sql.fetchval("SELECT facts FROM telling WHERE key = 'story 1'")
    assert json.loads(event)["title"] == "고친 제목"


async def test_whoever_still_waits_is_told_of_it_as_it_is_now(
    verdicts: Verdicts, add: Add, reader: int, sql: asyncpg.Connection
) -> None:
    await wish(sql, "hourly")
    made = await owe(verdicts, add, reader, 1)

    assert await verdicts.settle(await add("article"), corrected(earlier_id=made)) == 0

    assert [key for key, _ in await waits(sql)] == ["story 1"]
    event = await sql.fetchrow("SELECT facts, version FROM telling WHERE key = 'story 1'")
    told = json.loads(event["facts"])
    assert (told["title"], "changes" in told, event["version"]) == ("고친 제목", False, 1)


@pytest.mark.parametrize("released", [False, True])
async def test_an_embargo_that_moves_moves_the_window(
    verdicts: Verdicts, add: Add, reader: int, sql: asyncpg.Connection, released: bool
) -> None:
    await wish(sql, "hourly")
    now: datetime = await sql.fetchval("SELECT date_trunc('hour', now())")
    made = await add("article")
    verdict = Verdict(Place(["url:1"]), FACTS, to(reader), now + timedelta(minutes=150))
    await verdicts.settle(made, verdict)

    later = None if released else now + timedelta(minutes=210)
    verdict = replace(corrected(earlier_id=made, released=released), embargo_until=later)
    assert await verdicts.settle(await add("article"), verdict) == 1

    told_at = await sql.fetchval("SELECT window_at FROM waiting")
    assert told_at == now + timedelta(hours=1 if released else 4)
