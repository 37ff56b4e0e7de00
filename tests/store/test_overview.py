"""What people look at, counted on a small database that was prepared for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import asyncpg
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from service.store.cockpit import Cockpit
from service.store.database import Database
from service.store.evidence import Evidence, OwedRow, StoredRow
from service.store.overview import Health, Overview

NINE = datetime(2026, 11, 20, 9, tzinfo=ZoneInfo("Asia/Seoul"))

Add = Callable[..., Awaitable[int]]


@pytest.fixture
def overview(database: Database) -> Overview:
    return Overview(database)


@pytest.fixture
def evidence(database: Database) -> Evidence:
    return Evidence(database)


async def owe(add: Add, telling_id: int, **values: object) -> int:
    subscription_id = await add("subscription")
    return await add(
        "delivery",
        telling_id=telling_id,
        subscription_id=subscription_id,
        endpoint_id=await add("endpoint", subscription_id=subscription_id),
        **values,
    )


async def wait(add: Add, telling_id: int, told_by: int | None) -> None:
    subscription_id = await add("subscription")
    await add(
        "waiting",
        telling_id=telling_id,
        subscription_id=subscription_id,
        window_at=sa.func.now(),
        told_by=told_by,
    )


async def judged(add: Add, story_id: int, **values: object) -> int:
    return await add("article", story_id=story_id, triaged_at=sa.func.now(), **values)


async def test_an_empty_database_has_nothing_to_show(
    overview: Overview, evidence: Evidence
) -> None:
    assert await overview.writable()
    assert await overview.sources() == []
    assert set((await overview.counts()).values()) == {0}
    assert await evidence.stored() == []
    assert await evidence.owed() == []
    assert await evidence.died_in_flight() == 0
    assert not await evidence.baselined()


async def test_a_database_without_our_tables_does_not_answer(database_url: str) -> None:
    database = Database(database_url)
    try:
        with pytest.raises(DBAPIError, match="rule_book"):
            await Overview(database).writable()
    finally:
        await database.close()


async def test_every_queue_is_counted_by_what_stands_in_it(overview: Overview, add: Add) -> None:
    story = await add("story")
    unread = {"read_at": None, "text": None}
    for _ in range(2):
        await add("article", collected_at=None, **unread)
    await add("article", read_at=None)
    for _ in range(3):
        await add("article")
    for _ in range(2):
        await judged(add, story)
    telling = await add("telling", story_id=story)
    for settled in [None] * 4 + ["sent"] * 3 + ["dead"] * 2:
        at = settled and sa.func.now()
        await owe(add, telling, outcome=settled, settled_at=at)
    later = sa.func.now() + timedelta(hours=1)
    await owe(add, telling, due_at=later)  # under embargo
    await owe(add, telling, due_at=later, attempts=1)  # put off
    for told_by in (None, None, telling):
        await wait(add, telling, told_by)

    assert await overview.counts() == {
        "articles": 8,
        "stories": 1,
        "to_collect": 2,
        "to_judge": 4,
        "to_send": 5,
        "held": 3,
        "sent": 3,
        "dead": 2,
    }


async def test_the_health_of_every_source_is_told_by_id(
    overview: Overview, add: Add, sql: asyncpg.Connection
) -> None:
    for source_id in ("b", "a", "a"):
        await add("article", source_id=source_id)
    await sql.execute(
        "UPDATE source SET last_ok_at = $1, newest_at = $1, next_due = $1, failures = 2,"
        " last_error = 'TooLarge: huge', trouble = 'too-large', failing_since = $1,"
        " paused_at = $1, paused_why = '쉼' WHERE id = 'a'",
        NINE,
    )

    first, second = await overview.sources()

    assert first == Health("a", NINE, NINE, 2, "TooLarge: huge", 2, "too-large", NINE, NINE, "쉼")
    assert (second.source_id, second.last_ok_at, second.failures, second.articles) == (
        "b", None, 0, 1,
    )  # fmt: skip


async def test_open_items_are_shown_the_latest_first_then_those_of_the_last_week(
    database: Database, sql: asyncpg.Connection
) -> None:
    cockpit = Cockpit(database)
    assert await cockpit.items() == []
    await sql.execute(
        "INSERT INTO ops_item (kind, subject, detail, times, last_at, closed_at) VALUES"
        " ('dead-letter', 'x', 'd', 1, $1, NULL),"
        " ('source-broken', 'a', 'e', 3, $1 + interval '1 hour', NULL),"
        " ('source-broken', 'b', 'f', 1, $1 + interval '2 hours', now()),"
        " ('source-broken', 'c', 'g', 1, $1, now() - interval '8 days')",
        NINE,
    )

    items = await cockpit.items()

    assert [(each.subject, each.closed_at is None) for each in items] == [
        ("a", True), ("x", True), ("b", False),
    ]  # fmt: skip
    assert (items[1].kind, items[1].detail, items[1].times) == ("dead-letter", "d", 1)
    assert items[1].last_at == NINE


async def test_the_evidence_is_every_article_and_every_delivery(
    evidence: Evidence, add: Add, sql: asyncpg.Connection
) -> None:
    story = await add("story")
    await judged(add, story, key="k1", read_title="읽은 제목", read_text="읽은 본문")
    await add(
        "article",
        source_id="b",
        key="k2",
        title="목록 제목",
        baseline=True,
        read_at=None,
        read_title=None,
        read_text=None,
    )
    for reason, number in (("alert", 0), ("correction", 7), ("reminder", 0)):
        telling = await add("telling", reason=reason, story_id=story, revision_id=number)
        delivery = await owe(add, telling, outcome="sent", settled_at=sa.func.now())
    await sql.execute(
        "INSERT INTO attempt (delivery_id, number, finished_at, outcome) VALUES"
        " ($1, 1, NULL, NULL), ($1, 2, now(), 'sent')",
        delivery,
    )

    assert await evidence.stored() == [
        StoredRow("a", "k1", "읽은 제목", "읽은 본문", False, story),
        StoredRow("b", "k2", "목록 제목", "", True, None),
    ]
    first, second, _ = await sql.fetch(
        "SELECT 'msg_' || message_id, subscription_id FROM delivery ORDER BY id"
    )
    assert await evidence.owed() == [
        OwedRow(first[0], story, first[1], "sent"),
        OwedRow(second[0], story, second[1], "sent", 7),
    ]
    assert await evidence.died_in_flight() == 1


async def test_the_baseline_is_complete_when_every_source_was_looked_at(
    evidence: Evidence, sql: asyncpg.Connection
) -> None:
    await sql.execute("INSERT INTO source (id, baselined_at) VALUES ('a', now()), ('b', NULL)")
    assert not await evidence.baselined()

    await sql.execute("UPDATE source SET baselined_at = now() WHERE id = 'b'")
    assert await evidence.baselined()
