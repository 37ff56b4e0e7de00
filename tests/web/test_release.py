"""The page of a release and of a series, over the real store."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date, datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

import httpx
import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from service.links import Signer
from service.model import Call, Contact, Embargo, Mention, Printed, Reading
from service.store import tables
from service.store.database import Database
from service.store.readings import Readings
from service.web.app import build

NINE = datetime(2026, 11, 20, 9, 5, tzinfo=ZoneInfo("Asia/Seoul"))
FAR = datetime(2926, 5, 28, 10, 30, tzinfo=ZoneInfo("Asia/Seoul"))
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
    embargo=Embargo("보도시점 2926. 5. 28. 10:30", online=Printed(date(2926, 5, 28), "10:30")),
    contacts=(Contact("통상과", "사무관", "누리", "044-000-0000"),),
    call=Call(
        is_call=True, end=date(2026, 12, 20), end_clock="18:00", sentence="12월 20일 18시까지"
    ),
    mentions=(Mention("제2차 한–중 협의회", "한–중 협의회/실무", 2),),
)

Store = Callable[..., Awaitable[int]]


@pytest.fixture
async def database(migrated_url: str) -> AsyncIterator[Database]:
    made = Database(migrated_url, size=2)
    yield made
    await made.close()


@pytest.fixture
async def client(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(build(database, Signer(b"a secret of this test, 32 or more")))
    async with httpx.AsyncClient(transport=transport, base_url="http://pabal.test") as made:
        yield made


@pytest.fixture
def store(database: Database) -> Store:
    """``await store(reading, files=[...])``: an article with its reading; its number."""

    async def store(
        reading: Reading | None = READING, files: tuple[dict[str, object], ...] = (), **more: object
    ) -> int:
        fields = {
            "source_id": "a", "key": "k", "url": "https://a.example/1", "title": "목록의 제목",
            "summary": "", "text": "", "baseline": False, "collected_at": NINE,
        }  # fmt: skip
        async with database.transaction() as tx:
            await tx.execute(sa.text("INSERT INTO source (id) VALUES ('a')"))
            article = tables.article
            made = await tx.execute(
                sa.insert(article).values(**(fields | more)).returning(article.c.id)
            )
            number = int(made.scalar_one())
            if reading is not None:
                await Readings(database).store(tx, number, reading, embargo_until=FAR)
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
    listed = title.find_next("ol")
    assert listed is not None
    return [" ".join(each.get_text(" ").split()) for each in listed.find_all("li")]


async def test_a_release_is_shown_with_all_that_it_says(
    client: httpx.AsyncClient, store: Store
) -> None:
    page = await shown(client, f"/release/{await store()}")

    head = page.find("header")
    assert head is not None
    words = " ".join(head.get_text(" ").split())
    assert words.startswith("파발 Pabal 수출 상담회 참가기업 모집 공고 · 중소벤처기업부")
    assert "엠바고 2926.05.28 10:30까지" in words
    assert [p.get_text() for p in page.select(".read p")] == ["첫 문단", "끝"]
    rows = [[cell.get_text() for cell in row.find_all("td")] for row in page.select("tr")]
    assert rows == [["구분", "올해"], ["기업", "75"]]
    assert entries(page, "문의") == ["통상과 사무관 누리 044-000-0000"]
    assert entries(page, "신청") == ["~ 2026-12-20 18:00 12월 20일 18시까지"]
    assert entries(page, "보도시점")[0].startswith(
        "보도시점 2926. 5. 28. 10:30 2926.05.28 10:30부터"
    )


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
        "가.hwpx 읽음 read · HWPX · 5자 · 표 2개",
        "나.hwpx 암호가 걸려 있습니다 encrypted HWPX with a password",
        "다.pdf 다른 형식으로 읽었거나 읽습니다 another format is read",
        "라.hwp 읽을 차례를 기다립니다 waiting",
        "마.jpg 읽지 않는 파일 not read",
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
    (entry,) = entries(series, "흐름")
    assert entry == (
        "수출 상담회 참가기업 모집 제2차 한–중 협의회 중소벤처기업부 · 2026.11.20 09:05"
    )
    (back,) = series.select("li a")
    assert back["href"] == f"/release/{number}"


async def test_what_is_not_read_yet_is_shown_as_its_list_told_it(
    client: httpx.AsyncClient, store: Store
) -> None:
    page = await shown(client, f"/release/{await store(reading=None)}")

    assert page.h1 is not None
    assert page.h1.get_text() == "목록의 제목"
    assert "아직 읽지 않았습니다" in page.get_text()


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


@pytest.mark.parametrize("number", ["0", "99", "-1", "x", "９", "9" * 30, "1/2"])
async def test_a_number_that_nothing_has_is_not_there(
    client: httpx.AsyncClient, number: str
) -> None:
    assert (await client.get(f"/release/{number}")).status_code == 404


@pytest.mark.parametrize("name", ["없는 이름", "a%00b", "%ed%a0%80", "..%2f", "가" * 3_000])
async def test_a_series_that_nobody_names_is_empty(client: httpx.AsyncClient, name: str) -> None:
    assert "이 이름을 쓰는 글이 없습니다" in (await shown(client, f"/series/{name}")).get_text()
