"""Which story an article joins, whom it is owed to, and that both hold under a race."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from service.model import Reading
from service.store.database import Database
from service.store.owing import Concern, Why
from service.store.rows import Readable
from service.store.rulebook import LiveRule, RuleChanges
from service.store.stories import Place
from service.store.subscriptions import Endpoint, Subscriptions
from service.store.triage import Triage, Verdict

NINE = datetime(2026, 11, 20, 9, tzinfo=ZoneInfo("Asia/Seoul"))
FILES = {
    "2.hwpx": sha256("붙임 글".encode()).digest(),
    "3.hwpx": sha256("보도자료 글".encode()).digest(),
    "4.hwpx": None,
}
LINKS = tuple((name, f"https://a.example/{name[0]}") for name in FILES)
FACTS = {"title": "제목"}
HITS = [{"rule": "수출", "excerpt": "수출 상담"}]

Add = Callable[..., Awaitable[int]]
Wakes = Callable[[], Awaitable[list[str]]]
Subscribe = Callable[..., Awaitable[int]]


@pytest.fixture
def triage(database: Database) -> Triage:
    return Triage(database)


@pytest.fixture
def subscribe(add: Add) -> Subscribe:
    """``await subscribe(2)``: a subscription with two endpoints; its id."""

    async def subscribe(endpoints: int = 1, **values: object) -> int:
        subscription_id = await add("subscription", **values)
        for _ in range(endpoints):
            await add("endpoint", subscription_id=subscription_id)
        return subscription_id

    return subscribe


def owing(
    *keys: str,
    to: Sequence[int] = (),
    facts: Mapping[str, object] = FACTS,
    until: datetime | None = None,
) -> Verdict:
    return Verdict(Place(keys), facts, Concern([Why(HITS)], dict.fromkeys(to, 0)), until)


async def story_of(sql: asyncpg.Connection, article_id: int) -> int | None:
    story: int | None = await sql.fetchval("SELECT story_id FROM article WHERE id = $1", article_id)
    return story


# what waits


async def test_a_read_article_waits_as_it_was_read(
    triage: Triage, add: Add, database: Database
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

    assert await triage.waiting(made) == (
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


async def test_what_is_unread_or_judged_does_not_wait(triage: Triage, add: Add) -> None:
    judged = await add("article")
    await triage.settle(judged, owing("url:1"))

    for article_id in (await add("article", read_at=None), judged, 10_000):
        assert await triage.waiting(article_id) is None


# which story


async def test_articles_with_a_key_in_common_are_one_story(
    triage: Triage, add: Add, sql: asyncpg.Connection
) -> None:
    first, by_url, by_text, other = [await add("article") for _ in range(4)]

    await triage.settle(first, owing("url:1", "text:1"))
    await triage.settle(by_url, owing("url:1", "text:2"))
    await triage.settle(by_text, owing("url:2", "text:1"))
    await triage.settle(other, owing("url:3", "text:3"))

    story = await story_of(sql, first)
    assert story is not None
    assert [await story_of(sql, each) for each in (by_url, by_text)] == [story, story]
    assert await story_of(sql, other) not in (story, None)
    assert await sql.fetchval("SELECT count(*) FROM story") == 2


async def test_keys_that_a_copy_adds_lead_to_the_same_story(
    triage: Triage, add: Add, sql: asyncpg.Connection
) -> None:
    chain = [await add("article") for _ in range(3)]

    for article_id, keys in zip(
        chain, [("url:1",), ("url:1", "text:2"), ("url:3", "text:2")], strict=True
    ):
        await triage.settle(article_id, owing(*keys))

    assert len({await story_of(sql, each) for each in chain}) == 1


async def test_identity_by_address_comes_before_identity_by_text(
    triage: Triage, add: Add, sql: asyncpg.Connection
) -> None:
    by_address, by_text, both = [await add("article") for _ in range(3)]
    await triage.settle(by_address, owing("url:1"))
    await triage.settle(by_text, owing("text:1"))

    await triage.settle(both, owing("url:1", "text:1"))

    assert await story_of(sql, both) == await story_of(sql, by_address)


async def test_articles_without_any_key_stay_apart(
    triage: Triage, add: Add, sql: asyncpg.Connection
) -> None:
    first, second = await add("article"), await add("article")
    await triage.settle(first, owing())
    await triage.settle(second, owing())

    assert await story_of(sql, first) != await story_of(sql, second)


async def test_long_keys_are_told_apart_and_found_again(
    triage: Triage, add: Add, sql: asyncpg.Connection
) -> None:
    long = "url:https://a.example/" + "가" * 5_000
    first, copy, other = [await add("article") for _ in range(3)]

    await triage.settle(first, owing(long + "1"))
    await triage.settle(copy, owing(long + "1"))
    await triage.settle(other, owing(long + "2"))

    assert await story_of(sql, copy) == await story_of(sql, first)
    assert await story_of(sql, other) != await story_of(sql, first)
    assert await sql.fetchval("SELECT max(length(key)) FROM story_key") <= 200


# whom it is owed to


async def test_an_alert_is_owed_to_every_endpoint_of_its_subscription(
    triage: Triage, add: Add, subscribe: Subscribe, sql: asyncpg.Connection, wakes: Wakes
) -> None:
    told, _other = await subscribe(2), await subscribe(1)
    made = await add("article")

    assert await triage.settle(made, owing("url:1", to=[told])) == 2

    rows = await sql.fetch("SELECT * FROM delivery ORDER BY endpoint_id")
    endpoints = await sql.fetch("SELECT id FROM endpoint WHERE subscription_id = $1", told)
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
    triage: Triage, add: Add, subscribe: Subscribe, sql: asyncpg.Connection, wakes: Wakes
) -> None:
    told, later = await subscribe(), await subscribe()
    first, copy = await add("article"), await add("article")

    assert await triage.settle(first, owing("url:1", to=[told])) == 1
    assert await triage.settle(copy, owing("url:1", to=[told, later])) == 1

    rows = await sql.fetch("SELECT subscription_id FROM delivery ORDER BY id")
    assert [row[0] for row in rows] == [told, later]
    assert await sql.fetchval("SELECT article_id FROM telling") == first
    assert await wakes() == ["deliver:console"] * 2


async def test_a_baseline_article_is_owed_to_nobody_but_its_copies_join_it(
    triage: Triage, add: Add, sql: asyncpg.Connection, wakes: Wakes
) -> None:
    baseline, copy = await add("article", baseline=True), await add("article")

    assert await triage.settle(baseline, owing("url:1", "text:1")) == 0
    assert await triage.settle(copy, owing("url:2", "text:1")) == 0

    assert await story_of(sql, copy) == await story_of(sql, baseline)
    assert await wakes() == []


async def test_nothing_is_owed_to_an_ended_subscription_or_an_endpoint_that_is_off(
    triage: Triage, add: Add, subscribe: Subscribe, sql: asyncpg.Connection
) -> None:
    live, ended = await subscribe(2), await subscribe(ended_at=NINE)
    await sql.execute("UPDATE endpoint SET switched_off_at = now() WHERE id = 1")
    whom = [live, ended, 10_000]

    assert await triage.settle(await add("article"), owing("url:1", to=whom)) == 1

    assert await sql.fetchval("SELECT endpoint_id FROM delivery") == 2


async def test_an_article_is_judged_once(
    triage: Triage, add: Add, subscribe: Subscribe, sql: asyncpg.Connection
) -> None:
    told, made = await subscribe(), await add("article")
    await triage.settle(made, owing("url:1", to=[told]))

    assert await triage.settle(made, owing("url:2", to=[told])) is None

    assert await sql.fetchval("SELECT count(*) FROM delivery") == 1
    assert await sql.fetchval("SELECT count(*) FROM story_key") == 1


async def test_an_article_that_eight_workers_judge_at_once_is_judged_by_one(
    eight: list[Database], add: Add, subscribe: Subscribe
) -> None:
    told, made = await subscribe(), await add("article")

    settled = await asyncio.gather(
        *(Triage(each).settle(made, owing("url:1", to=[told])) for each in eight)
    )

    assert sorted(settled, key=str) == [1] + [None] * 7


async def test_copies_judged_at_once_end_in_one_story_and_one_delivery_an_endpoint(
    eight: list[Database], add: Add, subscribe: Subscribe, sql: asyncpg.Connection
) -> None:
    told = await subscribe(2)
    one, other = Triage(eight[0]), Triage(eight[1])
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
    triage: Triage, add: Add, subscribe: Subscribe, sql: asyncpg.Connection
) -> None:
    told, made = await subscribe(), await add("article")
    await triage.settle(made, owing("url:1", to=[told]))
    story = await story_of(sql, made)

    await sql.execute("UPDATE article SET triaged_at = NULL")

    assert await triage.settle(made, owing("url:1", to=[told])) == 0
    assert await story_of(sql, made) == story


# under embargo

HELD = {**FACTS, "embargo": "엠바고"}
SOON = timedelta(minutes=30)


async def owed_to(sql: asyncpg.Connection, subscription_id: int) -> tuple[datetime, bool]:
    """When the subscription is told, and whether with a badge."""
    row = await sql.fetchrow(
        "SELECT due_at, coalesce(embargo_until > due_at, true) AND facts ->> 'embargo' IS NOT NULL"
        " FROM delivery JOIN telling ON telling.id = telling_id WHERE subscription_id = $1",
        subscription_id,
    )
    return row[0], row[1]


async def test_an_embargo_holds_an_alert_back_unless_the_badge_was_asked_for(
    triage: Triage, add: Add, subscribe: Subscribe, sql: asyncpg.Connection, wakes: Wakes
) -> None:
    waits, sees = await subscribe(), await subscribe(embargoed="badge")
    now = await sql.fetchval("SELECT now()")
    made = await add("article")

    verdict = owing("url:1", to=[waits, sees], facts=HELD, until=now + SOON)
    assert await triage.settle(made, verdict) == 2

    assert await owed_to(sql, waits) == (now + SOON, False)
    told_at, badge = await owed_to(sql, sees)
    assert badge
    assert told_at < now + timedelta(minutes=1)
    rests = await sql.fetch("SELECT execute_after - now() AS rest FROM pgqueuer ORDER BY 1")
    assert rests[0]["rest"] <= timedelta(0)
    assert timedelta(minutes=29) < rests[1]["rest"] <= SOON
    assert await wakes() == ["deliver:console"] * 2


async def test_an_embargo_that_has_lifted_holds_nothing_back_and_shows_no_badge(
    triage: Triage, add: Add, subscribe: Subscribe, sql: asyncpg.Connection
) -> None:
    waits, sees = await subscribe(), await subscribe(embargoed="badge")
    now = await sql.fetchval("SELECT now()")

    verdict = owing("url:1", to=[waits, sees], facts=HELD, until=now - SOON)
    await triage.settle(await add("article"), verdict)

    for each in (waits, sees):
        told_at, badge = await owed_to(sql, each)
        assert now <= told_at < now + timedelta(minutes=1)
        assert not badge


async def test_a_condition_without_a_time_holds_nothing_back_but_is_shown_to_everybody(
    triage: Triage, add: Add, subscribe: Subscribe, sql: asyncpg.Connection
) -> None:
    waits, sees = await subscribe(), await subscribe(embargoed="badge")

    await triage.settle(await add("article"), owing("url:1", to=[waits, sees], facts=HELD))

    assert [(await owed_to(sql, each))[1] for each in (waits, sees)] == [True, True]


async def test_a_copy_that_comes_while_the_embargo_holds_is_not_told_before_it_lifts(
    triage: Triage, add: Add, subscribe: Subscribe, sql: asyncpg.Connection
) -> None:
    waits = await subscribe()
    until = await sql.fetchval("SELECT now()") + SOON
    await triage.settle(await add("article"), owing("text:1", to=[waits], facts=HELD, until=until))

    assert await triage.settle(await add("article"), owing("text:1", to=[waits])) == 0

    assert await owed_to(sql, waits) == (until, False)


# the rule book


async def test_the_rules_are_those_of_live_subscriptions(
    triage: Triage, database: Database, sql: asyncpg.Connection
) -> None:
    subscriptions = Subscriptions(database)
    two = [("수출 바우처", "바우처 수출"), ("관세", "관세")]
    urgent = [("긴급", "긴급")]
    await subscriptions.subscribe("무역", two, Endpoint("console", "out"), urgent=urgent)
    await subscriptions.subscribe("끝난 구독", [("예산", "예산")], Endpoint("console", "out"))
    await subscriptions.end("끝난 구독")

    book = await triage.rules()

    ids = [row["id"] for row in await sql.fetch("SELECT id FROM rule ORDER BY id")]
    owner = await sql.fetchval("SELECT id FROM subscription WHERE name = '무역'")
    assert book == RuleChanges(
        3,
        [
            LiveRule(ids[0], owner, "무역", "수출 바우처"),
            LiveRule(ids[1], owner, "무역", "관세"),
            LiveRule(ids[2], owner, "무역", "긴급", urgent=True),
        ],
        frozenset(),
    )


async def test_of_known_rules_only_what_changed_is_told(triage: Triage, database: Database) -> None:
    subscriptions = Subscriptions(database)
    await subscriptions.subscribe("무역", [("수출", "수출")], Endpoint("console", "out"))
    await subscriptions.subscribe("살림", [("예산", "예산")], Endpoint("console", "out"))
    first = await triage.rules()
    known = {each.id for each in first.added}

    assert await triage.rules(known) == RuleChanges(2, [], frozenset())

    await subscriptions.end("살림")
    await subscriptions.subscribe("무역", [("관세", "관세")], Endpoint("console", "out"))
    changed = await triage.rules(known)

    gone = frozenset(each.id for each in first.added if each.subscription == "살림")
    assert (changed.version, changed.gone) == (4, gone)
    assert [(each.subscription, each.text) for each in changed.added] == [("무역", "관세")]


# what is kept beside


async def test_a_rule_that_holds_is_stamped_with_the_day(
    triage: Triage, add: Add, database: Database, sql: asyncpg.Connection
) -> None:
    two = [("수출", "수출"), ("관세", "관세")]
    await Subscriptions(database).subscribe("무역", two, Endpoint("console", "out"))
    ids = [row["id"] for row in await sql.fetch("SELECT id FROM rule ORDER BY id")]

    await triage.settle(await add("article"), replace(owing("url:1"), hit=[ids[1]]))

    today = "timezone('Asia/Seoul', now())::date"
    rows = await sql.fetch(f"SELECT last_hit_on = {today} FROM rule ORDER BY id")
    assert [row[0] for row in rows] == [None, True]


async def test_topics_are_kept_as_codes_and_whole(
    triage: Triage, add: Add, sql: asyncpg.Connection
) -> None:
    about = {"topics": [{"code": "export", "score": 0.9, "words": ["수출"]}], "primary": "export"}
    made = await add("article")

    await triage.settle(
        made, replace(owing("url:1"), topics=["export"], topical=about, kind="notice")
    )

    row = await sql.fetchrow("SELECT topics, topical, kind FROM article WHERE id = $1", made)
    assert (row["topics"], json.loads(row["topical"]), row["kind"]) == (["export"], about, "notice")
