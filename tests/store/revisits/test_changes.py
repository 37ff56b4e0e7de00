"""What a look again finds: what it said is kept, and files come, go and are swapped."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import asyncpg

from service.store.database import Database
from service.store.opened import Filed, Opened
from service.store.revisits import Revisits
from service.store.rows import earlier_of
from service.store.sweep import sweep
from tests.store.revisits.filed import HOUR, claimed, files, paired

NINE = datetime(2026, 11, 20, 9, tzinfo=ZoneInfo("Asia/Seoul"))

Add = Callable[..., Awaitable[int]]
Wakes = Callable[[], Awaitable[list[str]]]


def filed(name: str, place: tuple[int, int] | None = None) -> Filed:
    return Filed(name, f"https://a.example/{name}", place)


async def test_what_it_said_is_kept_and_the_article_goes_its_way_again(
    revisits: Revisits, judged: Add, file: Add, database: Database, sql: asyncpg.Connection
) -> None:
    made = await judged(
        read_title="읽은 제목",
        read_text="마감 5월 20일",
        publishers=["mss"],
        kind="notice",
        published_at=NINE,
        precision="day",
        swept=3,
    )
    await file(made, 0, "a.hwpx", (0, 0), "문서")
    due = await claimed(revisits)
    opened = Opened("마감 5월 27일", title="새 제목", published_at=NINE + HOUR, precision="minute")

    assert await revisits.revise(due, opened, paired(due, filed("a.hwpx", (0, 0))))

    async with database.transaction() as tx:
        earlier = await earlier_of(tx, made)
    assert earlier is not None
    said = earlier.reading
    assert (said.title, said.text, said.publishers) == ("읽은 제목", "마감 5월 20일", ("mss",))
    assert (said.kind, said.published_at, said.precision) == ("notice", NINE, "day")
    assert earlier.files == {"a.hwpx": hashlib.sha256("문서".encode()).digest()}
    row = await sql.fetchrow("SELECT * FROM article")
    assert (row["text"], row["title"], row["published_at"]) == (
        "마감 5월 27일", "새 제목", NINE + HOUR,
    )  # fmt: skip
    assert (row["read_at"], row["triaged_at"], row["swept"], row["looks"]) == (None, None, 0, 1)
    assert row["collected_at"] is not None
    assert await files(sql) == [("a.hwpx", "문서", False, 0)]
    assert await sql.fetchval("SELECT payload FROM pgqueuer WHERE entrypoint = 'read'") == (
        str(made).encode()
    )


async def test_a_second_change_before_the_first_was_judged_keeps_what_was_told_last(
    revisits: Revisits, judged: Add, sql: asyncpg.Connection
) -> None:
    await judged(read_text="첫째")
    assert await revisits.revise(await claimed(revisits), Opened("둘째"), ())
    await sql.execute(
        "UPDATE article SET look_due = now(), read_at = now(), triaged_at = now(),"
        " read_text = '둘째'"
    )

    assert await revisits.revise(await claimed(revisits), Opened("셋째"), ())

    assert [each["text"] for each in await sql.fetch("SELECT text FROM revision")] == ["첫째"]
    assert await sql.fetchval("SELECT text FROM article") == "셋째"


async def test_a_swapped_document_is_read_anew_from_its_best_format_and_the_rest_is_left(
    revisits: Revisits, judged: Add, file: Add, sql: asyncpg.Connection, wakes: Wakes
) -> None:
    made = await judged()
    swapped = await file(made, 0, "a.hwpx", (0, 0), "문서")
    await file(made, 1, "a.pdf", (0, 1))
    stays = await file(made, 2, "붙임.hwpx", (1, 0), "붙임")
    due = await claimed(revisits)
    now = [filed("a.hwpx", (0, 0)), filed("a.pdf", (0, 1)), filed("붙임.hwpx", (1, 0))]

    await revisits.revise(due, Opened("본문"), paired(due, *now, swapped="a.hwpx"))

    assert await files(sql) == [
        ("a.hwpx", None, True, 0),
        ("a.pdf", None, False, 1),
        ("붙임.hwpx", "붙임", False, 0),
    ]
    rows = await sql.fetch("SELECT id FROM attachment")
    assert {swapped, stays} & {row["id"] for row in rows} == {stays}
    assert await sql.fetchval("SELECT max(fence) FROM attachment WHERE text IS NULL") == 0
    assert await wakes() == ["attach:a", "revisit:a"]


async def test_files_come_and_go_and_stand_as_on_the_page(
    revisits: Revisits, judged: Add, file: Add, sql: asyncpg.Connection
) -> None:
    made = await judged()
    await file(made, 0, "a.hwpx", (0, 0), "문서")
    await file(made, 1, "a.pdf", (0, 1))
    await file(made, 2, "b.hwpx", (1, 0), "붙임")
    due = await claimed(revisits)
    now = [filed("b.hwpx", (0, 0)), filed("c.hwpx", (1, 0)), filed("a.pdf", (2, 0))]

    await revisits.revise(due, Opened("본문"), paired(due, *now))

    assert await files(sql) == [
        ("b.hwpx", "붙임", False, 0),
        ("c.hwpx", None, True, 0),
        ("a.pdf", None, True, 0),
    ]


async def test_a_better_format_of_a_document_that_was_read_stays_a_spare(
    revisits: Revisits, judged: Add, file: Add, sql: asyncpg.Connection, wakes: Wakes
) -> None:
    made = await judged()
    await file(made, 0, "a.pdf", (0, 0), "문서")
    due = await claimed(revisits)

    now = [filed("a.hwpx", (0, 0)), filed("a.pdf", (0, 1))]
    await revisits.revise(due, Opened("본문"), paired(due, *now))

    assert await files(sql) == [("a.hwpx", None, False, 0), ("a.pdf", "문서", False, 1)]
    assert await wakes() == [f"read:{made}", "revisit:a"]


async def test_the_same_files_at_other_addresses_are_no_change(
    revisits: Revisits, judged: Add, file: Add, sql: asyncpg.Connection
) -> None:
    await file(await judged(), 0, "a.hwpx", (0, 0), "문서")
    due = await claimed(revisits)

    await revisits.unchanged(due, paired(due, Filed("a.hwpx", "https://a.example/moved", (0, 0))))

    row = await sql.fetchrow("SELECT url, text FROM attachment")
    assert tuple(row) == ("https://a.example/moved", "문서")


async def test_of_a_page_that_is_gone_the_article_stays_until_the_next_look(
    revisits: Revisits, judged: Add, sql: asyncpg.Connection, wakes: Wakes
) -> None:
    made = await judged(url="https://a.example/k", read_text="마감 5월 20일")

    await revisits.withdrawn(await claimed(revisits), "Gone: 404")

    row = await sql.fetchrow(
        "SELECT read_text, triaged_at IS NULL, look_due > now(), looks FROM article"
    )
    assert tuple(row) == ("마감 5월 20일", False, True, 1)
    kept = await sql.fetchrow(
        "SELECT article_id, text, jsonb_array_length(changes) AS many,"
        " changes->0->>'what' AS what, changes->0->'weighty' AS weighty FROM revision"
    )
    assert tuple(kept) == (made, "마감 5월 20일", 1, "글이 내려감 (withdrawn)", "false")
    items = await sql.fetch("SELECT kind, subject FROM ops_item")
    assert [tuple(each) for each in items] == [("post-withdrawn", "https://a.example/k")]
    assert await wakes() == ["revisit:a"]


async def test_the_sweep_leaves_an_article_that_has_only_now_changed_to_its_own_wake_up(
    database: Database, revisits: Revisits, judged: Add
) -> None:
    await judged()
    await revisits.revise(await claimed(revisits), Opened("새 본문"), ())

    assert await sweep(database) == {}
