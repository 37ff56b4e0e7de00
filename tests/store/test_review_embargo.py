"""What a reviewer tried: nothing that is under an embargo is told before its end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest

from service.model import Change, Tie
from service.store.database import Database
from service.store.digests import Digests
from service.store.people import Address, People
from service.store.reconciled import Reconciled
from service.store.reminders import Reminders
from service.store.stories import Place
from service.store.subscriptions import Subscriptions
from service.store.verdicts import Correction, Verdict, Verdicts
from tests.store.review import CORRECTED, FACTS, HOUR, claimed, to

Add = Callable[..., Awaitable[int]]
CHANGE = Change("마감 (deadline)", "5.20", "5.27", weighty=True)


async def test_to_wake_somebody_breaks_no_embargo_of_what_waits_for_a_window(
    verdicts: Verdicts,
    database: Database,
    reader: Any,
    add: Add,
    sql: asyncpg.Connection,
    now: datetime,
) -> None:
    subscription_id = await reader(name="무역", cadence="hourly")
    until = now + timedelta(hours=30)
    verdict = Verdict(Place(["url:1"]), FACTS, to(subscription_id), until)
    await verdicts.settle(await add("article"), verdict)
    subscriptions = Subscriptions(database)

    await subscriptions.snooze("무역", HOUR)
    await subscriptions.wake("무역")

    assert await sql.fetchval("SELECT window_at FROM waiting") > until


@pytest.mark.parametrize(("embargoed", "shown"), [("wait", 1), ("badge", 2)])
async def test_what_an_embargo_holds_back_is_not_handed_over_either(
    verdicts: Verdicts, database: Database, add: Add, now: datetime, embargoed: str, shown: int
) -> None:
    subscription_id = await add("subscription", embargoed=embargoed)
    await add("endpoint", subscription_id=subscription_id, channel="mail", address="a@a.example")
    for number, until in enumerate((now + HOUR, None)):
        verdict = Verdict(Place([f"url:{number}"]), FACTS, to(subscription_id), until)
        await verdicts.settle(await add("article"), verdict)

    handed = await People(database).export(Address("mail", "a@a.example"))

    assert len(handed["messages"]) == shown


async def test_news_that_is_judged_again_gives_no_title_away_that_is_under_embargo(
    verdicts: Verdicts, reader: Any, add: Add, sql: asyncpg.Connection, now: datetime
) -> None:
    subscription_id = await reader(coverage=True)
    held = await add("article", read_title="비밀", embargo_until=now + HOUR)
    news = await add("article", kind="news", twin_id=held, joined_as="coverage")
    verdict = Verdict(Place(["url:2"]), FACTS, to(subscription_id), kind="news")
    await verdicts.settle(news, verdict)
    await sql.execute("UPDATE article SET triaged_at = NULL WHERE id = $1", news)

    await verdicts.settle(news, verdict)

    assert await sql.fetchval("SELECT count(*) FROM delivery") == 1
    assert await sql.fetchval("SELECT count(*) FROM telling WHERE facts::text LIKE '%비밀%'") == 0


async def a_story_with_a_copy(
    verdicts: Verdicts, add: Add, to_whom: int, until: datetime
) -> tuple[int, int]:
    """A story that is held by its first release, and a copy of it that leaves the box out."""
    held = await add("article", embargo_until=until)
    await verdicts.settle(held, Verdict(Place(["url:1"]), FACTS, to(to_whom), until))
    copy = await add("article", read_title="비밀")
    await verdicts.settle(copy, Verdict(Place(["url:1"]), FACTS, to(to_whom)))
    return held, copy


async def test_news_made_from_a_copy_without_the_box_is_told_by_itself_and_at_once(
    verdicts: Verdicts, reader: Any, add: Add, sql: asyncpg.Connection, now: datetime
) -> None:
    waits, later = await reader(coverage=True), await reader()
    _, copy = await a_story_with_a_copy(verdicts, add, waits, now + HOUR)
    place = Place(["url:2"], tie=Tie(copy, "coverage", 0.9, ""))

    await verdicts.settle(
        await add("article", kind="news"), Verdict(place, FACTS, to(waits, later), kind="news")
    )

    assert await sql.fetchval("SELECT count(DISTINCT story_id) FROM article") == 2
    due = await sql.fetch("SELECT subscription_id FROM delivery WHERE due_at <= now()")
    assert {row["subscription_id"] for row in due} == {waits, later}


async def test_no_coverage_of_what_is_held_is_told_by_the_title_of_its_copy(
    verdicts: Verdicts, reader: Any, add: Add, sql: asyncpg.Connection, now: datetime
) -> None:
    waits = await reader(coverage=True)
    held, copy = await a_story_with_a_copy(verdicts, add, waits, now + HOUR)
    story = await sql.fetchval("SELECT story_id FROM article WHERE id = $1", held)
    known = {"story_id": story, "twin_id": copy, "joined_as": "coverage"}  # before the box was read
    news = await add("article", kind="news", **known)

    await verdicts.settle(news, Verdict(Place(["url:2"]), FACTS, to(waits), kind="news"))

    assert await sql.fetchval("SELECT count(*) FROM telling WHERE reason = 'coverage'") == 0


async def test_a_copy_without_its_box_shows_the_badge_of_its_story(
    verdicts: Verdicts, database: Database, reader: Any, add: Add, now: datetime
) -> None:
    subscription_id = await reader(embargoed="badge")
    until = now + HOUR
    held = await add("article", embargo_until=until)
    await verdicts.settle(held, Verdict(Place(["url:1"]), {}, embargo_until=until))

    verdict = Verdict(Place(["url:1"]), FACTS, to(subscription_id))
    await verdicts.settle(await add("article"), verdict)

    (due,) = await claimed(database)
    assert due.badge
    assert "엠바고" in due.facts["embargo"]


@pytest.mark.parametrize("concerned", [True, False])
async def test_a_copy_without_its_box_that_is_judged_again_stays_as_held_as_its_story(
    verdicts: Verdicts,
    reader: Any,
    add: Add,
    sql: asyncpg.Connection,
    now: datetime,
    concerned: bool,
) -> None:
    subscription_id, until = await reader(), now + HOUR
    held = await add("article", embargo_until=until)
    await verdicts.settle(held, Verdict(Place(["url:1"]), {}, embargo_until=until))
    copy = await add("article")
    await verdicts.settle(copy, Verdict(Place(["url:1"]), FACTS, to(subscription_id)))
    await sql.execute("UPDATE article SET triaged_at = NULL WHERE id = $1", copy)
    readable = {**FACTS, "title": "이제 읽힌 제목"}

    again = Verdict(Place(["url:1"]), readable, to(*[subscription_id] * concerned))
    await verdicts.settle(copy, again)

    facts, ends = await sql.fetchrow("SELECT facts, embargo_until FROM telling")
    assert "이제 읽힌 제목" in facts
    assert (ends, "엠바고" in facts) == (until, True)


async def test_what_is_owed_anew_of_a_copy_without_its_box_waits_as_its_story(
    verdicts: Verdicts, database: Database, reader: Any, add: Add, sql: asyncpg.Connection,
    now: datetime,
) -> None:  # fmt: skip
    subscription_id = await reader()
    _, copy = await a_story_with_a_copy(verdicts, add, subscription_id, now + HOUR)
    await sql.execute("TRUNCATE delivery, telling CASCADE")
    await sql.execute("UPDATE article SET discovered_at = now()")
    reconciled = Reconciled(database)

    found = await reconciled.judged(copy)
    assert found is not None
    assert await reconciled.owe(found, FACTS, to(subscription_id), {}) == 1

    assert await sql.fetchval("SELECT due_at FROM delivery") == now + HOUR
    assert await sql.fetchval("SELECT embargo_until FROM telling") == now + HOUR


@pytest.mark.parametrize("released", [False, True])
async def test_a_correction_without_a_box_shows_the_badge_of_what_it_corrects(
    verdicts: Verdicts,
    database: Database,
    reader: Any,
    add: Add,
    sql: asyncpg.Connection,
    now: datetime,
    released: bool,
) -> None:
    subscription_id, made = await reader(embargoed="badge"), await add("article")
    facts = {**FACTS, "embargo": "엠바고 내일까지"}
    await verdicts.settle(made, Verdict(Place(["url:1"]), facts, to(subscription_id), now + HOUR))
    await sql.execute("UPDATE delivery SET attempts = 1, settled_at = now(), outcome = 'sent'")
    alert = {**CORRECTED, "embargo": None}
    correction = Correction((CHANGE,), earlier_id=made, alert=alert, released=released)
    verdict = Verdict(Place(["url:1"]), FACTS, correction=correction)

    await verdicts.settle(await add("article"), verdict)

    (due,) = await claimed(database)
    assert due.reason == "correction"
    assert due.facts["embargo"] == (None if released else "엠바고 내일까지")
    until = await sql.fetchval("SELECT embargo_until FROM telling WHERE reason = 'correction'")
    assert until == (None if released else now + HOUR)


@pytest.mark.parametrize("attempts", [0, 1])
async def test_what_comes_under_an_embargo_after_all_is_not_sent_before_its_end(
    verdicts: Verdicts, database: Database, reader: Any, add: Add, sql: asyncpg.Connection,
    now: datetime, attempts: int,
) -> None:  # fmt: skip
    waits, sees = await reader(), await reader(embargoed="badge")
    made = await add("article")
    await verdicts.settle(made, Verdict(Place(["url:1"]), FACTS, to(waits, sees)))
    await sql.execute("UPDATE delivery SET attempts = $1", attempts)
    until = now + HOUR
    correction = Correction((CHANGE,), earlier_id=made, alert=CORRECTED)
    verdict = Verdict(Place(["url:1"]), FACTS, embargo_until=until, correction=correction)
    await verdicts.settle(await add("article"), verdict)

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


async def test_an_urgent_alert_stays_urgent_when_its_embargo_moves(
    verdicts: Verdicts, reader: Any, add: Add, sql: asyncpg.Connection, now: datetime
) -> None:
    subscription_id = await reader(cadence="weekly mon 08:00")
    made, until = await add("article"), now + HOUR
    concern = to(subscription_id, urgent=True)
    await verdicts.settle(made, Verdict(Place(["url:1"]), FACTS, concern, until))
    correction = Correction((CHANGE,), earlier_id=made, alert=CORRECTED)
    verdict = Verdict(Place(["url:1"]), FACTS, embargo_until=until + HOUR, correction=correction)

    await verdicts.settle(await add("article"), verdict)

    assert await sql.fetchval("SELECT due_at FROM delivery") == until + HOUR
