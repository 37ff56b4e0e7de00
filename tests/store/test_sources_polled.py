"""What a poll leaves behind: posts that are stored once, its own row, and when the next is due."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import timedelta

import asyncpg
import pytest

from service.model import Found, Shape
from service.store.database import TOGETHER, Database
from service.store.polled import Polled
from service.store.sources import Sources
from tests.store.slots import NINE, baselined, begin

Wakes = Callable[[], Awaitable[list[str]]]
MakeFound = Callable[..., Found]
MakePolled = Callable[..., Polled]


async def test_an_older_slot_finishes_and_stores_nothing(
    sources: Sources, sql: asyncpg.Connection, polled: MakePolled, wakes: Wakes
) -> None:
    old = await begin(sources, sql)
    new = await begin(sources, sql)
    await sql.execute("DELETE FROM pgqueuer")
    before = await sql.fetchrow("SELECT * FROM source WHERE id = 'a'")

    assert await sources.finish_poll(old, polled("k1", gap=True)) == 0

    assert await sql.fetchrow("SELECT * FROM source WHERE id = 'a'") == before
    assert await sql.fetchval("SELECT count(*) FROM article") == 0
    assert await sql.fetchval("SELECT count(*) FROM ops_item") == 0
    assert await wakes() == []
    assert await sources.finish_poll(new, polled("k1")) == 1


async def test_the_first_poll_is_a_silent_baseline_and_the_next_is_news(
    sources: Sources, sql: asyncpg.Connection, polled: MakePolled
) -> None:
    assert await sources.finish_poll(await begin(sources, sql), polled("k1", "k2")) == 2
    assert await sources.finish_poll(await begin(sources, sql), polled("k3")) == 1

    rows = await sql.fetch("SELECT key, baseline FROM article ORDER BY key")
    assert [tuple(row) for row in rows] == [("k1", True), ("k2", True), ("k3", False)]


async def test_what_is_older_than_the_baseline_stays_silent(
    sources: Sources, sql: asyncpg.Connection, found: MakeFound, polled: MakePolled
) -> None:
    hour = timedelta(hours=1)
    first = [found("k1", published_at=NINE), found("k2", published_at=NINE + hour), found("k3")]
    await baselined(sources, sql, polled(*first, floor=NINE))

    later = [
        found("older", published_at=NINE - timedelta(seconds=1)),
        found("as old", published_at=NINE),
        found("newer", published_at=NINE + hour),
        found("undated"),
    ]
    slot = await begin(sources, sql)
    await sources.finish_poll(slot, polled(*later, floor=slot.floor))
    # The floor is of the first baseline for ever, whatever came since.
    slot = await begin(sources, sql)
    older = found("older still", published_at=NINE - hour)
    await sources.finish_poll(slot, polled(older, floor=slot.floor))

    rows = await sql.fetch("SELECT key FROM article WHERE baseline ORDER BY key")
    assert [row["key"] for row in rows] == ["k1", "k2", "k3", "older", "older still"]


async def test_an_empty_baseline_silences_nothing_that_comes_after(
    sources: Sources, sql: asyncpg.Connection, found: MakeFound, polled: MakePolled
) -> None:
    await baselined(sources, sql, polled())
    await baselined(sources, sql, polled(found("k", published_at=NINE)))

    assert await sql.fetchval("SELECT baseline FROM article") is False


async def test_a_post_is_stored_as_it_was_found(
    sources: Sources, sql: asyncpg.Connection, found: MakeFound, polled: MakePolled
) -> None:
    post = found("k", publisher="관세청", published_at=NINE, precision="minute", text=None)
    await baselined(sources, sql, polled(post))

    row = await sql.fetchrow("SELECT * FROM article")
    assert Found(**{name: row[name] for name in Found.__slots__}) == post
    assert row["source_id"] == "a"
    assert row["collected_at"] is None
    assert row["discovered_at"] == row["collect_due"]


async def test_a_key_is_known_within_its_source_only(
    sources: Sources, sql: asyncpg.Connection, polled: MakePolled
) -> None:
    await baselined(sources, sql, polled("k1", "k2"))

    assert await sources.unknown(["a"], ["k1", "k2", "k3"]) == {"k3"}
    assert await sources.unknown(["b"], ["k1"]) == {"k1"}
    assert await sources.unknown(["b", "a"], ["k1", "k3"]) == {"k3"}
    assert await sources.unknown(["a"], []) == set()


async def test_a_post_that_is_stored_already_is_neither_stored_nor_counted(
    sources: Sources, sql: asyncpg.Connection, found: MakeFound, polled: MakePolled
) -> None:
    await baselined(sources, sql, polled("k1"))

    again = polled(found("k1", title="고친 제목"), "k2")
    assert await sources.finish_poll(await begin(sources, sql), again) == 1

    rows = await sql.fetch("SELECT key, title FROM article ORDER BY key")
    assert [tuple(row) for row in rows] == [("k1", "제목 k1"), ("k2", "제목 k2")]


async def test_two_finishes_at_once_store_a_post_once_a_source(
    sources: Sources,
    eight: list[Database],
    sql: asyncpg.Connection,
    polled: MakePolled,
    wakes: Wakes,
) -> None:
    slots = [await begin(sources, sql, each) for each in ("a", "b")]
    await sql.execute("DELETE FROM pgqueuer")

    stored = await asyncio.gather(
        *(
            Sources(database).finish_poll(slot, polled("k1", "k2"))
            for database, slot in zip(eight, slots * 4, strict=True)
        )
    )

    assert sum(stored) == 4
    assert await sql.fetchval("SELECT count(DISTINCT (source_id, key)) FROM article") == 4
    assert await sql.fetchval("SELECT count(*) FROM article") == 4
    assert sum(len(each.split(TOGETHER)) for each in await wakes()) == 4


async def test_a_poll_that_cannot_be_stored_whole_leaves_nothing(
    sources: Sources, sql: asyncpg.Connection, found: MakeFound, polled: MakePolled, wakes: Wakes
) -> None:
    slot = await begin(sources, sql)
    await sql.execute("DELETE FROM pgqueuer")
    before = await sql.fetchrow("SELECT * FROM source WHERE id = 'a'")

    with pytest.raises(Exception, match="invalid byte sequence"):
        await sources.finish_poll(slot, polled("k1", found("k2", title="\0")))

    assert await sql.fetchrow("SELECT * FROM source WHERE id = 'a'") == before
    assert await sql.fetchval("SELECT count(*) FROM article") == 0
    assert await wakes() == []
    assert await sources.unknown(["a"], ["k1"]) == {"k1"}


async def test_whole_posts_are_woken_for_reading_and_the_others_for_one_collecting(
    sources: Sources, sql: asyncpg.Connection, found: MakeFound, polled: MakePolled, wakes: Wakes
) -> None:
    slot = await begin(sources, sql)
    await sql.execute("DELETE FROM pgqueuer")

    await sources.finish_poll(slot, polled("w", found("p1", text=None), found("p2", text=None)))

    whole = await sql.fetchval("SELECT id FROM article WHERE collected_at IS NOT NULL")
    assert await wakes() == ["collect:a", f"read:{whole}"]


async def test_a_poll_leaves_a_row_that_tells_what_came_of_it(
    sources: Sources, sql: asyncpg.Connection, polled: MakePolled
) -> None:
    await sources.finish_poll(await begin(sources, sql), polled("k1", "k2", pages=3, seen=30))
    slot = await begin(sources, sql)
    await sources.fail_poll(slot, "empty", "no rows", next_in=60)
    await begin(sources, sql)

    rows = await sql.fetch(
        "SELECT slot, outcome, trouble, detail, pages, seen, new, finished_at IS NOT NULL"
        " FROM poll ORDER BY slot"
    )
    assert [tuple(row) for row in rows] == [
        (1, "ok", None, None, 3, 30, 2, True),
        (2, "failed", "empty", "no rows", 0, 0, 0, True),
        (3, None, None, None, 0, 0, 0, False),
    ]


async def test_what_a_list_looked_like_is_kept_with_its_poll(
    sources: Sources, sql: asyncpg.Connection, found: MakeFound, polled: MakePolled
) -> None:
    rows = found("k1", published_at=NINE), found("k2", title="제목이다")
    shape = Shape(rows=2, dated=1, issued=0, teased=2, title=4)
    await sources.finish_poll(await begin(sources, sql), polled("k1", rows=rows))
    await sources.finish_poll(await begin(sources, sql), polled())

    rows = await sql.fetch("SELECT shape FROM poll ORDER BY slot")
    assert [row["shape"] and json.loads(row["shape"]) for row in rows] == [asdict(shape), None]


async def test_quiet_polls_are_counted_until_something_comes(
    sources: Sources, sql: asyncpg.Connection, polled: MakePolled
) -> None:
    quiet = []
    for posts in (["k1"], [], [], ["k2"], []):
        await sources.finish_poll(await begin(sources, sql), polled(*posts))
        quiet.append(await sql.fetchval("SELECT quiet_polls FROM source WHERE id = 'a'"))

    assert quiet == [0, 1, 2, 0, 1]


async def test_the_newest_date_never_goes_back(
    sources: Sources, sql: asyncpg.Connection, found: MakeFound, polled: MakePolled
) -> None:
    await baselined(sources, sql, polled(found("k1", published_at=NINE)))
    await baselined(sources, sql, polled(found("k2", published_at=NINE - timedelta(days=1))))
    await baselined(sources, sql, polled("k3"))

    assert await sql.fetchval("SELECT newest_at FROM source WHERE id = 'a'") == NINE


async def test_the_next_poll_is_due_when_the_last_one_said(
    sources: Sources, sql: asyncpg.Connection, polled: MakePolled
) -> None:
    await sources.finish_poll(await begin(sources, sql), polled(next_in=77.5))

    rest = await sql.fetchval("SELECT next_due - last_ok_at FROM source WHERE id = 'a'")
    assert rest == timedelta(seconds=77.5)
