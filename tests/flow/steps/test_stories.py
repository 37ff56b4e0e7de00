"""Triage over likeness: copies, corrections, coverage, and pages that change."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from service.read import Read
from service.triage import Triage

NINE = datetime(2026, 11, 20, 9, tzinfo=ZoneInfo("Asia/Seoul"))
TITLE = "가람시 도자 공방의 해외 장터 진출을 돕는다"
LEAD = (
    "중소벤처기업부 는 20일 가람시에서 도자 공방 75곳과 함께 해외 온라인 장터 진출을 돕는 "
    "업무협약을 맺었다고 밝혔다."
)
BODY = """이번 협약에 따라 공방은 사진 촬영과 외국어 설명서 제작에 드는 값의 절반을 지원받는다.
지원 규모는 모두 12억 원이며 공방 한 곳에 최대 1600만 원까지 쓸 수 있다.
가람시는 공동 물류 창고를 11월 27일 열고 포장재를 함께 사들여 값을 낮출 계획이다.
도자 공방 연합은 유약과 흙의 성분을 적은 안내서를 다섯 나라 말로 펴내기로 했다.
신청은 2026년 12월 4일까지 가람시 누리집에서 받고 결과는 같은 달 18일에 알린다.
관계자는 작은 공방이 손님을 직접 만나는 길이 넓어질 것이라고 말했다.
협약에는 배송 사고가 났을 때 서로 돕는 방법과 교육 일정도 담겼다."""
TEXT = f"{LEAD}\n{BODY}"

Go = Callable[..., Awaitable[int]]
Subscribe = Callable[..., Awaitable[None]]


@pytest.fixture
def release(go: Go) -> Go:
    """``await release(text=...)``: the release, or another, on the ministry's own board."""

    async def release(**values: Any) -> int:
        fields = {"source_id": "mss_press", "title": TITLE, "text": TEXT}
        times = {"published_at": NINE, "precision": "minute"}
        return await go(**{**fields, **times, **values})

    return release


async def joined(sql: asyncpg.Connection, article_id: int) -> tuple[int, int | None, str | None]:
    """Its story, its twin and what it was joined as."""
    row = await sql.fetchrow(
        "SELECT story_id, twin_id, joined_as FROM article WHERE id = $1", article_id
    )
    return tuple(row)


async def alerts(sql: asyncpg.Connection) -> list[dict[str, Any]]:
    """What is told, with whom and why."""
    rows = await sql.fetch(
        "SELECT facts || jsonb_build_object('subscription', name, 'hits', hits) AS told"
        " FROM delivery JOIN telling ON telling.id = telling_id"
        " JOIN subscription ON subscription.id = subscription_id ORDER BY delivery.id"
    )
    return [json.loads(row["told"]) for row in rows]


async def sent(sql: asyncpg.Connection) -> None:
    await sql.execute("UPDATE delivery SET settled_at = now(), outcome = 'sent', attempts = 1")


async def test_a_copy_that_is_not_to_the_letter_joins_and_is_told_once(
    release: Go, subscribe: Subscribe, sql: asyncpg.Connection
) -> None:
    await subscribe("공방", "포장재")
    first = await release()

    copy = await release(
        source_id="korea_kr", publisher="중소벤처기업부", title=f"[보도자료] {TITLE}",
        text=f"{TEXT}\n자료 제공 가람시 공보실", published_at=NINE + timedelta(hours=2),
    )  # fmt: skip

    story, _, _ = await joined(sql, first)
    assert await joined(sql, copy) == (story, first, "copy")
    assert len(await alerts(sql)) == 1


async def test_our_own_feed_read_again_tells_nobody(
    release: Go, go: Go, subscribe: Subscribe, sql: asyncpg.Connection
) -> None:
    """Whoever polls it as a source: an entry leads to what it is about, so it is that story."""
    await subscribe("공방", "포장재")
    url = "https://www.example.go.kr/release/12"
    await release(url=url)
    for hours, title in ((1, TITLE), (2, f"[공고] {TITLE}"), (3, f"[정정] {TITLE}")):
        said = f"신청 마감: 2026-12-04\n왜 받았나 — 포장재: 포장재를 함께 사들여\n{title}"
        at = NINE + timedelta(hours=hours)
        await go(
            source_id="own_feed", url=url, title=title, text=said, summary=said,
            published_at=at, precision="second", collected_at=at,
        )  # fmt: skip

    assert len(await alerts(sql)) == 1


async def test_the_next_of_a_series_is_its_own_story(
    release: Go, subscribe: Subscribe, sql: asyncpg.Connection
) -> None:
    await subscribe("공방", "포장재")
    first = await release(title=f"제3차 {TITLE}")

    other = await release(
        title=f"제4차 {TITLE}", text=TEXT.replace("75곳", "82곳").replace("12억", "15억"),
        published_at=NINE + timedelta(days=3),
    )  # fmt: skip

    assert (await joined(sql, other))[1:] == (None, None)
    assert (await joined(sql, other))[0] != (await joined(sql, first))[0]
    assert len(await alerts(sql)) == 2


async def test_a_correction_is_told_to_whoever_was_told_with_what_changed(
    release: Go, subscribe: Subscribe, sql: asyncpg.Connection
) -> None:
    await subscribe("공방", "포장재")
    first = await release()
    await sent(sql)

    corrected = await release(
        title=f"{TITLE}(수정)", text=TEXT.replace("12월 4일까지", "12월 11일까지"),
        published_at=NINE + timedelta(hours=5),
    )  # fmt: skip

    story, _, _ = await joined(sql, first)
    assert await joined(sql, corrected) == (story, first, "correction")
    told = (await alerts(sql))[1:]
    assert [each["subscription"] for each in told] == ["공방"]
    assert "12.4" in told[0]["changes"][0]
    assert "12.11" in told[0]["changes"][0]
    assert told[0]["hits"][0]["rule"] == "포장재"


async def test_a_copy_that_is_found_after_the_correction_corrects_nothing(
    release: Go, subscribe: Subscribe, sql: asyncpg.Connection
) -> None:
    await subscribe("공방", "포장재")
    corrected = await release(
        title=f"{TITLE}(수정)", text=TEXT.replace("12월 4일까지", "12월 11일까지")
    )
    await sent(sql)

    copy = await release(source_id="korea_kr", publisher="중소벤처기업부")

    assert (await joined(sql, copy))[1:] == (corrected, "copy")
    assert len(await alerts(sql)) == 1


NEWS = {
    "source_id": "etoday",
    "title": "가람시 도자 공방 75곳, 해외 온라인 장터 진출한다",
    "text": f"[가람=새벽신문 누리 기자] {LEAD}\n"
    + "\n".join(BODY.split("\n")[:4])
    + "\n무단전재 금지",
    "publisher": "이투데이",
}


async def test_news_made_from_a_release_is_linked_and_not_told_again(
    release: Go, subscribe: Subscribe, sql: asyncpg.Connection
) -> None:
    await subscribe("공방", "포장재")
    first = await release()

    news = await release(**NEWS, published_at=NINE + timedelta(hours=3))

    story, _, _ = await joined(sql, first)
    assert await joined(sql, news) == (story, first, "coverage")
    share = await sql.fetchval("SELECT share FROM article WHERE id = $1", news)
    assert 0.3 < share < 0.9
    assert len(await alerts(sql)) == 1


async def test_a_rule_for_news_is_told_of_the_news_of_a_release(
    release: Go, subscribe: Subscribe, sql: asyncpg.Connection
) -> None:
    await subscribe("기자", "포장재 출처:뉴스")
    await release()

    await release(**NEWS, published_at=NINE + timedelta(hours=3))

    assert [each["source"] for each in await alerts(sql)] == ["etoday"]


async def test_a_release_that_is_found_after_its_news_is_told_and_gets_the_news_linked(
    release: Go, subscribe: Subscribe, sql: asyncpg.Connection
) -> None:
    await subscribe("공방", "포장재")
    news = await release(**NEWS)

    first = await release()

    assert (await joined(sql, news))[1:] == (first, "coverage")
    assert (await joined(sql, first))[0] != (await joined(sql, news))[0]
    assert [each["source"] for each in await alerts(sql)] == ["etoday", "mss_press"]


async def changed(sql: asyncpg.Connection, article_id: int, text: str) -> None:
    """The page was looked at again and says something else, as the step revisit leaves it."""
    await sql.execute(
        "INSERT INTO revision (article_id, title, text, publishers, kind, published_at, precision,"
        " facts) SELECT id, read_title, read_text, publishers, kind, read_published_at,"
        " read_precision, facts FROM article WHERE id = $1",
        article_id,
    )
    await sql.execute(
        "UPDATE article SET text = $2, read_at = NULL, triaged_at = NULL WHERE id = $1",
        article_id,
        text,
    )


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [("12월 4일까지", "12월 11일까지", 1), ("알린다", "알릴 예정이다", 0), ("12억", "15억", 1)],
)
async def test_a_page_that_changed_is_told_where_it_matters(
    old: str, new: str, told: int, release: Go, read: Read, triage: Triage,
    subscribe: Subscribe, sql: asyncpg.Connection,
) -> None:  # fmt: skip
    await subscribe("공방", "포장재")
    made = await release()
    story, _, _ = await joined(sql, made)
    await sent(sql)
    await changed(sql, made, TEXT.replace(old, new))

    await read.read(made)
    await triage.judge(made)

    assert len(await alerts(sql)) == 1 + told
    assert await joined(sql, made) == (story, None, None)
    assert await sql.fetchval("SELECT changes IS NOT NULL FROM revision")


async def test_a_page_that_came_to_match_a_rule_is_told_as_an_event(
    release: Go, read: Read, triage: Triage, subscribe: Subscribe, sql: asyncpg.Connection
) -> None:
    await subscribe("공방", "보조금")
    made = await release()
    await changed(sql, made, f"{TEXT}\n보조금 은 12억 원이다.")

    await read.read(made)
    await triage.judge(made)

    (alert,) = await alerts(sql)
    assert "changes" not in alert
