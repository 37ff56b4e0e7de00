"""Seventy hostile publishers among forty that are well: these are looked at when they are due."""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field, replace

import asyncpg
import pytest

from scrapers.fetch import Fetcher
from scrapers.model import Source
from scrapers.platforms.board import Board
from scrapers.wire import Limits
from service.collect import Collect
from service.store.articles import Articles
from service.store.database import Database
from service.store.sources import Sources
from service.work import connect
from tests.faults.test_hostile_servers import BEHAVIOURS
from tests.flow.hostile import HOSTILE
from tests.flow.sites import SOURCES, Answer, Writer, listing, page, row

ILL: Mapping[str, Answer] = BEHAVIOURS | {name: told[0] for name, told in HOSTILE.items()}
WELL = 40
EVERY = 15.0  # seconds between two looks at a source, a quarter of what is usual
GRACE = EVERY / 3  # by when after its time a look is over
LASTS = 50.0  # seconds


def board(host: str) -> Source:
    known = SOURCES["ill"]
    assert isinstance(known, Board)
    view = f"https://{host}.go.kr/view?id={{key}}"
    return replace(known, url=f"https://{host}.go.kr/list", link=view)


@dataclass
class Town:
    """All publishers on one loopback server, told apart by host; who is well has ever more."""

    answers: Mapping[str, Answer]
    asked: Counter[str] = field(default_factory=Counter)
    answering: set[asyncio.Task[None] | None] = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, writer: Writer) -> None:
        self.answering.add(asyncio.current_task())
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            await self._answer(head.decode())(writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    def _answer(self, head: str) -> Answer:
        if "/robots.txt " in head:
            return page("", "404 Not Found")
        said = re.search(r"host: *([a-z0-9]+)\.go\.kr", head, re.IGNORECASE)
        assert said is not None
        host = said[1]
        self.asked[host] += 1
        newest = 10 + self.asked[host]
        usual = page(listing(*map(row, range(newest, newest - 9, -1))))
        return self.answers.get(host, usual)


@dataclass
class Looks:
    """What the scheduler and the workers do, in one loop: ``late`` of each look when it ended."""

    collect: Collect
    sql: asyncpg.Connection
    late: dict[str, list[float]] = field(default_factory=dict)
    crashed: list[BaseException] = field(default_factory=list)
    running: set[asyncio.Task[None]] = field(default_factory=set)

    async def go_on(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            rows = await self.sql.fetch(
                "SELECT id, extract(epoch FROM now() - next_due)::float AS late FROM source"
            )
            late = {each["id"]: each["late"] for each in rows}
            for source, number in await self.collect.sources.claim_due(self.collect.declared):
                self.running.add(asyncio.create_task(self._look(source, number, late[source])))
            await asyncio.sleep(0.25)
        await asyncio.gather(*self.running)

    async def _look(self, source: str, number: int, late: float) -> None:
        began = time.monotonic()
        try:
            await self.collect.poll(source, number)
        except Exception as error:  # noqa: BLE001 - what is counted
            self.crashed.append(error)
        self.late.setdefault(source, []).append(max(0, late) + time.monotonic() - began)


@pytest.fixture
async def looks(migrated_url: str) -> AsyncIterator[Looks]:
    answers = {f"ill{number}": answer for number, answer in enumerate(ILL.values())}
    hosts = [*answers, *(f"well{number}" for number in range(WELL))]
    town, declared = Town(answers), {host: board(host) for host in hosts}
    server = await asyncio.start_server(town.serve, "127.0.0.1", 0)
    base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    fetcher = Fetcher(contact="test@example.org", replica=base, limits=Limits(total=1.0))
    database, sql = Database(migrated_url), await connect(migrated_url)
    sources = Sources(database)
    await sources.declare(declared)
    # Over the whole interval, as they are in a house that runs for long.
    await sql.execute("UPDATE source SET next_due = now() + random() * $1 * interval '1 s'", EVERY)
    pace = declared["well0"].every / EVERY
    yield Looks(Collect(declared, fetcher, sources, Articles(database), pace), sql)
    await fetcher.aclose()
    server.close()
    for task in filter(None, town.answering):
        task.cancel()
    await asyncio.gather(*filter(None, town.answering), return_exceptions=True)
    await sql.close()
    await database.close()


@pytest.mark.fault(10)
@pytest.mark.faults
@pytest.mark.alone
async def test_who_is_well_is_looked_at_in_time_among_seventy_who_are_not(
    looks: Looks, measured: Callable[..., None]
) -> None:
    await looks.go_on(LASTS)

    well = [late for host, each in looks.late.items() if host.startswith("well") for late in each]
    in_time = sum(late <= GRACE for late in well)
    percent = 100 * in_time / len(well)
    measured(others_on_time_percent=percent, crashes=len(looks.crashed))
    assert looks.crashed == []
    assert sum(host.startswith("ill") for host in looks.late) == len(ILL)
    assert len(well) >= 2 * WELL
    assert percent >= 99, sorted(well)[-9:]
