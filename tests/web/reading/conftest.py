from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime

import httpx
import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from service.links import Signer
from service.model import Reading
from service.store import tables
from service.store.database import Database
from service.store.readings import Readings
from service.web.app import build
from tests.web.reading.stories import LIFTED, NINE, READING

Add = Callable[..., Awaitable[int]]


@pytest.fixture
async def client(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(build(database, Signer(b"a secret of this test, 32 or more")))
    async with httpx.AsyncClient(transport=transport, base_url="http://pabal.test") as made:
        yield made


@pytest.fixture
def add(database: Database) -> Add:
    """``await add("source", id="a")``: a row; its number where the table gives one."""

    async def add(name: str, /, **values: object) -> int:
        table = tables.metadata.tables[name]
        async with database.transaction() as tx:
            made = await tx.execute(sa.insert(table).values(values).returning(*table.primary_key))
            key = made.first()
        return key[0] if key is not None and isinstance(key[0], int) else 0

    return add


@pytest.fixture
async def article(add: Add, database: Database) -> Add:
    """``await article("제목", reading=…, story=…)``: one of source ``a``, judged; its number."""
    await add("source", id="a", last_ok_at=NINE)
    keys = itertools.count()

    async def article(
        title: str, reading: Reading | None = None, story: int | None = None, **changes: object
    ) -> int:
        fields: dict[str, object] = {
            "source_id": "a",
            "key": str(next(keys)),
            "url": "https://a.example/1",
            "title": title,
            "summary": "",
            "baseline": False,
            "collected_at": NINE,
            "story_id": story or await add("story", created_at=sa.func.now()),
        }
        number = await add("article", **(fields | changes))
        if reading is not None:
            async with database.transaction() as tx:
                until = changes.get("embargo_until")
                assert until is None or isinstance(until, datetime)
                await Readings(database).store(tx, number, reading, embargo_until=until)
        return number

    return article


@pytest.fixture
def shown(client: httpx.AsyncClient) -> Callable[[str], Awaitable[BeautifulSoup]]:
    """``await shown("/")``: a page that is there."""

    async def shown(path: str) -> BeautifulSoup:
        answer = await client.get(path)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        return BeautifulSoup(answer.text, "lxml")

    return shown


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
