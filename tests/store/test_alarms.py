"""Ops items that stand are told to those who asked for them, each once, and so is their end."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from service.alarm import Alarm
from service.store import ops
from service.store.alarms import Alarms
from service.store.database import Database
from service.store.subscriptions import Endpoint, Subscriptions

Wakes = Callable[[], Awaitable[list[str]]]
DAY = 86_400.0


@pytest.fixture
def alarm(database: Database) -> Alarm:
    return Alarm(Alarms(database), "https://pabal.example", 1.0)


@pytest.fixture
def note(database: Database, sql: asyncpg.Connection) -> Callable[..., Awaitable[None]]:
    """``await note("source-broken", "a")``: an item that stands for an hour."""

    async def note(kind: str, subject: str, hours: float = 1) -> None:
        async with database.transaction() as tx:
            await ops.note(tx, kind, subject, "인증서 문제 (certificate)")
        await sql.execute("UPDATE ops_item SET first_at = now() - $1 * interval '1 h'", hours)

    return note


async def wish(subscriptions: Subscriptions, name: str, *, ops: bool = True, **more: str) -> None:
    place = Endpoint("console", "-", agreed=more.pop("agreed", "yes") == "yes")
    await subscriptions.subscribe(name, [], place, ops=ops, cadence=more.get("cadence"))


async def told(sql: asyncpg.Connection) -> list[tuple[str, dict[str, object]]]:
    rows = await sql.fetch(
        """SELECT name, facts FROM telling JOIN delivery ON telling_id = telling.id
           JOIN subscription ON subscription.id = subscription_id
           WHERE reason = 'notice' ORDER BY telling.id"""
    )
    return [(row["name"], json.loads(row["facts"])) for row in rows]


async def test_what_stands_is_told_once_and_so_is_its_end(
    alarm: Alarm,
    subscriptions: Subscriptions,
    note: Callable[..., Awaitable[None]],
    database: Database,
    sql: asyncpg.Connection,
    wakes: Wakes,
) -> None:
    await wish(subscriptions, "당직")
    await wish(subscriptions, "독자", ops=False)
    await note("source-broken", "a")
    await note("unknown-publisher", "새부처")  # waits until somebody looks

    await alarm.look()
    await alarm.look()

    [(name, facts)] = await told(sql)
    assert name == "당직"
    assert facts == {
        "title": "살펴볼 것 · to look at: a",
        "lines": ["✗ source-broken a: 인증서 문제 (certificate)"],
        "link": "https://pabal.example/desk",
    }
    assert "deliver:console" in await wakes()

    await note("source-quiet", "b")
    async with database.transaction() as tx:
        await ops.close(tx, "source-broken", "a")
    await alarm.look()
    await alarm.look()

    assert [facts for _, facts in await told(sql)][1:] == [
        {
            "title": "살펴볼 것 · to look at: b +1",
            "lines": [
                "✗ source-quiet b: 인증서 문제 (certificate)",
                "✓ source-broken a: 끝났습니다 · over",
            ],
            "link": "https://pabal.example/desk",
        }
    ]


async def test_what_is_over_at_once_wakes_nobody(
    alarm: Alarm,
    subscriptions: Subscriptions,
    note: Callable[..., Awaitable[None]],
    database: Database,
    sql: asyncpg.Connection,
) -> None:
    await wish(subscriptions, "당직")
    await note("source-broken", "a", hours=0)
    await alarm.look()
    async with database.transaction() as tx:
        await ops.close(tx, "source-broken", "a")
    await alarm.look()
    assert await told(sql) == []


async def test_what_stands_waits_for_somebody_who_can_be_told(
    alarm: Alarm,
    subscriptions: Subscriptions,
    note: Callable[..., Awaitable[None]],
    sql: asyncpg.Connection,
) -> None:
    for number in range(23):
        await note("source-broken", f"s{number:02}")
    await alarm.look()
    await wish(subscriptions, "안 물음", agreed="no")
    await wish(subscriptions, "꺼짐")
    await subscriptions.mute("꺼짐")
    await alarm.look()
    assert await told(sql) == []
    question = await sql.fetchval("SELECT facts FROM telling WHERE reason = 'confirm'")
    assert json.loads(question)["rules"] == ["살펴볼 것 · ops items"]

    await wish(subscriptions, "당직")
    await wish(subscriptions, "밤")
    await alarm.look()

    first, second = await told(sql)
    assert [first[0], second[0]] == ["당직", "밤"]
    assert first[1]["title"] == "살펴볼 것 · to look at: s00 +22"
    lines = first[1]["lines"]
    assert isinstance(lines, list)
    assert (len(lines), lines[-1]) == (21, "… +3")


async def test_it_comes_after_the_night_and_after_a_snooze(
    alarm: Alarm,
    subscriptions: Subscriptions,
    note: Callable[..., Awaitable[None]],
    sql: asyncpg.Connection,
) -> None:
    hour = int(await sql.fetchval("SELECT extract(hour FROM now() AT TIME ZONE 'Asia/Seoul')::int"))
    night = f"at-once quiet {hour:02}:00-{(hour + 2) % 24:02}:00"
    await wish(subscriptions, "밤", cadence=night)
    await wish(subscriptions, "쉼")
    await sql.execute(
        "UPDATE subscription SET snoozed_until = now() + interval '1 day' WHERE name = '쉼'"
    )
    await note("outage", "government")
    await alarm.look()

    rests = await sql.fetch(
        "SELECT extract(epoch FROM due_at - now())::float FROM delivery ORDER BY subscription_id"
    )
    assert 3500 < rests[0][0] <= 2 * 3600
    assert DAY - 60 < rests[1][0] <= DAY
