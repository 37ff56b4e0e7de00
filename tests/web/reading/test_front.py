"""The front page over the real store: who is shown what, filters, pages, what is new."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

Add = Callable[..., Awaitable[int]]
Show = Callable[[str], Awaitable[BeautifulSoup]]

NINE = datetime(2026, 11, 20, 9, 5, tzinfo=ZoneInfo("Asia/Seoul"))
HOSTILE = "<script>alert(1)</script>"


def stories(page: BeautifulSoup) -> list[str]:
    """What each story of the list says, each on one line."""
    return [" ".join(each.get_text(" ").split()) for each in page.select("#stories > li")]


def titles(page: BeautifulSoup) -> list[str]:
    return [each.get_text() for each in page.select("#stories a.title")]


async def test_an_empty_house_explains_itself_and_says_that_there_is_nothing_yet(
    shown: Show,
) -> None:
    page = await shown("/")
    words = page.get_text(" ")
    assert "아직 없습니다. 첫 확인이 끝나면 나타납니다." in words
    assert "처음 오셨습니까?" in words
    assert [each.get_text() for each in page.select(".why a")] == [
        "산업통상부", "중소벤처기업부", "관세청", "재정경제부", "농림축산식품부", "해양수산부",
    ]  # fmt: skip
    assert page.select_one(".why li small:last-child") is not None


async def test_where_no_source_ever_answered_the_front_says_so(add: Add, shown: Show) -> None:
    await add("source", id="a", failures=1)
    assert "아직 아무 출처에도 닿지 못했습니다." in (await shown("/")).get_text(" ")
    await add("source", id="b")
    assert "아직 없습니다. 첫 확인이 끝나면 나타납니다." in (await shown("/")).get_text(" ")


async def test_a_newcomer_sees_the_six_for_exporters_and_everything_on_request(
    article: Add, shown: Show
) -> None:
    await article("관세 소식", publishers=["kcs"])
    await article("교육 소식", publishers=["moe"])

    assert titles(await shown("/")) == ["관세 소식"]
    assert titles(await shown("/?view=all")) == ["교육 소식", "관세 소식"]
    assert titles(await shown("/?ministry=moe")) == ["교육 소식"]
    for path, own in (("/", "/"), ("/?view=all", "/?view=all"), ("/?ministry=moe", None)):
        current = (await shown(path)).select_one(".views a[aria-current]")
        assert (current["href"] if current else None) == own


async def test_stories_stand_newest_first_with_publisher_time_and_copies(
    article: Add, add: Add, shown: Show
) -> None:
    story = await add("story", created_at=sa.func.now())
    await article("먼저", story=story, publisher="관세청", published_at=NINE, precision="second")
    await article("먼저", story=story)
    await article("먼저 나간 기사", story=story, kind="news")
    later = NINE + timedelta(hours=16)
    await article("나중", published_at=later, precision="minute", kind="notice", topics=["trade"])

    assert stories(await shown("/?view=all")) == [
        "나중 a 2026.11.21 01:05 모집·공고 통상·관세·무역 원문 : 나중",
        "먼저 관세청 2026.11.20 09:05 같은 글 1건 기사 1건 원문 : 먼저",
    ]


@pytest.mark.parametrize(
    ("published_at", "precision", "said"),
    [(NINE.replace(hour=0, minute=0), "day", "2026.11.20"), (None, None, "—")],
)
async def test_a_date_is_shown_without_a_clock_and_no_date_as_none(
    article: Add, shown: Show, published_at: datetime | None, precision: str | None, said: str
) -> None:
    await article("하루", published_at=published_at, precision=precision)
    assert stories(await shown("/?view=all")) == [f"하루 a {said} 원문 : 하루"]


async def test_a_deadline_stands_with_its_story(article: Add, shown: Show) -> None:
    today = sa.cast(sa.func.timezone("Asia/Seoul", sa.func.now()), sa.Date)
    await article("모레", call_end=today + 2)
    await article("오늘", call_end=today)
    await article("어제", call_end=today - 1)
    await article("새벽", call_end=today, facts={"call": {"end_clock": "00:00"}})

    page = await shown("/?view=all")

    rows = page.select("#stories > li")
    tags = [[tag.get_text() for tag in row.select(".tag")] for row in rows]
    for over in tags[:2]:
        assert re.fullmatch(r"\d{4}-\d\d-\d\d 신청 마감", over[0])
    assert tags[2] == ["오늘 신청 마감"]
    assert tags[3][0].endswith("까지 신청 · 2일 남음")
    assert titles(await shown("/?view=all&open=1")) == ["오늘", "모레"]


async def test_hostile_words_are_shown_as_words(article: Add, client: httpx.AsyncClient) -> None:
    await article(HOSTILE, publisher=HOSTILE, url='https://a.example/"><script>')
    query = {"view": "all", "ministry": "", "topic": HOSTILE, "kind": HOSTILE, "from": HOSTILE}
    page = BeautifulSoup((await client.get("/", params=query)).text, "lxml")
    assert [str(each["src"]).partition("?")[0] for each in page.find_all("script")] == [
        "/static/live.js"
    ]
    assert stories(page)[0].count(HOSTILE) == 3
    assert page.select(".note.warn")[0].get_text().count(HOSTILE) == 3


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", " javascript:alert(1)", "data:text/html,x", "/relative", ""]
)
async def test_only_a_web_address_is_a_link(article: Add, shown: Show, url: str) -> None:
    number = await article("제목", url=url)
    links = (await shown("/?view=all")).select("#stories a")
    assert [each["href"] for each in links] == [f"/release/{number}"]


async def test_a_chosen_filter_is_ticked_and_each_can_be_taken_away(shown: Show) -> None:
    page = await shown(
        "/?ministry=산업자원부&ministry=kotra&topic=trade&kind=notice&from=2026-11-01&to=2026-11-30&open=1"
    )

    ticked = [each["value"] for each in page.select("input[type=checkbox][checked]")]
    assert ticked == ["motir", "trade", "notice", "1"]
    assert page.select("#body")[0]["value"] == "대한무역투자진흥공사"
    assert [each["value"] for each in page.select("input[type=date]")] == [
        "2026-11-01", "2026-11-30",
    ]  # fmt: skip
    chips = page.select(".chip")
    assert [each.get_text().rstrip(" ×") for each in chips] == [
        "산업통상부", "대한무역투자진흥공사", "통상·관세·무역", "모집·공고",
        "2026-11-01부터", "2026-11-30까지", "지금 신청할 수 있는 것만",
    ]  # fmt: skip
    away = chips[2].a
    assert away is not None
    assert "topic" not in str(away["href"])
    assert str(away["href"]).startswith("/?ministry=motir&ministry=kotra&kind=notice&from=")
    assert away["aria-label"] == "통상·관세·무역 빼기"


async def test_older_stories_stand_on_the_next_page(article: Add, shown: Show) -> None:
    for number in range(32):
        await article(str(number))
    first = await shown("/?view=all")
    assert titles(first) == [str(number) for number in range(31, 1, -1)]
    (older,) = first.select(".pager a")

    second = await shown(str(older["href"]))

    assert titles(second) == ["1", "0"]
    assert [each["href"] for each in second.select(".pager a")] == ["/?view=all"]
    assert second.select("[data-live]") == []


@pytest.mark.parametrize("after", ["x", "1", "99999999999999999-1", "1-1-1", "٣-1"])
async def test_a_place_that_is_none_is_the_beginning(article: Add, shown: Show, after: str) -> None:
    await article("제목")
    assert titles(await shown(f"/?view=all&after={after}")) == ["제목"]


async def test_what_a_page_lacks_by_now_is_offered_once_it_is_there(
    article: Add, shown: Show, client: httpx.AsyncClient
) -> None:
    await article("먼저", publishers=["mss"])
    page = await shown("/")
    await article("딴 곳", publishers=["moe"])
    await article("나중", publishers=["kcs"])

    offered = await client.get(str(page.select("#newer")[0]["data-live"]))

    link = BeautifulSoup(offered.text, "lxml").a
    assert link is not None
    assert (link.get_text(), link["href"]) == ("새 소식 1건 보기", "/")
    now = await shown("/")
    nothing = await client.get(str(now.select("#newer")[0]["data-live"]))
    assert (nothing.status_code, nothing.text) == (204, "")


async def test_the_page_speaks_english_too(article: Add, shown: Show) -> None:
    await article("제목", publishers=["mss"], kind="release")
    page = await shown("/?lang=en")
    assert page.html is not None
    assert page.html["lang"] == "en"
    assert page.h1 is not None
    assert page.h1.get_text() == "Newest stories"
    assert "press release" in stories(page)[0]
    assert page.select("#stories a.title")[0]["lang"] == "ko"
