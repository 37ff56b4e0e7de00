"""Windows that have closed: one digest each, whoever makes it and whatever happens meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from service.cadence import parse, quiet_end
from service.store.database import Database
from service.store.digests import Digests

Add = Callable[..., Awaitable[int]]
Wait = Callable[..., Awaitable[int]]
Wakes = Callable[[], Awaitable[list[str]]]

NOON = datetime(2026, 10, 8, 12, tzinfo=ZoneInfo("Asia/Seoul"))  # in the past, whenever it runs
HITS = '[{"rule": "수출", "excerpt": "수출"}]'
MOST = 100


@pytest.fixture
def digests(database: Database) -> Digests:
    return Digests(database)


@pytest.fixture
async def reader(add: Add) -> int:
    """Somebody with one endpoint who is told in digests."""
    subscription_id = await add("subscription", cadence="daily 12:00")
    await add("endpoint", subscription_id=subscription_id)
    return subscription_id


@pytest.fixture
def wait(add: Add, sql: asyncpg.Connection) -> Wait:
    """``await wait(subscription_id, at=...)``: a new telling that waits; its id."""

    async def wait(subscription_id: int, *, at: datetime = NOON, **telling: Any) -> int:
        telling_id = await add("telling", **telling)
        await sql.execute(
            "INSERT INTO waiting (telling_id, subscription_id, hits, window_at, created_at)"
            " VALUES ($1, $2, $3, $4::timestamptz, $4::timestamptz - interval '1 hour')",
            telling_id,
            subscription_id,
            HITS,
            at,
        )
        return telling_id

    return wait


async def digests_of(sql: asyncpg.Connection) -> list[asyncpg.Record]:
    rows: list[asyncpg.Record] = await sql.fetch(
        "SELECT id, key, facts ->> 'since' AS since, facts ->> 'until' AS until,"
        " (facts ->> 'total')::int AS total,"
        " ARRAY(SELECT jsonb_array_elements_text(facts -> 'telling_ids')::int) AS shown"
        " FROM telling WHERE reason = 'digest' ORDER BY id"
    )
    return rows


async def test_a_window_is_told_of_once_by_one_of_many(
    eight: list[Database], reader: int, wait: Wait, sql: asyncpg.Connection, wakes: Wakes
) -> None:
    one, two = await wait(reader), await wait(reader)

    await asyncio.gather(*(Digests(each).tell(MOST) for each in eight))

    (digest,) = await digests_of(sql)
    assert digest["key"] == f"digest {reader} 2026-10-08T03:00:00+00:00"
    assert digest["since"] == "2026-10-08T11:00:00+09:00"
    assert digest["until"] == "2026-10-08T12:00:00+09:00"
    assert (digest["total"], digest["shown"]) == (2, [two, one])
    owed = await sql.fetchrow("SELECT * FROM delivery")
    assert owed["telling_id"] == digest["id"]
    assert (owed["channel"], owed["hits"]) == ("console", None)
    assert (owed["due_at"], owed["held_from"]) == (NOON, None)
    told_by = await sql.fetch("SELECT DISTINCT told_by FROM waiting")
    assert [each["told_by"] for each in told_by] == [digest["id"]]
    assert await wakes() == ["deliver:console"]


async def test_what_is_alone_is_told_by_itself(
    digests: Digests, reader: int, wait: Wait, sql: asyncpg.Connection
) -> None:
    alone = await wait(reader)

    assert await digests.tell(MOST) == 1

    owed = await sql.fetchrow("SELECT * FROM delivery")
    assert (owed["telling_id"], owed["hits"]) == (alone, HITS)
    assert await sql.fetchval("SELECT told_by FROM waiting") == alone
    assert await digests_of(sql) == []
    assert await digests.tell(MOST) == 0


async def test_a_window_that_is_open_is_not_told_of(
    digests: Digests, reader: int, wait: Wait
) -> None:
    await wait(reader, at=datetime.now(NOON.tzinfo) + timedelta(hours=1))

    assert await digests.tell(MOST) == 0


async def test_corrections_come_first_then_calls_that_end_soon_then_the_newest(
    digests: Digests, reader: int, wait: Wait, sql: asyncpg.Connection
) -> None:
    today = await sql.fetchval("SELECT (now() AT TIME ZONE 'Asia/Seoul')::date")

    def call(days: int) -> dict[str, str]:
        return {"title": "모집", "apply_by": f"{today + timedelta(days)} 18:00"}

    over, far, late, soon = [await wait(reader, facts=call(each)) for each in (-1, 8, 7, 0)]
    news = await wait(reader)
    corrected = await wait(reader, reason="correction")

    await digests.tell(MOST)

    (digest,) = await digests_of(sql)
    assert digest["shown"] == [corrected, soon, late, news, far, over]


async def test_a_digest_shows_thirty_and_counts_all(
    digests: Digests, reader: int, wait: Wait, sql: asyncpg.Connection
) -> None:
    ids = [await wait(reader) for _ in range(32)]

    await digests.tell(5)

    (digest,) = await digests_of(sql)
    assert (digest["total"], digest["shown"]) == (32, ids[:1:-1])


async def test_what_comes_too_late_for_its_digest_waits_for_the_next(
    digests: Digests, reader: int, wait: Wait, sql: asyncpg.Connection
) -> None:
    await wait(reader)
    await wait(reader)
    await digests.tell(MOST)
    late = [await wait(reader), await wait(reader)]

    await digests.tell(MOST)

    rows = await sql.fetch(
        "SELECT telling_id, window_at > now() AS open FROM waiting WHERE told_by IS NULL ORDER BY 1"
    )
    assert [tuple(row) for row in rows] == [(each, True) for each in late]
    assert len(await digests_of(sql)) == 1


async def test_a_digest_goes_to_every_endpoint_that_is_on_and_agreed(
    digests: Digests, reader: int, add: Add, wait: Wait, sql: asyncpg.Connection
) -> None:
    await add("endpoint", subscription_id=reader, address="꺼짐", switched_off_at=NOON)
    await add("endpoint", subscription_id=reader, address="답 없음", confirmed_at=None)
    await add("endpoint", subscription_id=reader, address="전자우편", channel="mail")
    await wait(reader)
    await wait(reader)

    await digests.tell(MOST)

    owed = await sql.fetch("SELECT channel FROM delivery ORDER BY 1")
    assert [each["channel"] for each in owed] == ["console", "mail"]


@pytest.mark.parametrize(
    ("subscribed", "told"),
    [
        ({"ended_at": NOON - timedelta(1)}, 0),
        ({"expires_at": NOON - timedelta(hours=2)}, 0),
        ({"expires_at": NOON - timedelta(minutes=30)}, 1),
        ({"expires_at": NOON + timedelta(1)}, 1),
        ({"paused_at": NOON}, None),
    ],
)
async def test_who_has_ended_is_told_nothing_and_who_paused_is_told_later(
    digests: Digests,
    add: Add,
    wait: Wait,
    sql: asyncpg.Connection,
    subscribed: dict[str, Any],
    told: int | None,
) -> None:
    subscription_id = await add("subscription", cadence="daily 12:00", **subscribed)
    await add("endpoint", subscription_id=subscription_id)
    await wait(subscription_id)
    await wait(subscription_id)

    await digests.tell(MOST)

    assert await sql.fetchval("SELECT count(*) FROM delivery") == (told or 0)
    kept = await sql.fetchval("SELECT count(*) FROM waiting")
    assert kept == (0 if told == 0 else 2)
    assert await sql.fetchval("SELECT count(told_by) FROM waiting") == (2 if told else 0)


@pytest.mark.parametrize("over", [NOON + timedelta(hours=1), NOON - timedelta(minutes=30)])
async def test_whose_time_is_over_is_still_told_of_what_came_before_that(
    digests: Digests, add: Add, wait: Wait, sql: asyncpg.Connection, over: datetime
) -> None:
    subscription_id = await add("subscription", ended_at=over)
    await add(
        "endpoint",
        subscription_id=subscription_id,
        switched_off_at=over,
        switched_off_why="expired",
    )
    before = await wait(subscription_id)
    await wait(subscription_id, at=over + timedelta(hours=2))
    await wait(
        subscription_id, at=NOON + timedelta(hours=3), embargo_until=over + timedelta(hours=1)
    )

    await digests.tell(MOST)

    (owed,) = await sql.fetch("SELECT telling_id, due_at FROM delivery")
    assert tuple(owed) == (before, NOON)
    assert await sql.fetchval("SELECT count(*) FROM waiting") == 1


async def test_what_was_missed_is_not_made_up_at_night_but_the_urgent_is(
    digests: Digests, add: Add, wait: Wait, sql: asyncpg.Connection
) -> None:
    now = await sql.fetchval("SELECT now() AT TIME ZONE 'Asia/Seoul'")
    start, end = now - timedelta(minutes=30), now + timedelta(minutes=30)
    cadence = f"at-once quiet {start:%H:%M}-{end:%H:%M}"
    ids = [await add("subscription", cadence=cadence) for _ in range(2)]
    evening = datetime.now(NOON.tzinfo) - timedelta(hours=1)
    night = datetime.now(NOON.tzinfo) - timedelta(minutes=5)
    for subscription_id, at in zip(ids, (evening, night), strict=True):
        await add("endpoint", subscription_id=subscription_id)
        await wait(subscription_id, at=at)

    await digests.tell(MOST)

    owed = await sql.fetch("SELECT due_at, held_from FROM delivery ORDER BY subscription_id")
    morning = quiet_end(parse(cadence), datetime.now(NOON.tzinfo))
    assert [tuple(each) for each in owed] == [(morning, evening), (night, None)]
