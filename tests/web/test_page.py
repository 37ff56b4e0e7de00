"""The page and the health checks over the real store, asked as a browser and a machine would."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup, Tag

from service.links import Signer
from service.store import tables
from service.store.database import Database
from service.web.app import build

Add = Callable[..., Awaitable[int]]

NINE = datetime(2026, 11, 20, 9, 5, tzinfo=ZoneInfo("Asia/Seoul"))
HOSTILE = "<script>alert(1)</script>"
NOBODY = "postgresql+asyncpg://x@127.0.0.1:1/x"
HEALTH = ("/healthz", "/readyz")


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[tuple[Database, httpx.AsyncClient]]:
    database = Database(url, size=2)
    transport = httpx.ASGITransport(build(database, Signer(b"a secret of this test, 32 or more")))
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://pabal.test") as client:
            yield database, client
    finally:
        await database.close()


@pytest.fixture
async def house(migrated_url: str) -> AsyncIterator[tuple[Database, httpx.AsyncClient]]:
    async with opened(migrated_url) as both:
        yield both


@pytest.fixture
def client(house: tuple[Database, httpx.AsyncClient]) -> httpx.AsyncClient:
    return house[1]


@pytest.fixture
def add(house: tuple[Database, httpx.AsyncClient]) -> Add:
    """``await add("source", id="a")``: a row; its number where the table gives one."""

    async def add(name: str, **values: object) -> int:
        table = tables.metadata.tables[name]
        async with house[0].transaction() as tx:
            made = await tx.execute(sa.insert(table).values(values).returning(table.c.id))
            return int(made.scalar_one()) if name != "source" else 0

    return add


@pytest.fixture
async def story(add: Add) -> Callable[..., Awaitable[None]]:
    """``await story("제목", url=...)``: a judged event of source ``a``, with its copies."""
    await add("source", id="a")

    async def story(title: str, *, copies: int = 0, **changes: object) -> None:
        number = await add("story", created_at=sa.func.now())
        for copy in range(copies + 1):
            fields: dict[str, object] = {
                "key": f"{number}-{copy}",
                "url": f"https://a.example/{number}",
                "title": title,
                "read_title": title,
                "summary": "",
                "baseline": False,
            }
            await add("article", source_id="a", story_id=number, **(fields | changes))

    return story


async def page(client: httpx.AsyncClient, path: str = "/") -> BeautifulSoup:
    answer = await client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return BeautifulSoup(answer.text, "lxml")


def section(shown: BeautifulSoup, heading: str) -> list[str]:
    """What the entries under a heading say, each on one line."""
    title = next(each for each in shown.find_all("h2") if each.get_text().startswith(heading))
    assert isinstance(title.parent, Tag)
    return [" ".join(each.get_text().split()) for each in title.parent.find_all("li")]


async def test_an_empty_house_says_that_there_is_nothing_yet(client: httpx.AsyncClient) -> None:
    shown = await page(client)
    assert section(shown, "새 소식") == ["아직 없습니다. 첫 확인이 끝나면 나타납니다. Nothing yet."]
    assert shown.find(string="살펴볼 것 ") is None


async def test_stories_stand_newest_first_with_publisher_time_and_copies(
    client: httpx.AsyncClient, story: Callable[..., Awaitable[None]]
) -> None:
    await story("먼저", publisher="관세청", published_at=NINE, precision="second", copies=2)
    await story("나중", published_at=NINE + timedelta(hours=16), precision="minute")

    assert section(await page(client), "새 소식") == [
        "나중 원문 a · 2026.11.21 01:05",
        "먼저 원문 같은 글 2건 관세청 · 2026.11.20 09:05",
    ]


@pytest.mark.parametrize(
    ("published_at", "precision", "said"),
    [(NINE.replace(hour=0, minute=0), "day", "2026.11.20"), (None, None, "—")],
)
async def test_a_date_is_shown_without_a_clock_and_no_date_as_none(
    client: httpx.AsyncClient,
    story: Callable[..., Awaitable[None]],
    published_at: datetime | None,
    precision: str | None,
    said: str,
) -> None:
    await story("하루", published_at=published_at, precision=precision)
    assert section(await page(client), "새 소식") == [f"하루 원문 a · {said}"]


async def test_hostile_words_are_shown_as_words(
    client: httpx.AsyncClient, add: Add, story: Callable[..., Awaitable[None]]
) -> None:
    await story(HOSTILE, publisher=HOSTILE, url='https://a.example/"><script>')
    await add("source", id=HOSTILE, failures=1, last_error=HOSTILE)
    await add("ops_item", kind=HOSTILE, subject=HOSTILE, detail=HOSTILE)

    shown = await page(client)

    assert shown.find_all("script") == []
    assert section(shown, "새 소식")[0].count(HOSTILE) == 2
    assert section(shown, "출처")[0].count(HOSTILE) == 2
    assert section(shown, "살펴볼 것")[0].count(HOSTILE) == 3


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", " javascript:alert(1)", "data:text/html,x", "/relative", ""]
)
async def test_only_a_web_address_is_a_link(
    client: httpx.AsyncClient, story: Callable[..., Awaitable[None]], url: str
) -> None:
    await story("제목", url=url)
    shown = await page(client)
    assert section(shown, "새 소식")[0].startswith("제목")
    assert [each["href"] for each in shown.find_all("a")] == ["/release/1"]


async def test_a_title_links_to_its_page_and_the_page_to_where_the_release_stands(
    client: httpx.AsyncClient, story: Callable[..., Awaitable[None]]
) -> None:
    await story("제목", url="HTTPS://a.example/view?a=1&b=2")
    own, source = (await page(client)).find_all("a")
    assert own["href"] == "/release/1"
    for link in (source, (await page(client, "/release/1")).find_all("a")[1]):
        assert link["href"] == "HTTPS://a.example/view?a=1&b=2"
        assert link["rel"] == ["noopener", "noreferrer"]


async def test_a_source_shows_how_it_does(client: httpx.AsyncClient, add: Add) -> None:
    await add("source", id="gut", last_ok_at=NINE, newest_at=NINE - timedelta(days=1))
    await add("source", id="neu")
    failing = {"last_ok_at": NINE, "failures": 3, "last_error": "LayoutError: https://r"}
    since = NINE + timedelta(minutes=10)
    await add("source", id="old", **failing)
    await add("source", id="rot", **failing, trouble="empty", failing_since=since)
    await add("source", id="still", paused_at=NINE, paused_why="그쪽 <b>부탁</b>")

    assert section(await page(client), "출처") == [
        "gut 정상확인 2026.11.20 09:05 · 글 0건가장 새 글 2026.11.19",
        "neu 기다림확인 — · 글 0건",
        "old 실패 3회확인 2026.11.20 09:05 · 글 0건읽지 못함LayoutError: https://r",
        "rot 실패 3회확인 2026.11.20 09:05 · 글 0건빈 목록, 2026.11.20 09:15부터LayoutError: https://r",
        "still 멈춤확인 — · 글 0건2026.11.20 09:05부터 멈춤: 그쪽 <b>부탁</b>",
    ]


async def test_open_items_ask_for_a_look_and_closed_ones_are_gone(
    client: httpx.AsyncClient, add: Add
) -> None:
    await add("ops_item", kind="source-broken", subject="yna", detail="500", times=4, last_at=NINE)
    await add("ops_item", kind="possible-gap", subject="mk", detail="", closed_at=NINE)
    earlier = NINE - timedelta(hours=1)
    for kind in ("source-quiet", "source-drift", "outage"):
        earlier -= timedelta(minutes=1)
        await add("ops_item", kind=kind, subject="mk", detail="왜", last_at=earlier)

    *news, quiet, drift, outage = section(await page(client), "살펴볼 것")
    assert quiet.startswith("출처에 새 글이 없음 mk왜")
    assert drift.startswith("출처의 모양이 달라짐 mk왜")
    assert outage.startswith("여러 출처가 한꺼번에 응답하지 않음 mk왜")
    assert news == ["출처를 읽지 못함 yna500 · 4회 · 2026.11.20 09:05"]


async def test_every_answer_is_guarded_by_its_headers(client: httpx.AsyncClient) -> None:
    for path in ("/", *HEALTH, "/nowhere", "/release/1", "/series/x"):
        headers = (await client.get(path)).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "script-src" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


async def test_the_interface_is_not_described_to_strangers(client: httpx.AsyncClient) -> None:
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert (await client.get(path)).status_code == 404


async def test_with_its_database_the_house_is_alive_and_ready(client: httpx.AsyncClient) -> None:
    for path in HEALTH:
        answer = await client.get(path)
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_without_its_database_the_house_is_alive_but_not_ready() -> None:
    async with opened(NOBODY) as (_, client):
        assert (await client.get("/healthz")).status_code == 200
        ready = await client.get("/readyz")
        assert ready.status_code == 503
        assert ready.json() == {"status": "database away", "why": "ConnectionRefusedError"}


async def test_without_its_database_the_page_says_so() -> None:
    async with opened(NOBODY) as (_, client):
        for path in ("/", "/release/1", "/series/x"):
            answer = await client.get(path)
            assert answer.status_code == 503
            assert "데이터베이스에 닿지 않습니다" in answer.text


async def test_a_database_that_nobody_migrated_is_not_ready(database_url: str) -> None:
    async with opened(database_url) as (_, client):
        assert (await client.get("/readyz")).status_code == 503
