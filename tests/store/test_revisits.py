"""Looking again at what was told: when, by whom, and what is kept of what it said before."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import pytest
import sqlalchemy as sa

from service.store.database import Database
from service.store.opened import Filed, Opened
from service.store.refile import KeptFile, Listed
from service.store.revisits import Due, Revisits
from service.store.rows import earlier_of
from service.store.sweep import sweep

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
LADDER = (HOUR, DAY, WEEK)
NINE = datetime(2026, 11, 20, 9, tzinfo=ZoneInfo("Asia/Seoul"))
SHA = bytes(range(32))
SOON = timedelta(seconds=5)

Add = Callable[..., Awaitable[int]]
Wakes = Callable[[], Awaitable[list[str]]]


@pytest.fixture
def revisits(database: Database) -> Revisits:
    return Revisits(database, LADDER)


@pytest.fixture
def judged(add: Add) -> Add:
    """``await judged(HOUR)``: an article collected so long ago, judged, its look due; its id."""

    async def judged(ago: timedelta = HOUR, **values: Any) -> int:
        now = sa.func.now()
        fields = {"collected_at": now - ago, "triaged_at": now, "look_due": now, "kind": "release"}
        return await add("article", **{**fields, **values})

    return judged


@pytest.fixture
def file(add: Add) -> Add:
    """``await file(article, 0, "a.hwpx", (0, 0))``: a file that was read where ``text`` is set."""

    async def file(
        article_id: int,
        position: int,
        name: str,
        place: tuple[int, int] | None = None,
        text: str | None = None,
    ) -> int:
        document, rank = place or (None, None)
        done = {"settled_at": sa.func.now(), "sha256": SHA, "size": 32, "text": text, "fence": 1}
        return await add(
            "attachment",
            article_id=article_id,
            position=position,
            name=name,
            url=f"https://a.example/{name}",
            document=document,
            rank=rank,
            **(done if text is not None else {}),
        )

    return file


def filed(name: str, place: tuple[int, int] | None = None) -> Filed:
    return Filed(name, f"https://a.example/{name}", place)


def paired(due: Due, *now: Filed, swapped: str = "") -> list[Listed]:
    """The files of a page, each with the stored one of its name."""
    kept = {each.name: each for each in due.files}
    return [Listed(each, kept.get(each.name), each.name == swapped) for each in now]


async def claimed(revisits: Revisits) -> Due:
    due = await revisits.claim_due("a")
    assert due is not None
    return due


async def files(sql: asyncpg.Connection) -> list[tuple[object, ...]]:
    """(name, text, is due, rank) of every file, in the order of the page."""
    rows = await sql.fetch(
        "SELECT name, text, settled_at IS NULL AND due_at IS NOT NULL, rank FROM attachment"
        " ORDER BY position"
    )
    return [tuple(row) for row in rows]


# whose page is looked at


async def test_only_what_is_due_judged_and_of_the_source_is_looked_at(
    revisits: Revisits, judged: Add
) -> None:
    await judged(source_id="b")
    await judged(look_due=None)
    await judged(look_due=sa.func.now() + HOUR)
    await judged(triaged_at=None)
    assert await revisits.claim_due("a") is None

    made = await judged()

    due = await claimed(revisits)
    assert (due.article.id, due.fence, due.failures, due.files) == (made, 1, 0, ())
    assert await revisits.claim_due("a") is None


async def test_a_claim_brings_the_files_with_the_hash_of_their_bytes(
    revisits: Revisits, judged: Add, file: Add
) -> None:
    made = await judged()
    first = await file(made, 0, "a.hwpx", (0, 0), "문서")
    second = await file(made, 1, "b.jpg")

    assert (await claimed(revisits)).files == (
        KeptFile(first, "a.hwpx", "https://a.example/a.hwpx", SHA),
        KeptFile(second, "b.jpg", "https://a.example/b.jpg", None),
    )


async def test_a_late_worker_settles_nothing(
    revisits: Revisits, judged: Add, file: Add, sql: asyncpg.Connection
) -> None:
    await file(await judged(), 0, "a.hwpx", (0, 0), "문서")
    late = await claimed(revisits)
    assert await revisits.renew(late)
    await sql.execute("UPDATE article SET look_due = now()")
    assert (await claimed(revisits)).fence == 2
    before = await sql.fetchrow("SELECT * FROM article")

    assert not await revisits.renew(late)
    assert not await revisits.revise(late, Opened("새 본문"), ())
    await revisits.unchanged(late, paired(late, Filed("a.hwpx", "https://a.example/moved")))
    await revisits.put_off(late, 60.0)
    await revisits.give_up(late, "LayoutError", notice=True)
    await revisits.withdrawn(late, "Gone: 404")

    assert await sql.fetchrow("SELECT * FROM article") == before
    assert await files(sql) == [("a.hwpx", "문서", False, 0)]
    for table in ("revision", "ops_item", "pgqueuer"):
        assert await sql.fetchval(f"SELECT count(*) FROM {table}") == 0


async def test_an_article_sent_on_its_way_by_somebody_else_is_left_to_it(
    revisits: Revisits, judged: Add, sql: asyncpg.Connection
) -> None:
    await judged()
    due = await claimed(revisits)
    await sql.execute("UPDATE article SET read_at = NULL, triaged_at = NULL")

    assert not await revisits.revise(due, Opened("새 본문"), ())

    assert await sql.fetchval("SELECT count(*) FROM revision") == 0


# when it is looked at again


@pytest.mark.parametrize(
    ("ago", "rest"),
    [(HOUR, DAY - HOUR), (DAY, WEEK - DAY), (2 * DAY, WEEK - 2 * DAY), (WEEK, None)],
    ids=["first", "second", "one was missed", "last"],
)
async def test_an_unchanged_page_waits_for_the_next_rung(
    revisits: Revisits,
    judged: Add,
    sql: asyncpg.Connection,
    wakes: Wakes,
    ago: timedelta,
    rest: timedelta | None,
) -> None:
    await judged(ago, looks=1, failures=3)

    await revisits.unchanged(await claimed(revisits), ())

    row = await sql.fetchrow("SELECT looks, failures, look_due - now() FROM article")
    wait = await sql.fetchval("SELECT execute_after - now() FROM pgqueuer")
    assert tuple(row)[:2] == (2, 0)
    if rest is None:
        assert (row[2], wait) == (None, None)
    else:
        assert rest - SOON < row[2] <= rest
        assert rest - SOON < wait <= rest
        assert await wakes() == ["revisit:a"]


async def test_a_look_put_off_comes_due_later_with_a_wake_up_for_then(
    revisits: Revisits, judged: Add, sql: asyncpg.Connection, wakes: Wakes
) -> None:
    await judged()

    await revisits.put_off(await claimed(revisits), 60.0)

    row = await sql.fetchrow("SELECT looks, failures, look_due - now() FROM article")
    assert tuple(row)[:2] == (0, 1)
    assert timedelta(seconds=55) < row[2] <= timedelta(seconds=60)
    assert await wakes() == ["revisit:a"]


async def test_a_page_that_cannot_be_read_waits_for_the_next_rung_and_is_told(
    revisits: Revisits, judged: Add, sql: asyncpg.Connection
) -> None:
    await judged(url="https://a.example/k")

    await revisits.give_up(await claimed(revisits), "LayoutError: no body", notice=True)

    assert await sql.fetchval("SELECT look_due > now() + interval '22 hours' FROM article")
    items = await sql.fetch("SELECT kind, subject, detail FROM ops_item")
    assert [tuple(each) for each in items] == [
        ("post-unreadable", "https://a.example/k", "LayoutError: no body")
    ]


async def test_without_a_ladder_nothing_is_looked_at_any_more(
    database: Database, judged: Add, sql: asyncpg.Connection
) -> None:
    await judged()

    assert await Revisits(database, ()).claim_due("a") is None

    assert await sql.fetchval("SELECT look_due FROM article") is None


# what has changed


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


async def test_of_a_page_that_is_gone_the_article_stays_and_is_looked_at_no_more(
    revisits: Revisits, judged: Add, sql: asyncpg.Connection, wakes: Wakes
) -> None:
    made = await judged(url="https://a.example/k", read_text="마감 5월 20일")

    await revisits.withdrawn(await claimed(revisits), "Gone: 404")

    row = await sql.fetchrow("SELECT read_text, triaged_at IS NULL, look_due, looks FROM article")
    assert tuple(row) == ("마감 5월 20일", False, None, 1)
    kept = await sql.fetchrow(
        "SELECT article_id, text, jsonb_array_length(changes) AS many,"
        " changes->0->>'what' AS what, changes->0->'weighty' AS weighty FROM revision"
    )
    assert tuple(kept) == (made, "마감 5월 20일", 1, "글이 내려감 (withdrawn)", "false")
    items = await sql.fetch("SELECT kind, subject FROM ops_item")
    assert [tuple(each) for each in items] == [("post-withdrawn", "https://a.example/k")]
    assert await wakes() == []


# what is left behind


async def test_the_sweep_wakes_what_is_overdue_and_judged(
    database: Database, judged: Add, wakes: Wakes
) -> None:
    overdue = sa.func.now() - timedelta(minutes=5)
    await judged(look_due=overdue)
    await judged(source_id="b")
    await judged(source_id="c", look_due=overdue, triaged_at=None)

    assert await sweep(database) == {"revisit": 1}

    assert await wakes() == ["revisit:a"]


async def test_the_sweep_leaves_an_article_that_has_only_now_changed_to_its_own_wake_up(
    database: Database, revisits: Revisits, judged: Add
) -> None:
    await judged()
    await revisits.revise(await claimed(revisits), Opened("새 본문"), ())

    assert await sweep(database) == {}
