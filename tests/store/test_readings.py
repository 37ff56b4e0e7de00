"""What an article says: held for reading with its documents, stored whole, and read again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from service.model import Call, Contact, Embargo, Mention, Printed, Reading
from service.store.database import Database
from service.store.readings import Readings
from service.store.releases import Release, Releases

NINE = datetime(2026, 11, 20, 9, tzinfo=ZoneInfo("Asia/Seoul"))
TEN = NINE.replace(hour=10)
UNOPENED = {"collected_at": None, "read_at": None, "text": None}

Add = Callable[..., Awaitable[int]]
Wakes = Callable[[], Awaitable[list[str]]]


@pytest.fixture
def readings(database: Database) -> Readings:
    return Readings(database)


READING = Reading("읽은 제목", "읽은 본문", ("kcs", "mss"), None)


async def test_a_reading_is_stored_with_its_stamp_and_wakes_triage(
    readings: Readings, add: Add, sql: asyncpg.Connection, wakes: Wakes
) -> None:
    made = await add("article", read_at=None, text="본문")

    async with readings.reading(made) as held:
        assert held is not None
        article, documents, tx = held
        assert (article.id, article.text) == (made, "본문")
        assert documents == ()
        await readings.store(tx, made, READING)
        assert await wakes() == []

    row = await sql.fetchrow("SELECT read_title, read_text, publishers, read_at FROM article")
    assert tuple(row)[:3] == ("읽은 제목", "읽은 본문", ["kcs", "mss"])
    assert row["read_at"] is not None
    assert await wakes() == [f"triage:{made}"]
    assert await sql.fetchval("SELECT count(*) FROM ops_item") == 0


async def test_what_is_not_ready_is_not_read(readings: Readings, add: Add) -> None:
    for article_id in (await add("article"), await add("article", **UNOPENED), 10_000):
        async with readings.reading(article_id) as held:
            assert held is None


async def test_an_article_that_is_being_read_is_passed_over_by_the_next_worker(
    readings: Readings, eight: list[Database], add: Add
) -> None:
    made = await add("article", read_at=None)

    async with readings.reading(made) as held:
        assert held is not None
        async with Readings(eight[0]).reading(made) as second:
            assert second is None


async def test_a_reading_that_breaks_leaves_no_trace(
    readings: Readings, add: Add, sql: asyncpg.Connection, wakes: Wakes
) -> None:
    made = await add("article", read_at=None)
    before = await sql.fetchrow("SELECT * FROM article")

    async def broken() -> None:
        async with readings.reading(made) as held:
            assert held is not None
            await readings.store(held[2], made, READING)
            raise RecursionError

    with pytest.raises(RecursionError):
        await broken()

    assert await sql.fetchrow("SELECT * FROM article") == before
    assert await wakes() == []
    async with readings.reading(made) as held:
        assert held is not None


async def test_a_publisher_that_nobody_knows_is_asked_about_once(
    readings: Readings, add: Add, sql: asyncpg.Connection
) -> None:
    for _ in range(2):
        made = await add("article", read_at=None)
        async with readings.reading(made) as held:
            assert held is not None
            await readings.store(held[2], made, Reading("제목", "본문", (), "신설부"))

    items = await sql.fetch("SELECT kind, subject, detail, times FROM ops_item")
    assert [tuple(each) for each in items] == [
        ("unknown-publisher", "신설부", f"글 {made}번 (article {made})", 2)
    ]


# all that it says

WHOLE = Reading(
    title="제목",
    text="본문",
    publishers=("kcs",),
    unknown_publisher=None,
    named=("관세청",),
    subtitles=("첫째 작은 제목", "둘째"),
    kind="notice",
    published_at=NINE,
    precision="minute",
    distributed=Printed(date(2026, 11, 19), "14:00"),
    embargo=Embargo(
        "보도시점 11. 20.(금) 조간",
        online=Printed(date(2026, 11, 20), "06:00"),
        paper=(date(2026, 11, 20), "조간"),
    ),
    byline="가온",
    contacts=(
        Contact("통관과", "사무관", "누리", "044-000-0000"),
        Contact(None, None, "보람", None),
    ),
    call=Call(is_call=True, start=date(2026, 12, 1), end=date(2026, 12, 20), end_clock="18:00"),
    mentions=(
        Mention("제2차 통상협의회", "통상협의회", 2, None, ("kcs", "mss")),
        Mention("통상협의회 실무단", "통상협의회", None, 2026),
    ),
)


async def stored(readings: Readings, article_id: int, reading: Reading) -> None:
    async with readings.reading(article_id) as held:
        assert held is not None
        await readings.store(held[2], article_id, reading, embargo_until=NINE)


async def test_a_reading_comes_back_as_it_was_stored(
    readings: Readings, database: Database, add: Add, sql: asyncpg.Connection
) -> None:
    made = await add("article", read_at=None)

    await stored(readings, made, WHOLE)

    release = await Releases(database).release(made)
    assert isinstance(release, Release)
    assert release.reading == WHOLE
    row = await sql.fetchrow("SELECT kind, call_end, embargo_until, facts FROM article")
    assert tuple(row)[:3] == ("notice", date(2026, 12, 20), NINE)
    assert '"day": "2026-11-19"' in row["facts"]


async def test_reading_again_replaces_what_was_read_before(
    readings: Readings, database: Database, add: Add, sql: asyncpg.Connection
) -> None:
    made = await add("article", read_at=None)
    await stored(readings, made, WHOLE)
    await sql.execute("UPDATE article SET read_at = NULL")
    other = Reading(
        "새 제목", "새 본문", (), None, mentions=(Mention("무역 상담회", "무역 상담회"),)
    )

    await stored(readings, made, other)

    release = await Releases(database).release(made)
    assert isinstance(release, Release)
    assert release.reading == other
    assert await sql.fetchval("SELECT call_end FROM article") is None


@pytest.mark.parametrize(
    ("printed", "until"),
    [
        pytest.param(None, NINE, id="no-box"),
        pytest.param(Embargo("즉시", immediate=True), None, id="at-once"),
        pytest.param(Embargo("발사 성공 시", condition="발사 성공 시"), None, id="on-an-event"),
        pytest.param(Embargo("10:00", online=Printed(TEN.date(), "10:00")), TEN, id="another-time"),
    ],
)
async def test_an_embargo_changes_only_where_a_box_says_so(
    readings: Readings,
    add: Add,
    sql: asyncpg.Connection,
    printed: Embargo | None,
    until: datetime | None,
) -> None:
    made = await add("article", read_at=None)
    await stored(readings, made, WHOLE)
    await sql.execute("UPDATE article SET read_at = NULL")
    said = until if printed else None

    async with readings.reading(made) as held:
        assert held is not None
        await readings.store(held[2], made, replace(WHOLE, embargo=printed), embargo_until=said)

    assert await sql.fetchval("SELECT embargo_until FROM article") == until


async def test_what_is_only_announced_is_no_open_call(
    readings: Readings, add: Add, sql: asyncpg.Connection
) -> None:
    made = await add("article", read_at=None)
    no_call = Call(is_call=False, end=date(2026, 12, 20))

    await stored(readings, made, replace(WHOLE, call=no_call))

    assert await sql.fetchval("SELECT call_end FROM article") is None


async def test_numbers_and_names_that_no_column_holds_stop_nothing(
    readings: Readings, add: Add, sql: asyncpg.Connection
) -> None:
    made = await add("article", read_at=None)
    long = Mention("가" * 5_000, "나" * 5_000, 10**12, 10**12)

    await stored(
        readings, made, replace(WHOLE, mentions=(long,) * 500, unknown_publisher="다" * 9_000)
    )

    row = await sql.fetchrow("SELECT series, round, year FROM mention LIMIT 1")
    assert tuple(row) == ("나" * 200, None, None)
    assert await sql.fetchval("SELECT count(*) FROM mention") == 100


async def test_a_time_that_only_the_document_gives_is_that_of_the_release(
    readings: Readings, database: Database, add: Add
) -> None:
    made = await add("article", read_at=None)

    await stored(readings, made, WHOLE)

    release = await Releases(database).release(made)
    assert isinstance(release, Release)
    assert (release.published_at, release.precision) == (NINE, "minute")


# its documents


async def test_an_article_is_not_read_before_its_files(
    readings: Readings, add: Add, sql: asyncpg.Connection
) -> None:
    made = await add("article", read_at=None)
    values = {"article_id": made, "name": "a.hwpx", "url": "u"}
    await add("attachment", **values, position=0, document=0, rank=0, due_at=NINE)
    await add("attachment", **values, position=1, document=0, rank=1)
    await add("attachment", **values, position=2)

    async with readings.reading(made) as held:
        assert held is None
    await sql.execute("UPDATE attachment SET settled_at = now(), text = '문서' WHERE position = 0")

    async with readings.reading(made) as held:
        assert held is not None
        assert held[1] == (("a.hwpx", "문서"),)


async def test_documents_come_with_the_release_first_and_without_what_failed(
    readings: Readings, add: Add
) -> None:
    made = await add("article", read_at=None)
    for position, (name, document, text) in enumerate(
        [("붙임.hwp", 1, "붙임"), ("보도자료.hwpx", 0, "자료"), ("깨진.pdf", 2, None)]
    ):
        await add(
            "attachment", article_id=made, position=position, name=name, url="u",
            document=document, rank=0, due_at=NINE, settled_at=NINE, text=text,
        )  # fmt: skip

    async with readings.reading(made) as held:
        assert held is not None
        assert held[1] == (("보도자료.hwpx", "자료"), ("붙임.hwp", "붙임"))
