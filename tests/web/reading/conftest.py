from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

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
from tests.web.reading.stories import LIFTED, NINE, NOW, READING, today

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


@pytest.fixture
async def release(add: Add) -> Add:
    """``await release("제목", days=2)``: a judged release of 중소벤처기업부, so many days old."""
    await add("source", id="mss_press", last_ok_at=NOW)
    numbers = itertools.count()

    async def release(title: str, days: int = 2, **values: Any) -> int:
        number = next(numbers)
        fields = {
            "source_id": "mss_press", "key": str(number), "url": f"https://a.example/{number}",
            "title": title, "read_title": title, "summary": "", "text": "", "read_text": "",
            "baseline": False, "publishers": ["mss"], "topics": ["export"], "kind": "release",
            "published_at": NOW - timedelta(days=days), "precision": "minute", "facts": {},
            "collected_at": NOW, "read_at": NOW, "triaged_at": NOW,
        }  # fmt: skip
        values.setdefault("story_id", await add("story", created_at=NOW))
        return await add("article", **(fields | values))

    return release


@pytest.fixture
def call(release: Add) -> Add:
    """``await call("제목", closes=3)``: a call that closes so many days from now."""

    async def call(title: str, closes: int | None = 3, **values: Any) -> int:
        end = None if closes is None else today() + timedelta(days=closes)
        facts = {"call": {"is_call": True} | values.pop("said", {})}
        return await release(title, kind="notice", call_end=end, facts=facts, **values)

    return call
