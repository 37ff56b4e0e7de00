"""The rules and topics that triage reads: those of live subscriptions, and what changed."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace

import asyncpg

from service.store.database import Database
from service.store.rulebook import LiveRule, RuleChanges
from service.store.subscriptions import Endpoint, Subscriptions
from service.store.verdicts import Verdicts
from tests.store.triage import owing

Add = Callable[..., Awaitable[int]]


# the rule book


async def test_the_rules_are_those_of_live_subscriptions(
    verdicts: Verdicts, database: Database, sql: asyncpg.Connection
) -> None:
    subscriptions = Subscriptions(database)
    two = [("수출 바우처", "바우처 수출"), ("관세", "관세")]
    urgent = [("긴급", "긴급")]
    await subscriptions.subscribe("무역", two, Endpoint("console", "out"), urgent=urgent)
    await subscriptions.subscribe("끝난 구독", [("예산", "예산")], Endpoint("console", "out"))
    await subscriptions.end("끝난 구독")

    book = await verdicts.rules()

    ids = [row["id"] for row in await sql.fetch("SELECT id FROM rule ORDER BY id")]
    owner = await sql.fetchval("SELECT id FROM subscription WHERE name = '무역'")
    assert book == RuleChanges(
        3,
        [
            LiveRule(ids[0], owner, "무역", "수출 바우처"),
            LiveRule(ids[1], owner, "무역", "관세"),
            LiveRule(ids[2], owner, "무역", "긴급", urgent=True),
        ],
        frozenset(),
    )


async def test_of_known_rules_only_what_changed_is_told(
    verdicts: Verdicts, database: Database
) -> None:
    subscriptions = Subscriptions(database)
    await subscriptions.subscribe("무역", [("수출", "수출")], Endpoint("console", "out"))
    await subscriptions.subscribe("살림", [("예산", "예산")], Endpoint("console", "out"))
    first = await verdicts.rules()
    known = {each.id for each in first.added}

    assert await verdicts.rules(known) == RuleChanges(2, [], frozenset())

    await subscriptions.end("살림")
    await subscriptions.subscribe("무역", [("관세", "관세")], Endpoint("console", "out"))
    changed = await verdicts.rules(known)

    gone = frozenset(each.id for each in first.added if each.subscription == "살림")
    assert (changed.version, changed.gone) == (4, gone)
    assert [(each.subscription, each.text) for each in changed.added] == [("무역", "관세")]


# what is kept beside


async def test_a_rule_that_holds_is_stamped_with_the_day(
    verdicts: Verdicts, add: Add, database: Database, sql: asyncpg.Connection
) -> None:
    two = [("수출", "수출"), ("관세", "관세")]
    await Subscriptions(database).subscribe("무역", two, Endpoint("console", "out"))
    ids = [row["id"] for row in await sql.fetch("SELECT id FROM rule ORDER BY id")]

    await verdicts.settle(await add("article"), replace(owing("url:1"), hit=[ids[1]]))

    today = "timezone('Asia/Seoul', now())::date"
    rows = await sql.fetch(f"SELECT last_hit_on = {today} FROM rule ORDER BY id")
    assert [row[0] for row in rows] == [None, True]


async def test_topics_are_kept_as_codes_and_whole(
    verdicts: Verdicts, add: Add, sql: asyncpg.Connection
) -> None:
    about = {"topics": [{"code": "export", "score": 0.9, "words": ["수출"]}], "primary": "export"}
    made = await add("article")

    await verdicts.settle(
        made, replace(owing("url:1"), topics=["export"], topical=about, kind="notice")
    )

    row = await sql.fetchrow("SELECT topics, topical, kind FROM article WHERE id = $1", made)
    assert (row["topics"], json.loads(row["topical"]), row["kind"]) == (["export"], about, "notice")
