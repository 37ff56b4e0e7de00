"""The database is lost before or after each statement on the way of a release, as by a kill."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import asyncpg
import pytest
from sqlalchemy.engine import make_url
from structlog.testing import capture_logs

from notifier.model import Message, Receipt, Traits
from service.collect import Collect
from service.deliver import Deliver
from service.links import Signer
from service.read import Read
from service.store.database import Database
from service.store.deliveries import Deliveries
from service.store.sweep import sweep
from service.triage import Triage
from service.worded import Words

EXCHANGES = b"SQ"  # Sync, Query: with either the client waits for what the server says
READY = b"Z"
READERS = 2


@dataclass(eq=False)
class Wire:
    """Between the steps and the server: counts exchanges, and breaks every line at one of them."""

    server: str
    exchanges: int = 0
    stop_at: int = 0
    after: bool = False
    broken: bool = False
    lines: set[asyncio.StreamWriter] = field(default_factory=set)

    async def come(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.broken:
            writer.transport.abort()
            return
        there, out = await asyncio.open_unix_connection(self.server)
        self.lines |= {writer, out}
        armed = asyncio.Event()
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            out.write(await _sized(reader))  # the first message has no letter
            await asyncio.gather(self._ask(reader, out, armed), self._answer(there, writer, armed))
        for each in (writer, out):
            each.transport.abort()

    async def _ask(
        self, reader: asyncio.StreamReader, out: asyncio.StreamWriter, armed: asyncio.Event
    ) -> None:
        while True:
            kind = await reader.readexactly(1)
            message = kind + await _sized(reader)
            if kind in EXCHANGES:
                self.exchanges += 1
                if self.exchanges == self.stop_at:
                    if not self.after:
                        self._break()
                        return
                    armed.set()
            out.write(message)

    async def _answer(
        self, there: asyncio.StreamReader, writer: asyncio.StreamWriter, armed: asyncio.Event
    ) -> None:
        while True:
            kind = await there.readexactly(1)
            message = kind + await _sized(there)
            if kind == READY and armed.is_set():
                self._break()
                return
            writer.write(message)

    def _break(self) -> None:
        self.broken = True
        for each in self.lines:
            each.transport.abort()

    def mend(self, stop_at: int = 0, *, after: bool = False) -> None:
        """Let everybody through again, up to exchange ``stop_at`` from now on."""
        self.exchanges, self.stop_at, self.after, self.broken = 0, stop_at, after, False


async def _sized(reader: asyncio.StreamReader) -> bytes:
    size = await reader.readexactly(4)
    return size + await reader.readexactly(int.from_bytes(size) - 4)


@pytest.fixture
async def wire(migrated_url: str, tmp_path: Path) -> AsyncIterator[Wire]:
    host = make_url(migrated_url).query["host"]
    made = Wire(f"{host}/.s.PGSQL.5432")
    async with await asyncio.start_unix_server(made.come, tmp_path / ".s.PGSQL.5432"):
        yield made
        made._break()


@pytest.fixture
async def database(migrated_url: str, wire: Wire, tmp_path: Path) -> AsyncIterator[Database]:
    """All that the steps say to the store goes over the wire."""
    url = make_url(migrated_url).set(query={})
    plain = url.render_as_string(hide_password=False)
    made = Database(f"{plain}?host={quote(str(tmp_path))}", size=3)
    yield made
    wire.mend()
    await made.close()


class Way:
    """A channel that takes everything; ``taken``: ids by title, in the order they came."""

    def __init__(self) -> None:
        self.taken: dict[str, list[str]] = {}

    async def send(self, message: Message) -> Receipt:
        content: Any = message.content
        self.taken.setdefault(content.title, []).append(message.id)
        return Receipt("204")

    async def aclose(self) -> None: ...

    def check_address(self, address: str) -> None: ...


@dataclass
class Round:
    """One release after the other through all steps, a few statements each."""

    database: Database
    sql: asyncpg.Connection
    collect: Collect
    read: Read
    triage: Triage
    deliver: Deliver
    serve: Callable[..., None]
    way: Way
    number: int = 0

    def publish(self) -> str:
        """Put up one more; its title."""
        self.number += 1
        chance = random.Random(self.number)
        words = ("".join(chance.choices("가나다라마바사아자차카타파하", k=4)) for _ in range(60))
        self.serve("/list/1", f"n{self.number}\nn{self.number - 1}")
        self.serve(f"/n{self.number}", f"text: 수출 {' '.join(words)}")
        return f"제목 n{self.number}"

    async def go(self) -> None:
        """Do all that is to be done, as the rows say it."""
        await self.sql.execute("UPDATE source SET next_due = now()")
        for slot in await self.collect.sources.claim_due(["a"]):
            await self.collect.poll(*slot)
        await self.collect.open_owed("a")
        for column, step in (("read_at", self.read.read), ("triaged_at", self.triage.judge)):
            for row in await self.sql.fetch(f"SELECT id FROM article WHERE {column} IS NULL"):
                await step(row["id"])
        await self.deliver.deliver("console")

    async def restarted(self) -> None:
        """What a service that comes back does, when the leases of the dead one are over."""
        await self.sql.execute(
            "UPDATE article SET collect_due = now() WHERE collected_at IS NULL;"
            "UPDATE delivery SET due_at = now() WHERE settled_at IS NULL"
        )
        await sweep(self.database, patience=timedelta(0))
        await self.go()


@pytest.fixture
async def rounds(
    database: Database,
    sql: asyncpg.Connection,
    collect: Callable[..., Collect],
    read: Read,
    triage: Triage,
    serve: Callable[..., None],
    subscribe: Callable[..., Awaitable[None]],
) -> Round:
    """The first look is over, and two want to be told: one of them is owed ahead of the other."""
    way = Way()
    words = Words(Signer(bytes(32)), None)
    deliver = Deliver(Deliveries(database), {"console": way}, {"console": Traits()}, words, 1.0)
    step = collect()
    await step.sources.declare(["a"])
    made = Round(database, sql, step, read, triage, deliver, serve, way)
    serve("/list/1", "n0")
    serve("/n0", "text: 처음부터 있던 소식")
    await made.go()
    await subscribe("무역", "수출")
    await subscribe("통상", "수출")
    return made


async def lost_and_twice(rounds: Round, title: str) -> tuple[int, int]:
    """How often the release was lost; how often it is there, or told under more ids, too much."""
    stored = await rounds.sql.fetchval("SELECT count(*) FROM article WHERE title = $1", title)
    ids = set(rounds.way.taken.get(title, []))
    lost = (stored == 0) + max(0, READERS - len(ids))
    return lost, max(0, stored - 1) + max(0, len(ids) - READERS)


@pytest.mark.fault(2)
@pytest.mark.parametrize(
    "every",
    [
        pytest.param(50, id="some"),
        pytest.param(1, id="each", marks=pytest.mark.faults),
    ],
)
async def test_a_release_is_told_once_wherever_the_way_breaks_off(
    rounds: Round, wire: Wire, measured: Callable[..., None], every: int
) -> None:
    rounds.publish()
    wire.mend()
    await rounds.go()
    whole = wire.exchanges
    assert whole > 25

    points = lost = twice = 0
    for stop_at in range(1, whole + 1, every):
        for after in (False, True):
            title = rounds.publish()
            wire.mend(stop_at, after=after)
            with suppress(Exception), capture_logs():  # whatever it says: it is dead by then
                await rounds.go()
            points += wire.broken
            wire.mend()
            with capture_logs():
                await rounds.restarted()
            gone, more = await lost_and_twice(rounds, title)
            lost, twice = lost + gone, twice + more
            assert (gone, more) == (0, 0), (stop_at, after)

    measured(points=points, lost=lost, twice=twice)
    assert points >= whole // every
