"""What a subscription was told, as feeds, calendars and streams ask for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from service.store.database import Database
from service.store.told import Told

Add = Callable[..., Awaitable[int]]

HOUR = timedelta(hours=1)
BACK = timedelta(minutes=5)


@pytest.fixture
def now() -> datetime:
    """When the test began, not when it was read: a long run comes to it minutes later."""
    return datetime.now(UTC)


@pytest.fixture
def told(database: Database) -> Told:
    return Told(database)


async def titles(told: Told, subscription_id: int) -> list[str]:
    return [each.facts["title"] for each in await told.newest(subscription_id, 10)]


async def telling(add: Add, title: str, **values: Any) -> int:
    return await add("telling", facts={"title": title}, **values)


async def test_what_waits_for_a_digest_is_shown_as_what_went_out_and_each_once(
    add: Add, told: Told, now: datetime
) -> None:
    mine, other = await add("subscription"), await add("subscription")
    one, two, three = [await telling(add, name) for name in ("하나", "둘", "셋")]
    for endpoint_id in (1, 2):
        row = {"telling_id": one, "subscription_id": mine, "endpoint_id": endpoint_id}
        await add("delivery", **row, created_at=now - HOUR, hits=[{"rule": "낱말"}])
    soon = {"subscription_id": mine, "window_at": now + HOUR}
    await add("waiting", telling_id=one, created_at=now - 2 * HOUR, **soon)
    await add("waiting", telling_id=two, created_at=now, **soon)
    await add("delivery", telling_id=three, subscription_id=other, endpoint_id=3)

    newest, oldest = await told.newest(mine, 10)

    assert (newest.telling_id, oldest.telling_id) == (two, one)
    assert oldest.told_at == oldest.updated_at == now - 2 * HOUR  # when it was known first
    assert [each.telling_id for each in await told.newest(mine, 1)] == [two]


async def test_what_nobody_wanted_and_what_is_no_news_is_not_shown(add: Add, told: Told) -> None:
    mine = await add("subscription")
    row = {"subscription_id": mine, "endpoint_id": 1}
    await add("delivery", telling_id=await telling(add, "끝남"), outcome="ended", **row)
    await add("delivery", telling_id=await telling(add, "못 감"), outcome="dead", **row)
    for reason in ("digest", "confirm", "notice", "reminder"):
        await add("delivery", telling_id=await telling(add, reason, reason=reason), **row)
    assert await titles(told, mine) == ["못 감"]


async def test_an_embargo_holds_it_back_from_those_who_wait_and_only_from_them(
    add: Add, told: Told, now: datetime
) -> None:
    waits, sees = await add("subscription"), await add("subscription", embargoed="badge")
    lifts = now + HOUR
    under = await telling(add, "엠바고", embargo_until=lifts)
    over = await telling(add, "풀림", embargo_until=now - HOUR)
    for number, each in enumerate((waits, sees)):
        row = {"subscription_id": each, "endpoint_id": number}
        await add("delivery", telling_id=under, due_at=lifts, created_at=now - 3 * HOUR, **row)
        await add("delivery", telling_id=over, created_at=now - 3 * HOUR, **row)

    assert [(each.badge, each.told_at) for each in await told.newest(waits, 10)] == [
        (False, now - HOUR)  # told when it lifted
    ]
    assert {(each.telling_id, each.badge) for each in await told.newest(sees, 10)} == {
        (under, True), (over, False),
    }  # fmt: skip
    assert [each.telling_id for each in await told.held(waits)] == [under]
    assert await told.held(sees) == []


async def test_a_change_of_the_facts_shows_in_its_time(add: Add, told: Told, now: datetime) -> None:
    mine, story = await add("subscription"), await add("story")
    article = await add("article", story_id=story)
    await add("revision", article_id=article, noticed_at=now - HOUR)
    for version in (0, 1):
        each = await telling(add, "글", key=f"k{version}", story_id=story, version=version)
        row = {"subscription_id": mine, "endpoint_id": 1, "created_at": now - 2 * HOUR}
        await add("delivery", telling_id=each, **row)
    found = {each.version: each.updated_at for each in await told.newest(mine, 10)}
    assert found == {0: now - 2 * HOUR, 1: now - HOUR}


async def test_what_is_committed_late_is_in_sight_and_so_is_what_an_embargo_lets_go(
    add: Add, told: Told, sql: asyncpg.Connection, now: datetime
) -> None:
    mine = await add("subscription")
    endpoint = await add("endpoint", subscription_id=mine)
    row = {"subscription_id": mine, "endpoint_id": endpoint}
    late, held, old = [await telling(add, each) for each in ("늦음", "엠바고", "옛것")]
    await sql.execute("UPDATE telling SET embargo_until = now() + '1h' WHERE id = $1", held)
    await add("delivery", telling_id=late, created_at=now - timedelta(minutes=4), **row)
    await add("delivery", telling_id=held, created_at=now - HOUR, **row)
    await add("delivery", telling_id=old, created_at=now - HOUR, **row)

    async def sights() -> set[tuple[int, bool]]:
        found = await told.sights([mine], BACK, [(mine, held)])
        return {(each.telling_id, each.shown) for each in found}

    assert await sights() == {(late, True), (held, False)}
    await sql.execute(
        "UPDATE telling SET embargo_until = NULL WHERE id = $1", held
    )  # by a correction
    assert await sights() == {(late, True), (held, True)}
    assert [each.telling_id for each in await told.these([(mine, held)])] == [held]


async def test_whoever_comes_again_gets_what_came_since_and_a_little_before(
    add: Add, told: Told, now: datetime
) -> None:
    mine = await add("subscription")
    endpoint = await add("endpoint", subscription_id=mine)
    ages = (50, 14, 11, 10, 2)  # minutes
    made = []
    for age in ages:
        made.append(await telling(add, str(age)))
        at = now - timedelta(minutes=age)
        row = {"subscription_id": mine, "endpoint_id": endpoint, "created_at": at}
        await add("delivery", telling_id=made[-1], **row)

    async def since(telling_id: int, longest: timedelta = timedelta(days=1)) -> list[str]:
        found = await told.since(mine, telling_id, BACK, longest)
        return [each.facts["title"] for each in found]

    assert await since(made[3]) == ["14", "11", "10", "2"]
    assert await since(999) == ["50", "14", "11", "10", "2"]  # what nobody was told
    assert await since(made[0], timedelta(minutes=12)) == ["11", "10", "2"]


async def test_an_address_counts_until_it_is_renewed_or_the_subscription_ends(
    add: Add, told: Told, sql: asyncpg.Connection
) -> None:
    mine = await add("subscription", name="나", remind=[7, 1], language="en")
    reader = await told.reader(mine, 0)
    assert reader is not None
    assert (reader.name, reader.remind, reader.language) == ("나", (7, 1), "en")
    assert await told.address("나") == (mine, 0)
    assert await told.address("나", renew=True) == (mine, 1)
    assert await told.reader(mine, 0) is None
    assert await told.valid([reader]) == set()
    renewed = await told.reader(mine, 1)
    assert renewed is not None
    assert await told.valid([renewed]) == {mine}
    await sql.execute("UPDATE subscription SET expires_at = now()")
    assert await told.reader(mine, 1) is None
    assert await told.reader(mine) is not None, "its last digest is read afterwards"
    assert await told.address("나") is None


async def test_a_digest_shows_what_it_told_of_to_whom_it_was_told(
    add: Add, told: Told, now: datetime
) -> None:
    mine, other = await add("subscription"), await add("subscription")
    span = {"since": "2026-11-20T08:00:00+09:00", "until": "2026-11-21T08:00:00+09:00"}
    key = f"digest {mine} 2026-11-20T23:00:00+00:00"
    digest = await add("telling", reason="digest", key=key, facts=span)
    for each, told_by in (("안", digest), ("밖", None)):
        item = await telling(add, each)
        row = {"subscription_id": mine, "window_at": now, "told_by": told_by}
        await add("waiting", telling_id=item, **row)

    found = await told.digest(mine, digest)

    assert found is not None
    since, until, items = found
    assert [each.facts["title"] for each in items] == ["안"]
    assert until - since == timedelta(days=1)
    assert await told.digest(other, digest) is None
    assert await told.digest(mine, 999) is None


async def test_a_deadline_is_that_of_the_article_that_was_told_of_last(
    add: Add, told: Told, now: datetime
) -> None:
    mine, story = await add("subscription"), await add("story")
    call = {"is_call": True, "end": "2026-12-10", "end_clock": "18:00"}
    values = {"story_id": story, "call_end": date(2026, 12, 10), "facts": {"call": call}}
    first = await add("article", read_title="공고", **values)
    newer = {**values, "call_end": date(2026, 12, 20), "facts": {"call": call}}
    corrected = await add("article", read_title="정정 공고", **newer)
    await add("article", read_title="베낀 글", **values, discovered_at=now + HOUR)
    await add("article", read_title="기사", kind="news", **values)
    await add("article", read_title="숨은 글", embargo_until=now + HOUR, **values)
    row = {"subscription_id": mine, "endpoint_id": 1}
    facts = {"title": "공고", "apply_by": "2026-12-10 18:00"}
    for reason, article in (("alert", first), ("correction", corrected)):
        said = {"story_id": story, "article_id": article, "facts": facts}
        telling_id = await add("telling", reason=reason, **said)
        await add("delivery", telling_id=telling_id, **row)

    (found,) = await told.calls(mine, date(2026, 12, 19))

    assert [each.title for each in found.standing] == ["정정 공고", "공고", "베낀 글"]
    assert (found.standing[0].end, found.standing[0].end_clock) == (date(2026, 12, 20), "18:00")
    assert [each.reason for each in found.told] == ["alert", "correction"]
    assert found.revision == 1
    assert await told.calls(mine, date(2026, 12, 21)) == []


async def test_a_withdrawn_article_says_so_and_every_change_counts(
    add: Add, told: Told, now: datetime
) -> None:
    mine, story = await add("subscription"), await add("story")
    article = await add("article", story_id=story, call_end=date(2026, 12, 10))
    telling_id = await add("telling", story_id=story, article_id=article, version=2)
    await add("delivery", telling_id=telling_id, subscription_id=mine, endpoint_id=1)
    gone = {"what": "글이 내려감 (withdrawn)", "before": "", "after": "", "weighty": False}
    await add("revision", article_id=article, changes=[])
    await add("revision", article_id=article, changes=[gone], noticed_at=now + HOUR)

    (found,) = await told.calls(mine, date(2026, 12, 1))

    assert [each.withdrawn for each in found.standing] == [True]
    assert found.revision == 4
    assert found.changed_at == now + HOUR
