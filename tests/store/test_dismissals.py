"""What was told in vain, and the rules that are narrowed for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from service.store.asking import Endpoint
from service.store.database import Database
from service.store.dismissals import Dismissals, Narrowed
from service.store.subscriptions import Subscriptions
from service.store.verdicts import Verdicts

Add = Callable[..., Awaitable[int]]

HITS = [{"rule": "수출", "excerpt": "참외 수출"}]


@pytest.fixture
def dismissals(database: Database) -> Dismissals:
    return Dismissals(database)


@pytest.fixture
async def owner(database: Database, sql: asyncpg.Connection) -> int:
    """A subscription with two rules and two endpoints."""
    both = [("수출", "수출"), ("관세", "관세")]
    to = (Endpoint("console", each, agreed=True) for each in "ab")
    await Subscriptions(database).subscribe("무역", both, *to)
    return int(await sql.fetchval("SELECT id FROM subscription"))


@pytest.fixture
def tell(add: Add, sql: asyncpg.Connection, owner: int) -> Callable[..., Awaitable[int]]:
    """``await tell("제목")``: told to both endpoints, or waiting; the telling's id."""

    async def tell(title: str, *, waits: bool = False, reason: str = "alert") -> int:
        article = await add("article", read_text=f"{title} 본문")
        facts = {"title": title, "url": "https://a.example/"}
        made = await add("telling", reason=reason, facts=facts, article_id=article)
        if waits:
            await sql.execute(
                "INSERT INTO waiting (telling_id, subscription_id, hits, window_at)"
                " VALUES ($1, $2, '[]', now())",
                made, owner,
            )  # fmt: skip
        for each in [] if waits else await sql.fetch("SELECT id FROM endpoint"):
            await add(
                "delivery", telling_id=made, subscription_id=owner, endpoint_id=each["id"],
                hits=HITS,
            )  # fmt: skip
        return made

    return tell


Tell = Callable[..., Awaitable[int]]


async def test_a_case_says_why_by_the_rules_that_stand(
    dismissals: Dismissals, tell: Tell, owner: int, sql: asyncpg.Connection
) -> None:
    vain = await tell("참외 축제")

    case = await dismissals.case(owner, vain)
    assert case is not None
    assert (case.subscription, case.told.title, case.told.text) == (
        "무역", "참외 축제", "참외 축제 본문",
    )  # fmt: skip
    assert case.told.excerpts == (("수출", "참외 수출"),)
    assert list(case.rules.values()) == ["수출"]
    assert not case.dismissed
    assert await dismissals.case(owner + 1, vain) is None
    assert await dismissals.case(owner, vain + 1) is None
    await sql.execute("UPDATE subscription SET expires_at = now()")
    assert await dismissals.case(owner, vain) is None


async def test_what_was_told_lately_is_each_thing_once(
    dismissals: Dismissals, tell: Tell, owner: int, sql: asyncpg.Connection
) -> None:
    vain, old = await tell("참외 축제"), await tell("옛날")
    await sql.execute(
        "UPDATE delivery SET created_at = now() - interval '31 days' WHERE telling_id = $1", old
    )
    await tell("하나")
    await tell("둘", waits=True)
    await tell("고침", reason="correction")

    found = await dismissals.lately(owner, vain)

    assert [each.title for each in found] == ["둘", "하나"]


async def test_a_dismissal_narrows_a_rule_once(
    dismissals: Dismissals, tell: Tell, owner: int, sql: asyncpg.Connection
) -> None:
    vain = await tell("참외 축제")
    rule_id = await sql.fetchval("SELECT id FROM rule WHERE text = '수출'")
    version = await sql.fetchval("SELECT version FROM rule_book")
    narrowed = Narrowed(rule_id, "수출", "수출 -참외", "-참외 수출")

    assert await dismissals.dismiss(owner, vain, [narrowed]) == [narrowed]
    assert await dismissals.dismiss(owner, vain, [narrowed]) == []

    texts = await sql.fetch("SELECT text FROM rule ORDER BY id")
    assert [row["text"] for row in texts] == ["수출 -참외", "관세"]
    assert await sql.fetchval("SELECT version FROM rule_book") == version + 1
    assert await sql.fetchval("SELECT count(*) FROM dismissal") == 1
    case = await dismissals.case(owner, vain)
    assert case is not None
    assert (dict(case.rules), case.dismissed) == ({}, True)


async def test_workers_that_know_a_rule_learn_that_it_was_narrowed(
    dismissals: Dismissals, tell: Tell, owner: int, database: Database, sql: asyncpg.Connection
) -> None:
    vain = await tell("참외 축제")
    rule_id = await sql.fetchval("SELECT id FROM rule WHERE text = '수출'")
    verdicts = Verdicts(database)
    known = {each.id for each in (await verdicts.rules()).added}

    await dismissals.dismiss(owner, vain, [Narrowed(rule_id, "수출", "수출 -참외", "-참외 수출")])

    changed = await verdicts.rules(known)
    assert rule_id in changed.gone
    assert "수출 -참외" in [each.text for each in changed.added]


async def test_a_rule_that_becomes_another_is_not_kept_twice(
    dismissals: Dismissals, tell: Tell, owner: int, sql: asyncpg.Connection
) -> None:
    vain = await tell("참외 축제")
    rule_id = await sql.fetchval("SELECT id FROM rule WHERE text = '수출'")

    done = await dismissals.dismiss(owner, vain, [Narrowed(rule_id, "수출", "관세", "관세")])

    assert len(done) == 1
    assert await sql.fetchval("SELECT array_agg(text) FROM rule") == ["관세"]


async def test_a_rule_of_somebody_else_is_never_narrowed(
    dismissals: Dismissals, tell: Tell, owner: int, database: Database, sql: asyncpg.Connection
) -> None:
    vain = await tell("참외 축제")
    await Subscriptions(database).subscribe("너", [("예산", "예산")])
    rule_id = await sql.fetchval("SELECT id FROM rule WHERE text = '예산'")

    assert await dismissals.dismiss(owner, vain, [Narrowed(rule_id, "예산", "x", "x")]) == []
    assert await sql.fetchval("SELECT count(*) FROM rule WHERE text = '예산'") == 1
