"""Whom a deadline is due: who was told of it in time, once, and as it is known now."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest

from service.store.database import Database
from service.store.deliveries import Deliveries
from service.store.reminders import Reminders
from tests.store.reminders.called import DUE, HITS, SEOUL, TOLD, only, reminded, rung

MINUTE = "YYYY-MM-DD HH24:MI"

Add = Callable[..., Awaitable[int]]
Tell = Callable[..., Awaitable[int]]


async def test_who_was_told_is_reminded_once_by_one_of_many(
    eight: list[Database], story: int, tell: Tell, sql: asyncpg.Connection
) -> None:
    reader = await tell(story)
    call = await only(Reminders(eight[0]))

    told = await asyncio.gather(*(Reminders(each).remind(rung(call)) for each in eight))

    assert sorted(told) == [0] * 7 + [1]
    assert await reminded(sql) == {reader: None}
    row = await sql.fetchrow(
        "SELECT hits, channel, due_at <= now() AS due, key, facts FROM delivery"
        " JOIN telling ON telling.id = telling_id WHERE reason = 'reminder'"
    )
    assert tuple(row)[:4] == (HITS, "console", True, "key 2026-10-20 7")
    assert json.loads(row["facts"]) == {"title": "모집", "apply_by": "2026-10-20", "was": None}


async def test_what_reminds_nobody_is_kept_by_its_key_alone(
    reminders: Reminders, story: int, tell: Tell, sql: asyncpg.Connection
) -> None:
    await tell(story, remind=[14])

    for _ in range(2):
        assert await reminders.remind(rung(await only(reminders))) == 0

    made = await sql.fetch("SELECT key, facts FROM telling WHERE reason = 'reminder'")
    assert [tuple(each) for each in made] == [("key 2026-10-20 7", "{}")]


async def test_who_was_told_in_a_digest_is_reminded_too(
    reminders: Reminders, story: int, add: Add, tell: Tell, sql: asyncpg.Connection
) -> None:
    reader = await tell(story)
    digest = await add("telling", reason="digest")
    await sql.execute("UPDATE delivery SET telling_id = $1", digest)
    await sql.execute(
        "INSERT INTO waiting (telling_id, subscription_id, hits, window_at, told_by)"
        " SELECT id, $1, $2, $3, $4 FROM telling WHERE reason = 'alert'",
        reader,
        HITS,
        TOLD,
        digest,
    )

    assert await reminders.remind(rung(await only(reminders))) == 1

    assert await reminded(sql) == {reader: None}


@pytest.mark.parametrize(
    "told",
    [
        {"at": DUE},
        {"at": None},
        {"outcome": "dead"},
        {"remind": [14]},
        {"cadence": "hourly"},
        {"paused_at": TOLD},
        {"ended_at": TOLD},
        {"expires_at": TOLD},
        {"snoozed_until": datetime(2099, 1, 1, tzinfo=SEOUL)},
    ],
    ids=lambda each: next(iter(each)),
)
async def test_who_is_not_reminded(
    reminders: Reminders, story: int, tell: Tell, sql: asyncpg.Connection, told: dict[str, Any]
) -> None:
    await tell(story, **told)

    assert await reminders.remind(rung(await only(reminders))) == 0

    assert await reminded(sql) == {}


async def test_who_is_about_to_be_told_of_it_is_not_reminded(
    reminders: Reminders, story: int, tell: Tell, sql: asyncpg.Connection
) -> None:
    reader = await tell(story)
    await sql.execute(
        "INSERT INTO telling (reason, key, facts, story_id) VALUES ('correction', 'k', '{}', $1)",
        story,
    )
    await sql.execute(
        "INSERT INTO waiting (telling_id, subscription_id, window_at)"
        " SELECT id, $1, now() FROM telling WHERE key = 'k'",
        reader,
    )

    assert await reminders.remind(rung(await only(reminders))) == 0


async def test_who_said_that_it_is_nothing_for_them_is_not_reminded(
    reminders: Reminders, story: int, tell: Tell, sql: asyncpg.Connection
) -> None:
    reader = await tell(story)
    await sql.execute(
        "INSERT INTO dismissal (subscription_id, telling_id) SELECT $1, id FROM telling", reader
    )

    assert await reminders.remind(rung(await only(reminders))) == 0


async def test_who_wants_a_nearer_reminder_that_is_due_gets_that_one(
    reminders: Reminders, story: int, tell: Tell, sql: asyncpg.Connection
) -> None:
    both, one = await tell(story), await tell(story, remind=[7])
    call = await only(reminders)

    await reminders.remind(rung(call, 7, nearer=[1]))
    assert await reminded(sql) == {one: None}

    await reminders.remind(rung(call, 1))
    assert await reminded(sql) == {one: None, both: None}


@pytest.mark.parametrize("later", [0, 1], ids=["the same hour", "a later one"])
async def test_who_chooses_another_hour_is_not_reminded_again(
    reminders: Reminders, story: int, tell: Tell, sql: asyncpg.Connection, later: int
) -> None:
    reader = await tell(story)
    call = await only(reminders)
    assert await reminders.remind(rung(call)) == 1
    await sql.execute("UPDATE delivery SET created_at = $1, settled_at = $1", DUE)
    await sql.execute(
        "UPDATE delivery SET settled_at = $1 FROM telling"
        " WHERE telling.id = telling_id AND reason = 'alert'",
        TOLD,
    )

    due = DUE + timedelta(hours=later)
    assert await reminders.remind(replace(rung(call), key="another hour", due=due)) == 0

    nearer = DUE + timedelta(days=6)
    assert await reminders.remind(replace(rung(call, 1), due=nearer)) == 1
    moved = replace(call, apply_by="2026-10-25")
    await sql.execute(
        'UPDATE telling SET facts = facts || \'{"apply_by": "2026-10-25"}\''
        " WHERE reason = 'alert'"
    )
    await sql.execute(
        "UPDATE delivery SET settled_at = now(), outcome = 'sent' WHERE settled_at IS NULL"
    )
    assert await reminders.remind(rung(moved)) == 1
    assert await reminded(sql) == {reader: None}


async def test_a_snooze_holds_a_reminder_back(
    reminders: Reminders, story: int, tell: Tell, sql: asyncpg.Connection
) -> None:
    until = datetime.now(SEOUL) + timedelta(hours=1)
    await tell(story, snoozed_until=until)
    call = await only(reminders)

    await reminders.remind(replace(rung(call), over=until + timedelta(hours=1)))

    row = await sql.fetchrow(
        "SELECT due_at, held_from < now() AS held FROM delivery JOIN telling"
        " ON telling.id = telling_id WHERE reason = 'reminder'"
    )
    assert tuple(row) == (until, True)


@pytest.mark.parametrize(
    ("pattern", "ahead", "sent"),
    [("YYYY-MM-DD", 0, True), ("YYYY-MM-DD", -1440, False), (MINUTE, 9, True), (MINUTE, 0, False)],
    ids=["a day that lasts", "a day that is over", "a time to come", "a time that is over"],
)
async def test_a_reminder_that_is_held_past_its_deadline_is_not_sent(
    database: Database, reminders: Reminders, story: int, tell: Tell, sql: asyncpg.Connection,
    pattern: str, ahead: int, sent: bool,
) -> None:  # fmt: skip
    await tell(story)
    await reminders.remind(rung(await only(reminders)))
    await sql.execute(
        "UPDATE telling SET facts = jsonb_build_object('apply_by', to_char("
        " timezone('Asia/Seoul', now() + $1::int * interval '1 minute'), $2::text))"
        " WHERE reason = 'reminder'",
        ahead,
        pattern,
    )

    batch = await Deliveries(database).claim("console", 10, {})

    assert ([each.reason for each in batch.due], batch.seen) == (["reminder"] * sent, 1)


async def test_every_wish_is_known_by_its_cadence(reminders: Reminders, add: Add) -> None:
    await add("subscription", remind=[7, 1])
    await add("subscription", remind=[14, 1])
    await add("subscription", remind=[3], cadence="hourly")
    await add("subscription", remind=[30], ended_at=TOLD)
    await add("subscription")

    _, wished = await reminders.wished()

    assert {cadence: set(days) for cadence, days in wished} == {
        "at-once": {1, 7, 14},
        "hourly": {3},
    }
