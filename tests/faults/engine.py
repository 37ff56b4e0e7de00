"""The engine at work in this process, on a server of its own: what is stored is to be read."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import asyncpg

from service import work
from service.model import Found
from service.ops.embedded import Server, running
from service.store import found as posts
from service.store.database import Database
from service.store.migrate import migrate
from service.store.server import AWAY
from service.store.sources import Sources
from tests.faults.owners import HASTY, connect

BATCH = 25
_PATIENCE = 60.0
_END = """
    SELECT count(pg_terminate_backend(pid)) FROM (
        SELECT pid FROM pg_stat_activity WHERE datname = current_database()
        AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1
    ) AS one
"""


@dataclass(slots=True)
class Engine:
    """``kept``: keys of what was acknowledged; ``seen``: numbers of the articles that were read.

    ``refused``: how often nothing could be stored, by the SQLSTATE; None: there was no connection.
    """

    server: Server
    database: Database
    kept: set[str] = field(default_factory=set)
    seen: set[int] = field(default_factory=set)
    refused: Counter[str | None] = field(default_factory=Counter)
    _numbers: count[int] = field(default_factory=count)

    async def read(self, subject: str) -> None:
        """The only step there is."""
        self.seen.add(int(subject))

    async def store(self, size: int) -> None:
        """So many new posts in one transaction. Raises one of AWAY."""
        keys = [f"p{next(self._numbers)}" for _ in range(size)]
        async with self.database.transaction() as tx:
            await posts.store(tx, "a", [_post(each) for each in keys], silent=False, floor=None)
        self.kept.update(keys)

    async def go_on(self, stop: asyncio.Event) -> None:
        """Store one post after the other; what is not acknowledged is given up."""
        while not stop.is_set():
            try:
                await self.store(1)
            except AWAY as error:
                self.refused[getattr(getattr(error, "orig", error), "sqlstate", None)] += 1
            await asyncio.sleep(0.01)

    async def refuses(self, times: int, state: str | None) -> None:
        """Wait until storing was refused so often from now on, with that SQLSTATE if any."""

        def refused() -> int:
            return self.refused.total() if state is None else self.refused[state]

        wanted = refused() + times
        async with asyncio.timeout(_PATIENCE):
            while refused() < wanted:  # noqa: ASYNC110 - tells nobody
                await asyncio.sleep(0.01)

    async def more(self) -> float:
        """Wait until something more is read; seconds that took."""
        began, before = time.monotonic(), len(self.seen)
        async with asyncio.timeout(_PATIENCE):
            while len(self.seen) == before:  # noqa: ASYNC110 - tells nobody
                await asyncio.sleep(0.01)
        return time.monotonic() - began

    async def rate(self, batches: int) -> float:
        """Posts a second, from the first stored to the last read."""
        began, wanted = time.monotonic(), len(self.seen) + batches * BATCH
        for _ in range(batches):
            await self.store(BATCH)
        async with asyncio.timeout(_PATIENCE):
            while len(self.seen) < wanted:  # noqa: ASYNC110 - tells nobody
                await asyncio.sleep(0.005)
        return batches * BATCH / (time.monotonic() - began)

    async def lost(self) -> int:
        """How much was acknowledged and is gone, or is stored and not read in the end."""
        sql = await connect(self.server)
        rows = {row["key"]: row["id"] for row in await sql.fetch("SELECT key, id FROM article")}
        sql.terminate()
        end = time.monotonic() + _PATIENCE
        while not self.seen.issuperset(rows.values()) and time.monotonic() < end:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        return len(self.kept - rows.keys()) + len(set(rows.values()) - self.seen)


@asynccontextmanager
async def engine(data: Path, options: Mapping[str, str] | None = None) -> AsyncIterator[Engine]:
    """Everything running; ``options`` are settings of the server."""
    async with running(data, options={**HASTY, **(options or {})}) as server:
        await migrate(server.url)
        made = Engine(server, Database(server.url, size=2))
        await Sources(made.database).declare(["a"])
        stop = asyncio.Event()
        tasks: work.Tasks = {"read": made.read}
        working = asyncio.create_task(work.work(server.url, tasks, at_once=40, stop=stop))
        try:
            yield made
        finally:
            stop.set()
            await working
            await made.database.close()


async def cut(server: Server, times: int, every: float) -> int:
    """End a connection of others, chosen by chance, so many times; how many there were."""
    ended, sql = 0, None
    try:
        for _ in range(times):
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                sql = sql or await connect(server)
                ended += await sql.fetchval(_END)
            await asyncio.sleep(every)
    finally:
        if sql:
            sql.terminate()
    return ended


def _post(key: str) -> Found:
    return Found(
        key=key,
        url=f"https://a.example/{key}",
        title=f"제목 {key}",
        publisher=None,
        published_at=None,
        precision=None,
        summary="요약",
        text=f"본문 {key}",
    )
