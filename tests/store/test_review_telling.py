"""What a reviewer tried: nothing is told too early or to who left, and no correction is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
import sqlalchemy as sa

from service.model import Change, DueDelivery
from service.store.asking import Endpoint
from service.store.database import Database
from service.store.deliveries import Deliveries, Later
from service.store.digests import Digests
from service.store.dismissals import Dismissals
from service.store.following import correct
from service.store.owing import Concern, Why
from service.store.people import Address, People
from service.store.reminders import Reminders
from service.store.stories import Place
from service.store.subscriptions import Subscriptions
from service.store.triage import Correction, Triage, Verdict

Add = Callable[..., Awaitable[int]]

FACTS = {"title": "제목", "embargo": None}
HITS = [{"rule": "수출", "excerpt": "수출"}]
CHANGE = Change("마감 (deadline)", "5.20", "5.27", weighty=True)
CORRECTED = {"title": "고친 제목", "changes": ["마감 5.20 → 5.27"]}
HOUR = timedelta(hours=1)


@pytest.fixture
def triage(database: Database) -> Triage:
    return Triage(database)


@pytest.fixture
async def now(sql: asyncpg.Connection) -> datetime:
    found: datetime = await sql.fetchval("SELECT now()")
    return found


@pytest.fixture
def reader(add: Add) -> Callable[..., Awaitable[int]]:
    """``await reader(cadence=...)``: a subscription with one endpoint."""

    async def reader(**wishes: Any) -> int:
        subscription_id = await add("subscription", **wishes)
        await add("endpoint", subscription_id=subscription_id)
        return subscription_id

    return reader


def to(*subscriptions: int, urgent: bool = False) -> Concern:
    return Concern([Why(HITS, urgent)], dict.fromkeys(subscriptions, 0))


async def claimed(database: Database) -> list[DueDelivery]:
    return list((await Deliveries(database).claim("console", 10, {})).due)


# embargoes


async def test_to_wake_somebody_breaks_no_embargo_of_what_waits_for_a_window(
    triage: Triage,
    database: Database,
    reader: Any,
    add: Add,
    sql: asyncpg.Connection,
    now: datetime,
) -> None:
    subscription_id = await reader(name="무역", cadence="hourly")
    until = now + timedelta(hours=30)
    verdict = Verdict(Place(["url:1"]), FACTS, to(subscription_id), until)
    await triage.settle(await add("article"), verdict)
    subscriptions = Subscriptions(database)

    await subscriptions.snooze("무역", HOUR)
    await subscriptions.wake("무역")

    assert await sql.fetchval("SELECT window_at FROM waiting") > until


@pytest.mark.parametrize(("embargoed", "shown"), [("wait", 1), ("badge", 2)])
async def test_what_an_embargo_holds_back_is_not_handed_over_either(
    triage: Triage, database: Database, add: Add, now: datetime, embargoed: str, shown: int
) -> None:
    subscription_id = await add("subscription", embargoed=embargoed)
    await add("endpoint", subscription_id=subscription_id, channel="mail", address="a@a.example")
    for number, until in enumerate((now + HOUR, None)):
        verdict = Verdict(Place([f"url:{number}"]), FACTS, to(subscription_id), until)
        await triage.settle(await add("article"), verdict)

    handed = await People(database).export(Address("mail", "a@a.example"))

    assert len(handed["messages"]) == shown


async def test_news_that_is_judged_again_gives_no_title_away_that_is_under_embargo(
    triage: Triage, reader: Any, add: Add, sql: asyncpg.Connection, now: datetime
) -> None:
    subscription_id = await reader(coverage=True)
    held = await add("article", read_title="비밀", embargo_until=now + HOUR)
    news = await add("article", kind="news", twin_id=held, joined_as="coverage")
    verdict = Verdict(Place(["url:2"]), FACTS, to(subscription_id), kind="news")
    await triage.settle(news, verdict)
    await sql.execute("UPDATE article SET triaged_at = NULL WHERE id = $1", news)

    await triage.settle(news, verdict)

    assert await sql.fetchval("SELECT count(*) FROM delivery") == 1
    assert await sql.fetchval("SELECT count(*) FROM telling WHERE facts::text LIKE '%비밀%'") == 0


async def test_a_copy_without_its_box_shows_the_badge_of_its_story(
    triage: Triage, database: Database, reader: Any, add: Add, now: datetime
) -> None:
    subscription_id = await reader(embargoed="badge")
    until = now + HOUR
    held = await add("article", embargo_until=until)
    await triage.settle(held, Verdict(Place(["url:1"]), {}, embargo_until=until))

    verdict = Verdict(Place(["url:1"]), FACTS, to(subscription_id))
    await triage.settle(await add("article"), verdict)

    (due,) = await claimed(database)
    assert due.badge
    assert "엠바고" in due.facts["embargo"]


@pytest.mark.parametrize("released", [False, True])
async def test_a_correction_without_a_box_shows_the_badge_of_what_it_corrects(
    triage: Triage,
    database: Database,
    reader: Any,
    add: Add,
    sql: asyncpg.Connection,
    now: datetime,
    released: bool,
) -> None:
    subscription_id, made = await reader(embargoed="badge"), await add("article")
    facts = {**FACTS, "embargo": "엠바고 내일까지"}
    await triage.settle(made, Verdict(Place(["url:1"]), facts, to(subscription_id), now + HOUR))
    await sql.execute("UPDATE delivery SET attempts = 1, settled_at = now(), outcome = 'sent'")
    alert = {**CORRECTED, "embargo": None}
    correction = Correction((CHANGE,), earlier_id=made, alert=alert, released=released)
    verdict = Verdict(Place(["url:1"]), FACTS, correction=correction)

    await triage.settle(await add("article"), verdict)

    (due,) = await claimed(database)
    assert due.reason == "correction"
    assert due.facts["embargo"] == (None if released else "엠바고 내일까지")
    until = await sql.fetchval("SELECT embargo_until FROM telling WHERE reason = 'correction'")
    assert until == (None if released else now + HOUR)


@pytest.mark.parametrize("attempts", [0, 1])
async def test_what_comes_under_an_embargo_after_all_is_not_sent_before_its_end(
    triage: Triage, database: Database, reader: Any, add: Add, sql: asyncpg.Connection,
    now: datetime, attempts: int,
) -> None:  # fmt: skip
    waits, sees = await reader(), await reader(embargoed="badge")
    made = await add("article")
    await triage.settle(made, Verdict(Place(["url:1"]), FACTS, to(waits, sees)))
    await sql.execute("UPDATE delivery SET attempts = $1", attempts)
    until = now + HOUR
    correction = Correction((CHANGE,), earlier_id=made, alert=CORRECTED)
    verdict = Verdict(Place(["url:1"]), FACTS, embargo_until=until, correction=correction)
    await triage.settle(await add("article"), verdict)

    due = await claimed(database)

    assert {each.subscription_id for each in due} == {sees}
    rows = await sql.fetch("SELECT due_at FROM delivery WHERE subscription_id = $1", waits)
    assert {row["due_at"] for row in rows} == {until}


async def test_a_digest_leaves_out_what_came_under_an_embargo_since(
    database: Database, reader: Any, add: Add, sql: asyncpg.Connection, now: datetime
) -> None:
    subscription_id = await reader(cadence="hourly")
    told = [await add("telling") for _ in range(2)]
    for each in told:
        await add("waiting", subscription_id=subscription_id, telling_id=each, window_at=now)
    await Digests(database).tell(10)
    await sql.execute("UPDATE telling SET embargo_until = $1 WHERE id = $2", now + HOUR, told[0])

    (due,) = await claimed(database)

    assert [each.telling_id for each in due.items] == [told[1]]
    assert due.facts["total"] == 2


async def test_no_reminder_tells_what_is_under_embargo(
    database: Database, add: Add, now: datetime
) -> None:
    day = now.date() + timedelta(days=5)
    story_id = await add("story")
    article_id = await add("article", story_id=story_id, call_end=day, kind="notice")
    facts = {"title": "모집", "apply_by": f"{day}"}
    of = {"story_id": story_id, "article_id": article_id, "facts": facts}
    await add("telling", key=f"story {story_id}", **of)
    reminders = Reminders(database)
    assert len(await reminders.calls(now.date(), day)) == 1

    await add("telling", reason="correction", embargo_until=now + HOUR, **of)

    assert await reminders.calls(now.date(), day) == []


# whoever is silent or left


async def test_whoever_was_muted_while_it_was_owed_is_not_told(
    database: Database, reader: Any, add: Add, sql: asyncpg.Connection
) -> None:
    subscription_id = await reader(name="무역")
    await Subscriptions(database).mute("무역")
    # Triage saw the subscription a moment before.
    await add(
        "delivery", telling_id=await add("telling"), subscription_id=subscription_id,
        endpoint_id=await sql.fetchval("SELECT id FROM endpoint"),
    )  # fmt: skip

    assert await claimed(database) == []
    assert await sql.fetchval("SELECT outcome FROM delivery") == "ended"


async def test_what_fails_while_somebody_falls_asleep_is_tried_when_they_wake(
    triage: Triage, database: Database, reader: Any, add: Add, sql: asyncpg.Connection
) -> None:
    subscription_id = await reader(name="무역")
    verdict = Verdict(Place(["url:1"]), FACTS, to(subscription_id))
    await triage.settle(await add("article"), verdict)
    (due,) = await claimed(database)
    until = await Subscriptions(database).snooze("무역", HOUR)
    await Deliveries(database).settle([Later(due, "503", 0.0, rest=None)])

    assert await claimed(database) == []
    assert await sql.fetchval("SELECT due_at FROM delivery") == until
    assert await Subscriptions(database).wake("무역") == 1
    assert await sql.fetchval("SELECT due_at - now() FROM delivery") < timedelta(minutes=1)


async def test_a_question_does_not_sleep_with_its_subscription(database: Database) -> None:
    subscriptions = Subscriptions(database)
    await subscriptions.subscribe("무역", [("수출", "수출")], Endpoint("console", "가"))
    await subscriptions.snooze("무역", HOUR)
    await subscriptions.subscribe("무역", [], Endpoint("console", "나"))

    assert {each.address for each in await claimed(database)} == {"가", "나"}


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
    triage: Triage, database: Database, reader: Any, add: Add, sql: asyncpg.Connection
) -> None:
    subscription_id = await reader()
    await triage.settle(await add("article"), Verdict(Place(["url:1"]), FACTS, to(subscription_id)))
    await sql.execute("UPDATE endpoint SET rests_until = now() + interval '1 hour'")
    assert await claimed(database) == []

    await sql.execute("UPDATE subscription SET expires_at = now()")
    await Subscriptions(database).end_expired()
    await sql.execute("UPDATE endpoint SET rests_until = NULL")
    await sql.execute("UPDATE delivery SET due_at = now()")

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


async def test_a_link_from_before_a_name_was_taken_up_again_changes_no_rule(
    triage: Triage, database: Database, add: Add, sql: asyncpg.Connection
) -> None:
    subscriptions, dismissals = Subscriptions(database), Dismissals(database)
    place = Endpoint("console", "가", agreed=True)
    await subscriptions.subscribe("무역", [("수출", "수출")], place)
    await triage.settle(await add("article"), Verdict(Place(["url:1"]), FACTS, to(1)))
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


# corrections


class Between(Database):
    """A database in which something happens after the next claim, before its facts are read."""

    then: Callable[[], Awaitable[object]] | None = None

    async def all_at_once(self, statement: str, *values: object) -> list[asyncpg.Record]:
        rows = await super().all_at_once(statement, *values)
        if self.then is not None and "INTO attempt" in statement:
            then, self.then = self.then, None
            await then()
        return rows


async def test_a_claim_that_began_before_a_correction_tells_what_was_corrected(
    migrated_url: str, add: Add, sql: asyncpg.Connection
) -> None:
    """Correcting waits for whoever has claimed; who claims next may have begun before."""
    subscription_id = await add("subscription")
    telling = await add("telling", facts={"title": "옛"})
    for _ in range(2):
        endpoint = await add("endpoint", subscription_id=subscription_id)
        await add(
            "delivery", telling_id=telling, subscription_id=subscription_id, endpoint_id=endpoint
        )
    database = Between(migrated_url)
    try:
        deliveries = Deliveries(database)
        (first,) = (await deliveries.claim("console", 1, {})).due
        database.then = lambda: sql.execute(
            """UPDATE telling SET version = version + 1, facts = '{"title": "새"}'"""
        )
        (second,) = (await deliveries.claim("console", 1, {})).due
    finally:
        await database.close()

    assert (first.facts["title"], second.facts["title"]) == ("옛", "새")


async def test_a_digest_that_is_made_during_a_correction_tells_it(
    database: Database, reader: Any, add: Add, now: datetime
) -> None:
    subscription_id = await reader(cadence="hourly")
    story_id, article_id = await add("story"), await add("article")
    revision_id = await add("revision", article_id=article_id)
    mine = await add("telling", key=f"story {story_id}", story_id=story_id, article_id=article_id)
    for each in (mine, await add("telling")):
        await add("waiting", subscription_id=subscription_id, telling_id=each, window_at=now)

    async with database.transaction() as tx:
        await correct(tx, article_id, story_id, revision_id, CORRECTED, None, released=False)
        making = asyncio.create_task(Digests(database).tell(10))
        await asyncio.wait({making}, timeout=0.5)
        due = await claimed(database)
    await making
    await Digests(database).tell(10)
    due += await claimed(database)

    told = [item for each in due for item in (each.items or (each,))]
    assert [each.facts["title"] for each in told if each.telling_id == mine] == ["고친 제목"]


async def test_an_urgent_alert_stays_urgent_when_its_embargo_moves(
    triage: Triage, reader: Any, add: Add, sql: asyncpg.Connection, now: datetime
) -> None:
    subscription_id = await reader(cadence="weekly mon 08:00")
    made, until = await add("article"), now + HOUR
    concern = to(subscription_id, urgent=True)
    await triage.settle(made, Verdict(Place(["url:1"]), FACTS, concern, until))
    correction = Correction((CHANGE,), earlier_id=made, alert=CORRECTED)
    verdict = Verdict(Place(["url:1"]), FACTS, embargo_until=until + HOUR, correction=correction)

    await triage.settle(await add("article"), verdict)

    assert await sql.fetchval("SELECT due_at FROM delivery") == until + HOUR


# quiet hours


def quiet(now: datetime, first: float, last: float) -> str:
    """A cadence with quiet hours from so many hours after ``now`` until so many after it."""
    korea = [now + timedelta(hours=9 + each) for each in (first, last)]
    return "at-once quiet {:%H:%M}-{:%H:%M}".format(*korea)


@pytest.mark.parametrize("attempts", [0, 1])
async def test_what_was_not_sent_by_day_is_not_sent_at_night_but_for_what_is_urgent(
    database: Database, add: Add, sql: asyncpg.Connection, now: datetime, attempts: int
) -> None:
    endpoints = []
    for hits in (HITS, Why(HITS, urgent=True).told):
        subscription_id = await add("subscription", cadence=quiet(now.astimezone(UTC), -1, 2))
        endpoint = await add("endpoint", subscription_id=subscription_id)
        endpoints.append(endpoint)
        await add(
            "delivery", telling_id=await add("telling"), subscription_id=subscription_id,
            endpoint_id=endpoint, hits=hits, attempts=attempts,
        )  # fmt: skip

    due = await claimed(database)

    assert [each.endpoint_id for each in due] == endpoints[1:]
    late = await sql.fetchval("SELECT due_at FROM delivery WHERE endpoint_id = $1", endpoints[0])
    assert late == now.replace(second=0, microsecond=0) + 2 * HOUR
