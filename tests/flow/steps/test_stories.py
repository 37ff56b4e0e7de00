"""Triage over likeness: copies, corrections, coverage, and pages that change."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from service.read import Read
from service.triage import Triage
from tests.flow.steps.judged import alerts, changed, joined, sent, stories

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


FURNITURE = """자세한 내용은 붙임 파일을 참고하시기 바랍니다.
이 저작물은 공공누리 제1유형에 따라 출처를 밝히면 자유롭게 이용할 수 있습니다.
이 누리집에서 제공하는 정보에 만족하십니까? 매우 만족 만족 보통 불만족 매우 불만족
의견을 남겨 주시면 더 나은 누리집을 만드는 데 쓰겠습니다. 개인정보는 적지 마십시오.
담당부서 기획총괄과 전화번호 044-000-0000 이 화면은 큰 글씨로 볼 수 있으며 인쇄할 수 있습니다.
목록으로 이전 글 다음 글 맨 위로 관련 누리집 바로가기 찾아오시는 길 개인정보 처리방침"""


async def test_a_board_whose_pages_say_only_what_all_of_them_say_has_a_story_each(
    go: Go, subscribe: Subscribe, sql: asyncpg.Connection
) -> None:
    """A selector around footer and survey: each post is told, however many there are a day."""
    await subscribe("사업", "참여기업")
    things = [f"{place} {what}" for place in ("가람", "누리", "다솜", "라온", "마루", "바다")
              for what in ("도자기", "반도체", "섬유", "조선", "항공")]  # fmt: skip

    for number, thing in enumerate(things):
        day = NINE + timedelta(days=number // 10)
        await go(title=f"{thing} 참여기업 모집 공고", text=FURNITURE, published_at=day)
    for week in range(3):
        day = NINE + timedelta(days=7 * week)
        await go(title="이번 주 참여기업 소식", text=FURNITURE, published_at=day)

    assert await stories(sql) == len(await alerts(sql)) == 33


@pytest.mark.parametrize(
    ("title", "days", "made"),
    [
        ("해외 장터 진출을 돕는 공방 업무협약", 14, 1),
        ("해외 장터 진출을 돕는 공방 업무협약", 28, 2),
        ("작은 공방이 만나는 새벽 손님", 2, 1),
        ("작은 공방이 만나는 새벽 손님", 3, 2),
        (f"제2차 {TITLE}", 0, 1),
        (TITLE, 28, 2),
    ],
    ids=["all said", "all said, late", "headline", "headline, late", "one figure", "one title"],
)  # fmt: skip
@pytest.mark.parametrize("first", [0, 1])
async def test_one_text_is_one_story_for_as_long_as_its_title_lets_it_be(
    title: str, days: int, made: int, first: int, release: Go, sql: asyncpg.Connection
) -> None:
    copies: list[dict[str, Any]] = [
        {"published_at": NINE},
        {"source_id": "korea_kr", "title": title, "published_at": NINE + timedelta(days=days)},
    ]

    for each in (first, 1 - first):
        await release(**copies[each])

    assert await stories(sql) == made


async def test_one_text_under_titles_of_two_rounds_is_two_stories_judged_again_too(
    release: Go, triage: Triage, sql: asyncpg.Connection
) -> None:
    text = f"{TEXT}\n제1차와 제2차에 걸쳐 뽑는다."
    made = [await release(title=f"{nth} {TITLE}", text=text) for nth in ("제1차", "제2차", "제1차")]
    assert await stories(sql) == 2

    await sql.execute("UPDATE article SET triaged_at = NULL")
    for each in made:
        await triage.judge(each)

    assert await stories(sql) == 2


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
