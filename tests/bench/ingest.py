"""A list of items seen before, and one of new ones, beside an INSERT … ON CONFLICT for each.

Ours is what a poll does once a list was read: it asks which keys are unknown, and where there are
some the poll is settled with what is new, its wake-ups with it. (What settling a poll costs where
nothing is new, ``BENCH=poll`` measures.) The peer inserts row by row, each its own commit, as one
writes it first, and wakes nobody. Both use the same table of one PostgreSQL that syncs to disk.

A list shows what came last, and no source has a million: what it shows stands close together in the
index. What it costs where each key stands by itself, as if of a million, is told beside it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median
from typing import cast

import asyncpg
import sqlalchemy as sa
from asyncpg.connection import LoggedQuery
from rich.console import Console
from rich.table import Table

from scrapers.model import Freshness, Post
from scrapers.platforms.feed import Feed
from service import visit, work
from service.listed import Listed
from service.model import Found
from service.ops.embedded import running
from service.store.database import Database
from service.store.migrate import migrate
from service.store.polled import Polled
from service.store.sources import Sources
from tests.bench.report import OURS, Figure, Growth, against, named, save, shown

ID = "list"
STORED = """
    INSERT INTO article (source_id, key, url, title, summary, baseline, text)
    SELECT $1, 'old ' || n, 'https://a.example.kr/view/' || n, '수출 지원 공고 ' || n, '', true, ''
    FROM generate_series(1, $2) AS n
"""
ONE = """
    INSERT INTO article (source_id, key, url, title, summary, baseline)
    VALUES ({}, {}, {}, {}, {}, false) ON CONFLICT (source_id, key) DO NOTHING
"""
LAST = "SELECT pg_sequence_last_value(pg_get_serial_sequence('article', 'id'))"
BAD = {
    "NUL": Post("bad", "https://a.example.kr/v/1\0", "수출\0 공고", summary="요약\0"),
    "half a surrogate pair": Post(
        "bad", "https://a.example.kr/v/1", "수출 \ud800", summary="\udfff"
    ),
    "NUL in its key": Post("bad\0", "https://a.example.kr/v/1", "수출 공고"),
    "a title of a megabyte": Post("bad", "https://a.example.kr/v/1", "공고" * 500_000),
    "an address of 3,000 letters": Post("bad", "https://a.example.kr/" + "x" * 3_000, "공고"),
    "a key of 3,000 letters": Post("k" * 3_000, "https://a.example.kr/v/1", "공고"),
}
ALCHEMY, ASYNCPG = "SQLAlchemy", "asyncpg"
PARTS = {
    "SELECT": ("아는 글 찾기", "asking what is known"),
    "INSERT": ("넣기", "inserting"),
    "COMMIT;": ("확정", "committing"),
    "": ("그 밖", "all else"),
}
SEEN, STREWN, NEW = "seen", "seen, strewn", "new"
console = Console(width=100)
Took = Mapping[str, float]


@dataclass
class Bench:
    """A database with very many articles of one source."""

    database: Database
    sources: Sources
    sql: asyncpg.Connection
    stored: int
    made: int = 0
    statements: list[LoggedQuery] = field(default_factory=list)
    parts: dict[str, float] = field(default_factory=dict)

    def seen(self, count: int, *, strewn: bool) -> list[Found]:
        """Posts that are stored: those that came last or, ``strewn``, some with many between."""
        after = 0 if strewn else self.stored - count
        return [_post(f"old {n}") for n in range(after + 1, after + count + 1)]

    def new(self, count: int) -> list[Found]:
        """Posts that nobody has seen, as a board lists them: their own pages are still owed."""
        self.made += count
        return [_post(f"new {self.made - n}") for n in range(count)]

    async def poll(self, posts: Sequence[Found]) -> float:
        """Seconds that ours takes for a list of ``posts``, and for what is new on it."""
        await self.sql.execute("UPDATE source SET next_due = now() WHERE id = $1", ID)
        ((_, number),) = await self.sources.claim_due([ID])
        slot = await self.sources.begin_poll(ID, number)
        assert slot is not None
        self.statements.clear()
        begun = time.perf_counter()
        unknown = await self.sources.unknown([ID], {each.key for each in posts})
        found = [each for each in posts if each.key in unknown]
        known = time.perf_counter()
        listed = Listed(1, len(posts), fresh={each.key: each for each in reversed(found)})
        await self.sources.finish_poll(slot, Polled(listed, Freshness(), None, 60.0))
        took = (time.perf_counter() if found else known) - begun
        await asyncio.sleep(0)  # then the last statement is heard of too
        self.parts = {each.query.split(maxsplit=1)[0]: each.elapsed for each in self.statements}
        self.parts[""] = took - sum(self.parts.get(word, 0) for word in PARTS)
        return took

    async def by_asyncpg(self, posts: Sequence[Found]) -> float:
        """Seconds for a prepared statement each, on one connection."""
        insert = await self.sql.prepare(ONE.format("$1", "$2", "$3", "$4", "$5"))
        begun = time.perf_counter()
        for each in posts:
            await insert.fetch(ID, each.key, each.url, each.title, each.summary)
        return time.perf_counter() - begun

    async def by_sqlalchemy(self, posts: Sequence[Found]) -> float:
        """Seconds for a transaction each."""
        columns = "source_id", "key", "url", "title", "summary"
        insert = sa.text(ONE.format(*(f":{each}" for each in columns)))
        begun = time.perf_counter()
        for each in posts:
            row = ID, each.key, each.url, each.title, each.summary
            async with self.database.transaction() as tx:
                await tx.execute(insert, dict(zip(columns, row, strict=True)))
        return time.perf_counter() - begun

    async def last(self) -> int:
        """The last number of an article that was given away."""
        return int(await self.sql.fetchval(LAST))


def _post(key: str) -> Found:
    url, title = f"https://a.example.kr/view/{key}", f"수출 중소기업 지원 공고 {key}"
    return Found(key, url, title, None, None, None, "해외 전시회에 나갈 기업을 모집한다." * 3, None)


@asynccontextmanager
async def prepared(stored: int) -> AsyncIterator[Bench]:
    """A migrated database on a server that was just made, its source past its first look."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="pabal-"))
        os.chmod(folder, 0o755)  # noqa: PTH101 - as root the server is ``nobody``
        server = await stack.enter_async_context(running(Path(folder, "data")))
        await migrate(server.url)
        database = Database(server.url)
        stack.push_async_callback(database.close)
        sql = await work.connect(server.url)
        stack.push_async_callback(sql.close)
        made = Bench(database, Sources(database), sql, stored)
        await made.sources.declare([ID])
        await made.poll([])
        await sql.execute(STORED, ID, stored)
        await sql.execute("VACUUM ANALYZE article")
        await sql.execute("CHECKPOINT")  # else who comes first writes out what was loaded
        async with database.engine.connect() as connection:
            raw = await connection.get_raw_connection()
            cast("asyncpg.Connection", raw.driver_connection).add_query_logger(
                made.statements.append
            )
        yield made


Way = Callable[[Sequence[Found]], Awaitable[float]]


async def timed(way: Way, posts: Callable[[], Sequence[Found]], rounds: int) -> float:
    """The median of so many rounds, after one that nobody counts."""
    await way(posts())
    return median([await way(posts()) for _ in range(rounds)])


async def measure(bench: Bench, size: int, rounds: int) -> tuple[Took, Mapping[str, str]]:
    """Seconds for a list of ``size``, seen and new: ours, and one by one; the parts of our last."""
    lists: dict[str, Callable[[], Sequence[Found]]] = {
        SEEN: partial(bench.seen, size, strewn=False),
        STREWN: partial(bench.seen, size, strewn=True),
        NEW: partial(bench.new, size),
    }
    ways = {OURS: bench.poll, ALCHEMY: bench.by_sqlalchemy, ASYNCPG: bench.by_asyncpg}
    took, parts = {}, {}
    for kind, posts in lists.items():
        for name, way in ways.items():
            many = rounds if name == OURS else min(rounds, 3)
            took[f"{name}, {kind}"] = await timed(way, posts, many)
        parts[kind] = in_words(bench.parts)
    return took, parts


def in_words(parts: Mapping[str, float]) -> str:
    """What a list cost, part by part."""
    given = {word: name for word, name in PARTS.items() if word in parts}
    korean, english = (" + ".join(names) for names in zip(*given.values(), strict=True))
    return f"{korean} / {english}: {' + '.join(shown(parts[word]) for word in given)}"


async def burnt(bench: Bench) -> int:
    """How many numbers are given away for a list of a thousand that were all seen."""
    before = await bench.last()
    await bench.poll(bench.seen(1_000, strewn=False))
    return await bench.last() - before


async def spoilt(bench: Bench) -> Figure:
    """Lists of a hundred of which one is bad: how many of the good are lost with it."""
    source = Feed(publisher="a", url="https://a.example.kr/rss", key=r"view/(\d+)", kind="news")
    count = "SELECT count(*) FROM article WHERE key = ANY($1)"
    lost = 0
    for bad in BAD.values():
        good = bench.new(99)
        with suppress(sa.exc.DBAPIError, asyncpg.PostgresError):  # what was lost is counted
            await bench.poll([*good[:50], visit.found(source, bad), *good[50:]])
        lost += 99 - int(await bench.sql.fetchval(count, [each.key for each in good]))
    what = f"나쁜 글 하나에 잃은 글 / lost for one bad of a hundred ({', '.join(BAD)})"
    return Figure(what=what, value=lost, unit="", must=0, at_most=True)


def figures(took: Took, parts: Mapping[str, str], size: int) -> Iterator[Figure]:
    """Of the longest list."""
    for kind, what, must in (
        (SEEN, "본 글 / seen", 50),
        (STREWN, "본 글, 색인에 흩어진 / seen, strewn over the index", 50),
        (NEW, "새 글 / new", 15),
    ):
        for name in (ALCHEMY, ASYNCPG):
            peer = f"{named(name.lower())}, ON CONFLICT", took[f"{name}, {kind}"]
            ours = took[f"{OURS}, {kind}"]
            yield against(f"{what}: {size:,}", ours, peer, must=must, why=parts[kind])


async def run(sizes: Sequence[int], stored: int, rounds: int) -> tuple[list[Figure], Growth]:
    """All of it."""
    async with prepared(stored) as bench:
        measured = {size: await measure(bench, size, rounds) for size in sizes}
        lost = await burnt(bench)
        bad = await spoilt(bench)
    took = {size: each for size, (each, _) in measured.items()}
    numbers = "번호 낭비 / numbers burnt by a thousand seen"
    waste = Figure(what=numbers, value=lost, unit="", must=0, at_most=True)
    growth = Growth(
        title="목록 길이에 따른 저장 / Time to store a list, by its length",
        sizes="글 수 / items",
        seconds={
            name: {size: took[size][name] for size in sizes}
            for name in took[sizes[0]]
            if not name.endswith(STREWN)
        },
    )
    longest = max(sizes)
    return [*figures(*measured[longest], longest), waste, bad], growth


def main() -> None:
    """Measure, print, leave it for the page."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sizes", type=int, nargs="+", default=[10, 100, 1_000])
    options.add_argument("--stored", type=int, default=1_000_000, help="articles that are there")
    options.add_argument("--rounds", type=int, default=9)
    chosen = options.parse_args()
    found, growth = asyncio.run(run(chosen.sizes, chosen.stored, chosen.rounds))
    table = Table("list", "items", "ms", "items a second")
    for name, by_size in growth.seconds.items():
        for size, seconds in by_size.items():
            table.add_row(name, f"{size:,}", f"{seconds * 1e3:.2f}", f"{size / seconds:,.0f}")
    console.print(table)
    for each in found:
        console.print(
            f"{each.what}: {each.value:,.1f}{each.unit} {each.ours} {each.peer} {each.why}"
        )
    save("ingest", found, growth)


if __name__ == "__main__":
    main()
