"""Read and triage: what an alert says, and which filters keep it from whom."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from service.read import Read
from service.triage import Triage
from tests.flow.steps.judged import LONG, NINE, TEXT, alerts

Subscribe = Callable[..., Awaitable[None]]
Go = Callable[..., Awaitable[int]]


# whom it concerns


async def test_one_alert_names_every_rule_of_the_subscription_that_matched(
    go: Go, subscribe: Subscribe, sql: asyncpg.Connection
) -> None:
    await subscribe("무역", "수출", "예산", "관세 환급도")

    await go()

    [alert] = await alerts(sql)
    assert alert["subscription"] == "무역"
    assert [hit["rule"] for hit in alert["hits"]] == ["수출", "관세 환급도"]


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


# what could not be read at first


async def test_a_page_that_is_read_at_last_is_told_as_it_is_to_whom_its_list_did_not_concern(
    go: Go, subscribe: Subscribe, read: Read, triage: Triage, sql: asyncpg.Connection
) -> None:
    await subscribe("제목을 본 사람", "수출")
    await subscribe("본문을 볼 사람", "관세 환급도")
    made = await go(title="수출 상담회", text="요약", last_error="no text")

    await sql.execute(
        "UPDATE article SET text = $1, last_error = NULL, read_at = NULL, triaged_at = NULL", TEXT
    )
    await read.read(made)
    await triage.judge(made)

    first, second = await alerts(sql)
    assert [first["subscription"], second["subscription"]] == ["제목을 본 사람", "본문을 볼 사람"]
    assert second["extract"].startswith("서울에서 열리는 행사")
    assert await sql.fetchval("SELECT count(*) FROM telling") == 1
