"""Looking again at what was told: when, by whom, and what happens where it does not work."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import asyncpg
import pytest
import sqlalchemy as sa

from service.store.database import Database
from service.store.opened import Filed, Opened
from service.store.refile import KeptFile
from service.store.revisits import Revisits
from service.store.sweep import sweep
from tests.store.revisits.filed import DAY, HOUR, SHA, WEEK, claimed, files, paired

SOON = timedelta(seconds=5)

Add = Callable[..., Awaitable[int]]
Wakes = Callable[[], Awaitable[list[str]]]


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
