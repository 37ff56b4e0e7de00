"""Lists that are read back: one a source, each page once, nobody told of what nobody missed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import asyncpg

from scrapers.model import Request
from service.model import Found
from service.store.backfills import Backfills, Leaf
from service.store.database import Database
from service.store.polled import Polled
from service.store.sources import Sources
from service.store.sweep import sweep
from tests.store.backfills import (
    APRIL,
    MARCH,
    MAY,
    MORE,
    SEOUL,
    claimed,
    come_due,
    gap,
    items,
    state,
)

Wakes = Callable[[], Awaitable[list[str]]]
MakeFound = Callable[..., Found]
MakePolled = Callable[..., Polled]


# opening


async def test_a_source_has_one_open_backfill_that_goes_as_far_back_as_any_asked(
    backfills: Backfills, sql: asyncpg.Connection, wakes: Wakes
) -> None:
    for since in (APRIL, MARCH, MAY):
        assert await backfills.open("a", since)

    assert await state(sql, "count(*)", "min(since)") == (1, MARCH)
    assert await wakes() == ["backfill:a"]


async def test_a_day_to_come_is_no_day_to_read_back_to(backfills: Backfills) -> None:
    assert not await backfills.open("a", datetime(2999, 1, 1, tzinfo=SEOUL))
    assert await backfills.progress() == []


async def test_a_finished_backfill_does_not_hinder_the_next(
    backfills: Backfills, sql: asyncpg.Connection
) -> None:
    for since in (APRIL, MAY):
        await backfills.open("a", since)
        await backfills.turn(await claimed(backfills, sql), Leaf(outcome="reached"), 3.0)

    found = [(each.since, each.outcome) for each in await backfills.progress("a")]
    assert found == [(MAY, "reached"), (APRIL, "reached")]


async def test_a_gap_is_read_from_where_the_poll_left_off_and_told(
    backfills: Backfills, sources: Sources, sql: asyncpg.Connection, polled: MakePolled
) -> None:
    await gap(sources, sql, polled)

    filling = await claimed(backfills, sql)
    now = filling.now
    assert filling.request == MORE
    assert filling.since == filling.told_from
    assert timedelta(0) <= now - filling.since - timedelta(days=2) < timedelta(minutes=1)


async def test_a_gap_during_a_silent_backfill_goes_back_to_its_page_and_fences_off(
    backfills: Backfills,
    sources: Sources,
    sql: asyncpg.Connection,
    polled: MakePolled,
    found: MakeFound,
) -> None:
    await backfills.open("a", MARCH)
    silent = await claimed(backfills, sql)
    await gap(sources, sql, polled)

    assert await backfills.turn(silent, Leaf(found=[found("x")]), 3.0) is None
    assert not await backfills.renew(silent)
    merged = await claimed(backfills, sql)
    assert (merged.id, merged.since, merged.request) == (silent.id, MARCH, MORE)
    assert merged.told_from is not None
    assert merged.told_from > MAY
    assert not await sql.fetchval("SELECT EXISTS (SELECT FROM article WHERE key = 'x')")


async def test_a_silent_request_during_a_gap_silences_only_what_is_older_than_the_gap(
    backfills: Backfills,
    sources: Sources,
    sql: asyncpg.Connection,
    polled: MakePolled,
    found: MakeFound,
) -> None:
    await gap(sources, sql, polled)
    await backfills.open("a", MARCH)
    filling = await claimed(backfills, sql)

    posts = [found("old", published_at=APRIL), found("new", published_at=filling.now)]
    assert await backfills.turn(filling, Leaf(found=posts), 3.0) == 2

    rows = await sql.fetch("SELECT key, baseline, late FROM article WHERE key IN ('old', 'new')")
    assert {row["key"]: row["baseline"] for row in rows} == {"old": True, "new": False}
    assert all(row["late"] for row in rows)


async def test_beyond_a_gap_that_is_told_what_has_no_date_is_silent_too(
    backfills: Backfills,
    sources: Sources,
    sql: asyncpg.Connection,
    polled: MakePolled,
    found: MakeFound,
) -> None:
    await gap(sources, sql, polled)
    await backfills.open("a", MARCH)
    for key in ("within", "beyond"):
        filling = await claimed(backfills, sql)
        leaf = Leaf(20, [found(key)], oldest_at=APRIL, more=MORE)
        assert await backfills.turn(filling, leaf, 0.0) == 1

    rows = await sql.fetch("SELECT key, baseline FROM article WHERE key IN ('within', 'beyond')")
    assert {row["key"]: row["baseline"] for row in rows} == {"within": False, "beyond": True}


# whose turn it is


async def test_a_page_goes_to_exactly_one_of_eight_workers(
    backfills: Backfills, eight: list[Database], sql: asyncpg.Connection
) -> None:
    await backfills.open("a", MARCH)

    claims = await asyncio.gather(*(Backfills(each).claim("a") for each in eight))

    assert len([each for each in claims if each is not None]) == 1
    assert await backfills.claim("a") is None
    assert (await claimed(backfills, sql)).tries == 2  # its lease ran out


async def test_a_paused_source_is_left_alone_and_goes_on_when_it_is_not(
    backfills: Backfills,
    database: Database,
    sources: Sources,
    sql: asyncpg.Connection,
    wakes: Wakes,
) -> None:
    await backfills.open("a", MARCH)
    await sql.execute("DELETE FROM pgqueuer")
    await sources.pause("a", "점검")
    await come_due(sql)

    assert await backfills.claim("a") is None
    assert (await backfills.progress("a"))[0].paused_why == "점검"
    assert "backfill" not in await sweep(database)
    await sources.pause("a", None)
    assert (await sweep(database))["backfill"] == 1
    assert await wakes() == ["backfill:a"]
    assert await backfills.claim("a") is not None


async def test_a_page_over_which_workers_die_is_taken_up_ever_more_slowly(
    backfills: Backfills, sql: asyncpg.Connection
) -> None:
    await backfills.open("a", MARCH)
    rests = []
    for _ in range(4):
        await claimed(backfills, sql)
        [far] = await backfills.progress("a")
        rests.append(round(far.rest / 20))

    assert rests == [1, 2, 4, 8]


# what a page leaves


async def test_a_page_is_stored_and_counted_at_once_and_the_next_waits_its_pause(
    backfills: Backfills, sql: asyncpg.Connection, found: MakeFound, wakes: Wakes
) -> None:
    await backfills.open("a", MARCH)
    for key, oldest in (("k2", MAY), ("k1", APRIL)):
        posts = [found(key, published_at=oldest), found("k2")]
        leaf = Leaf(20, posts, oldest, met=True, more=MORE)
        await backfills.turn(await claimed(backfills, sql), leaf, 30.0)

    [far] = await backfills.progress("a")
    assert (far.pages, far.seen, far.new, far.oldest_at) == (2, 40, 2, APRIL)
    assert 25.0 < far.rest <= 30.0
    assert far.outcome is None
    assert (await claimed(backfills, sql)).request == MORE
    rows = await sql.fetch("SELECT key, baseline, late FROM article ORDER BY key")
    assert [tuple(row) for row in rows] == [("k1", True, False), ("k2", True, False)]
    assert (await wakes()).count("backfill:a") == 3


async def test_a_page_that_was_read_by_two_is_stored_once(
    backfills: Backfills, sql: asyncpg.Connection, found: MakeFound
) -> None:
    await backfills.open("a", MARCH)
    slow, quick = await claimed(backfills, sql), await claimed(backfills, sql)
    leaf = Leaf(1, [found("k1")], MAY, more=MORE)

    assert await backfills.turn(quick, leaf, 3.0) == 1
    assert await backfills.turn(slow, leaf, 3.0) is None
    await backfills.put_off(slow, "reset", 3.0)
    await backfills.give_up(slow, "reset")

    assert await state(sql, "pages", "seen", "new", "last_error", "outcome") == (
        1,
        1,
        1,
        None,
        None,
    )
    assert await items(sql) == []


async def test_what_was_known_is_told_apart_from_what_came_with_the_poll_that_asked(
    backfills: Backfills, sources: Sources, sql: asyncpg.Connection, polled: MakePolled
) -> None:
    await gap(sources, sql, polled)
    filling = await claimed(backfills, sql)

    assert await backfills.known(filling, {"k0", "k9", "k5"}) == {"k0": True, "k9": False}


async def test_a_poll_and_a_page_of_the_same_posts_at_once_both_succeed(
    backfills: Backfills,
    sources: Sources,
    sql: asyncpg.Connection,
    polled: MakePolled,
    found: MakeFound,
) -> None:
    await gap(sources, sql, polled)
    for n in range(5):
        await sql.execute("UPDATE source SET next_due = now()")
        [(source_id, number)] = await sources.claim_due(["a"])
        slot = await sources.begin_poll(source_id, number)
        assert slot is not None
        posts = [found(f"{n} {each}") for each in range(50)]
        await asyncio.gather(
            sources.finish_poll(slot, polled(*posts, gap=True, more=Request(**MORE))),
            backfills.turn(await claimed(backfills, sql), Leaf(50, posts[::-1], more=MORE), 3.0),
        )

    assert await sql.fetchval("SELECT count(*) FROM article") == 2 + 5 * 50
