"""Losing every job loses nothing: the sweep finds the rows again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import asyncpg
import pytest
import sqlalchemy as sa

from service.store.database import Database
from service.store.sources import Sources
from service.store.sweep import sweep, tidy

Add = Callable[..., Awaitable[int]]
Wakes = Callable[[], Awaitable[list[str]]]
Stand = Callable[[timedelta], Awaitable[list[str]]]
NONE: dict[str, int] = {}
LONG, JUST = timedelta(minutes=5), timedelta(0)


@pytest.fixture
def stand(add: Add) -> Stand:
    """``await stand(since)``: a row left before each step ``since`` ago; the wake-ups they need."""

    async def stand(since: timedelta) -> list[str]:
        then = sa.func.now() - since
        unread = {"read_at": None, "read_title": None, "read_text": None}
        await add(
            "article", source_id="b", collected_at=None, collect_due=then, text=None, **unread
        )
        with_file = await add("article", source_id="c", collected_at=then, **unread)
        await add("attachment", article_id=with_file, document=0, rank=0, due_at=then)
        to_read = await add("article", collected_at=then, **unread)
        to_judge = await add("article", read_at=then)
        await add("article", read_at=then, triaged_at=then)
        subscription_id = await add("subscription")
        await add(
            "delivery",
            telling_id=await add("telling"),
            subscription_id=subscription_id,
            endpoint_id=await add("endpoint", subscription_id=subscription_id),
            due_at=then,
        )
        return ["attach:c", "collect:b", "deliver:console", f"read:{to_read}", f"triage:{to_judge}"]

    return stand


async def test_a_row_left_behind_before_any_step_is_woken(
    database: Database, stand: Stand, wakes: Wakes
) -> None:
    expected = await stand(LONG)

    assert await sweep(database) == {
        "collect": 1,
        "attach": 1,
        "read": 1,
        "triage": 1,
        "deliver": 1,
    }

    assert await wakes() == expected


async def test_a_row_is_not_woken_again_while_its_wake_up_is_queued(
    database: Database, stand: Stand, wakes: Wakes
) -> None:
    expected = await stand(LONG)

    for _ in range(3):
        await sweep(database)

    assert await wakes() == expected


async def test_a_row_whose_ordinary_wake_up_has_its_chance_still_is_left_alone(
    database: Database, stand: Stand, wakes: Wakes
) -> None:
    await stand(JUST)

    assert await sweep(database) == NONE
    assert await wakes() == []


async def test_whoever_has_no_patience_sweeps_at_once(
    database: Database, stand: Stand, wakes: Wakes
) -> None:
    expected = await stand(JUST)

    await sweep(database, patience=timedelta(0))

    assert await wakes() == expected


async def test_what_is_leased_put_off_or_done_is_left_alone(
    database: Database, stand: Stand, sql: asyncpg.Connection, wakes: Wakes
) -> None:
    await stand(LONG)
    await sql.execute("UPDATE article SET collect_due = now() + interval '1 minute'")
    await sql.execute("UPDATE attachment SET due_at = now() + interval '1 minute'")
    await sql.execute("UPDATE article SET triaged_at = now() WHERE collected_at IS NOT NULL")
    await sql.execute("UPDATE delivery SET due_at = now() + interval '1 minute'")
    assert await sweep(database) == NONE

    await sql.execute("UPDATE delivery SET due_at = now() - interval '1 hour', settled_at = now()")
    assert await sweep(database) == NONE
    assert await wakes() == []


async def test_what_a_sender_that_died_had_claimed_is_taken_up_as_soon_as_its_lease_is_over(
    database: Database, stand: Stand, sql: asyncpg.Connection, wakes: Wakes
) -> None:
    await stand(JUST)
    assert await sweep(database) == NONE

    await sql.execute("UPDATE delivery SET attempts = 1")
    assert await sweep(database) == {"deliver": 1}
    assert await wakes() == ["deliver:console"]


async def test_an_article_waits_for_reading_only_since_its_last_file_was_settled(
    database: Database, add: Add, sql: asyncpg.Connection, wakes: Wakes
) -> None:
    made = await add("article", collected_at=sa.func.now() - LONG, read_at=None)
    await add("attachment", article_id=made, document=0, rank=0, settled_at=sa.func.now())
    assert await sweep(database) == NONE

    await sql.execute("UPDATE attachment SET settled_at = now() - interval '1 minute'")
    await sweep(database)
    assert await wakes() == [f"read:{made}"]


@pytest.mark.fault(26)
async def test_losing_every_job_loses_nothing(
    database: Database, stand: Stand, sql: asyncpg.Connection, wakes: Wakes
) -> None:
    expected = await stand(LONG)
    await sweep(database)
    sources = Sources(database)
    await sql.execute("UPDATE source SET next_due = now() + interval '1 hour' WHERE id = 'b'")
    await sources.claim_due(["a", "b"])
    assert await wakes() == sorted([*expected, "poll:a:1"])

    await sql.execute("DELETE FROM pgqueuer")
    await sql.execute("UPDATE source SET next_due = now() - interval '1 second' WHERE id = 'a'")
    await sweep(database)
    await sources.claim_due(["a", "b"])

    assert await wakes() == sorted([*expected, "poll:a:1"])


async def test_a_channel_is_woken_once_however_much_it_owes_and_others_too(
    database: Database, add: Add, wakes: Wakes
) -> None:
    then = sa.func.now() - LONG
    for channel in ("mail", "webhook", "webhook"):
        fields = {"telling_id": await add("telling"), "subscription_id": 1, "endpoint_id": 1}
        await add("delivery", channel=channel, due_at=then, **fields)

    assert await sweep(database) == {"deliver": 2}
    assert await wakes() == ["deliver:mail", "deliver:webhook"]


async def test_a_source_with_many_owed_pages_is_woken_once(
    database: Database, add: Add, wakes: Wakes
) -> None:
    for _ in range(3):
        await add(
            "article", collected_at=None, collect_due=sa.func.now() - LONG, read_at=None, text=None
        )

    assert (await sweep(database))["collect"] == 1
    assert await wakes() == ["collect:a"]


async def test_tidying_forgets_what_is_old_of_the_engine_and_the_polls_and_nothing_else(
    database: Database, stand: Stand, sql: asyncpg.Connection
) -> None:
    await stand(LONG)
    await sql.execute("UPDATE article SET discovered_at = now() - interval '2 years'")
    await sql.execute(
        "INSERT INTO poll (source_id, slot, started_at)"
        " SELECT 'a', n, now() - n * interval '1 day' FROM unnest('{30, 32}'::int[]) AS n"
    )
    await sql.execute(
        "INSERT INTO pgqueuer_statistics (priority, count, entrypoint, status, created)"
        " SELECT 0, 1, 'read', 'successful', now() - n * interval '1 day'"
        " FROM unnest('{30, 32}'::int[]) AS n"
    )
    await sql.execute(
        "INSERT INTO pgqueuer_log (job_id, entrypoint, priority, status, aggregated, created)"
        " SELECT n, 'read', 0, 'successful', aggregated, now() - n * interval '1 day'"
        " FROM unnest('{0, 2}'::int[]) AS n, unnest('{t, f}'::bool[]) AS aggregated"
    )
    for table in ("excerpt", "fingerprint"):
        await sql.execute(
            f"INSERT INTO {table} SELECT 1, current_date - n, n"
            " FROM unnest('{31, 32}'::int[]) AS n"
        )

    await tidy(database)

    assert await sql.fetchval("SELECT array_agg(article_id) FROM excerpt") == [31]
    assert await sql.fetchval("SELECT count(*) FROM fingerprint") == 2
    assert await sql.fetchval("SELECT count(*) FROM poll") == 1
    assert await sql.fetchval("SELECT count(*) FROM pgqueuer_statistics") == 1
    rows = await sql.fetch(
        "SELECT aggregated, created < now() - interval '1 day' FROM pgqueuer_log"
    )
    assert sorted(tuple(row) for row in rows) == [
        (False, False),
        (False, True),
        (True, False),
    ]
    assert await sql.fetchval("SELECT count(*) FROM article") == 5


async def test_sessions_go_when_they_end_and_links_two_days_after_they_were_asked_for(
    database: Database, sql: asyncpg.Connection
) -> None:
    await sql.execute("INSERT INTO account (address) VALUES ('a@example.org')")
    await sql.execute(
        "INSERT INTO session (sha256, account_id, expires_at)"
        " SELECT n::text::bytea, 1, now() + n * interval '1 hour'"
        " FROM unnest('{-1, 1}'::int[]) AS n"
    )
    await sql.execute(
        "INSERT INTO sign_in (address, asked_by, asked_at, expires_at)"
        " SELECT 'a@example.org', n, now() - n * interval '1 hour', now()"
        " FROM unnest('{47, 49}'::int[]) AS n"
    )

    await tidy(database)

    assert await sql.fetchval("SELECT bool_and(expires_at > now()) FROM session")
    assert await sql.fetchval("SELECT array_agg(asked_by) FROM sign_in") == ["47"]


async def test_an_article_that_fails_every_time_is_woken_ever_more_rarely_and_told_of(
    database: Database, add: Add, sql: asyncpg.Connection
) -> None:
    """Woken for the n-th time only when it has waited for ten seconds doubled n times."""
    article_id = await add(
        "article", collected_at=sa.func.now() - timedelta(seconds=75), read_at=None
    )
    times = 0
    while (await sweep(database))["read"]:
        times += 1
        await sql.execute("DELETE FROM pgqueuer")
    assert times == 3  # after 10, 20 and 40 seconds; the next would be after 80

    await sql.execute("UPDATE article SET swept = 5, collected_at = now() - interval '1 hour'")
    assert (await sweep(database))["read"] == 1
    items = await sql.fetch("SELECT kind, detail FROM ops_item")
    assert [tuple(each) for each in items] == [
        ("article-stuck", f"글 {article_id}번: 6번 깨움 (article {article_id}: woken 6 times)")
    ]
