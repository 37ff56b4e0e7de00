"""The page of a story and of a series, and the file of its deadline, over the real store."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

import httpx
import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from icalendar import Calendar

from service.model import Call, Change, Contact, Embargo, Mention, Printed, Reading
from service.store import tables
from service.store.database import Database
from service.store.readings import Readings

NINE = datetime(2026, 11, 20, 9, 5, tzinfo=ZoneInfo("Asia/Seoul"))
LIFTED = datetime(2026, 5, 28, 10, 30, tzinfo=ZoneInfo("Asia/Seoul"))
HOSTILE = "<script>alert(1)</script>"
READING = Reading(
    title="수출 상담회 참가기업 모집",
    text="첫 문단\n\n구분\t올해\n기업\t75\n\n끝",
    publishers=("mss",),
    unknown_publisher=None,
    subtitles=("- 작은 제목 -",),
    kind="notice",
    published_at=NINE,
    precision="minute",
    embargo=Embargo("보도시점 2026. 5. 28. 10:30", online=Printed(date(2026, 5, 28), "10:30")),
    contacts=(Contact("통상과", "사무관", "누리", "044-000-0000"),),
    call=Call(
        is_call=True, end=date(2026, 12, 20), end_clock="18:00", sentence="12월 20일 18시까지"
    ),
    mentions=(Mention("제2차 한–중 협의회", "한–중 협의회/실무", 2),),
)

Store = Callable[..., Awaitable[int]]


@pytest.fixture
def store(database: Database) -> Store:
    """``await store(reading, files=[...])``: an article with its reading; its number."""

    async def store(
        reading: Reading | None = READING, files: tuple[dict[str, object], ...] = (), **more: object
    ) -> int:
        fields = {
            "source_id": "a", "key": "k", "url": "https://a.example/1", "title": "목록의 제목",
            "summary": "", "text": "", "baseline": False, "collected_at": NINE,
            "story_id": 1,
        }  # fmt: skip
        async with database.transaction() as tx:
            await tx.execute(sa.text("INSERT INTO source (id) VALUES ('a')"))
            await tx.execute(sa.text("INSERT INTO story DEFAULT VALUES"))
            article = tables.article
            made = await tx.execute(
                sa.insert(article).values(**(fields | more)).returning(article.c.id)
            )
            number = int(made.scalar_one())
            if reading is not None:
                await Readings(database).store(tx, number, reading, embargo_until=LIFTED)
            for position, each in enumerate(files):
                row = {"article_id": number, "position": position, "url": "https://a.example/f"}
                await tx.execute(sa.insert(tables.attachment).values(**(row | each)))
        return number

    return store


async def shown(client: httpx.AsyncClient, path: str) -> BeautifulSoup:
    answer = await client.get(path)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "lxml")


def entries(page: BeautifulSoup, heading: str) -> list[str]:
    """What the entries under a heading say, each on one line."""
    title = next(each for each in page.find_all("h2") if each.get_text().startswith(heading))
    listed = title.find_next(["ol", "ul"])
    assert listed is not None
    return [" ".join(each.get_text(" ").split()) for each in listed.find_all("li")]


def under(page: BeautifulSoup, heading: str) -> str:
    """The first paragraph under a heading."""
    title = next(each for each in page.find_all("h2") if each.get_text() == heading)
    said = title.find_next("p")
    assert said is not None
    return " ".join(said.get_text(" ").split())


async def test_a_release_is_shown_with_all_that_it_says(
    client: httpx.AsyncClient, store: Store
) -> None:
    page = await shown(client, f"/release/{await store()}")

    head = page.select_one("article > header")
    assert head is not None
    words = " ".join(head.get_text(" ").split())
    assert words.startswith("수출 상담회 참가기업 모집 공고 중소벤처기업부 2026.11.20 09:05 원문")
    assert [p.get_text() for p in page.select(".read p")] == ["첫 문단", "끝"]
    rows = [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in page.select("tr")]
    assert rows == [["구분", "올해"], ["기업", "75"]]
    assert [each["scope"] for each in page.select(".read th")] == ["col", "col"]
    assert entries(page, "문의") == ["통상과 사무관 누리 044-000-0000"]
    assert under(page, "신청").startswith("~ 2026-12-20 18:00")
    assert under(page, "보도시점") == "보도시점 2026. 5. 28. 10:30 2026.05.28 10:30부터 알립니다"
    assert [each.get_text() for each in page.select('a[href="/ministry/mss"]')] == [
        "중소벤처기업부"
    ]


async def test_every_attachment_tells_its_state_or_its_reason(
    client: httpx.AsyncClient, store: Store
) -> None:
    done: dict[str, object] = {"settled_at": NINE, "document": 0, "rank": 0}
    number = await store(
        files=(
            {"name": "가.hwpx", **done, "text": "네 글자다", "container": "hwpx", "tables": 2},
            {"name": "나.hwpx", **done, "reason": "encrypted", "detail": "HWPX with a password"},
            {"name": "다.pdf", "document": 0, "rank": 1},
            {"name": "라.hwp", "document": 1, "rank": 0, "due_at": NINE},
            {"name": "마.jpg"},
        )
    )

    assert entries(await shown(client, f"/release/{number}"), "첨부") == [
        "가.hwpx 읽음 · HWPX · 5자 · 표 2개",
        "나.hwpx 암호가 걸려 있습니다 HWPX with a password",
        "다.pdf 다른 형식으로 읽었거나 읽습니다",
        "라.hwp 읽을 차례를 기다립니다",
        "마.jpg 읽지 않는 파일",
    ]


async def test_a_mention_leads_to_its_series_and_back(
    client: httpx.AsyncClient, store: Store
) -> None:
    number = await store()
    page = await shown(client, f"/release/{number}")
    (link,) = page.select('a[href^="/series/"]')

    series = await shown(client, str(link["href"]))

    assert series.h1 is not None
    assert series.h1.get_text().startswith("한–중 협의회/실무")
    assert [each.get_text() for each in series.select("h3")] == ["2026"]
    (entry,) = entries(series, "흐름")
    assert entry == (
        "수출 상담회 참가기업 모집 제2차 제2차 한–중 협의회 중소벤처기업부 2026.11.20 09:05"
    )
    (back,) = series.select("main li a")
    assert back["href"] == f"/release/{number}"


async def test_what_is_not_read_yet_is_shown_as_its_list_told_it(
    client: httpx.AsyncClient, store: Store
) -> None:
    page = await shown(client, f"/release/{await store(reading=None)}")

    assert page.h1 is not None
    assert page.h1.get_text() == "목록의 제목"
    assert "아직 읽지 않았습니다" in page.get_text()
    assert page.select("aside h2") == []


async def test_hostile_words_are_shown_as_words(client: httpx.AsyncClient, store: Store) -> None:
    hostile = Reading(
        title=HOSTILE,
        text=f"{HOSTILE}\n\n{HOSTILE}\t{HOSTILE}",
        publishers=(),
        unknown_publisher=None,
        subtitles=(HOSTILE,),
        embargo=Embargo(HOSTILE, condition=HOSTILE),
        contacts=(Contact(HOSTILE, HOSTILE, HOSTILE, HOSTILE),),
        call=Call(is_call=True, sentence=HOSTILE),
        mentions=(Mention(HOSTILE, HOSTILE),),
    )
    failed: dict[str, object] = {
        "name": HOSTILE, "url": "javascript:alert(1)", "document": 0, "rank": 0,
        "settled_at": NINE, "reason": HOSTILE, "detail": HOSTILE,
    }  # fmt: skip
    number = await store(hostile, files=(failed,), publisher=HOSTILE, url="javascript:alert(1)")

    for path in (f"/release/{number}", f"/series/{quote(HOSTILE, safe='')}"):
        page = await shown(client, path)
        assert page.find_all("script") == []
        assert HOSTILE in page.get_text()
        assert [a["href"] for a in page.find_all("a") if "javascript" in str(a["href"])] == []


CHANGES = [
    Change("문장 (sentence)", "두 가지를 고른다.", "세 가지를 고른다.", weighty=False),
    Change("붙임 (attachment)", "", "신청서.hwp", weighty=True),
    Change("마감 (deadline)", "12.6 18:00", "12.13 18:00", weighty=True),
]


async def test_versions_stand_side_by_side_figures_and_days_first(
    client: httpx.AsyncClient, store: Store, database: Database
) -> None:
    number = await store()
    changes = [asdict(each) for each in CHANGES]
    async with database.transaction() as tx:
        row = {"article_id": number, "noticed_at": NINE, "changes": changes}
        await tx.execute(sa.insert(tables.revision).values(row))

    page = await shown(client, f"/release/{number}")

    rows = [
        [" ".join(cell.get_text(" ").split()) for cell in row.find_all(["th", "td"])]
        for row in page.select(".versions tbody tr")
    ]
    assert rows == [
        ["마감", "12.6 18:00", "12.13 18:00"],
        ["붙임", "없음", "신청서.hwp"],
        ["문장", "두 가지를 고른다.", "세 가지를 고른다."],
    ]
    assert [each.get_text() for each in page.select(".versions mark")] == [
        "12.6", "12.13", "두", "세",
    ]  # fmt: skip


async def test_coverage_is_told_with_its_lead_time_and_the_share_it_repeats(
    client: httpx.AsyncClient, store: Store, database: Database
) -> None:
    number = await store()
    async with database.transaction() as tx:
        made = await tx.execute(sa.insert(tables.story).returning(tables.story.c.id))
        story = made.scalar_one()
        own = sa.update(tables.article).where(tables.article.c.id == number)
        await tx.execute(own.values(story_id=story))
        for key, after, share in (("late", 26, 0.18), ("soon", 2, 0.624)):
            news = {
                "source_id": "a", "key": key, "url": "https://a.example/n", "title": key,
                "summary": "", "baseline": False, "kind": "news", "story_id": story,
                "twin_id": number, "joined_as": "coverage", "share": share,
                "published_at": NINE + timedelta(hours=after), "precision": "minute",
                "publisher": "새벽일보",
            }  # fmt: skip
            await tx.execute(sa.insert(tables.article).values(news))

    page = await shown(client, f"/release/{number}")

    rows = [[cell.get_text() for cell in row.find_all("td")] for row in page.select(".coverage tr")]
    assert rows == [
        [],
        ["새벽일보", "soon", "2시간 뒤", "62%"],
        ["새벽일보", "late", "1일 2시간 뒤", "18%"],
    ]
    english = await shown(client, f"/release/{number}?lang=en")
    assert [each.get_text() for each in english.select(".coverage td:nth-child(3)")] == [
        "2 h after", "1 d 2 h after",
    ]  # fmt: skip


async def test_bodies_that_released_it_together_stand_under_their_names_of_then(
    client: httpx.AsyncClient, store: Store
) -> None:
    both = replace(READING, publishers=("motir", "mss"), named=("산업통상자원부", "중소벤처기업부"))
    page = await shown(client, f"/release/{await store(both)}")
    assert entries(page, "함께 낸 기관") == [
        "산업통상부 당시 이름 산업통상자원부", "중소벤처기업부",
    ]  # fmt: skip


async def test_a_long_text_is_cut_into_light_pages_and_none_of_it_is_lost(
    client: httpx.AsyncClient, store: Store
) -> None:
    lines = [f"{number} " + "가" * 400 + "<" * 100 for number in range(200)]
    tables_ = "\t".join("나" for _ in range(12_000))
    number = await store(replace(READING, text="\n".join([*lines, "", tables_])))
    seen: list[str] = []
    cells = 0
    path: str | None = f"/release/{number}"
    while path is not None:
        answer = await client.get(path)
        assert len(answer.content) < 75_000  # with the style below 100 kB
        page = BeautifulSoup(answer.text, "lxml")
        seen += [each.get_text() for each in page.select(".read p")]
        cells += len(page.select(".read td, .read th"))
        later = [a for a in page.select(".pager a") if a.get_text() == "본문 이어서"]
        path = f"/release/{number}{later[0]['href']}" if later else None
    assert seen == lines
    assert cells >= 12_000
    beyond = await shown(client, f"/release/{number}?part=9999")
    assert "본문 이어서" not in beyond.get_text()


async def test_many_of_a_kind_are_cut_and_it_is_said_where_the_rest_is(
    client: httpx.AsyncClient, store: Store
) -> None:
    many = tuple(Contact("통상과", "사무관", f"누리{each}", None) for each in range(14))
    number = await store(replace(READING, contacts=many))
    page = await shown(client, f"/release/{number}")
    assert len(entries(page, "문의")) == 10
    (more,) = page.select('a[href="?all=1"]')
    assert more.get_text() == "외 4건 모두 보기"
    assert len(entries(await shown(client, f"/release/{number}?all=1"), "문의")) == 14


async def test_the_deadline_of_a_call_is_a_file_for_a_calendar(
    client: httpx.AsyncClient, store: Store
) -> None:
    number = await store()
    page = await shown(client, f"/release/{number}")
    (link,) = page.select('a[href$=".ics"]')

    answer = await client.get(str(link["href"]))

    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert event.decoded("dtstart") == datetime(2026, 12, 20, 9, tzinfo=UTC)
    assert str(event["summary"]) == "[마감] 수출 상담회 참가기업 모집"
    assert str(event["uid"]) == "story-1@pabal.test"
    assert str(event["url"]) == f"http://pabal.test/release/{number}"


@pytest.mark.parametrize(
    ("call", "start"),
    [
        (Call(is_call=True, end=date(2026, 12, 20)), date(2026, 12, 20)),
        (Call(is_call=True, end=date(2026, 12, 20), end_clock="24:00"), date(2026, 12, 20)),
        (Call(is_call=True, open_ended=True), None),
        (Call(is_call=False), None),
    ],
)
async def test_without_an_hour_the_deadline_is_a_day_and_without_a_day_there_is_none(
    client: httpx.AsyncClient, store: Store, call: Call, start: date | None
) -> None:
    number = await store(replace(READING, call=call))
    answer = await client.get(f"/release/{number}.ics")
    if start is None:
        assert answer.status_code == 404
    else:
        (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
        assert event.decoded("dtstart") == start


@pytest.mark.parametrize("number", ["0", "99", "-1", "x", "９", "9" * 30, "1/2"])
async def test_a_number_that_nothing_has_is_not_there(
    client: httpx.AsyncClient, number: str
) -> None:
    for path in (f"/release/{number}", f"/release/{number}.ics"):
        assert (await client.get(path)).status_code == 404


@pytest.mark.parametrize("name", ["없는 이름", "a%00b", "%ed%a0%80", "..%2f", "가" * 3_000])
async def test_a_series_that_nobody_names_is_empty(client: httpx.AsyncClient, name: str) -> None:
    assert "이 이름을 쓰는 글이 없습니다" in (await shown(client, f"/series/{name}")).get_text()
