"""The API over a migrated database with rows of ours, asked as a program would."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from notifier import registry
from notifier.model import ChannelOptions
from service.judging.fields import Values
from service.links import Signer
from service.preview import Tools
from service.reading.publishers import Registry
from service.store import tables
from service.store.database import Database
from service.store.keys import Keys, Scope
from service.web.api.app import PATH, build_api, mount
from service.web.api.backing import Backing
from service.web.api.cursors import Cursors
from service.web.means import Means
from tests.web.conftest import nothing

Add = Callable[..., Awaitable[int]]
MakeKey = Callable[..., Awaitable[str]]

SECRET = b"a secret of this test, 32 or more"
REGISTRY = Registry.load()


def backing(database: Database, *, anonymous: bool = True) -> Backing:
    """What the API works with, channels open to any address."""
    tools = Tools(nothing, REGISTRY, {})
    known = {name: registry.traits(name) for name in ("webhook", "feed", "console", "ntfy")}
    ways = {
        name: registry.open_channel(name, ChannelOptions(private_addresses=True)) for name in known
    }
    means = Means(Values(REGISTRY), ways, known, tools, anonymous)
    return Backing(database, means, means.search(database), Cursors(Signer(SECRET)))


def mounted(house: Backing) -> FastAPI:
    app = FastAPI(openapi_url=None)
    mount(app, build_api(house))
    return app


def asking(app: FastAPI) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=f"http://pabal.test{PATH}")


@pytest.fixture
async def client(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with asking(mounted(backing(database))) as made:
        yield made


@pytest.fixture
def add(database: Database) -> Add:
    """``await add("article", title=...)``: a row; its number where it has one."""
    count = 0

    async def add(table_name: str, /, **values: Any) -> int:
        nonlocal count
        count += 1
        table = tables.metadata.tables[table_name]
        async with database.transaction() as tx:
            row = await tx.execute(sa.insert(table).values(values).returning(*table.primary_key))
            first = row.one()[0]
        return first if isinstance(first, int) else 0

    return add


@pytest.fixture
async def article(add: Add, database: Database) -> Add:
    """``await article(title=...)``: one that was read and judged, a story of its own."""
    async with database.transaction() as tx:
        await tx.execute(sa.insert(tables.source).values(id="a"))
    count = 0

    async def article(**changes: Any) -> int:
        nonlocal count
        count += 1
        out = datetime(2026, 3, 2, 9, tzinfo=UTC) + timedelta(minutes=count)
        fields = {
            "source_id": "a",
            "key": f"k{count}",
            "url": f"https://a.example/{count}",
            "title": f"제목 {count}",
            "read_title": f"제목 {count}",
            "read_text": f"본문 {count}",
            "summary": "",
            "baseline": False,
            "collected_at": out,
            "read_at": out,
            "triaged_at": out,
            "discovered_at": out,
            "read_published_at": out,
            "read_precision": "minute",
            "kind": "release",
            "publishers": ["mss"],
            "topics": ["export"],
            "facts": {},
        }
        if "story_id" not in changes:
            fields["story_id"] = await add("story", created_at=out)
        return await add("article", **(fields | changes))

    return article


@pytest.fixture
def account(add: Add) -> Add:
    """``await account("a@x.example")``: its number."""

    async def account(address: str, role: str = "reader") -> int:
        return await add("account", address=address, role=role)

    return account


@pytest.fixture
def make_key(database: Database, account: Add) -> MakeKey:
    """``await make_key("a@x.example", "read")``: a key of a new account."""

    async def make_key(address: str, *scopes: Scope, role: str = "reader", **more: Any) -> str:
        number = await account(address, role=role)
        return await Keys(database).make(number, "시험", scopes, **more)

    return make_key


@pytest.fixture
async def strict(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    """Where nobody reads without a key."""
    async with asking(mounted(backing(database, anonymous=False))) as made:
        yield made


@pytest.fixture
async def nowhere() -> AsyncIterator[httpx.AsyncClient]:
    """Where no database answers."""
    gone = Database("postgresql+asyncpg://x@127.0.0.1:1/x", size=1)
    async with asking(mounted(backing(gone))) as made:
        yield made
    await gone.close()
