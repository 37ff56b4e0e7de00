"""Locks that a review found taken in two orders: an unsubscription must not meet a deadlock."""

from __future__ import annotations

import asyncio

import pytest
import sqlalchemy as sa

from service.store import tables
from service.store.database import Database
from service.store.deliveries import Dead, Deliveries
from service.store.owing import Concern, Why
from service.store.sources import Sources
from service.store.stories import Place
from service.store.subscriptions import Endpoint, Subscriptions
from service.store.verdicts import Verdict, Verdicts


@pytest.fixture
async def article_ids(database: Database) -> list[int]:
    """Three read articles of source ``a``, and a subscription ``구독`` with one endpoint."""
    await Subscriptions(database).subscribe(
        "구독", [("수출", "수출")], Endpoint("console", "-", agreed=True)
    )
    await Sources(database).declare(["a"])
    rows = [
        {"source_id": "a", "key": str(n), "url": str(n), "title": "", "summary": "",
         "baseline": False, "read_title": "", "read_text": ""} for n in range(3)
    ]  # fmt: skip
    async with database.transaction() as tx:
        made = await tx.execute(
            sa.insert(tables.article).values(rows).returning(tables.article.c.id)
        )
        ids = list(made.scalars())
        subscription = await tx.execute(sa.select(tables.subscription.c.id))
        subscription_id = subscription.scalar_one()
    verdicts = Verdicts(database)
    for each in ids[:2]:
        await verdicts.settle(each, owing(f"key {each}", subscription_id))
    return [*ids, subscription_id]


def owing(key: str, subscription_id: int) -> Verdict:
    return Verdict(Place([key]), {"title": "제목"}, Concern([Why([])], {subscription_id: 0}))


async def waiting(database: Database, count: int) -> None:
    """Return once ``count`` sessions wait for a lock."""
    query = sa.text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    async with asyncio.timeout(5):
        while True:
            async with database.transaction() as tx:
                if (await tx.execute(query)).scalar_one() >= count:
                    return
            await asyncio.sleep(0.02)


@pytest.mark.usefixtures("article_ids")
async def test_an_unsubscription_and_a_410_at_once_both_succeed(database: Database) -> None:
    deliveries = Deliveries(database)
    *_, last = (await deliveries.claim("console", 10, {})).due
    async with database.engine.connect() as other:
        await other.execute(
            sa.select(tables.delivery.c.id).where(tables.delivery.c.id == last.id).with_for_update()
        )
        gone = asyncio.create_task(deliveries.settle([Dead(last, "410", gone=True)]))
        await waiting(database, 1)
        ended = asyncio.create_task(Subscriptions(database).end("구독"))
        await waiting(database, 2)
        await other.rollback()
    assert list(await asyncio.gather(gone, ended, return_exceptions=True)) == [None, True]


async def test_triage_does_not_wait_for_who_unsubscribes_and_what_it_owes_is_not_sent(
    database: Database, article_ids: list[int]
) -> None:
    *_, article_id, subscription_id = article_ids
    async with database.engine.connect() as other:
        await other.execute(sa.select(tables.endpoint.c.id).with_for_update())
        ended = asyncio.create_task(Subscriptions(database).end("구독"))
        await waiting(database, 1)
        owed = await Verdicts(database).settle(article_id, owing("key", subscription_id))
        await other.rollback()
    assert (owed, await ended) == (1, True)
    assert (await Deliveries(database).claim("console", 10, {})).due == []
