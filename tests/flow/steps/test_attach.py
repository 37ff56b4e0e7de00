"""Attach: each document of an article, fetched and read or given up with its reason."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from scrapers.documents.model import Document, DocumentError
from scrapers.errors import (
    Broken,
    Disallowed,
    Gone,
    ScrapeError,
    Throttled,
    TooLarge,
    Unreachable,
)
from scrapers.fetch import Fetcher
from scrapers.model import Freshness, Source
from service.attach import Attach
from service.documents import Documents
from service.pace import FILE_LADDER
from service.store.attachments import Attachments
from service.store.database import Database

HOST = "https://a.example"
NINE = datetime(2026, 11, 20, 9, tzinfo=ZoneInfo("Asia/Seoul"))
RESET = Unreachable(f"{HOST}/f0", "reset")
ERROR_PAGE = "\ufeff\n<!DOCTYPE html><title>없는 자료</title>"
LOGIN = "로그인이 필요합니다"
DENIED = '{"error": "expired"}'
ALERT_PAGE = "<script>alert('파일이 없습니다');</script>"
ARCHIVE = "PK 보도자료"

Serve = Callable[..., None]
Asked = Callable[[], list[tuple[str, Freshness | None, float]]]
AddArticle = Callable[..., Awaitable[int]]
AddFile = Callable[..., Awaitable[int]]


class Reader:
    """Reads bytes as their own text; a first word names a failure."""

    async def read(self, content: bytes) -> Document:
        text = content.decode()
        if text.startswith("broken"):
            raise DocumentError("broken", "no\0 section")
        if text.startswith("crashed"):
            raise DocumentError("crashed", "killed by signal 9")
        if text.startswith("unstarted"):
            raise ChildProcessError("the process that reads documents does not start")
        lacks = "page 2" if text.endswith("2") else None
        return Document("hwpx", text, "reader", tables=1, lacks=lacks)


@pytest.fixture
def attach(database: Database, site: object) -> Attach:
    class Declared:
        pause = 2.5

    sources = {"a": cast("Source", Declared())}
    reader = cast("Documents", Reader())
    return Attach(sources, cast("Fetcher", site), reader, Attachments(database), pace=1.0)


@pytest.fixture
async def article(add_article: AddArticle) -> int:
    return await add_article(collected_at=NINE, text="본문")


@pytest.fixture
def file(sql: asyncpg.Connection, article: int) -> AddFile:
    """``await file(0, "a.txt")``: document 0 of the article, at ``/f0``, due; its id."""

    async def file(position: int, name: str = "a.txt", failures: int = 0, fence: int = 0) -> int:
        return int(
            await sql.fetchval(
                "INSERT INTO attachment (article_id, position, name, url, document, rank, due_at,"
                " failures, fence) VALUES ($1, $2, $3, $4, $2, 0, now(), $5, $6) RETURNING id",
                article,
                position,
                name,
                f"{HOST}/f{position}",
                failures,
                fence,
            )
        )

    return file


async def results(sql: asyncpg.Connection) -> list[tuple[object, ...]]:
    """(text, reason, detail) of every file that is settled."""
    rows = await sql.fetch(
        "SELECT text, reason, detail FROM attachment WHERE settled_at IS NOT NULL ORDER BY id"
    )
    return [tuple(row) for row in rows]


async def test_every_file_is_fetched_with_the_pause_of_its_source_and_stored_as_text(
    attach: Attach, serve: Serve, asked: Asked, file: AddFile, sql: asyncpg.Connection
) -> None:
    await file(0)
    await file(1, "b.pdf")
    serve("/f0", ARCHIVE)
    serve("/f1", f"{ARCHIVE} 2")

    await attach.attach_owed("a")

    assert asked() == [("/f0", None, 2.5), ("/f1", None, 2.5)]
    assert await results(sql) == [(ARCHIVE, None, None), (f"{ARCHIVE} 2", None, "page 2")]
    row = await sql.fetchrow("SELECT sha256, size, container, parser, tables FROM attachment")
    content = ARCHIVE.encode()
    digest = hashlib.sha256(content).digest()
    assert tuple(row) == (digest, len(content), "hwpx", "reader", 1)
    assert await sql.fetchval("SELECT entrypoint FROM pgqueuer") == "read"


async def test_a_reader_that_does_not_start_is_no_files_fault(
    attach: Attach, serve: Serve, file: AddFile, sql: asyncpg.Connection
) -> None:
    later = await file(0)
    await file(1)
    await file(2, failures=len(FILE_LADDER))
    for number, text in enumerate(("unstarted", ARCHIVE, "unstarted")):
        serve(f"/f{number}", text)

    await attach.attach_owed("a")

    (_, read), (_, given_up) = [(text, reason) for text, reason, _ in await results(sql)]
    assert (read, given_up) == (None, "not-fetched")  # which is asked for at the next look
    row = await sql.fetchrow("SELECT failures, due_at > now() FROM attachment WHERE id = $1", later)
    assert tuple(row) == (1, True)


async def test_a_document_that_cannot_be_read_costs_itself_only(
    attach: Attach, serve: Serve, file: AddFile, sql: asyncpg.Connection
) -> None:
    await file(0)
    await file(1)
    serve("/f0", "broken")
    serve("/f1", "붙임")

    await attach.attach_owed("a")

    assert await results(sql) == [(None, "broken", "no section"), ("붙임", None, None)]
    assert await sql.fetchval("SELECT size FROM attachment ORDER BY id") == len("broken")
    assert await sql.fetchval("SELECT count(*) FROM ops_item") == 0


async def test_a_parser_that_crashed_is_told_to_a_person(
    attach: Attach, serve: Serve, file: AddFile, sql: asyncpg.Connection
) -> None:
    await file(0)
    serve("/f0", "crashed")

    await attach.attach_owed("a")

    assert await results(sql) == [(None, "crashed", "killed by signal 9")]
    assert await sql.fetchval("SELECT kind FROM ops_item") == "file-unreadable"


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (Gone(f"{HOST}/f0", "404"), "refused"),
        (Disallowed(f"{HOST}/f0", "robots.txt"), "refused"),
        (TooLarge(f"{HOST}/f0", "over"), "too-large"),
        (Throttled(f"{HOST}/f0", "429", 3600.0), "not-fetched"),
    ],
    ids=["gone", "disallowed", "too large", "throttled for long"],
)
async def test_a_file_that_will_not_come_lets_its_article_go_on_at_once(
    attach: Attach,
    serve: Serve,
    file: AddFile,
    sql: asyncpg.Connection,
    error: ScrapeError,
    reason: str,
) -> None:
    await file(0)
    serve("/f0", error)

    await attach.attach_owed("a")

    assert await results(sql) == [(None, reason, error.said)]
    assert await sql.fetchval("SELECT entrypoint FROM pgqueuer") == "read"
    items = await sql.fetch("SELECT kind, subject FROM ops_item")
    assert [tuple(each) for each in items] == [("file-unreadable", "a")]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (RESET, RESET.said),
        (Broken(f"{HOST}/f0", "status 400"), "화면 구조가 바뀜 (the layout changed): status 400"),
        (ERROR_PAGE, "서버 오류 (server error): a web page came in place of the file"),
        (ALERT_PAGE, "서버 오류 (server error): a web page came in place of the file"),
        (LOGIN, f"서버 오류 (server error): words came in place of the file: {LOGIN!r}"),
        (DENIED, f"서버 오류 (server error): words came in place of the file: {DENIED!r}"),
        ("", "서버 오류 (server error): an empty file came"),
    ],
    ids=["reset", "odd status", "error page", "alert page", "login", "json", "empty"],
)
@pytest.mark.parametrize("failures", range(len(FILE_LADDER)))
async def test_a_passing_failure_is_tried_again_on_the_next_rung(
    attach: Attach,
    serve: Serve,
    file: AddFile,
    sql: asyncpg.Connection,
    answer: ScrapeError | str,
    why: str,
    failures: int,
) -> None:
    await file(0, "a.hwpx", failures=failures, fence=failures)
    serve("/f0", answer)

    await attach.attach_owed("a")

    assert await results(sql) == []
    row = await sql.fetchrow("SELECT failures, detail, due_at - now() AS rest FROM attachment")
    assert tuple(row)[:2] == (failures + 1, why)
    wait = FILE_LADDER[failures]
    assert timedelta(seconds=wait * 0.8) < row["rest"] <= timedelta(seconds=wait * 1.1)


async def test_a_publisher_that_asks_for_a_short_wait_gets_it(
    attach: Attach, serve: Serve, file: AddFile, sql: asyncpg.Connection
) -> None:
    await file(0)
    serve("/f0", Throttled(f"{HOST}/f0", "429", 120.0))

    await attach.attach_owed("a")

    rest = await sql.fetchval("SELECT due_at - now() FROM attachment")
    assert timedelta(seconds=115) < rest <= timedelta(seconds=120)


async def test_after_the_last_rung_the_article_goes_on_without_its_file(
    attach: Attach, serve: Serve, file: AddFile, sql: asyncpg.Connection
) -> None:
    await file(0, failures=len(FILE_LADDER), fence=len(FILE_LADDER))
    serve("/f0", RESET)

    await attach.attach_owed("a")

    assert await results(sql) == [(None, "not-fetched", RESET.said)]
    assert await sql.fetchval("SELECT entrypoint FROM pgqueuer") == "read"
    assert await sql.fetchval("SELECT count(*) FROM ops_item") == 1


def test_an_article_waits_a_few_minutes_for_a_file_at_most() -> None:
    assert sum(FILE_LADDER) * 1.1 < 180


async def test_a_file_that_is_a_page_or_data_by_its_name_may_be_one(
    attach: Attach, serve: Serve, file: AddFile, sql: asyncpg.Connection
) -> None:
    await file(0, "공고.HTML")
    await file(1, "공고.hwp")
    serve("/f0", ERROR_PAGE)
    await file(2, "공고.json")
    serve("/f1", "<?xml version='1.0'?><HWPML>")
    serve("/f2", DENIED)

    await attach.attach_owed("a")

    assert [reason for _, reason, _ in await results(sql)] == [None, None, None]


async def test_a_file_over_which_workers_end_again_and_again_is_given_up(
    attach: Attach, asked: Asked, file: AddFile, sql: asyncpg.Connection
) -> None:
    await file(0, failures=1, fence=5)

    await attach.attach_owed("a")

    assert asked() == []
    assert [reason for _, reason, _ in await results(sql)] == ["crashed"]


async def test_letters_that_no_database_keeps_are_left_out(
    attach: Attach, serve: Serve, file: AddFile, sql: asyncpg.Connection
) -> None:
    await file(0)
    serve("/f0", "PK 본\0문")

    await attach.attach_owed("a")

    assert await results(sql) == [("PK 본문", None, None)]
