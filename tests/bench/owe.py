"""One release owed to very many, beside SQLAlchemy's ORM row by row. ``make bench BENCH=owe``.

Both write the same rows to the same tables of one PostgreSQL that syncs to disk, as it does for
everybody. Ours is the whole of what triage commits: the story, the rows owed, the stamp, the
wake-ups; the peer adds a delivery and commits it, one after the other. What marking the hits costs
stands beside it; what matching costs, ``BENCH=match`` measures.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path
from typing import Any

import asyncpg
import sqlalchemy as sa
from rich.console import Console
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase

from service import work
from service.alerting import concern_of
from service.model import Match, Reading
from service.ops.embedded import running
from service.store.database import Database
from service.store.migrate import migrate
from service.store.rulebook import LiveRule
from service.store.stories import Place
from service.store.tables import delivery
from service.store.verdicts import Verdict, Verdicts
from tests.bench.report import OURS, Figure, Growth, Seconds, named, save

MILLION = 1_000_000
TITLE = "수출 상담 창구를 연다"
TEXT = "중소기업의 수출 상담을 돕는 창구를 다음 달부터 전국 열두 곳에서 연다고 밝혔다. " * 20
FACTS = {"title": TITLE, "summary": TEXT[:200], "extract": TEXT[:90], "topics": ["수출"]}
RULES = ("수출", "상담 -예산", "창구", "중소기업 수출")
READERS = """
    INSERT INTO subscription (name, cadence)
    SELECT 'reader ' || n, CASE WHEN n % 100 < $2 THEN 'daily 08:00' ELSE 'at-once' END
    FROM generate_series(1, $1) AS n
"""
ENDPOINTS = """
    INSERT INTO endpoint (subscription_id, channel, address, confirmed_at)
    SELECT id, 'webhook', 'https://reader.example.kr/' || id, now() FROM subscription
"""
ARTICLE = """
    INSERT INTO article (source_id, key, url, title, summary, baseline, collected_at, read_at,
        read_title, read_text, publishers)
    VALUES ('a', $1, 'https://a.example.kr/' || $1, '', '', false, now(), now(), $2, $3, '{}')
    RETURNING id
"""
COMMITS = "SELECT count(DISTINCT created_at) FROM delivery"
console = Console(width=110)


class Base(DeclarativeBase):
    """Of what is mapped."""


class Delivery(Base):
    """A delivery as a row object."""

    __table__ = delivery


@dataclass
class Bench:
    """A PostgreSQL of its own, with as many readers as the last run asked for."""

    database: Database
    sql: asyncpg.Connection
    written: list[str] = field(default_factory=list)

    async def people(self, count: int, later: int) -> list[int]:
        """Make so many readers, ``later`` of a hundred with a daily digest; their ids."""
        await self.sql.execute("TRUNCATE subscription, delivery, waiting, telling CASCADE")
        await self.sql.execute(READERS, count, later)
        await self.sql.execute(ENDPOINTS)
        await self.sql.execute("VACUUM ANALYZE subscription, endpoint, delivery, waiting")
        await self.sql.execute("CHECKPOINT")
        return [row["id"] for row in await self.sql.fetch("SELECT id FROM subscription")]

    async def article(self, key: str) -> int:
        """Store a release that was read."""
        await self.sql.execute("INSERT INTO source (id) VALUES ('a') ON CONFLICT DO NOTHING")
        return int(await self.sql.fetchval(ARTICLE, key, TITLE, TEXT))

    async def owe(self, readers: Sequence[int], key: str) -> tuple[float, float, float]:
        """Owe a release to all of ``readers``: seconds for hits and rows, statements a commit."""
        article_id = await self.article(key)
        live = {each: LiveRule(each, each, "", RULES[each % len(RULES)]) for each in readers}
        at = TEXT.index("수출"), TEXT.index("수출") + 2
        matches = [Match(each, (at,), ()) for each in readers]
        said = Reading(TITLE, TEXT, (), None)
        self.written.clear()
        started = time.perf_counter()
        concern = concern_of(said, matches, live)
        marked = time.perf_counter()
        verdict = Verdict(Place([f"url:{key}"]), FACTS, concern)
        owed = await Verdicts(self.database).settle(article_id, verdict)
        ended = time.perf_counter()
        assert owed == len(readers)
        commits = await self.sql.fetchval(COMMITS)
        return marked - started, ended - marked, len(self.written) / max(1, commits)

    async def orm(self, readers: Sequence[int], telling_id: int) -> float:
        """Add and commit a delivery for each of ``readers``, one after the other: seconds."""
        hits = [{"rule": RULES[0], "excerpt": TEXT[:60], "marks": [[6, 8]]}]
        started = time.perf_counter()
        async with AsyncSession(self.database.engine) as session:
            for each in readers:
                row: dict[str, Any] = {"telling_id": telling_id, "subscription_id": each}
                row |= {"endpoint_id": each, "channel": "webhook", "hits": hits}
                session.add(Delivery(**row))
                await session.commit()
        return time.perf_counter() - started


@asynccontextmanager
async def prepared() -> AsyncIterator[Bench]:
    """A migrated database on a server that was just made."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="pabal-"))
        os.chmod(folder, 0o755)  # noqa: PTH101 - as root the server is ``nobody``
        server = await stack.enter_async_context(running(Path(folder, "data")))
        await migrate(server.url)
        database = Database(server.url)
        stack.push_async_callback(database.close)
        sql = await work.connect(server.url)
        stack.push_async_callback(sql.close)
        bench = Bench(database, sql)

        @sa.event.listens_for(database.engine.sync_engine, "before_cursor_execute")
        def seen(*event: Any) -> None:
            if "INTO delivery" in event[2]:
                bench.written.append(event[2])

        yield bench


@dataclass(frozen=True)
class Owed:
    """What it took: seconds for hits and for rows, statements for those in a commit."""

    count: int
    later: int
    marking: float
    seconds: float
    statements: float

    @property
    def name(self) -> str:
        """In words."""
        return f"{self.count:,}" + (f", {self.later} % of them by a digest" if self.later else "")


async def measure(counts: Sequence[int], samples: Sequence[int]) -> tuple[list[Owed], Seconds]:
    """All ``counts``, the middle one also with half by a digest; the peer's seconds by rows."""
    middle = sorted(counts)[len(counts) // 2]
    owed = []
    async with prepared() as bench:
        peer = {}
        for sample in samples:
            readers = await bench.people(sample, 0)
            peer[sample] = await bench.orm(readers, 1)
        for count, later in [(each, 0) for each in counts] + [(middle, 50)]:
            readers = await bench.people(count, later)
            owed.append(Owed(count, later, *await bench.owe(readers, f"{count} {later}")))
    return owed, peer


def figures(owed: Sequence[Owed], row_by_row: float) -> Iterator[Figure]:
    """Of the two largest; ``row_by_row``: the peer's rows a second."""
    whole = sorted((each for each in owed if not each.later), key=attrgetter("count"))
    for each in whole[-2:]:
        name = f"구독 {each.count:,} / subscriptions"
        rate = each.count / each.seconds
        ours, peer = f"{rate:,.0f} /s", f"{named('SQLAlchemy')} ORM, commit: {row_by_row:,.0f} /s"
        yield Figure(what=name, value=rate / row_by_row, ours=ours, peer=peer, must=100)
    most = whole[-1]
    statements = max(each.statements for each in owed)
    what = f"{name}: 커밋까지 / committed"
    yield Figure(what=what, value=most.seconds, unit="s", must=15, aim=2, at_most=True)
    what = "커밋마다 문장: 첫 천 명, 나머지 / statements a commit: the first thousand, the others"
    yield Figure(what=what, value=statements, unit="", must=1, at_most=True)


def main() -> None:
    """Measure, print, leave it for the page."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--counts", type=int, nargs="+", default=[1_000, 10_000, 100_000, MILLION])
    options.add_argument("--samples", type=int, nargs="+", default=[100, 1_000, 3_000])
    chosen = options.parse_args()
    owed, peer = asyncio.run(measure(chosen.counts, chosen.samples))
    largest = max(peer)
    row_by_row = largest / peer[largest]
    table = Table(
        "one release owed to",
        "hits, s",
        "rows, s",
        "rows a second",
        "statements a commit",
        "times ORM",
    )
    table.add_row(f"ORM: {largest:,}, a commit each", "", "", f"{row_by_row:,.0f}", "", "1")
    for each in owed:
        rate = each.count / each.seconds
        cells = f"{each.marking:.2f}", f"{each.seconds:.2f}", f"{rate:,.0f}", f"{each.statements:g}"
        table.add_row(each.name, *cells, f"{rate / row_by_row:,.0f}")
    console.print(table)
    ours = {each.count: each.seconds for each in owed if not each.later}
    growth = Growth(
        title="구독 수에 따른 빚지기 / To owe one release, by number of subscriptions",
        sizes="구독 수 / subscriptions",
        seconds={OURS: ours, "SQLAlchemy ORM": peer},
    )
    save("owe", list(figures(owed, row_by_row)), growth)


if __name__ == "__main__":
    main()
