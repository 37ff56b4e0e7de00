"""What a reviewer tried: nobody who left is told or remembered, and who comes back begins anew."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest
import sqlalchemy as sa

from service.store.asking import Endpoint
from service.store.audit import Who
from service.store.cockpit import Cockpit
from service.store.database import Database
from service.store.deliveries import Deliveries, Later
from service.store.digests import Digests
from service.store.dismissals import Dismissals
from service.store.people import Address, People
from service.store.reconciled import Reconciled
from service.store.stories import Place
from service.store.subscriptions import Subscriptions
from service.store.verdicts import Verdict, Verdicts
from tests.store.review import FACTS, HITS, HOUR, claimed, to

Add = Callable[..., Awaitable[int]]


async def test_whoever_is_asked_again_has_one_open_question(
    database: Database, sql: asyncpg.Connection
) -> None:
    subscriptions = Subscriptions(database)
    await subscriptions.subscribe("무역", [("수출", "수출")], Endpoint("console", "가"))
    await sql.execute("UPDATE endpoint SET asked_at = asked_at - interval '30 hours'")
    await subscriptions.subscribe("무역", [], Endpoint("console", "가"))

    (due,) = await claimed(database)

    assert due.epoch == 1
    open_still = "SELECT count(*) FROM delivery WHERE settled_at IS NULL"
    assert await sql.fetchval(open_still) == 1


async def test_no_notice_keeps_an_address_that_is_erased(
    database: Database, add: Add, sql: asyncpg.Connection
) -> None:
    subscription_id = await add("subscription")
    await add("endpoint", subscription_id=subscription_id)
    address = "kim@a.example"
    failing = await add(
        "endpoint", subscription_id=subscription_id, channel="mail", address=address
    )
    await add(
        "delivery", telling_id=await add("telling"), subscription_id=subscription_id,
        endpoint_id=failing, channel="mail",
    )  # fmt: skip
    await sql.execute("UPDATE endpoint SET failing_since = now() - interval '3 days'")
    deliveries = Deliveries(database)
    (due,) = (await deliveries.claim("mail", 1, {})).due
    await deliveries.settle([Later(due, f"<{address}> busy", 1.0, rest=1.0)])
    said = "SELECT facts FROM telling WHERE reason = 'notice'"
    assert address in await sql.fetchval(said)

    await People(database).erase(Address("mail", address))

    assert address not in await sql.fetchval(said)
    (notice,) = await claimed(database)
    assert notice.facts["lines"]


async def test_what_an_operator_was_told_of_an_address_is_erased_however_it_is_spelt(
    database: Database, add: Add, sql: asyncpg.Connection
) -> None:
    subscription_id = await add("subscription")
    await add("endpoint", subscription_id=subscription_id, channel="mail", address="Kim@a.example")
    await sql.execute(
        "INSERT INTO ops_item (kind, subject, detail) VALUES ('x', 'mail Kim@a.example', '550')"
    )

    await People(database).erase(Address("mail", "kim@a.example"))

    assert await sql.fetchval("SELECT count(*) FROM ops_item") == 0


@pytest.mark.parametrize("old", [False, True], ids=["now", "noted by an earlier version"])
async def test_that_an_item_of_an_address_was_closed_does_not_keep_the_address(
    database: Database, sql: asyncpg.Connection, old: bool
) -> None:
    subject = "slack https://hooks.example/secret"
    item = await sql.fetchval(
        "INSERT INTO ops_item (kind, subject, detail) VALUES ('dead-letter', $1, '') RETURNING id",
        subject,
    )
    operator = Who(1, "op@a.example", "operator", "ko", 1)
    assert await Cockpit(database).close(item, "고침", operator)
    if old:
        await sql.execute("UPDATE audit SET subject = $1", f"dead-letter {subject}")
    else:
        assert "secret" not in await sql.fetchval("SELECT audit::text FROM audit")

    await People(database).erase(Address("slack", "https://hooks.example/secret"))

    (row,) = await sql.fetch("SELECT what, subject, audit::text AS all FROM audit")
    assert row["what"] == "item.close"
    assert row["subject"].startswith("dead-letter")
    assert "secret" not in row["all"]


async def test_a_name_taken_up_while_its_last_address_is_erased_stays(
    database: Database, sql: asyncpg.Connection
) -> None:
    subscriptions, people = Subscriptions(database), People(database)
    await subscriptions.subscribe(
        "무역", [("수출", "수출")], Endpoint("console", "가", agreed=True)
    )
    await subscriptions.end("무역")
    blocked = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    async with asyncio.TaskGroup() as group, database.transaction() as tx:
        await tx.execute(sa.text("UPDATE subscription SET ended_at = NULL"))
        await tx.execute(
            sa.text(
                "INSERT INTO endpoint (subscription_id, channel, address)"
                " SELECT id, 'console', '나' FROM subscription"
            )
        )
        group.create_task(people.erase(Address("console", "가")))
        while not await sql.fetchval(blocked):  # noqa: ASYNC110 - a row has no event to wait for
            await asyncio.sleep(0.01)

    assert await sql.fetchval("SELECT array_agg(address) FROM endpoint") == ["나"]


async def test_what_was_due_before_an_expiry_and_put_off_since_still_goes_out(
    verdicts: Verdicts, database: Database, reader: Any, add: Add, sql: asyncpg.Connection
) -> None:
    subscription_id = await reader()
    await verdicts.settle(
        await add("article"), Verdict(Place(["url:1"]), FACTS, to(subscription_id))
    )
    await sql.execute("UPDATE endpoint SET rests_until = now() + interval '1 hour'")
    assert await claimed(database) == []

    await sql.execute("UPDATE subscription SET expires_at = now()")
    await Subscriptions(database).end_expired()
    await sql.execute("UPDATE endpoint SET rests_until = NULL")
    await sql.execute("UPDATE delivery SET due_at = now()")

    assert len(await claimed(database)) == 1


@pytest.mark.parametrize("cadence", ["daily 08:00", "weekly mon 08:00"])
async def test_what_comes_on_the_last_day_is_told_in_a_last_digest(
    verdicts: Verdicts,
    database: Database,
    reader: Any,
    add: Add,
    sql: asyncpg.Connection,
    cadence: str,
) -> None:
    subscription_id = await reader()
    await sql.execute(
        "UPDATE subscription SET cadence = $1, expires_at = now() + interval '1 minute'", cadence
    )
    for each, until in (("url:1", None), ("url:2", "1 hour")):
        held = await sql.fetchval("SELECT now() + $1::text::interval", until)
        verdict = Verdict(Place([each]), FACTS, to(subscription_id), embargo_until=held)
        await verdicts.settle(await add("article", embargo_until=held), verdict)
    assert await sql.fetchval("SELECT count(*) FROM waiting") == 1

    await sql.execute("UPDATE subscription SET expires_at = now()")
    await Subscriptions(database).end_expired()
    await sql.execute("UPDATE waiting SET window_at = now()")
    await Digests(database).tell(9)

    assert len(await claimed(database)) == 1


async def test_what_came_to_be_owed_while_somebody_was_erased_does_not_say_why(
    database: Database, add: Add, sql: asyncpg.Connection
) -> None:
    gone = 999
    await add(
        "delivery", telling_id=await add("telling"), subscription_id=gone, endpoint_id=gone,
        hits=HITS,
    )  # fmt: skip

    assert await claimed(database) == []
    row = await sql.fetchrow("SELECT outcome, hits FROM delivery")
    assert tuple(row) == ("ended", None)


async def test_what_came_to_wait_while_somebody_was_erased_goes_and_nobody_is_told(
    database: Database, add: Add, sql: asyncpg.Connection
) -> None:
    told, there, window_at = await add("telling"), await add("subscription"), sa.func.now()
    for whose in (there, 999):
        await add("waiting", telling_id=told, subscription_id=whose, window_at=window_at)

    assert await Reconciled(database, patience=-HOUR).orphans() == 0

    assert await sql.fetchval("SELECT array_agg(subscription_id) FROM waiting") == [there]
    assert await sql.fetchval("SELECT count(*) FROM ops_item") == 0


async def test_a_link_from_before_a_name_was_taken_up_again_changes_no_rule(
    verdicts: Verdicts, database: Database, add: Add, sql: asyncpg.Connection
) -> None:
    subscriptions, dismissals = Subscriptions(database), Dismissals(database)
    place = Endpoint("console", "가", agreed=True)
    await subscriptions.subscribe("무역", [("수출", "수출")], place)
    await verdicts.settle(await add("article"), Verdict(Place(["url:1"]), FACTS, to(1)))
    telling: int = await sql.fetchval("SELECT telling_id FROM delivery")
    case = await dismissals.case(1, telling)
    assert case is not None
    assert list(case.rules.values()) == ["수출"]
    await subscriptions.end("무역")
    await sql.execute("UPDATE delivery SET created_at = created_at - interval '1 day'")
    await subscriptions.subscribe(
        "무역", [("수출", "수출")], Endpoint("console", "나", agreed=True)
    )

    case = await dismissals.case(1, telling)

    assert case is not None
    assert case.rules == {}
