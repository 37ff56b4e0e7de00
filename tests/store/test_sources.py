"""When a source is due, who may poll it, and what a pause holds back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import asyncpg
import sqlalchemy as sa

from scrapers.model import Freshness
from service.model import Found
from service.store.articles import Articles
from service.store.attachments import Attachments
from service.store.database import Database
from service.store.polled import Polled, Slot
from service.store.revisits import Revisits
from service.store.sources import Sources
from tests.store.slots import NINE, begin, come_due

Wakes = Callable[[], Awaitable[list[str]]]
MakeFound = Callable[..., Found]
MakePolled = Callable[..., Polled]


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
        found("k", published_at=NINE),
        floor=NINE,
        freshness=Freshness('"1"', "then"),
        body_sha256=b"\1" * 32,
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
