from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import fields
from datetime import datetime
from typing import Any

import asyncpg
import pytest
import sqlalchemy as sa

from scrapers.model import Freshness
from service.listed import Listed
from service.model import Found
from service.store import tables
from service.store.backfills import Backfills
from service.store.database import Database
from service.store.polled import Polled
from service.store.sources import Sources
from service.store.subscriptions import Subscriptions
from service.store.verdicts import Verdicts
from service.store.vitals import Vitals

Add = Callable[..., Awaitable[int]]
Wakes = Callable[[], Awaitable[list[str]]]
MakeFound = Callable[..., Found]
MakePolled = Callable[..., Polled]


@pytest.fixture
async def eight(migrated_url: str) -> AsyncIterator[list[Database]]:
    """Eight processes' worth of databases: no connection in common."""
    async with AsyncExitStack() as stack:
        made = [Database(migrated_url, size=1) for _ in range(8)]
        for each in made:
            stack.push_async_callback(each.close)
        yield made


@pytest.fixture
async def sources(database: Database) -> Sources:
    """The intentions about sources, with ``a`` and ``b`` declared."""
    made = Sources(database)
    await made.declare(["a", "b"])
    return made


@pytest.fixture
def wakes(sql: asyncpg.Connection) -> Wakes:
    """``await wakes()``: what is enqueued, each as ``step:subject``, sorted."""

    async def wakes() -> list[str]:
        rows = await sql.fetch("SELECT entrypoint, payload FROM pgqueuer ORDER BY 1, 2")
        return [f"{row['entrypoint']}:{row['payload'].decode()}" for row in rows]

    return wakes


@pytest.fixture
def found() -> MakeFound:
    """``found("k1", published_at=...)``: an invented post, whole unless ``text`` is None."""

    def found(key: str, **changes: Any) -> Found:
        fields: dict[str, Any] = {
            "key": key,
            "url": f"https://a.example/{key}",
            "title": f"제목 {key}",
            "publisher": None,
            "published_at": None,
            "precision": None,
            "summary": "요약",
            "text": f"본문 {key}",
        }
        if isinstance(changes.get("published_at"), datetime):
            changes.setdefault("precision", "second")
        return Found(**{**fields, **changes})

    return found


@pytest.fixture
def polled(found: MakeFound) -> MakePolled:
    """``polled(post, "k2")``: what a poll found; a text is short for ``found(text)``."""

    def polled(*posts: Found | str, **changes: Any) -> Polled:
        made = [found(each) if isinstance(each, str) else each for each in posts]
        listed: dict[str, Any] = {
            "pages": 1,
            "seen": len(made),
            "fresh": {each.key: each for each in reversed(made)},
        }
        for each in set(changes).intersection(field.name for field in fields(Listed)):
            listed[each] = changes.pop(each)
        rest = {"freshness": Freshness(), "body_sha256": None, "next_in": 60.0, **changes}
        return Polled(Listed(**listed), **rest)

    return polled


@pytest.fixture
def add(database: Database) -> Add:
    """``await add("article", title=...)``: a row as it stands when nothing went on; its number.

    An article is news of source ``a`` that was collected and read.
    """
    numbers = itertools.count(1)

    async def add(table: str, **values: Any) -> int:
        number = next(numbers)
        fields = {**_ROWS[table](number), **values}
        target = tables.metadata.tables[table]
        async with database.transaction() as tx:
            if table == "article":
                await tx.execute(_DECLARE, {"id": fields["source_id"]})
            key = target.c.get("id", next(iter(target.c)))
            row = await tx.execute(sa.insert(target).values(fields).returning(key))
            made = row.scalar_one()
            return made if isinstance(made, int) else 0

    return add


_DECLARE = sa.text("INSERT INTO source (id) VALUES (:id) ON CONFLICT DO NOTHING")
_ROWS: dict[str, Callable[[int], dict[str, Any]]] = {
    "article": lambda n: {
        "source_id": "a",
        "key": f"made {n}",
        "url": f"https://a.example/made/{n}",
        "title": f"제목 {n}",
        "summary": "요약",
        "text": f"본문 {n}",
        "baseline": False,
        "collected_at": sa.func.now(),
        "read_at": sa.func.now(),
        "read_title": f"제목 {n}",
        "read_text": f"본문 {n}",
        "publishers": [],
    },
    "source": lambda n: {"id": f"출처 {n}"},
    "subscription": lambda n: {"name": f"구독 {n}"},
    "endpoint": lambda n: {
        "channel": "console",
        "address": f"자리 {n}",
        "confirmed_at": sa.func.now(),
    },
    "telling": lambda n: {"reason": "alert", "key": f"일 {n}", "facts": {"title": f"제목 {n}"}},
    "delivery": lambda _: {"channel": "console", "hits": []},
    "waiting": lambda _: {"hits": []},
    "attachment": lambda n: {"position": n, "name": f"{n}.hwpx", "url": f"https://a.example/{n}"},
    "mention": lambda n: {"series": "협의회", "name": f"제{n}차 협의회", "parties": []},
    "revision": lambda _: {"title": "옛 제목", "text": "옛 본문", "publishers": []},
    "rule": lambda n: {"text": f"낱말{n}", "canonical": f"낱말{n}"},
    "poll": lambda n: {"slot": n, "outcome": "ok", "finished_at": sa.func.now()},
    "story": lambda _: {"created_at": sa.func.now()},
}


@pytest.fixture
def verdicts(database: Database) -> Verdicts:
    return Verdicts(database)


@pytest.fixture
async def now(sql: asyncpg.Connection) -> datetime:
    found: datetime = await sql.fetchval("SELECT now()")
    return found


@pytest.fixture
def reader(add: Add) -> Callable[..., Awaitable[int]]:
    """``await reader(cadence=...)``: a subscription with one endpoint."""

    async def reader(**wishes: Any) -> int:
        subscription_id = await add("subscription", **wishes)
        await add("endpoint", subscription_id=subscription_id)
        return subscription_id

    return reader


Subscribe = Callable[..., Awaitable[int]]


@pytest.fixture
def subscribe(add: Add) -> Subscribe:
    """``await subscribe(2)``: a subscription with two endpoints; its id."""

    async def subscribe(endpoints: int = 1, **values: object) -> int:
        subscription_id = await add("subscription", **values)
        for _ in range(endpoints):
            await add("endpoint", subscription_id=subscription_id)
        return subscription_id

    return subscribe


@pytest.fixture
async def vitals(sources: Sources, database: Database) -> Vitals:  # noqa: ARG001 - declares them
    return Vitals(database)


@pytest.fixture
def subscriptions(database: Database) -> Subscriptions:
    return Subscriptions(database)


@pytest.fixture
def backfills(database: Database, sources: Sources) -> Backfills:  # noqa: ARG001 - declares them
    return Backfills(database)
