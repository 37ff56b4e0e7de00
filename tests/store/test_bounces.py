from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from service.model import Fate, Returned
from service.store.asking import Endpoint, Suppressed
from service.store.bounces import Returns
from service.store.database import Database
from service.store.deliveries import Dead, Deliveries
from service.store.subscriptions import Subscriptions

Add = Callable[..., Awaitable[int]]
Mailed = Callable[..., Awaitable[UUID]]

READER = "reader@example.kr"


@pytest.fixture
def mailed(add: Add) -> Mailed:
    """``await mailed(subscription, endpoint)``: the id of a mail that was sent there."""
    count = iter(range(1, 99))

    async def mailed(subscription: int, endpoint: int, **more: Any) -> UUID:
        number = UUID(int=next(count))
        sent = {"outcome": "sent", "settled_at": datetime.now(UTC), **more}
        await add(
            "delivery",
            telling_id=await add("telling"),
            subscription_id=subscription,
            endpoint_id=endpoint,
            channel="mail",
            message_id=number,
            **sent,
        )
        return number

    return mailed


async def _to(add: Add, address: str = READER) -> tuple[int, int]:
    """A subscription that is told there by mail, and on the console as well."""
    subscription = await add("subscription")
    await add("endpoint", subscription_id=subscription)
    agreed = datetime.now(UTC) - timedelta(days=60)
    at = {"channel": "mail", "address": address, "confirmed_at": agreed}
    return subscription, await add("endpoint", subscription_id=subscription, **at)


async def _off(sql: asyncpg.Connection) -> dict[int, str]:
    rows = await sql.fetch(
        "SELECT id, switched_off_why FROM endpoint WHERE switched_off_at IS NOT NULL"
    )
    return {row["id"]: row["switched_off_why"] for row in rows}


def _back(number: UUID, fate: Fate, why: str = "5.1.1") -> Returned:
    return Returned(number, fate, why)


@pytest.mark.parametrize("fate", ["gone", "complaint"])
async def test_an_address_that_is_gone_or_complained_gets_nothing_more_from_anybody(
    database: Database, add: Add, mailed: Mailed, sql: asyncpg.Connection, fate: Fate
) -> None:
    (one, here), (_, there) = await _to(add), await _to(add)
    await _to(add, "other@example.kr")
    back = _back(await mailed(one, here), fate)

    assert await Returns(database).settle(back)
    assert await _off(sql) == {here: f"{fate}: 5.1.1", there: f"{fate}: 5.1.1"}
    rows = await sql.fetch("SELECT channel, address, why FROM suppressed")
    assert [tuple(row) for row in rows] == [("mail", READER, f"{fate}: 5.1.1")]
    assert await sql.fetchval("SELECT count(*) FROM subscription WHERE ended_at IS NULL") == 3
    assert await sql.fetchval("SELECT count(*) FROM ops_item WHERE kind = 'suppressed'") == 1
    assert await sql.fetchval("SELECT outcome FROM delivery") == (
        "dead" if fate == "gone" else "sent"
    )


@pytest.mark.parametrize("fate", ["gone", "complaint", "refused", "end"])
async def test_to_hear_it_twice_does_no_more_than_once(
    database: Database, add: Add, mailed: Mailed, sql: asyncpg.Connection, fate: Fate
) -> None:
    back = _back(await mailed(*await _to(add)), fate)
    store = Returns(database)
    await store.settle(back)
    before = await sql.fetch("SELECT * FROM endpoint, delivery")
    await store.settle(back)

    assert await sql.fetch("SELECT * FROM endpoint, delivery") == before
    assert await sql.fetchval("SELECT count(*) FROM suppressed") <= 1


async def test_a_mailbox_that_cannot_be_read_is_one_item_until_it_is_read(
    database: Database, sql: asyncpg.Connection
) -> None:
    store = Returns(database)
    for trouble in ("AUTHENTICATIONFAILED", "timed out"):
        await store.seen(trouble)
    rows = "SELECT kind, subject, detail, times, closed_at IS NULL FROM ops_item"
    item = ("mailbox-unread", "bounces")
    assert [tuple(row)[:2] + tuple(row)[3:] for row in await sql.fetch(rows)] == [(*item, 2, True)]

    await store.seen(None)
    assert [row[-1] for row in await sql.fetch(rows)] == [False]


async def test_mail_that_comes_back_on_three_days_ends_the_endpoint_and_no_other(
    database: Database, add: Add, mailed: Mailed, sql: asyncpg.Connection
) -> None:
    one, here = await _to(add)
    await _to(add)
    now = datetime.now(UTC)
    store = Returns(database)
    days = [now - timedelta(days=each) for each in (40, 9, 9, 8)]
    for day in days:
        number = await mailed(one, here, settled_at=day, created_at=day)
        await store.settle(_back(number, "refused", "4.2.2"))

    assert await _off(sql) == {}  # forty days ago counts no more, one day only once
    await store.settle(_back(await mailed(one, here), "refused", "4.2.2"))
    off = await _off(sql)
    assert list(off) == [here]
    assert "3 days" in off[here]
    assert await sql.fetchval("SELECT count(*) FROM suppressed") == 0
    assert (
        await sql.fetchval(
            "SELECT count(*) FROM delivery WHERE outcome || last_error = 'deadreturned: 4.2.2'"
        )
        == len(days) + 1
    )


async def test_what_came_back_before_its_reader_agreed_anew_counts_no_more(
    database: Database, add: Add, mailed: Mailed, sql: asyncpg.Connection
) -> None:
    one, here = await _to(add)
    store = Returns(database)
    for day in (datetime.now(UTC) - timedelta(days=each) for each in (9, 8, 7)):
        back = await mailed(one, here, settled_at=day, created_at=day)
        await store.settle(_back(back, "refused", "4.2.2"))
    assert list(await _off(sql)) == [here]
    agreed = "switched_off_at = NULL, confirmed_at = now() - interval '1 day'"
    await sql.execute(f"UPDATE endpoint SET {agreed} WHERE id = $1", here)
    await store.settle(_back(await mailed(one, here), "refused", "4.2.2"))

    assert await _off(sql) == {}


@pytest.mark.parametrize(
    ("fate", "why"), [("end", "unsubscribed"), ("complaint", "complaint: 5.1.1")]
)
async def test_a_mail_that_came_back_for_now_and_arrived_later_may_be_complained_of(
    database: Database,
    add: Add,
    mailed: Mailed,
    sql: asyncpg.Connection,
    fate: Fate,
    why: str,
) -> None:
    one, here = await _to(add)
    number = await mailed(one, here)
    await Returns(database).settle(_back(number, "refused", "4.4.1"))

    assert await Returns(database).settle(_back(number, fate))
    assert await _off(sql) == {here: why}


async def test_a_reader_who_writes_back_to_end_it_ends_that_endpoint(
    database: Database, add: Add, mailed: Mailed, sql: asyncpg.Connection
) -> None:
    one, here = await _to(add)
    await _to(add)

    assert await Returns(database).settle(_back(await mailed(one, here), "end", "unsubscribe"))
    assert await _off(sql) == {here: "unsubscribed"}
    assert await sql.fetchval("SELECT count(*) FROM suppressed") == 0


async def test_what_was_never_sent_by_mail_changes_nothing(
    database: Database, add: Add, mailed: Mailed, sql: asyncpg.Connection
) -> None:
    one, here = await _to(add)
    owed = await mailed(one, here, outcome=None, settled_at=None)
    store = Returns(database)

    assert not await store.settle(_back(owed, "gone"))
    assert not await store.settle(_back(UUID(int=999), "complaint"))
    assert await _off(sql) == {}


@pytest.mark.parametrize("fate", ["gone", "complaint", "refused", "end"])
async def test_nothing_that_came_back_causes_a_mail(
    database: Database, add: Add, mailed: Mailed, sql: asyncpg.Connection, fate: Fate
) -> None:
    """However often it comes back, of a notice, too: a bounce of a bounce ends here."""
    one, here = await _to(add)
    other = await add("endpoint", subscription_id=one, channel="mail", address="b@example.kr")
    sent = [await mailed(one, each) for each in (here, other, here, other)]
    told = await sql.fetchval("SELECT count(*) FROM telling")
    for number in sent * 3:
        await Returns(database).settle(_back(number, fate))

    assert await sql.fetchval("SELECT count(*) FROM delivery WHERE settled_at IS NULL") == 0
    assert await sql.fetchval("SELECT count(*) FROM telling") == told


async def test_an_address_is_one_however_it_is_spelt(
    database: Database, add: Add, mailed: Mailed, sql: asyncpg.Connection
) -> None:
    (one, here), (_, there) = (
        await _to(add, "Reader@Example.kr"),
        await _to(add, "READER@example.kr"),
    )
    await Returns(database).settle(_back(await mailed(one, here), "complaint"))

    assert set(await _off(sql)) == {here, there}
    assert await sql.fetchval("SELECT address FROM suppressed") == READER
    with pytest.raises(Suppressed):
        await Subscriptions(database).subscribe(
            "나", [("가", "가")], Endpoint("mail", "reADER@example.kr")
        )


async def test_one_subscription_has_an_address_once_however_it_is_spelt(
    database: Database, sql: asyncpg.Connection
) -> None:
    store = Subscriptions(database)
    for address in (READER, READER.upper(), READER.title()):
        await store.subscribe("나", [("가", "가")], Endpoint("mail", address, agreed=True))
    await store.subscribe("나", [("가", "가")], Endpoint("slack", "https://a.example/A"))
    await store.subscribe("나", [("가", "가")], Endpoint("slack", "https://a.example/a"))

    rows = await sql.fetch("SELECT channel, address FROM endpoint ORDER BY id")
    assert [tuple(row) for row in rows] == [
        ("mail", READER),
        ("slack", "https://a.example/A"),
        ("slack", "https://a.example/a"),
    ]


async def test_an_address_refused_at_sending_is_sent_nothing_by_anybody(
    database: Database, add: Add, sql: asyncpg.Connection
) -> None:
    (one, here), (two, there) = await _to(add, "Reader@example.kr"), await _to(add)
    for subscription, to in ((one, here), (two, there)):
        await add(
            "delivery",
            telling_id=await add("telling"),
            subscription_id=subscription,
            endpoint_id=to,
            channel="mail",
        )
    deliveries = Deliveries(database)
    (due,) = (await deliveries.claim("mail", 1, {})).due
    await deliveries.settle([Dead(due, "550 5.1.1 no such user", gone=True)])

    rows = await sql.fetch("SELECT channel, address, why FROM suppressed")
    assert [tuple(row) for row in rows] == [("mail", READER, "gone: 550 5.1.1 no such user")]
    assert (await deliveries.claim("mail", 9, {})).due == []
    outcomes = await sql.fetch("SELECT outcome FROM delivery ORDER BY id")
    assert [row["outcome"] for row in outcomes] == ["dead", "ended"]


async def test_only_mail_addresses_are_sent_nothing_for_ever(
    database: Database, add: Add, sql: asyncpg.Connection
) -> None:
    subscription = await add("subscription")
    to = await add("endpoint", subscription_id=subscription, channel="webhook")
    await add(
        "delivery",
        telling_id=await add("telling"),
        subscription_id=subscription,
        endpoint_id=to,
        channel="webhook",
    )
    deliveries = Deliveries(database)
    (due,) = (await deliveries.claim("webhook", 1, {})).due
    await deliveries.settle([Dead(due, "410", gone=True)])

    assert list(await _off(sql)) == [to]
    assert await sql.fetchval("SELECT count(*) FROM suppressed") == 0
