"""Whom a deadline is due: who was told of it in time, once, and as it is known now."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from service.store.database import Database
from service.store.reminders import Call, Reminders, Rung
from service.store.rows import WITHDRAWN

Add = Callable[..., Awaitable[int]]
Tell = Callable[..., Awaitable[int]]

SEOUL = ZoneInfo("Asia/Seoul")
TODAY, LAST = date(2026, 10, 13), date(2026, 10, 27)
TOLD = datetime(2026, 9, 1, 10, tzinfo=SEOUL)  # in the past, whenever it runs
DUE = datetime(2026, 10, 13, 8, tzinfo=SEOUL)
END = date(2026, 10, 20)
FACTS = {"title": "모집", "apply_by": "2026-10-20", "changes": ["옛 줄"]}
HITS = '[{"rule": "수출", "excerpt": "수출"}]'


@pytest.fixture
def reminders(database: Database) -> Reminders:
    return Reminders(database)


@pytest.fixture
async def story(add: Add) -> int:
    """An event with a deadline that was told; its article is the only one."""
    story_id = await add("story")
    article_id = await add("article", story_id=story_id, call_end=END, kind="notice")
    await add("telling", key=f"story {story_id}", **of(story_id, article_id))
    return story_id


@pytest.fixture
def tell(add: Add, sql: asyncpg.Connection) -> Tell:
    """``await tell(story_id)``: a subscription that was told of it; its id."""

    async def tell(
        story_id: int, *, at: datetime | None = TOLD, outcome: str = "sent", **wishes: Any
    ) -> int:
        subscription_id = await add("subscription", **{"remind": [7, 1], **wishes})
        endpoint_id = await add("endpoint", subscription_id=subscription_id)
        await add(
            "delivery",
            telling_id=await sql.fetchval(
                "SELECT id FROM telling WHERE key = $1", f"story {story_id}"
            ),
            subscription_id=subscription_id,
            endpoint_id=endpoint_id,
            hits=json.loads(HITS),
            settled_at=at,
            outcome=at and outcome,
        )
        return subscription_id

    return tell


def of(story_id: int, article_id: int, **facts: Any) -> dict[str, Any]:
    """What a telling of it has in its row."""
    where = {"story_id": story_id, "article_id": article_id, "created_at": TOLD}
    return {**where, "facts": {**FACTS, **facts}}


def rung(call: Call, days: int = 7, nearer: Sequence[int] = ()) -> Rung:
    over = datetime(2026, 10, 21, tzinfo=SEOUL)
    return Rung(f"key {call.apply_by} {days}", call, days, DUE, over, ["at-once"], nearer)


async def reminded(sql: asyncpg.Connection) -> dict[int, str | None]:
    """The subscriptions that are reminded, and what deadline each was told before."""
    rows = await sql.fetch(
        "SELECT subscription_id, facts ->> 'was' AS was FROM delivery"
        " JOIN telling ON telling.id = telling_id WHERE reason = 'reminder'"
    )
    return {row["subscription_id"]: row["was"] for row in rows}


async def only(reminders: Reminders) -> Call:
    (call,) = await reminders.calls(TODAY, LAST)
    return call


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


async def test_who_sleeps_is_not_reminded_of_a_deadline_that_has_moved_meanwhile(
    reminders: Reminders, story: int, add: Add, tell: Tell, sql: asyncpg.Connection
) -> None:
    until = datetime.now(SEOUL) + timedelta(hours=1)
    await tell(story, snoozed_until=until)
    await reminders.remind(replace(rung(await only(reminders)), over=until + timedelta(hours=1)))
    outcome = "SELECT outcome FROM delivery ORDER BY id DESC LIMIT 1"

    await reminders.forget_outdated()
    assert await sql.fetchval(outcome) is None

    article_id = await sql.fetchval("SELECT id FROM article")
    await add("telling", reason="correction", **of(story, article_id, apply_by="2026-10-25"))
    await reminders.forget_outdated()
    assert await sql.fetchval(outcome) == "ended"


async def test_a_moved_deadline_says_what_was_told_before_to_whom_it_was(
    reminders: Reminders, story: int, add: Add, tell: Tell, sql: asyncpg.Connection
) -> None:
    article_id = await sql.fetchval("SELECT id FROM article")
    first, second, third = [await tell(story, at=TOLD + timedelta(days=each)) for each in (0, 2, 4)]
    for days, before in ((1, "2026-10-14"), (3, "2026-10-22")):
        revision_id = await add(
            "revision",
            article_id=article_id,
            facts={"call": {"end": before, "end_clock": "18:00"}},
        )
        values = of(story, article_id) | {"created_at": TOLD + timedelta(days=days)}
        await add("telling", reason="correction", revision_id=revision_id, **values)

    assert await reminders.remind(rung(await only(reminders))) == 3

    assert await reminded(sql) == {
        first: "2026-10-14 18:00",
        second: "2026-10-22 18:00",
        third: None,
    }


async def test_the_newest_telling_says_until_when(
    reminders: Reminders, story: int, add: Add, sql: asyncpg.Connection
) -> None:
    release = await add("article", story_id=story, kind="notice", call_end=date(2026, 10, 25))
    earlier = await add(
        "article", story_id=story, facts={"call": {"end": "2026-10-20", "end_clock": None}}
    )
    revision_id = await add("revision", article_id=release, earlier_id=earlier)
    values = of(story, release, apply_by="2026-10-25", title="연장")
    await add("telling", reason="correction", revision_id=revision_id, **values)
    news = await add("article", story_id=story, kind="news")
    await add("telling", reason="alert", **of(story, news, apply_by="2026-10-30"))

    call = await only(reminders)

    title = await sql.fetchval(
        "SELECT facts ->> 'title' FROM telling WHERE id = $1", call.newest_id
    )
    assert (call.apply_by, title) == ("2026-10-25", "연장")
    assert call.moves == [(TOLD, "2026-10-20")]


async def test_a_call_that_is_withdrawn_or_has_no_end_any_more_reminds_nobody(
    reminders: Reminders, story: int, add: Add, sql: asyncpg.Connection
) -> None:
    article_id = await sql.fetchval("SELECT id FROM article")
    other = await add("story")
    cancelled = await add("article", story_id=other, call_end=END)
    await add("telling", **of(other, cancelled, apply_by=None))
    assert (await only(reminders)).story_id == story

    await add("revision", article_id=article_id, changes=[asdict(WITHDRAWN)])

    assert await reminders.calls(TODAY, LAST) == []


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
