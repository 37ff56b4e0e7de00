"""Which file is read next, what becomes of it, and when its article goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import asyncpg
import pytest
import sqlalchemy as sa

from service.store.attachments import Attachments, OwedFile, Settled
from service.store.database import Database

READ = Settled(b"\1" * 32, 5, "hwpx", "unhwp", 2, "문서 글")
BROKEN = Settled(b"\2" * 32, 7, reason="broken", detail="no section")

Add = Callable[..., Awaitable[int]]
Wakes = Callable[[], Awaitable[list[str]]]
File = Callable[..., Awaitable[int]]


@pytest.fixture
def attachments(database: Database) -> Attachments:
    return Attachments(database)


@pytest.fixture
async def article(add: Add) -> int:
    return await add("article", read_at=None)


@pytest.fixture
def file(add: Add, article: int) -> File:
    """``await file(document=1)``: a file of ``article`` that is due; its id."""

    async def file(**values: object) -> int:
        fields = {"article_id": article, "document": 0, "rank": 0, "due_at": sa.func.now()}
        return await add("attachment", **(fields | values))

    return file


async def claimed(attachments: Attachments, source_id: str = "a") -> OwedFile:
    owed = await attachments.claim_owed(source_id)
    assert owed is not None
    return owed


async def test_the_news_comes_first_then_its_documents_in_order_then_the_baseline(
    attachments: Attachments, add: Add, file: File
) -> None:
    old = await add("article", baseline=True, read_at=None)
    baseline = await file(article_id=old)
    annex = await file(document=1)
    release = await file()
    later = await file(article_id=await add("article", read_at=None))

    order = [(await claimed(attachments)).id for _ in range(4)]

    assert order == [release, annex, later, baseline]
    assert await attachments.claim_owed("a") is None


async def test_only_what_is_due_unsettled_and_of_the_source_is_claimed(
    attachments: Attachments, add: Add, file: File
) -> None:
    await file(due_at=None, rank=1)
    await file(due_at=None, document=None, rank=None)
    await file(due_at=sa.func.now() + timedelta(minutes=1))
    await file(settled_at=sa.func.now())
    await file(article_id=await add("article", source_id="b", read_at=None))

    assert await attachments.claim_owed("a") is None


async def test_a_claim_brings_what_is_needed_to_fetch_the_file(
    attachments: Attachments, file: File, article: int
) -> None:
    made = await file(name="자료.hwpx", url="https://a.example/f", failures=2)

    owed = await claimed(attachments)

    assert owed == OwedFile(made, article, "a", "자료.hwpx", "https://a.example/f", False, 1, 2)


async def test_eight_workers_never_get_the_same_file(eight: list[Database], file: File) -> None:
    made = [await file(document=n) for n in range(24)]

    async def work(attachments: Attachments) -> list[int]:
        claims = [await attachments.claim_owed("a") for _ in range(3)]
        return [owed.id for owed in claims if owed is not None]

    shares = await asyncio.gather(*(work(Attachments(each)) for each in eight))

    assert sorted(file_id for share in shares for file_id in share) == made


async def test_a_lease_that_ran_out_fences_the_first_worker(
    attachments: Attachments, file: File, sql: asyncpg.Connection, wakes: Wakes
) -> None:
    await file()
    first = await claimed(attachments)
    assert await attachments.claim_owed("a") is None
    await sql.execute("UPDATE attachment SET due_at = now() - interval '1 second'")
    second = await claimed(attachments)
    before = await sql.fetchrow("SELECT * FROM attachment")

    assert not await attachments.renew(first)
    assert not await attachments.settle(first, BROKEN, notice=True)
    await attachments.put_off(first, "old", 600.0)

    assert await sql.fetchrow("SELECT * FROM attachment") == before
    assert await sql.fetchval("SELECT count(*) FROM ops_item") == 0
    assert await wakes() == []
    assert await attachments.settle(second, READ)


async def test_a_renewed_lease_is_kept(
    attachments: Attachments, file: File, sql: asyncpg.Connection
) -> None:
    await file()
    owed = await claimed(attachments)
    await sql.execute("UPDATE attachment SET due_at = now() - interval '1 second'")

    assert await attachments.renew(owed)

    assert await attachments.claim_owed("a") is None


async def test_a_file_that_was_read_is_stored_whole_and_lets_its_article_be_read(
    attachments: Attachments, file: File, article: int, sql: asyncpg.Connection, wakes: Wakes
) -> None:
    await file(detail="earlier trouble")

    assert await attachments.settle(await claimed(attachments), READ)

    row = await sql.fetchrow(
        "SELECT sha256, size, container, parser, tables, text, reason, detail, settled_at"
        " FROM attachment"
    )
    assert tuple(row)[:-1] == (b"\1" * 32, 5, "hwpx", "unhwp", 2, "문서 글", None, None)
    assert row["settled_at"] is not None
    assert await wakes() == [f"read:{article}"]


async def test_an_article_waits_for_the_last_of_its_files(
    attachments: Attachments, file: File, article: int, wakes: Wakes
) -> None:
    for document in range(3):
        await file(document=document)

    for _ in range(2):
        await attachments.settle(await claimed(attachments), READ)
    assert await wakes() == []

    await attachments.settle(await claimed(attachments), BROKEN)
    assert await wakes() == [f"read:{article}"]


async def test_files_settled_at_once_wake_their_article_once(
    eight: list[Database], file: File, article: int, wakes: Wakes
) -> None:
    for document in range(8):
        await file(document=document)
    workers = [Attachments(each) for each in eight]
    claims = [await claimed(each) for each in workers]

    await asyncio.gather(
        *(worker.settle(owed, READ) for worker, owed in zip(workers, claims, strict=True))
    )

    assert await wakes() == [f"read:{article}"]


async def test_a_document_that_fails_is_read_in_its_next_format(
    attachments: Attachments, file: File, article: int, wakes: Wakes
) -> None:
    await file()
    pdf, hwp = await file(rank=2, due_at=None), await file(rank=1, due_at=None)
    await file(document=1, rank=1, due_at=None)

    await attachments.settle(await claimed(attachments), BROKEN)
    assert await wakes() == ["attach:a"]
    second = await claimed(attachments)
    await attachments.settle(second, BROKEN)
    third = await claimed(attachments)
    await attachments.settle(third, READ)

    assert (second.id, third.id) == (hwp, pdf)
    assert await wakes() == ["attach:a", "attach:a", f"read:{article}"]
    assert await attachments.claim_owed("a") is None


async def test_a_document_that_was_read_leaves_its_other_formats_alone(
    attachments: Attachments, file: File, article: int, wakes: Wakes
) -> None:
    await file()
    await file(rank=1, due_at=None)

    await attachments.settle(await claimed(attachments), READ)

    assert await attachments.claim_owed("a") is None
    assert await wakes() == [f"read:{article}"]


async def test_a_document_without_a_letter_in_it_is_read_all_the_same(
    attachments: Attachments, file: File, wakes: Wakes, article: int
) -> None:
    await file()
    await file(rank=1, due_at=None)

    await attachments.settle(await claimed(attachments), Settled(b"", 0, "pdf", "p", 0, ""))

    assert await wakes() == [f"read:{article}"]


async def test_a_person_is_told_once_a_source(
    attachments: Attachments, file: File, sql: asyncpg.Connection
) -> None:
    for document in (0, 1):
        await file(document=document, url="https://a.example/f")
        failed = Settled(reason="not-fetched", detail="503")
        await attachments.settle(await claimed(attachments), failed, notice=True)

    items = await sql.fetch("SELECT kind, subject, detail, times FROM ops_item")
    assert [tuple(each) for each in items] == [
        ("file-unreadable", "a", "https://a.example/f: 503", 2)
    ]


async def test_a_file_put_off_comes_due_later_with_a_wake_up_for_then(
    attachments: Attachments, file: File, sql: asyncpg.Connection, wakes: Wakes
) -> None:
    await file()

    await attachments.put_off(await claimed(attachments), "503", 30.0)

    row = await sql.fetchrow("SELECT failures, detail, due_at - now() AS rest FROM attachment")
    assert tuple(row)[:2] == (1, "503")
    assert timedelta(seconds=25) < row["rest"] <= timedelta(seconds=30)
    assert await wakes() == ["attach:a"]
    wait = await sql.fetchval("SELECT execute_after - now() FROM pgqueuer")
    assert timedelta(seconds=25) < wait <= timedelta(seconds=30)
    assert await attachments.claim_owed("a") is None
