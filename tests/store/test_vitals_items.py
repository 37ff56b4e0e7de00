"""The ops items that are opened and closed by how sources do, and failures that are pardoned."""

from __future__ import annotations

import asyncio
from datetime import datetime

import asyncpg
import pytest

from service.pulse.model import Finding
from service.store.database import Database
from service.store.vitals import Known, Settled, Vitals

DECLARED = {"a": Known(government=True, every=600), "b": Known(government=False, every=60)}
BROKEN = Finding("source-broken", "a", "인증서 문제 (certificate)")
QUIET = Finding("source-quiet", "b", "조용함 (quiet)")
OUTAGE = Finding("outage", "government", "모두 (all)")


@pytest.fixture
async def now(vitals: Vitals) -> datetime:
    return await vitals.now()


async def fail(sql: asyncpg.Connection, trouble: str, source_id: str = "a") -> None:
    await sql.execute(
        "UPDATE source SET failures = 9, trouble = $1, failing_since = now() - interval '3 days',"
        " next_due = now() + interval '5 hours' WHERE id = $2",
        trouble,
        source_id,
    )


async def waits(sql: asyncpg.Connection, source_id: str = "a") -> float:
    """Seconds until it is asked again."""
    query = "SELECT extract(epoch FROM next_due - now()) FROM source WHERE id = $1"
    return float(await sql.fetchval(query, source_id))


async def test_what_failed_in_passing_is_asked_again_in_its_usual_time(
    vitals: Vitals, sql: asyncpg.Connection
) -> None:
    await fail(sql, "unreachable")
    await fail(sql, "dns", "b")

    await vitals.hasten({"a": 600.0})

    assert 590 < await waits(sql) <= 600
    assert await waits(sql, "b") > 4 * 3600
    await sql.execute("UPDATE source SET next_due = now() + interval '1 minute' WHERE id = 'a'")
    await vitals.hasten({"a": 600.0})
    assert await waits(sql) <= 60


@pytest.mark.parametrize("trouble", ["throttled", "layout", "gone"])
async def test_who_said_when_to_come_back_or_has_to_be_mended_is_not_hastened(
    vitals: Vitals, sql: asyncpg.Connection, trouble: str
) -> None:
    await fail(sql, trouble)

    await vitals.hasten({"a": 600.0})

    assert await waits(sql) > 4 * 3600


async def test_a_pardoned_source_has_failed_once_and_just_now(
    vitals: Vitals, sql: asyncpg.Connection, now: datetime
) -> None:
    await fail(sql, "unreachable")
    await fail(sql, "layout", "b")

    await vitals.pardon(["a", "b"])

    first, second = await vitals.vitals(DECLARED)
    assert first.failures == 1
    assert first.failing_since is not None
    assert first.failing_since >= now
    assert second.failures == 9  # a person has to see to it


async def items(sql: asyncpg.Connection) -> list[tuple[object, ...]]:
    rows = await sql.fetch(
        "SELECT kind, subject, detail, times, closed_at IS NULL FROM ops_item ORDER BY id"
    )
    return [tuple(row) for row in rows]


async def test_an_item_is_opened_once_and_closed_once(
    vitals: Vitals, sql: asyncpg.Connection, now: datetime
) -> None:
    assert await vitals.settle([BROKEN, OUTAGE]) == Settled(opened=(BROKEN, OUTAGE))
    assert await vitals.settle([BROKEN, OUTAGE]) == Settled()
    since = await vitals.open()
    assert set(since) == {("source-broken", "a"), ("outage", "government")}
    assert min(since.values()) >= now

    assert await vitals.settle([BROKEN, QUIET]) == Settled(opened=(QUIET,), closed=(OUTAGE,))

    assert await items(sql) == [
        ("source-broken", "a", BROKEN.detail, 1, True),
        ("outage", "government", OUTAGE.detail, 1, False),
        ("source-quiet", "b", QUIET.detail, 1, True),
    ]


async def test_what_breaks_again_is_opened_again(vitals: Vitals, sql: asyncpg.Connection) -> None:
    for _ in range(2):
        assert (await vitals.settle([BROKEN])).opened == (BROKEN,)
        assert (await vitals.settle([])).closed == (BROKEN,)

    assert [(times, is_open) for *_, times, is_open in await items(sql)] == [(1, False), (1, False)]


async def test_an_open_item_says_what_is_wrong_now(vitals: Vitals, sql: asyncpg.Connection) -> None:
    await vitals.settle([BROKEN])

    assert await vitals.settle([Finding("source-broken", "a", "빈 목록 (empty)")]) == Settled()

    assert await items(sql) == [("source-broken", "a", "빈 목록 (empty)", 1, True)]


async def test_items_of_other_kinds_are_left_alone(vitals: Vitals, sql: asyncpg.Connection) -> None:
    await sql.execute("INSERT INTO ops_item (kind, subject, detail) VALUES ('possible-gap','a','')")

    assert await vitals.settle([]) == Settled()
    assert await vitals.open() == {}
    assert await items(sql) == [("possible-gap", "a", "", 1, True)]


async def test_of_eight_schedulers_one_opens_an_item_and_one_closes_it(
    eight: list[Database], sql: asyncpg.Connection
) -> None:
    stores = [Vitals(each) for each in eight]

    opened = await asyncio.gather(*(each.settle([BROKEN]) for each in stores))
    closed = await asyncio.gather(*(each.settle([]) for each in stores))

    assert [each.opened for each in opened if each.opened] == [(BROKEN,)]
    assert [each.closed for each in closed if each.closed] == [(BROKEN,)]
    assert await items(sql) == [("source-broken", "a", BROKEN.detail, 1, False)]
