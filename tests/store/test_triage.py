"""Which story an article joins, whom it is owed to, and that both hold under a race."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

import asyncpg

from service.model import Reading
from service.store.database import Database
from service.store.rows import Readable
from service.store.subscriptions import Endpoint, Subscriptions
from service.store.verdicts import Verdicts
from tests.store.triage import FACTS, HITS, owing

NINE = datetime(2026, 11, 20, 9, tzinfo=ZoneInfo("Asia/Seoul"))
FILES = {
    "2.hwpx": sha256("붙임 글".encode()).digest(),
    "3.hwpx": sha256("보도자료 글".encode()).digest(),
    "4.hwpx": None,
}
LINKS = tuple((name, f"https://a.example/{name[0]}") for name in FILES)

Add = Callable[..., Awaitable[int]]
Wakes = Callable[[], Awaitable[list[str]]]
Subscribe = Callable[..., Awaitable[int]]


async def story_of(sql: asyncpg.Connection, article_id: int) -> int | None:
    story: int | None = await sql.fetchval("SELECT story_id FROM article WHERE id = $1", article_id)
    return story


# what waits


async def test_a_read_article_waits_as_it_was_read(
    verdicts: Verdicts, add: Add, database: Database
) -> None:
    made = await add(
        "article",
        url="https://a.example/k",
        title="쪽 제목",
        text="쪽 본문",
        read_title="읽은 제목",
        read_text="읽은 본문",
        embargo_until=NINE,
        publisher="관세청",
        publishers=["kcs"],
        published_at=NINE,
        precision="minute",
        discovered_at=NINE,
        read_at=NINE,
    )
    for document, text in ((1, "붙임 글"), (0, "보도자료 글"), (2, None)):
        await add("attachment", article_id=made, document=document, rank=0, text=text)
    await Subscriptions(database).subscribe("무역", [("수출", "수출")], Endpoint("console", "out"))

    assert await verdicts.waiting(made) == (
        Readable(
            id=made,
            source_id="a",
            url="https://a.example/k",
            publisher="관세청",
            summary="요약",
            baseline=False,
            discovered_at=NINE,
            given_title="쪽 제목",
            given_text="쪽 본문",
            documents=("보도자료 글", "붙임 글"),
            reading=Reading(
                "읽은 제목", "읽은 본문", ("kcs",), None, published_at=NINE, precision="minute"
            ),
            embargo_until=NINE,
            files=FILES,
            read_at=NINE,
            links=LINKS,
        ),
        1,
    )


async def test_what_is_unread_or_judged_does_not_wait(verdicts: Verdicts, add: Add) -> None:
    judged = await add("article")
    await verdicts.settle(judged, owing("url:1"))

    for article_id in (await add("article", read_at=None), judged, 10_000):
        assert await verdicts.waiting(article_id) is None


# which story


async def test_articles_with_a_key_in_common_are_one_story(
    verdicts: Verdicts, add: Add, sql: asyncpg.Connection
) -> None:
    first, by_url, by_text, other = [await add("article") for _ in range(4)]

    await verdicts.settle(first, owing("url:1", "text:1"))
    await verdicts.settle(by_url, owing("url:1", "text:2"))
    await verdicts.settle(by_text, owing("url:2", "text:1"))
    await verdicts.settle(other, owing("url:3", "text:3"))

    story = await story_of(sql, first)
    assert story is not None
    assert [await story_of(sql, each) for each in (by_url, by_text)] == [story, story]
    assert await story_of(sql, other) not in (story, None)
    assert await sql.fetchval("SELECT count(*) FROM story") == 2


async def test_keys_that_a_copy_adds_lead_to_the_same_story(
    verdicts: Verdicts, add: Add, sql: asyncpg.Connection
) -> None:
    chain = [await add("article") for _ in range(3)]

    for article_id, keys in zip(
        chain, [("url:1",), ("url:1", "text:2"), ("url:3", "text:2")], strict=True
    ):
        await verdicts.settle(article_id, owing(*keys))

    assert len({await story_of(sql, each) for each in chain}) == 1


async def test_identity_by_address_comes_before_identity_by_text(
    verdicts: Verdicts, add: Add, sql: asyncpg.Connection
) -> None:
    by_address, by_text, both = [await add("article") for _ in range(3)]
    await verdicts.settle(by_address, owing("url:1"))
    await verdicts.settle(by_text, owing("text:1"))

    await verdicts.settle(both, owing("url:1", "text:1"))

    assert await story_of(sql, both) == await story_of(sql, by_address)


async def test_articles_without_any_key_stay_apart(
    verdicts: Verdicts, add: Add, sql: asyncpg.Connection
) -> None:
    first, second = await add("article"), await add("article")
    await verdicts.settle(first, owing())
    await verdicts.settle(second, owing())

    assert await story_of(sql, first) != await story_of(sql, second)


async def test_long_keys_are_told_apart_and_found_again(
    verdicts: Verdicts, add: Add, sql: asyncpg.Connection
) -> None:
    long = "url:https://a.example/" + "가" * 5_000
    first, copy, other = [await add("article") for _ in range(3)]

    await verdicts.settle(first, owing(long + "1"))
    await verdicts.settle(copy, owing(long + "1"))
    await verdicts.settle(other, owing(long + "2"))

    assert await story_of(sql, copy) == await story_of(sql, first)
    assert await story_of(sql, other) != await story_of(sql, first)
    assert await sql.fetchval("SELECT max(length(key)) FROM story_key") <= 200


# whom it is owed to


async def test_an_alert_is_owed_to_every_endpoint_of_its_subscription(
    verdicts: Verdicts, add: Add, subscribe: Subscribe, sql: asyncpg.Connection, wakes: Wakes
) -> None:
    told, _other = await subscribe(2), await subscribe(1)
    made = await add("article")

    assert await verdicts.settle(made, owing("url:1", to=[told])) == 2

    rows = await sql.fetch("SELECT * FROM delivery ORDER BY endpoint_id")
    endpoints = await sql.fetch(
        "SELECT id FROM endpoint WHERE subscription_id = $1 ORDER BY id", told
    )
    assert [row["endpoint_id"] for row in rows] == [each["id"] for each in endpoints]
    assert {(row["subscription_id"], row["channel"]) for row in rows} == {(told, "console")}
    assert len({row["message_id"] for row in rows}) == 2
    assert [json.loads(row["hits"]) for row in rows] == [HITS, HITS]
    (telling,) = await sql.fetch("SELECT * FROM telling")
    assert {row["telling_id"] for row in rows} == {telling["id"]}
    assert (telling["reason"], telling["key"]) == ("alert", f"story {telling['story_id']}")
    assert (telling["article_id"], json.loads(telling["facts"])) == (made, FACTS)
    assert await wakes() == ["deliver:console"]


async def test_a_story_is_told_to_a_subscription_once(
    verdicts: Verdicts, add: Add, subscribe: Subscribe, sql: asyncpg.Connection, wakes: Wakes
) -> None:
    told, later = await subscribe(), await subscribe()
    first, copy = await add("article"), await add("article")

    assert await verdicts.settle(first, owing("url:1", to=[told])) == 1
    assert await verdicts.settle(copy, owing("url:1", to=[told, later])) == 1

    rows = await sql.fetch("SELECT subscription_id FROM delivery ORDER BY id")
    assert [row[0] for row in rows] == [told, later]
    assert await sql.fetchval("SELECT article_id FROM telling") == first
    assert await wakes() == ["deliver:console"] * 2


async def test_a_baseline_article_is_owed_to_nobody_but_its_copies_join_it(
    verdicts: Verdicts, add: Add, sql: asyncpg.Connection, wakes: Wakes
) -> None:
    baseline, copy = await add("article", baseline=True), await add("article")

    assert await verdicts.settle(baseline, owing("url:1", "text:1")) == 0
    assert await verdicts.settle(copy, owing("url:2", "text:1")) == 0

    assert await story_of(sql, copy) == await story_of(sql, baseline)
    assert await wakes() == []


async def test_nothing_is_owed_to_an_ended_subscription_or_an_endpoint_that_is_off(
    verdicts: Verdicts, add: Add, subscribe: Subscribe, sql: asyncpg.Connection
) -> None:
    live, ended = await subscribe(2), await subscribe(ended_at=NINE)
    await sql.execute("UPDATE endpoint SET switched_off_at = now() WHERE id = 1")
    whom = [live, ended, 10_000]

    assert await verdicts.settle(await add("article"), owing("url:1", to=whom)) == 1

    assert await sql.fetchval("SELECT endpoint_id FROM delivery") == 2


async def test_an_article_is_judged_once(
    verdicts: Verdicts, add: Add, subscribe: Subscribe, sql: asyncpg.Connection
) -> None:
    told, made = await subscribe(), await add("article")
    await verdicts.settle(made, owing("url:1", to=[told]))

    assert await verdicts.settle(made, owing("url:2", to=[told])) is None

    assert await sql.fetchval("SELECT count(*) FROM delivery") == 1
    assert await sql.fetchval("SELECT count(*) FROM story_key") == 1


async def test_an_article_that_eight_workers_judge_at_once_is_judged_by_one(
    eight: list[Database], add: Add, subscribe: Subscribe
) -> None:
    told, made = await subscribe(), await add("article")

    settled = await asyncio.gather(
        *(Verdicts(each).settle(made, owing("url:1", to=[told])) for each in eight)
    )

    assert sorted(settled, key=str) == [1] + [None] * 7


async def test_copies_judged_at_once_end_in_one_story_and_one_delivery_an_endpoint(
    eight: list[Database], add: Add, subscribe: Subscribe, sql: asyncpg.Connection
) -> None:
    told = await subscribe(2)
    one, other = Verdicts(eight[0]), Verdicts(eight[1])
    for n in range(20):
        # The keys in either order: whoever locks them must not wait in a ring.
        keys = [f"url:{n}", f"text:{n}"]
        pair = [await add("article"), await add("article", source_id="b")]

        owed = await asyncio.gather(
            one.settle(pair[0], owing(*keys, to=[told])),
            other.settle(pair[1], owing(*reversed(keys), to=[told])),
        )

        assert sorted(owed, key=str) == [0, 2]
        assert await story_of(sql, pair[0]) == await story_of(sql, pair[1])
    assert await sql.fetchval("SELECT count(*) FROM story") == 20
    assert await sql.fetchval("SELECT count(*) FROM delivery") == 40


async def test_judging_again_is_clearing_a_stamp_and_owes_nothing_twice(
    verdicts: Verdicts, add: Add, subscribe: Subscribe, sql: asyncpg.Connection
) -> None:
    told, made = await subscribe(), await add("article")
    await verdicts.settle(made, owing("url:1", to=[told]))
    story = await story_of(sql, made)

    await sql.execute("UPDATE article SET triaged_at = NULL")

    assert await verdicts.settle(made, owing("url:1", to=[told])) == 0
    assert await story_of(sql, made) == story
