"""What is forgotten, and what never is."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest

from service.store.database import Database
from service.store.retention import Kept, Retention, Rule, rules
from service.store.tables import metadata

FILL = """
    INSERT INTO source (id) VALUES ('a');
    INSERT INTO account (address) VALUES ('a@example.org');
    INSERT INTO story DEFAULT VALUES;
    INSERT INTO article (source_id, key, url, title, summary, baseline, story_id, discovered_at)
    VALUES ('a', 'k', 'https://a.example/', '제목', '', false, 1, now() - interval '9 years');
    INSERT INTO sighting (source_id, key, seen_at)
    SELECT 'a', n, now() - n * interval '1 day' FROM unnest('{61, 63}'::int[]) AS n;
    INSERT INTO request (account_id, key, body, at)
    SELECT 1, n::text::bytea, '', now() - n * interval '1 day' FROM unnest('{1, 3}'::int[]) AS n;
    INSERT INTO ops_item (kind, subject, detail, closed_at)
    SELECT 'k', n, '', now() - n * interval '1 day' FROM unnest('{1, 366, NULL}'::int[]) AS n
     WHERE n IS NOT NULL;
    INSERT INTO ops_item (kind, subject, detail, first_at)
    VALUES ('k', 'open', '', now() - interval '9 years');
    INSERT INTO subscription (name) VALUES ('s');
    INSERT INTO endpoint (subscription_id, channel, address, created_at, asked_at, confirmed_at)
    SELECT 1, 'mail', address, now() - made * interval '1 day', now() - asked * interval '1 day',
           now() - yes * interval '1 day'
      FROM (VALUES ('was told once', 99, 31, NULL), ('may answer', 99, 29, NULL),
                   ('new', 29, NULL, NULL), ('agreed', 99, 31, 31), ('silent', 99, 31, NULL),
                   ('never asked', 31, NULL, NULL)) AS place (address, made, asked, yes);
    INSERT INTO telling (reason, key, facts)
    VALUES ('alert', 'story 1', '{}'), ('confirm', 'asks', '{}');
    INSERT INTO delivery (telling_id, subscription_id, endpoint_id, channel, hits, settled_at)
    SELECT 1, n, n, 'console', '[]', now() - n * interval '1 day'
      FROM generate_series(3, 12) AS n;
    INSERT INTO delivery (telling_id, subscription_id, endpoint_id, channel, hits, created_at)
    VALUES (1, 99, 99, 'console', '[]', now() - interval '9 years');
    INSERT INTO attempt (delivery_id, number, started_at)
    SELECT id, number, coalesce(settled_at, created_at) - interval '1 minute'
      FROM delivery, generate_series(1, 3) AS number;
    INSERT INTO attempt (delivery_id, number, started_at) VALUES (1000, 1, now() - interval '9 d');
    INSERT INTO waiting (telling_id, subscription_id, hits, window_at, created_at, told_by)
    SELECT 1, n, '[]', now(), now() - n * interval '1 day', nullif(n, 9) FROM
           generate_series(3, 12) AS n;
    INSERT INTO delivery (telling_id, subscription_id, endpoint_id, channel, settled_at)
    VALUES (1, 1, 1, 'mail', now()), (2, 1, 5, 'mail', now());
    INSERT INTO audit (who, what, subject, at)
    SELECT 'a', 'b', 'c', now() - n * interval '1 day' FROM unnest('{19, 21}'::int[]) AS n;
"""
KEPT = Kept(told=8, audit=20)
GONE = {
    "sighting": 1, "request": 1, "ops_item": 1, "backfill": 0, "endpoint": 2,
    "attempt": 3 * 5 + 1, "delivery.hits": 5, "waiting.hits": 4, "audit": 1,
}  # fmt: skip


async def counts(sql: asyncpg.Connection) -> dict[str, Any]:
    found = {name: await sql.fetchval(f"SELECT count(*) FROM {name}") for name in metadata.tables}
    for name in ("delivery", "waiting"):
        found[f"{name}.hits"] = await sql.fetchval(f"SELECT count(hits) FROM {name}")
    return found


async def test_looking_says_what_would_go_and_removes_nothing(
    database: Database, sql: asyncpg.Connection
) -> None:
    await sql.execute(FILL)
    before = await counts(sql)

    assert {rule.what: rows for rule, rows in await Retention(database, KEPT).due()} == GONE
    assert await counts(sql) == before


@pytest.mark.parametrize("batch", [2, 5_000])
async def test_what_is_due_goes_in_batches_and_nothing_else_does(
    database: Database, sql: asyncpg.Connection, batch: int
) -> None:
    await sql.execute(FILL)
    before = await counts(sql)

    gone = {rule.what: rows for rule, rows in await Retention(database, KEPT, batch).apply()}

    assert gone == GONE
    after = await counts(sql)
    assert {name: before[name] - after[name] for name in before if before[name] != after[name]} == {
        name: rows for name, rows in GONE.items() if rows
    }
    assert await sql.fetchval("SELECT count(*) FROM ops_item WHERE subject = 'open'") == 1
    assert await sql.fetchval("SELECT hits FROM delivery WHERE settled_at IS NULL") is not None
    assert await sql.fetchval("SELECT hits FROM waiting WHERE told_by IS NULL") is not None
    again = await Retention(database, KEPT).apply()
    assert {rows for _, rows in again} == {0}


def test_nought_keeps_for_good() -> None:
    def of(kept: Kept) -> set[str]:
        return {each.what for each in rules(kept)}

    assert of(Kept(1, 1)) - of(Kept(0, 0)) == {"attempt", "delivery.hits", "waiting.hits", "audit"}


def test_no_release_and_no_promise_is_ever_removed() -> None:
    def removes(rule: Rule) -> bool:
        return rule.forget is None

    assert not {each.table for each in rules(Kept(1, 1)) if removes(each)} & {
        "article", "attachment", "revision", "story", "telling", "delivery", "waiting",
        "subscription",
    }  # fmt: skip
