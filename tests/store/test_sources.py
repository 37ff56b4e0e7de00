"""When a source is due, who may poll it, and what a poll leaves behind."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import asyncpg
import pytest
import sqlalchemy as sa

from service.model import Found, Shape
from service.store.articles import Articles
from service.store.attachments import Attachments
from service.store.database import Database
from service.store.polled import Polled, Slot
from service.store.revisits import Revisits
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
    assert first == Slot("a", 1, None, None, None, first.now, 0, 0, None, None, None)
    assert not first.baselined
    left = polled(
        found("k", published_at=NINE), etag='"1"', last_modified="then", body_sha256=b"\1" * 32
    )
    await sources.finish_poll(first, left)

    second = await begin(sources, sql)

    looked = await sql.fetchval("SELECT last_ok_at FROM source WHERE id = 'a'")
    assert second == Slot("a", 2, looked, NINE, looked, second.now, 0, 0, '"1"', "then", b"\1" * 32)
    assert second.baselined
    assert first.now < looked < second.now


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

    await sources.fail_poll(old, "LayoutError", "layout", "no rows", next_in=600)

    assert await sql.fetchrow("SELECT * FROM source WHERE id = 'a'") == before


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
    slot = await begin(sources, sql)
    await sources.fail_poll(slot, "LayoutError", "empty", "no rows", next_in=60)
    await begin(sources, sql)

    rows = await sql.fetch(
        "SELECT slot, outcome, trouble, detail, pages, seen, new, finished_at IS NOT NULL"
        " FROM poll ORDER BY slot"
    )
    assert [tuple(row) for row in rows] == [
        (1, "ok", None, None, 3, 30, 2, True),
        (2, "LayoutError", "empty", "no rows", 0, 0, 0, True),
        (3, None, None, None, 0, 0, 0, False),
    ]


async def test_what_a_list_looked_like_is_kept_with_its_poll(
    sources: Sources, sql: asyncpg.Connection, polled: MakePolled
) -> None:
    shape = Shape(rows=20, dated=19, issued=0, teased=20, title=31)
    await sources.finish_poll(await begin(sources, sql), polled("k1", shape=shape))
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
    await sources.fail_poll(slot, "ServerTrouble", "server", "503", next_in=90)

    row = await sql.fetchrow("SELECT *, next_due - now() AS rest FROM source WHERE id = 'a'")
    assert (row["failures"], row["last_error"]) == (1, "ServerTrouble: 503")
    assert timedelta(seconds=80) < row["rest"] <= timedelta(seconds=90)
    assert row["etag"] == '"1"'  # the next request is as conditional as this one was
    assert await sql.fetch("SELECT * FROM article") == articles
    assert await wakes() == sorted([*queued, "poll:a:2"])
    assert await sql.fetchval("SELECT count(*) FROM ops_item") == 0


async def test_a_source_fails_since_its_first_failure_until_a_good_poll(
    sources: Sources, sql: asyncpg.Connection, polled: MakePolled
) -> None:
    query = "SELECT failures, trouble, last_error, failing_since FROM source WHERE id = 'a'"
    seen = []
    for trouble in ("dns", "layout"):
        await sources.fail_poll(await begin(sources, sql), "Oops", trouble, "no rows", next_in=60)
        seen.append(await sql.fetchrow(query))

    assert [tuple(row)[:3] for row in seen] == [
        (1, "dns", "Oops: no rows"), (2, "layout", "Oops: no rows"),
    ]  # fmt: skip
    assert seen[0]["failing_since"] == seen[1]["failing_since"] is not None
    assert await sql.fetchval("SELECT count(*) FROM ops_item") == 0  # that is for the watch

    await sources.finish_poll(await begin(sources, sql), polled())

    assert tuple(await sql.fetchrow(query)) == (0, None, None, None)


async def test_a_worker_that_ended_half_way_is_a_failure_with_a_name(
    sources: Sources, sql: asyncpg.Connection
) -> None:
    await begin(sources, sql)
    slot = await begin(sources, sql)

    row = await sql.fetchrow("SELECT failures, trouble, failing_since FROM source WHERE id = 'a'")
    assert tuple(row)[:2] == (slot.failures, "abandoned") == (1, "abandoned")
    assert row["failing_since"] is not None


# when nobody looks


async def test_a_paused_source_is_not_due_until_it_goes_on(
    sources: Sources, sql: asyncpg.Connection
) -> None:
    assert await sources.pause("a", "그쪽에서 쉬어 달라고 함")

    assert await sources.claim_due(["a", "b"]) == [("b", 1)]
    row = await sql.fetchrow("SELECT paused_at, paused_why FROM source WHERE id = 'a'")
    assert row["paused_at"] is not None
    assert row["paused_why"] == "그쪽에서 쉬어 달라고 함"

    assert await sources.pause("a", None)

    assert await sources.claim_due(["a"]) == [("a", 1)]
    row = await sql.fetchrow("SELECT paused_at, paused_why FROM source WHERE id = 'a'")
    assert tuple(row) == (None, None)


async def test_pages_and_files_of_a_paused_source_are_not_asked_for_until_it_goes_on(
    sources: Sources, database: Database, add: Callable[..., Awaitable[int]]
) -> None:
    owed = await add("article", collected_at=None, read_at=None)
    told = await add("article", triaged_at=sa.func.now(), look_due=sa.func.now())
    file = await add("attachment", article_id=told, document=0, rank=0, due_at=sa.func.now())
    articles, files = Articles(database), Attachments(database)
    revisits = Revisits(database, (timedelta(hours=1),))
    await sources.pause("a", "쉼")

    assert await articles.claim_owed("a") is None
    assert await files.claim_owed("a") is None
    assert await revisits.claim_due("a") is None

    await sources.pause("a", None)

    page, attached, due = (
        await articles.claim_owed("a"), await files.claim_owed("a"), await revisits.claim_due("a")
    )  # fmt: skip
    assert page is not None
    assert attached is not None
    assert due is not None
    assert (page.article.id, attached.id, due.article.id) == (owed, file, told)


async def test_a_source_that_has_no_row_cannot_be_paused(sources: Sources) -> None:
    assert not await sources.pause("nobody", "왜냐하면")


# what sources that search are asked for


async def test_rules_come_once_those_of_most_subscriptions_first_while_their_book_is_new(
    database: Database, add: Callable[..., Awaitable[int]], sql: asyncpg.Connection
) -> None:
    store = Sources(database)
    rules = {"하나": ("관세",), "둘": ("수출", "통상"), "셋": ("수출",)}
    for name, typed in rules.items():
        made = await add("subscription", name=name)
        for each in typed:
            await add("rule", subscription_id=made, text=each, canonical=each)
    ended = await add("subscription", ended_at=datetime.now(ZoneInfo("Asia/Seoul")))
    await add("rule", subscription_id=ended, text="옛것", canonical="옛것")

    book = await store.rules(-1)

    assert book is not None
    version, found = book
    assert found == ("수출", "관세", "통상")
    assert await store.rules(version) is None
    await sql.execute("UPDATE rule_book SET version = version + 1")
    assert await store.rules(version) == (version + 1, found)
