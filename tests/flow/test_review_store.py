"""What a review found in the steps and their store: each scenario must hurt nobody else."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from scrapers.model import Freshness
from service import app, work
from service.config import Settings
from service.errors import BadSetting
from service.listed import Listed
from service.model import Found, Precision
from service.store import ops, tables
from service.store.database import Database, Wake, wake
from service.store.deliveries import Dead, Deliveries
from service.store.polled import Polled, Slot
from service.store.sources import Sources
from service.store.subscriptions import Endpoint, Subscriptions


@pytest.fixture
async def slot(database: Database) -> Slot:
    """The right to poll source ``a``, which was looked at before."""
    sources = Sources(database)
    await sources.declare(["a"])
    (claimed,) = await sources.claim_due(["a"])
    first = await sources.begin_poll(*claimed)
    assert first is not None
    await sources.finish_poll(first, polled([], next_in=0))
    (claimed,) = await sources.claim_due(["a"])
    begun = await sources.begin_poll(*claimed)
    assert begun is not None
    return begun


def found(key: str, published_at: datetime | None = None) -> Found:
    precision: Precision | None = None if published_at is None else "day"
    return Found(key, f"https://a.test/{key}", key, None, published_at, precision, "", "본문")


def polled(posts: list[Found], *, next_in: float = 60.0) -> Polled:
    listed = Listed(1, len(posts), fresh={each.key: each for each in reversed(posts)})
    return Polled(listed, Freshness(), None, next_in)


async def owe(database: Database, count: int) -> None:
    """``count`` messages due to one endpoint of the subscription ``구독``."""
    await Subscriptions(database).subscribe(
        "구독", [("수출", "수출")], Endpoint("console", "here", agreed=True)
    )
    await Sources(database).declare(["a"])
    async with database.transaction() as tx:
        endpoint_id = (await tx.execute(sa.select(tables.endpoint.c.id))).scalar_one()
        subscription_id = (await tx.execute(sa.select(tables.subscription.c.id))).scalar_one()
        rows = [
            {
                "telling_id": number,
                "subscription_id": subscription_id,
                "endpoint_id": endpoint_id,
                "channel": "console",
            }
            for number in await tx.scalars(
                sa.insert(tables.telling)
                .values([{"reason": "alert", "key": str(n), "facts": {}} for n in range(count)])
                .returning(tables.telling.c.id)
            )
        ]
        await tx.execute(sa.insert(tables.delivery).values(rows))


async def test_a_list_of_four_thousand_posts_is_stored(database: Database, slot: Slot) -> None:
    posts = [found(str(number)) for number in range(4000)]
    assert await Sources(database).finish_poll(slot, polled(posts)) == 4000


async def test_a_mistyped_year_long_after_the_first_look_is_still_news(database: Database) -> None:
    sources = Sources(database)
    await sources.declare(["a"])
    (claimed,) = await sources.claim_due(["a"])
    first = await sources.begin_poll(*claimed)
    assert first is not None
    await sources.finish_poll(
        first, polled([found("old", datetime(2026, 1, 2, tzinfo=UTC))], next_in=0)
    )
    async with database.transaction() as tx:
        await tx.execute(
            sa.update(tables.source).values(baselined_at=datetime(2026, 1, 2, tzinfo=UTC))
        )
    (claimed,) = await sources.claim_due(["a"])
    begun = await sources.begin_poll(*claimed)
    assert begun is not None
    await sources.finish_poll(begun, polled([found("new", datetime(2025, 1, 9, tzinfo=UTC))]))
    async with database.transaction() as tx:
        baseline = await tx.execute(
            sa.select(tables.article.c.baseline).where(tables.article.c.key == "new")
        )
        assert baseline.scalar_one() is False


async def test_two_messages_refused_with_410_at_once_are_both_settled(database: Database) -> None:
    await owe(database, 2)
    deliveries = Deliveries(database)
    due = (await deliveries.claim("console", 10, {})).due
    async with database.engine.connect() as other:
        # Whoever holds the item's row makes both wait at the same place.
        await ops.note(other, "dead-letter", "console here", "held")
        both = [
            asyncio.create_task(deliveries.settle([Dead(each, "410", gone=True)])) for each in due
        ]
        while await _waiting(database) < 2:  # noqa: ASYNC110 - the server has no event for it
            await asyncio.sleep(0.02)
        await other.rollback()
    assert await asyncio.gather(*both, return_exceptions=True) == [None, None]


async def _waiting(database: Database) -> int:
    query = sa.text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    async with database.transaction() as tx:
        return int((await tx.execute(query)).scalar_one())


async def test_who_unsubscribed_is_sent_nothing_more(database: Database) -> None:
    await owe(database, 1)
    await Subscriptions(database).end("구독")
    assert (await Deliveries(database).claim("console", 10, {})).due == []


async def test_once_does_not_wait_for_what_is_due_in_an_hour(
    migrated_url: str, database: Database
) -> None:
    done: list[str] = []

    async def deliver(subject: str) -> None:
        done.append(subject)

    async with database.transaction() as tx:
        await wake(tx, [Wake("deliver", "now"), Wake("deliver", "later", after=timedelta(hours=1))])
    await asyncio.wait_for(work.drain(migrated_url, {"deliver": deliver}), 5)
    assert done == ["now"]


async def test_a_long_task_holds_up_no_other_when_the_connection_was_lost(
    migrated_url: str, database: Database
) -> None:
    stop, begun, go_on, woken = (asyncio.Event() for _ in range(4))

    async def collect(_: str) -> None:
        begun.set()
        await go_on.wait()

    async def poll(_: str) -> None:
        woken.set()

    async def enqueue(step: str) -> None:
        async with database.transaction() as tx:
            await wake(tx, [Wake(step, "a")])  # type: ignore[arg-type]

    tasks: work.Tasks = {"collect": collect, "poll": poll}
    working = asyncio.create_task(work.work(migrated_url, tasks, at_once=20, stop=stop))
    try:
        await enqueue("collect")
        await asyncio.wait_for(begun.wait(), 10)
        async with database.transaction() as tx:
            await tx.execute(
                # Until it is gone: a wake-up that it takes with it waits for its heartbeat to stop.
                sa.text(
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        await enqueue("poll")
        await asyncio.wait_for(woken.wait(), 40)  # that, and the next look for work
    finally:
        go_on.set()
        stop.set()
        await working


async def test_a_bad_setting_comes_out_of_run_as_itself(migrated_url: str) -> None:
    settings = Settings(sources=("nobody",))
    with pytest.raises(BadSetting):
        await app.run(settings, migrated_url, ("web",), asyncio.Event(), ready=lambda _: None)
