"""When a source is due, who may poll it, and what a poll leaves behind."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from service.model import Found
from service.store.database import Database
from service.store.polled import Polled, Slot
from service.store.sources import Sources

SEOUL = ZoneInfo("Asia/Seoul")
NINE = datetime(2026, 11, 20, 9, tzinfo=SEOUL)

Wakes = Callable[[], Awaitable[list[str]]]
MakeFound = Callable[..., Found]
MakePolled = Callable[..., Polled]


async def come_due(sql: asyncpg.Connection, source_id: str = "a") -> None:
    await sql.execute(
        "UPDATE source SET next_due = now() - interval '1 second' WHERE id = $1", source_id
    )


async def begin(sources: Sources, sql: asyncpg.Connection, source_id: str = "a") -> Slot:
    """Claim and begin the next slot of a source."""
    await come_due(sql, source_id)
    [(_, number)] = await sources.claim_due([source_id])
    slot = await sources.begin_poll(source_id, number)
    assert slot is not None
    return slot


async def baselined(sources: Sources, sql: asyncpg.Connection, made: Polled) -> None:
    await sources.finish_poll(await begin(sources, sql), made)


# when a slot is claimed


async def test_a_due_slot_goes_to_exactly_one_of_eight_schedulers(
    sources: Sources, eight: list[Database], wakes: Wakes
) -> None:
    await sources.declare(["a", "b"])
    schedulers = [Sources(each) for each in eight]

    claims = await asyncio.gather(*(each.claim_due(["a", "b"]) for each in schedulers))

    assert sorted(slot for claim in claims for slot in claim) == [("a", 1), ("b", 1)]
    assert await wakes() == ["poll:a:1", "poll:b:1"]


async def test_a_source_that_is_not_due_is_left_alone(
    sources: Sources, sql: asyncpg.Connection, wakes: Wakes
) -> None:
    await sql.execute("UPDATE source SET next_due = now() + interval '1 minute' WHERE id = 'a'")

    assert await sources.claim_due(["a"]) == []
    assert await wakes() == []


async def test_a_source_that_nobody_declares_any_more_is_left_alone(sources: Sources) -> None:
    assert await sources.claim_due(["b"]) == [("b", 1)]


async def test_declaring_again_leaves_what_is_known(
    sources: Sources, sql: asyncpg.Connection
) -> None:
    await begin(sources, sql)

    await sources.declare(["a", "c"])

    rows = await sql.fetch("SELECT id, slot FROM source ORDER BY id")
    assert [tuple(row) for row in rows] == [("a", 1), ("b", 0), ("c", 0)]


async def test_a_slot_that_nobody_took_up_is_woken_again_under_its_number(
    sources: Sources, sql: asyncpg.Connection, wakes: Wakes
) -> None:
    await sources.claim_due(["a"])
    assert await sources.claim_due(["a"]) == []  # not before the floor is over

    await sql.execute("DELETE FROM pgqueuer")
    await come_due(sql)

    assert await sources.claim_due(["a"]) == [("a", 1)]
    assert await wakes() == ["poll:a:1"]


async def test_a_wake_up_that_is_still_queued_is_not_repeated(
    sources: Sources, sql: asyncpg.Connection, wakes: Wakes
) -> None:
    for _ in range(3):
        await come_due(sql)
        assert await sources.claim_due(["a"]) == [("a", 1)]

    assert await wakes() == ["poll:a:1"]


async def test_a_slot_that_was_taken_up_is_followed_by_the_next(
    sources: Sources, sql: asyncpg.Connection
) -> None:
    await begin(sources, sql)
    await come_due(sql)

    assert await sources.claim_due(["a"]) == [("a", 2)]


# who may poll


async def test_a_slot_is_begun_once(sources: Sources, eight: list[Database]) -> None:
    await sources.claim_due(["a"])

    slots = await asyncio.gather(*(Sources(each).begin_poll("a", 1) for each in eight))

    assert [slot.number for slot in slots if slot is not None] == [1]


async def test_a_slot_that_was_never_claimed_cannot_begin(sources: Sources) -> None:
    assert await sources.begin_poll("a", 1) is None
    assert await sources.begin_poll("nobody", 1) is None


async def test_an_older_slot_cannot_begin(sources: Sources, sql: asyncpg.Connection) -> None:
    await begin(sources, sql)
    await come_due(sql)
    await sources.claim_due(["a"])

    assert await sources.begin_poll("a", 1) is None
    assert await sources.begin_poll("a", 2) is not None


async def test_a_slot_brings_what_the_last_poll_left(
    sources: Sources, sql: asyncpg.Connection, found: MakeFound, polled: MakePolled
) -> None:
    first = await begin(sources, sql)
    assert first == Slot("a", 1, False, None, 0, 0, None, None, None)
    left = polled(
        found("k", published_at=NINE), etag='"1"', last_modified="then", body_sha256=b"\1" * 32
    )
    await sources.finish_poll(first, left)

    second = await begin(sources, sql)

    assert second == Slot("a", 2, True, NINE, 0, 0, '"1"', "then", b"\1" * 32)


async def test_a_lease_is_kept_until_a_later_slot_takes_over(
    sources: Sources, sql: asyncpg.Connection
) -> None:
    slot = await begin(sources, sql)
    await come_due(sql)

    assert await sources.renew(slot)
    assert await sources.claim_due(["a"]) == []

    await come_due(sql)
    await sources.claim_due(["a"])
    assert not await sources.renew(slot)


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


async def test_an_older_slot_fails_and_changes_nothing(
    sources: Sources, sql: asyncpg.Connection
) -> None:
    old = await begin(sources, sql)
    await begin(sources, sql)
    before = await sql.fetchrow("SELECT * FROM source WHERE id = 'a'")

    await sources.fail_poll(old, "LayoutError", "no rows", next_in=600, notice=True)

    assert await sql.fetchrow("SELECT * FROM source WHERE id = 'a'") == before
    assert await sql.fetchval("SELECT count(*) FROM ops_item") == 0


# what a poll stores


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
    await baselined(sources, sql, polled(*first))

    later = [
        found("older", published_at=NINE - timedelta(seconds=1)),
        found("as old", published_at=NINE),
        found("newer", published_at=NINE + hour),
        found("undated"),
    ]
    await baselined(sources, sql, polled(*later))
    # The floor is of the first baseline for ever, whatever came since.
    await baselined(sources, sql, polled(found("older still", published_at=NINE - hour)))

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

    assert await sources.unknown("a", ["k1", "k2", "k3"]) == {"k3"}
    assert await sources.unknown("b", ["k1"]) == {"k1"}
    assert await sources.unknown("a", []) == set()


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
    assert len(await wakes()) == 4


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
    assert await sources.unknown("a", ["k1"]) == {"k1"}


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
    await sources.fail_poll(
        await begin(sources, sql), "LayoutError", "no rows", next_in=60, notice=False
    )
    await begin(sources, sql)

    rows = await sql.fetch(
        "SELECT slot, outcome, detail, pages, seen, new, finished_at IS NOT NULL"
        " FROM poll ORDER BY slot"
    )
    assert [tuple(row) for row in rows] == [
        (1, "ok", None, 3, 30, 2, True),
        (2, "LayoutError", "no rows", 0, 0, 0, True),
        (3, None, None, 0, 0, 0, False),
    ]


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


async def test_a_gap_tells_a_person(
    sources: Sources, sql: asyncpg.Connection, polled: MakePolled
) -> None:
    await sources.finish_poll(await begin(sources, sql), polled("k1", gap=True))

    rows = await sql.fetch("SELECT kind, subject, detail, times, closed_at FROM ops_item")
    assert [tuple(row) for row in rows] == [
        ("possible-gap", "a", "slot 1: nothing known in sight", 1, None)
    ]


# what a failure changes


async def test_a_failure_touches_no_article_and_says_when_to_try_again(
    sources: Sources, sql: asyncpg.Connection, polled: MakePolled, wakes: Wakes
) -> None:
    await baselined(sources, sql, polled("k1", etag='"1"'))
    articles = await sql.fetch("SELECT * FROM article")
    queued = await wakes()

    slot = await begin(sources, sql)
    await sources.fail_poll(slot, "ServerTrouble", "503", next_in=90, notice=False)

    row = await sql.fetchrow("SELECT *, next_due - now() AS rest FROM source WHERE id = 'a'")
    assert (row["failures"], row["last_error"]) == (1, "ServerTrouble: 503")
    assert timedelta(seconds=80) < row["rest"] <= timedelta(seconds=90)
    assert row["etag"] == '"1"'  # the next request is as conditional as this one was
    assert await sql.fetch("SELECT * FROM article") == articles
    assert await wakes() == sorted([*queued, "poll:a:2"])
    assert await sql.fetchval("SELECT count(*) FROM ops_item") == 0


async def test_one_item_is_open_however_often_a_source_fails_and_a_good_poll_closes_it(
    sources: Sources, sql: asyncpg.Connection, polled: MakePolled
) -> None:
    for detail in ("one", "two", "three"):
        slot = await begin(sources, sql)
        await sources.fail_poll(slot, "LayoutError", detail, next_in=60, notice=True)
    other = await begin(sources, sql, "b")
    await sources.fail_poll(other, "TooLarge", "huge", next_in=60, notice=True)

    query = "SELECT subject, detail, times, closed_at IS NULL FROM ops_item ORDER BY id"
    assert [tuple(row) for row in await sql.fetch(query)] == [
        ("a", "LayoutError: three", 3, True),
        ("b", "TooLarge: huge", 1, True),
    ]

    await sources.finish_poll(await begin(sources, sql), polled())

    assert [tuple(row) for row in await sql.fetch(query)] == [
        ("a", "LayoutError: three", 3, False),
        ("b", "TooLarge: huge", 1, True),
    ]
    row = await sql.fetchrow("SELECT failures, last_error FROM source WHERE id = 'a'")
    assert tuple(row) == (0, None)


async def test_a_source_that_breaks_again_opens_a_new_item(
    sources: Sources, sql: asyncpg.Connection, polled: MakePolled
) -> None:
    for _ in range(2):
        slot = await begin(sources, sql)
        await sources.fail_poll(slot, "LayoutError", "no rows", next_in=60, notice=True)
        await sources.finish_poll(await begin(sources, sql), polled())

    rows = await sql.fetch("SELECT times, closed_at IS NULL FROM ops_item")
    assert [tuple(row) for row in rows] == [(1, False), (1, False)]
