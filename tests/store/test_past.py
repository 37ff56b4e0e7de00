from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import asyncpg

from service.store.database import Database
from service.store.past import Past
from service.store.rows import Seen

Add = Callable[..., Awaitable[int]]

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)


async def since(database: Database, when: datetime) -> list[Seen]:
    return [each async for batch in Past(database).articles(when) for each in batch]


async def test_articles_of_a_time_come_oldest_first_by_what_is_known_of_their_time(
    database: Database, add: Add
) -> None:
    story = await add("story")
    newest = await add("article", read_published_at=NOW - DAY, published_at=NOW - 20 * DAY)
    oldest = await add("article", published_at=NOW - 5 * DAY, precision="day", story_id=story)
    unknown = await add("article", discovered_at=NOW - 2 * DAY, topics=["export"])
    await add("article", published_at=NOW - 9 * DAY)
    await add("article", read_at=None, published_at=NOW - DAY)
    await add("article", published_at=NOW - DAY, embargo_until=NOW + DAY)
    lifted = await add("article", published_at=NOW - 3 * DAY, embargo_until=NOW - DAY)

    found = await since(database, NOW - 7 * DAY)

    assert [each.id for each in found] == [oldest, lifted, unknown, newest]
    assert (found[0].story, found[1].story) == (("story", story), ("article", lifted))
    assert (found[0].topics, found[2].topics) == (None, ("export",))
    assert found[2].came == NOW - 2 * DAY
    assert found[0].reading.precision == "day"


async def test_every_article_comes_once_however_many_came_at_one_time(
    database: Database, sql: asyncpg.Connection
) -> None:
    await sql.execute("INSERT INTO source (id) VALUES ('a')")
    await sql.execute(
        "INSERT INTO article (source_id, key, url, title, summary, baseline, published_at,"
        " read_at, read_title, read_text, publishers)"
        " SELECT 'a', n, 'https://a.example/' || n, '', '', false, $1, now(), '', '', '{}'"
        " FROM generate_series(1, 450) AS n",
        NOW - DAY,
    )

    found = await since(database, NOW - 2 * DAY)

    assert len({each.id for each in found}) == len(found) == 450


async def test_the_reach_of_an_empty_store_has_no_beginning(database: Database, add: Add) -> None:
    assert (await Past(database).reach()).began is None
    await add("article", discovered_at=NOW - 9 * DAY, published_at=NOW - 90 * DAY)
    reach = await Past(database).reach()
    assert reach.began == NOW - 9 * DAY
    assert reach.now >= NOW


async def test_a_rule_is_silent_for_as_long_as_nobody_who_has_it_had_a_hit(
    database: Database, add: Add
) -> None:
    one, other = await add("subscription", name="하나"), await add("subscription", name="둘")
    ended = await add("subscription", ended_at=NOW)

    async def rule(subscription: int, text: str, **more: object) -> None:
        fields = {"canonical": text.lower(), "created_at": NOW - 60 * DAY, **more}
        await add("rule", subscription_id=subscription, text=text, **fields)

    await rule(one, "관세", last_hit_on=(NOW - 40 * DAY).date())
    await rule(other, "관세", last_hit_on=(NOW - 2 * DAY).date())
    await rule(one, "FTA", created_at=NOW - 70 * DAY)
    await rule(other, "fta")
    await rule(other, "통관", last_hit_on=(NOW - 40 * DAY).date())
    await rule(ended, "수출")

    live, silent = await Past(database).silent_rules(NOW - 30 * DAY)

    assert live == 3
    assert [(each.canonical, each.last_hit is None) for each in silent] == [
        ("fta", True),
        ("통관", False),
    ]
    assert silent[0].subscriptions == ("둘", "하나")
    assert silent[0].created_at == NOW - 70 * DAY


async def test_a_hit_from_before_hits_were_noted_is_found_in_the_deliveries(
    database: Database, add: Add
) -> None:
    subscription = await add("subscription")
    for text in ("관세", "통관"):
        await add("rule", subscription_id=subscription, text=text, canonical=text)
    whose = {
        "subscription_id": subscription,
        "endpoint_id": await add("endpoint", subscription_id=subscription),
    }
    hits = [{"rule": "관세", "excerpt": "관세"}]
    for days in (50, 40):
        at = NOW - days * DAY
        await add("delivery", **whose, telling_id=days, created_at=at, hits=hits)
    await add("delivery", **whose, telling_id=1, hits=None)

    _, silent = await Past(database).silent_rules(NOW - 30 * DAY)

    assert {each.text: each.last_hit for each in silent} == {"관세": NOW - 40 * DAY, "통관": None}
