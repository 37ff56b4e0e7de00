"""What nobody took is kept, and is sent again as the same message or given up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from service.store.database import Database
from service.store.deliveries import Dead, Deliveries, Sent
from service.store.letters import Letters

Add = Callable[..., Awaitable[int]]
Wakes = Callable[[], Awaitable[list[str]]]
Die = Callable[[int], Awaitable[int]]


@pytest.fixture
def letters(database: Database) -> Letters:
    return Letters(database)


@pytest.fixture
def deliveries(database: Database) -> Deliveries:
    return Deliveries(database)


@pytest.fixture
async def endpoints(add: Add) -> list[int]:
    """Two endpoints of one subscription."""
    made = await add("subscription", name="무역")
    return [await add("endpoint", subscription_id=made, address=each) for each in ("x", "y")]


@pytest.fixture
def die(add: Add, deliveries: Deliveries) -> Die:
    """``await die(endpoint)``: a message to it that is refused at its first try; its id."""

    async def die(endpoint_id: int) -> int:
        telling_id = await add("telling", facts={"title": "수출 상담회"})
        fields = {"telling_id": telling_id, "subscription_id": 1, "endpoint_id": endpoint_id}
        made = await add("delivery", **fields)
        [due] = (await deliveries.claim("console", 1, {})).due
        await deliveries.settle([Dead(due, "400: no")])
        return made

    return die


async def open_items(sql: asyncpg.Connection) -> list[str]:
    rows = await sql.fetch("SELECT subject FROM ops_item WHERE closed_at IS NULL ORDER BY 1")
    return [row["subject"] for row in rows]


async def test_dead_letters_are_listed_with_what_they_say_and_why_nobody_took_them(
    letters: Letters, endpoints: list[int], die: Die, add: Add, sql: asyncpg.Connection
) -> None:
    made = await die(endpoints[0])
    await add("delivery", telling_id=1, subscription_id=1, endpoint_id=endpoints[1])

    [letter] = await letters.listed()

    assert (letter.id, letter.subscription, letter.channel) == (made, "무역", "console")
    assert (letter.address, letter.reason, letter.title) == ("x", "alert", "수출 상담회")
    assert (letter.why, letter.off) == ("400: no", False)
    assert letter.at == await sql.fetchval("SELECT settled_at FROM delivery WHERE id = $1", made)


async def test_a_letter_is_sent_again_as_the_same_message_with_all_its_tries(
    letters: Letters,
    deliveries: Deliveries,
    endpoints: list[int],
    die: Die,
    sql: asyncpg.Connection,
    wakes: Wakes,
) -> None:
    made, other = await die(endpoints[0]), await die(endpoints[1])
    before = await sql.fetchval("SELECT message_id FROM delivery WHERE id = $1", made)

    assert await letters.resend([made, 999]) == 1

    assert await wakes() == ["deliver:console"]
    assert [each.id for each in await letters.listed()] == [other]
    assert await open_items(sql) == ["console y"]
    [due] = (await deliveries.claim("console", 10, {})).due
    assert (due.id, due.message_id, due.attempt) == (made, f"msg_{before}", 1)
    await deliveries.settle([Sent(due, "204")])
    rows = await sql.fetch("SELECT number, outcome FROM attempt WHERE delivery_id = $1", made)
    assert sorted(tuple(row) for row in rows) == [(1, "dead"), (2, "sent")]


async def test_what_is_for_an_endpoint_that_is_off_is_not_sent_again(
    letters: Letters, endpoints: list[int], die: Die, sql: asyncpg.Connection
) -> None:
    await die(endpoints[0])
    made = await die(endpoints[1])
    off = "UPDATE endpoint SET switched_off_at = now() WHERE id = $1"
    await sql.execute(off, endpoints[1])

    assert await letters.resend(None) == 1

    [left] = await letters.listed()
    assert (left.id, left.off) == (made, True)


async def test_letters_that_are_dropped_are_seen_no_more(
    letters: Letters, endpoints: list[int], die: Die, sql: asyncpg.Connection, wakes: Wakes
) -> None:
    made, kept = [await die(endpoints[0]) for _ in range(2)]

    assert await letters.drop([made]) == 1
    assert [each.id for each in await letters.listed()] == [kept]
    assert await open_items(sql) == ["console x"]

    assert await letters.drop(None) == 1
    assert await letters.listed() == []
    assert await open_items(sql) == []
    assert await sql.fetchval("SELECT array_agg(outcome) FROM delivery") == ["ended"] * 2
    assert await wakes() == []
