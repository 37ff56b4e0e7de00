"""Read and triage: from a stored article to its story and to whom it is owed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import pytest
from structlog.testing import capture_logs

from service.read import Read
from service.store.database import Database
from service.store.rulebook import RuleChanges
from service.store.subscriptions import Subscriptions
from service.store.verdicts import Verdicts
from service.triage import Triage
from tests.flow.steps.judged import LONG, NINE, TEXT, alerts

AddArticle = Callable[..., Awaitable[int]]
Subscribe = Callable[..., Awaitable[None]]
Go = Callable[..., Awaitable[int]]


# reading


async def test_an_article_is_read_clean_with_its_publishers_named(
    read: Read, add_article: AddArticle, sql: asyncpg.Connection
) -> None:
    made = await add_article(
        title=" 수출\u200b  상담회 ", text="본문 \r\n둘째 줄", publisher="관세청·중기부",
        collected_at=NINE,
    )  # fmt: skip

    await read.read(made)

    row = await sql.fetchrow("SELECT read_title, read_text, publishers FROM article")
    assert tuple(row) == ("수출 상담회", "본문\n둘째 줄", ["kcs", "mss"])


async def test_a_source_of_one_publisher_names_it_for_its_articles(
    read: Read, add_article: AddArticle, sql: asyncpg.Connection
) -> None:
    made = await add_article(source_id="mss_press", text="본문", collected_at=NINE)

    await read.read(made)

    assert await sql.fetchval("SELECT publishers FROM article") == ["mss"]


async def test_an_article_is_read_once(
    read: Read, add_article: AddArticle, sql: asyncpg.Connection
) -> None:
    made = await add_article(text="본문", collected_at=NINE)
    await read.read(made)
    first = await sql.fetchval("SELECT read_at FROM article")

    await read.read(made)

    assert await sql.fetchval("SELECT read_at FROM article") == first
    assert await sql.fetchval("SELECT count(*) FROM pgqueuer") == 1


# its documents


async def add_document(sql: asyncpg.Connection, article_id: int, text: str) -> None:
    await sql.execute(
        "INSERT INTO attachment (article_id, position, name, url, document, rank, settled_at, text)"
        " VALUES ($1, 0, '보도자료.hwpx', 'u', 0, 0, now(), $2)",
        article_id,
        text,
    )


@pytest.fixture
def go_with(add_article: AddArticle, read: Read, triage: Triage, sql: asyncpg.Connection) -> Go:
    """``await go_with(document, text=...)``: like ``go``, with a document; its story."""

    async def go_with(document: str | None, **values: Any) -> int:
        fields = {"text": "", "collected_at": NINE, "title": "수출 상담", **values}
        made = await add_article(**fields)
        if document is not None:
            await add_document(sql, made, document)
        await read.read(made)
        await triage.judge(made)
        return int(await sql.fetchval("SELECT story_id FROM article WHERE id = $1", made))

    return go_with


async def test_what_only_the_document_says_is_told(
    go_with: Go, subscribe: Subscribe, sql: asyncpg.Connection
) -> None:
    await subscribe("무역", "관세")

    await go_with(TEXT, text="붙임 참조")

    assert len(await alerts(sql)) == 1


async def test_a_copy_with_a_document_and_one_without_are_one_story(go_with: Go) -> None:
    portal = await go_with(f"보도자료 {TEXT} 담당자", text=TEXT, url="https://a.example/1")
    feed = await go_with(None, source_id="b", text=f" {TEXT}\n", url="https://b.example/2")

    assert portal == feed


async def test_copies_with_the_same_document_under_the_same_title_are_one_story(
    go_with: Go,
) -> None:
    portal = await go_with(TEXT, text="붙임 참조", url="https://a.example/1")
    site = await go_with(
        TEXT, source_id="b", text="첨부 파일을 보십시오", url="https://b.example/2"
    )

    assert portal == site


async def test_a_document_that_serves_two_announcements_makes_them_not_one(go_with: Go) -> None:
    one = await go_with(TEXT, title="봄 행사 신청", text="봄", url="https://a.example/1")
    other = await go_with(TEXT, title="가을 행사 신청", text="가을", url="https://a.example/2")

    assert one != other


async def test_an_embargo_too_far_away_to_be_true_is_not_waited_for(
    read: Read, add_article: AddArticle, sql: asyncpg.Connection
) -> None:
    found = datetime(2026, 5, 27, 9, tzinfo=ZoneInfo("Asia/Seoul"))
    for day in ("2026. 5. 28.(목) 10:30", "2062. 5. 28.(일) 10:30"):
        made = await add_article(
            text="", published_at=found, precision="day", collected_at=found, discovered_at=found
        )
        await add_document(sql, made, f"보도시점 {day}\n\n{TEXT}")
        await read.read(made)

    untils = await sql.fetch("SELECT embargo_until FROM article ORDER BY id")
    assert [row[0] for row in untils] == [found + timedelta(days=1, minutes=90), None]


async def test_every_subscription_that_is_concerned_is_told(
    go: Go, subscribe: Subscribe, sql: asyncpg.Connection
) -> None:
    for name, rule in (("하나", "수출"), ("둘", "예산"), ("셋", "상담 -예산")):
        await subscribe(name, rule)

    await go()

    assert sorted(alert["subscription"] for alert in await alerts(sql)) == ["셋", "하나"]


async def test_a_copy_from_a_second_source_joins_the_story_and_is_not_told_again(
    go: Go, subscribe: Subscribe, sql: asyncpg.Connection
) -> None:
    await subscribe("무역", "수출")

    first = await go(title="수출 상담 창구를 연다")
    copy = await go(source_id="b", title="관세 환급을 돕는다", url="https://b.example/9")

    assert len(await alerts(sql)) == 1
    rows = await sql.fetch("SELECT id, story_id FROM article ORDER BY id")
    assert [row["id"] for row in rows] == [first, copy]
    assert rows[0]["story_id"] == rows[1]["story_id"]


async def test_a_copy_of_the_silent_baseline_is_told_as_the_news_it_is_to_us(
    go: Go, subscribe: Subscribe, sql: asyncpg.Connection
) -> None:
    await subscribe("무역", "수출")

    await go(baseline=True)
    assert await alerts(sql) == []

    await go(source_id="b", url="https://b.example/9")
    assert len(await alerts(sql)) == 1


async def test_rules_that_change_judge_what_comes_later(
    go: Go, subscribe: Subscribe, database: Database, sql: asyncpg.Connection
) -> None:
    texts = (f"{n}번째로 수출 상담 창구를 연다. {LONG}" for n in range(4))
    await go(text=next(texts))
    await subscribe("무역", "수출")
    await go(text=next(texts))
    await Subscriptions(database).end("무역")
    await go(text=next(texts))
    await subscribe("무역", "상담")
    await go(text=next(texts))

    told = await sql.fetch(
        "SELECT article_id FROM delivery JOIN telling ON telling.id = telling_id ORDER BY 1"
    )
    ids = await sql.fetch("SELECT id FROM article ORDER BY id")
    assert [row["article_id"] for row in told] == [ids[1]["id"], ids[3]["id"]]


async def test_a_rule_that_cannot_be_read_costs_nobody_else_an_alert(
    go: Go, subscribe: Subscribe, sql: asyncpg.Connection
) -> None:
    await subscribe("무역", "수출")
    await subscribe("옛말", "관세")
    await sql.execute("UPDATE rule SET text = '((' WHERE text = '관세'")

    with capture_logs() as logs:
        await go()

    assert [alert["subscription"] for alert in await alerts(sql)] == ["무역"]
    [line] = [each for each in logs if each["event"] == "rule.broken"]
    assert (line["rule"], line["of"]) == ("((", "옛말")


class Counting(Verdicts):
    loads = 0

    async def rules(self, known: Collection[int] = ()) -> RuleChanges:
        self.loads += 1
        return await super().rules(known)


async def test_a_rule_book_is_loaded_once_by_all_who_need_it_at_the_same_time(
    triage: Triage, subscribe: Subscribe, database: Database
) -> None:
    await subscribe("무역", "수출")
    counting = Counting(database)
    triage = replace(triage, verdicts=counting)

    await asyncio.gather(*(triage.warm() for _ in range(5)))

    assert counting.loads == 1
