"""Pages behind a feed's address over the real store, with one subscription that is told things."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from service.links import Signer
from service.store import tables
from service.store.database import Database
from service.web.app import build
from service.web.stream import Stream

SIGNER = Signer(b"k" * 32)
FACTS = {
    "title": "수출 바우처 참여기업 모집",
    "url": "https://a.example/1?a=1&b=2",
    "publisher": "관세청",
    "source": "customs_press",
    "published_at": "2026-11-20T09:05:00+09:00",
    "published_precision": "minute",
    "summary": "요약",
    "kind": "notice",
    "embargo": None,
    "apply_by": "2026-12-10 18:00",
    "topics": ["수출", "중소기업"],
    "contacts": ["통상협력과 사무관 김가온 044-000-0000"],
    "files": [{"name": "공고문.hwpx", "url": "https://a.example/f"}],
    "extract": "수출 바우처 참여기업을 뽑는다.",
}
HITS = [{"rule": "바우처", "excerpt": "수출 바우처 참여기업", "marks": [[3, 6]]}]


@dataclass
class House:
    """The application and a ``client`` of it; ``token`` is that of the subscription ``mine``."""

    database: Database
    app: FastAPI
    stream: Stream
    client: httpx.AsyncClient
    mine: int
    endpoint: int
    token: str
    numbers: Any
    signer: Signer = SIGNER

    async def add(self, name: str, /, **values: object) -> Any:
        """A row; its id, if any."""
        table = tables.metadata.tables[name]
        async with self.database.transaction() as tx:
            key = table.c.get("id", next(iter(table.c)))
            made = await tx.execute(sa.insert(table).values(values).returning(key))
            return made.scalar_one()

    async def run(self, statement: str, **values: object) -> None:
        async with self.database.transaction() as tx:
            await tx.execute(sa.text(statement), values)

    async def telling(self, **changes: Any) -> Any:
        """Something that can be told; what is no column of it is one of its facts."""
        row = {"reason": "alert", "key": f"일 {next(self.numbers)}"}
        row |= {key: changes.pop(key) for key in list(changes) if key in tables.telling.c}
        return await self.add("telling", facts=FACTS | changes, **row)

    async def owe(self, telling_id: int, **changes: Any) -> Any:
        """Owe it to the subscription."""
        row = {"channel": "console", "hits": HITS, "subscription_id": self.mine}
        return await self.add(
            "delivery", **row | {"endpoint_id": self.endpoint} | changes, telling_id=telling_id
        )

    async def told(self, **changes: Any) -> Any:
        """Something that the subscription was told."""
        telling_id = await self.telling(**changes)
        await self.owe(telling_id)
        return telling_id

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.client.get(path.format(self.token), headers=headers)


@pytest.fixture
async def house(migrated_url: str) -> AsyncIterator[House]:
    database = Database(migrated_url, size=4)
    app = build(database, SIGNER, "https://pabal.example")
    stream: Stream = app.state.stream
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="https://pabal.example") as client:
        made = House(database, app, stream, client, 0, 0, "", itertools.count(1))
        made.mine = await made.add("subscription", name="나 & <b>", remind=[7, 1])
        made.endpoint = await made.add(
            "endpoint", subscription_id=made.mine, channel="console", address="-"
        )
        made.token = SIGNER.sign("feed", made.mine, 0)
        yield made
    await stream.aclose()
    await database.close()
