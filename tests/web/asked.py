"""The desk as an operator, an editor, a reader or nobody asks it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx
import sqlalchemy as sa
from bs4 import BeautifulSoup

from service.links import Signer
from service.store import tables
from service.store.database import Database
from service.web.shell import COOKIE

SIGNER = Signer(b"a secret of this test, 32 or more")


@dataclass
class Desk:
    """The pages, asked by an operator, an editor, a reader or nobody."""

    database: Database
    client: httpx.AsyncClient

    async def add(self, name: str, /, **values: Any) -> Any:
        table = tables.metadata.tables[name]
        async with self.database.transaction() as tx:
            made = await tx.execute(sa.insert(table).values(values).returning(*table.primary_key))
            return made.one()[0]

    async def column(self, name: str, column: str) -> list[Any]:
        table = tables.metadata.tables[name]
        async with self.database.transaction() as tx:
            return list(await tx.scalars(sa.select(table.c[column]).order_by(table.c.id)))

    async def see(self, path: str, role: str | None = "operator") -> httpx.Response:
        return await self.client.get(path, headers=cookie(role))

    async def text(self, path: str, role: str | None = "operator") -> str:
        answer = await self.see(path, role)
        assert answer.status_code == 200, (path, answer.status_code)
        return BeautifulSoup(answer.text, "lxml").get_text(" ", strip=True)

    async def do(self, path: str, role: str = "operator", **fields: str) -> int:
        number = {"operator": 1, "editor": 2, "reader": 3}[role]
        fields |= {"csrf": SIGNER.sign("csrf", number, 7)}
        answer = await self.client.post(path, data=fields, headers=cookie(role))
        return answer.status_code


def cookie(role: str | None) -> dict[str, str]:
    return {"Cookie": f"{COOKIE}={role}"} if role else {}
