"""Read and triage: from a stored article to what is owed to whom."""

from __future__ import annotations

import asyncio
import json
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
from service.store.triage import Triage
from service.triage import Judge

NINE = datetime(2026, 11, 20, 9, tzinfo=ZoneInfo("Asia/Seoul"))
LONG = "서울에서 열리는 행사 안내 " * 20
TEXT = f"{LONG}수출 상담 창구를 연다. 관세 환급도 돕는다. {LONG}".strip()

AddArticle = Callable[..., Awaitable[int]]
Subscribe = Callable[..., Awaitable[None]]
Go = Callable[..., Awaitable[int]]


async def alerts(sql: asyncpg.Connection) -> list[dict[str, Any]]:
    """What is told, with whom and why."""
    rows = await sql.fetch(
        "SELECT facts || jsonb_build_object('subscription', name, 'hits', hits) AS told"
        " FROM delivery JOIN telling ON telling.id = telling_id"
        " JOIN subscription ON subscription.id = subscription_id ORDER BY delivery.id"
    )
    return [json.loads(row["told"]) for row in rows]


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
def go_with(add_article: AddArticle, read: Read, judge: Judge, sql: asyncpg.Connection) -> Go:
    """``await go_with(document, text=...)``: like ``go``, with a document; its story."""

    async def go_with(document: str | None, **values: Any) -> int:
        made = await add_article(**{"text": "", "collected_at": NINE, "title": "제목", **values})
        if document is not None:
            await add_document(sql, made, document)
        await read.read(made)
        await judge.judge(made)
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


# whom it concerns


async def test_one_alert_names_every_rule_of_the_subscription_that_matched(
    go: Go, subscribe: Subscribe, sql: asyncpg.Connection
) -> None:
    await subscribe("무역", "수출", "예산", "관세 환급도")

    await go()

    [alert] = await alerts(sql)
    assert alert["subscription"] == "무역"
    assert [hit["rule"] for hit in alert["hits"]] == ["수출", "관세 환급도"]


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

    first = await go()
    copy = await go(source_id="b", title="다른 제목", url="https://b.example/9")

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


# what an alert says


async def test_an_alert_tells_the_facts_of_its_article(
    go: Go, subscribe: Subscribe, sql: asyncpg.Connection
) -> None:
    await subscribe("무역", "수출")

    await go(
        title="수출 상담회", url="https://a.example/1", publisher="중기부",
        published_at=NINE, precision="minute", summary="가" * 300,
        text="중소벤처기업부는 수출 상담회를 다음 주에 연다고 밝혔다.",
    )  # fmt: skip

    [alert] = await alerts(sql)
    del alert["hits"]
    assert alert == {
        "subscription": "무역",
        "title": "수출 상담회",
        "url": "https://a.example/1",
        "publisher": "중소벤처기업부",
        "source": "a",
        "published_at": "2026-11-20T09:00:00+09:00",
        "published_precision": "minute",
        "summary": "가" * 200,
        "kind": "release",
        "embargo": None,
        "apply_by": None,
        "topics": alert["topics"],
        "contacts": [],
        "files": [],
        "extract": "중소벤처기업부는 수출 상담회를 다음 주에 연다고 밝혔다.",
    }
    assert alert["topics"][0] == "수출·해외진출"


async def test_what_nobody_knows_is_null_and_a_strange_publisher_stays_as_printed(
    go: Go, subscribe: Subscribe, sql: asyncpg.Connection
) -> None:
    await subscribe("무역", "수출")

    await go(publisher="신설부")

    [alert] = await alerts(sql)
    assert (alert["publisher"], alert["published_at"]) == ("신설부", None)
    assert await sql.fetchval("SELECT kind FROM ops_item") == "unknown-publisher"


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("제목", "수출 상담", "수출 상담"),
        ("수출 상담회", "수출 창구", "수출 창구"),
        ("수출 상담회", "본문", "수출 상담회"),
        ("제목", f"{'가' * 50} 수출\n\n{'나' * 50}", f"…{'가' * 39} 수출 {'나' * 38}…"),
        ("제목", f"수출 창구 {'나' * 99} 수출", f"수출 창구 {'나' * 36}…"),
        ("제목", f"수출 {'나' * 39}", f"수출 {'나' * 39}"),
        ("제목", f"{'가' * 39} 수출", f"{'가' * 39} 수출"),
    ],
    ids=[
        "whole",
        "body first",
        "title only",
        "both ends cut",
        "first hit",
        "start kept",
        "end kept",
    ],
)
async def test_an_excerpt_is_the_words_around_the_hit(
    go: Go, subscribe: Subscribe, sql: asyncpg.Connection, title: str, text: str, expected: str
) -> None:
    await subscribe("무역", "수출")

    await go(title=title, text=text)

    [alert] = await alerts(sql)
    (hit,) = alert["hits"]
    assert (hit["rule"], hit["excerpt"]) == ("수출", expected)
    assert [expected[start:end] for start, end in hit["marks"]] == ["수출"]


# what filters ask


@pytest.mark.parametrize(
    "rule",
    [
        "부처:중소벤처기업부 수출",
        "부처:중소기업청",
        "종류:공고",
        "출처:정부",
        "출처:mss_press 수출",
        "마감:30일",
    ],
)
async def test_a_filter_holds_for_what_was_read(
    rule: str, go: Go, subscribe: Subscribe, sql: asyncpg.Connection
) -> None:
    await subscribe("여과", rule)

    await go(
        source_id="mss_press",
        title="수출 지원사업 참여기업 모집",
        text=f"{TEXT}\n신청기간: 2026. 11. 23.(월) ~ 12. 4.(금)",
        published_at=NINE,
        precision="minute",
    )

    assert [each["hits"][0]["rule"] for each in await alerts(sql)] == [rule]


@pytest.mark.parametrize(
    "rule", ["부처:외교부 수출", "종류:인사", "출처:뉴스", "마감:3일", "마감:상시"]
)
async def test_a_filter_keeps_out_what_is_not_so(
    rule: str, go: Go, subscribe: Subscribe, sql: asyncpg.Connection
) -> None:
    await subscribe("여과", rule)

    await go(
        source_id="mss_press",
        title="수출 지원사업 참여기업 모집",
        text=f"{TEXT}\n신청기간: 2026. 11. 23.(월) ~ 12. 4.(금)",
        published_at=NINE,
        precision="minute",
    )

    assert await alerts(sql) == []


async def test_a_name_is_found_under_every_name_of_its_body(
    go: Go, subscribe: Subscribe, sql: asyncpg.Connection
) -> None:
    await subscribe("이름", "중소기업청")

    await go(text=f"{LONG}중소벤처기업부 는 상담 창구를 연다. {LONG}")

    assert len(await alerts(sql)) == 1


async def test_the_kind_that_its_words_settle_is_kept(go: Go, sql: asyncpg.Connection) -> None:
    made = await go(title="[보도참고] 수출 동향", text=TEXT)

    assert await sql.fetchval("SELECT kind FROM article WHERE id = $1", made) == "reference"


class Counting(Triage):
    loads = 0

    async def rules(self, known: Collection[int] = ()) -> RuleChanges:
        self.loads += 1
        return await super().rules(known)


async def test_a_rule_book_is_loaded_once_by_all_who_need_it_at_the_same_time(
    judge: Judge, subscribe: Subscribe, database: Database
) -> None:
    await subscribe("무역", "수출")
    counting = Counting(database)
    judge = replace(judge, triage=counting)

    await asyncio.gather(*(judge.warm() for _ in range(5)))

    assert counting.loads == 1
