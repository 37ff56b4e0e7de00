"""What every page and the health checks answer, over the real store and without one."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import httpx
import pytest
import sqlalchemy as sa

from service.links import Signer
from service.store.database import Database
from service.web.app import build

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


async def test_every_answer_is_guarded_by_its_headers(client: httpx.AsyncClient) -> None:
    for path in ("/", *HEALTH, "/nowhere", "/release/1", "/series/x", "/search", "/new"):
        headers = (await client.get(path)).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"


async def test_a_file_is_kept_for_good_by_its_own_content_alone(client: httpx.AsyncClient) -> None:
    link = re.search(r'href="(/static/pabal.css[^"]*)"', (await client.get("/")).text)
    assert link is not None
    ours, other = link[1], link[1][:-1] + ("0" if link[1][-1] != "0" else "1")
    assert "immutable" in (await client.get(ours)).headers["cache-control"]
    for path in (other, "/static/pabal.css", "/static/pabal.css?v="):
        assert (await client.get(path)).headers["cache-control"] == "no-store"


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


async def test_a_database_that_can_only_be_read_is_said_and_shown_still(
    house: tuple[Database, httpx.AsyncClient],
) -> None:
    database, client = house
    async with database.transaction() as tx:  # of the one session that there is
        await tx.execute(sa.text("SET default_transaction_read_only = on"))

    ready = await client.get("/readyz")

    assert (ready.status_code, ready.json()) == (200, {"status": "database read-only"})
    assert (await client.get("/")).status_code == 200
    assert "pabal_database_writable 0.0" in (await client.get("/metrics")).text.splitlines()


async def test_without_its_database_the_page_says_so() -> None:
    async with opened(NOBODY) as (_, client):
        for path in ("/", "/new", "/release/1", "/release/1.ics", "/series/x"):
            answer = await client.get(path)
            assert answer.status_code == 503
            assert "데이터베이스에 닿지 않습니다" in answer.text


async def test_a_database_that_nobody_migrated_is_not_ready(database_url: str) -> None:
    async with opened(database_url) as (_, client):
        assert (await client.get("/readyz")).status_code == 503


async def test_a_bug_of_ours_is_a_page_that_says_so_and_a_line_of_the_log(
    migrated_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async with opened(migrated_url) as (database, _):
        app = build(database, Signer(b"a secret of this test, 32 or more"))

        @app.get("/broken/{number}")
        async def broken(number: str) -> None:
            raise LookupError(number)

        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://pabal.test") as client:
            answer = await client.get("/broken/7")

    assert answer.status_code == 500
    assert "바뀐 것은 없습니다" in answer.text
    assert "LookupError" not in answer.text
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    said = capsys.readouterr()
    assert "page.failed" in said.err + said.out


async def test_a_bug_in_a_query_is_not_taken_for_an_absent_database(migrated_url: str) -> None:
    async with opened(migrated_url) as (database, _):
        app = build(database, Signer(b"a secret of this test, 32 or more"))

        @app.get("/divided")
        async def divided() -> None:
            async with database.transaction() as tx:
                await tx.execute(sa.text("SELECT 1 / 0"))

        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://pabal.test") as client:
            assert (await client.get("/divided")).status_code == 500


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.ConnectionDoesNotExistError("closed in the middle of operation"),
        asyncpg.InternalClientError("another operation is in progress"),
    ],
    ids=["gone", "cut"],
)
async def test_a_connection_ended_under_the_driver_is_an_absent_database(
    migrated_url: str, error: Exception
) -> None:
    async with opened(migrated_url) as (database, _):
        app = build(database, Signer(b"a secret of this test, 32 or more"))

        @app.get("/cut")
        async def cut() -> None:
            raise error

        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://pabal.test") as client:
            assert (await client.get("/cut")).status_code == 503
