"""Search among very many releases, beside the same queries as bare SQL: ``make bench``.

The store is put together from a recorded month, which is not part of the project, and thrown away.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

import asyncpg
from rich.console import Console
from rich.table import Table

from service.analyser import Analyser
from service.judging import rules, searching
from service.judging.names import spellings
from service.ops.embedded import running
from service.preview import Tools
from service.reading.publishers import Registry
from service.search import Search
from service.store.database import Database
from service.store.search import Searching
from service.store.server import plain
from tests.bench.million import SOURCE, STREAM, build
from tests.bench.report import OURS, Figure, Growth, Seconds, save

MUST = 50  # milliseconds
SERVER = {"fsync": "off", "full_page_writes": "off", "max_wal_size": "8GB", "shared_buffers": "1GB"}
QUERIES = {
    "frequent": ("지원", "수출", "기업", "안전", "정책"),
    "rare": ("해녀", "통관", "낙지", "백신", "할당관세"),
    "both of two": ("수출 바우처", "중소기업 관세", "반도체 인력", "청년 주택", "농촌 관광"),
    "either of many": ("수출 | 통상 | 관세 | 무역 | FTA | 통관", "창업 | 벤처 | 스타트업"),
    "phrase": ('"수출 지원"', '"업무 협약"', '"중소기업 지원"', '"공급망 안정"'),
    "near": ("수출 ~3 지원", "기업 ~5 협력"),
    "in the title": ("제목:수출", "제목:(반도체 | 배터리)", "제목:해녀"),
    "of a ministry": ("부처:중기부 수출", "부처:산업부", "종류:공고 지원"),
    "without": ("수출 -지원", "정책 -(기업 | 지원)"),
    "a body's names": ("산업부", "과기정통부"),
    "absent": ("낱말없음표본", '"수출 낱말없음표본"', "해녀 낱말없음표본"),
}
# Newest first and a count: what anybody would write first, and what takes the date index instead.
BARE = """
WITH found AS MATERIALIZED (
    SELECT article_id, out_at FROM searchable WHERE words @@ $1::text::tsquery
)
SELECT article_id, (SELECT count(*) FROM found) FROM found ORDER BY out_at DESC LIMIT 20
"""


class Times(NamedTuple):
    """Milliseconds of several runs, and how many hits the last had."""

    took: list[float]
    found: int = 0

    @property
    def middle(self) -> float:
        """The median."""
        return median(self.took)

    @property
    def late(self) -> float:
        """The 99th of a hundred."""
        return quantiles(self.took, n=100)[98]


async def timed(work: Callable[[], Awaitable[int]], rounds: int) -> Times:
    """So many runs, after one that nobody counts."""
    found = await work()
    took = []
    for _ in range(rounds):
        begun = time.perf_counter()
        await work()
        took.append((time.perf_counter() - begun) * 1000)
    return Times(took, found)


class Bench:
    """One store with what is needed to ask it."""

    def __init__(self, database: Database, bare: asyncpg.Connection, analyser: Analyser) -> None:
        self._registry = Registry.load()
        self._bare = bare
        tools = Tools(analyser.analyse, self._registry, {SOURCE: "government"})
        self._search = Search(Searching(database), tools)

    async def first(self, text: str) -> int:
        """The first page; how many are found."""
        return (await self._search.find(rules.parse(text))).total

    async def later(self, text: str) -> int:
        """The third page, asked for by its cursor."""
        found = await self._search.find(rules.parse(text), cursor=self._cursors.get(text))
        return found.total

    async def prepare(self, texts: Sequence[str]) -> None:
        """Turn to the third page of each, where there is one."""
        self._cursors: dict[str, str] = {}
        for text in texts:
            page = await self._search.find(rules.parse(text))
            for _ in range(1):
                if page.cursor is not None:
                    self._cursors[text] = page.cursor
                    page = await self._search.find(rules.parse(text), cursor=page.cursor)
            if page.cursor is not None:
                self._cursors[text] = page.cursor

    async def bare(self, text: str) -> int:
        """The same in SQL alone: nothing judged, no text read, nothing marked."""
        spell = partial(spellings, registry=self._registry)
        rows = await self._bare.fetch(BARE, searching.query(rules.parse(text), spell))
        return rows[0][1] if rows else 0


class Searched(NamedTuple):
    """A kind of query: the first page, a later one, and bare SQL."""

    name: str
    first: Times
    later: Times
    alone: Times
    found: str


async def measure(url: str, rounds: int) -> list[Searched]:
    """All queries on the store at ``url``."""
    database = Database(url)
    bare = await asyncpg.connect(plain(url))
    every = []
    async with Analyser() as analyser:
        bench = Bench(database, bare, analyser)
        gc.freeze()  # as the service does
        for name, texts in QUERIES.items():
            await bench.prepare(texts)
            runs: list[list[Times]] = [
                [await timed(partial(work, text), rounds) for text in texts]
                for work in (bench.first, bench.later, bench.bare)
            ]
            first, later, alone = (
                Times([each for times in run for each in times.took]) for run in runs
            )
            counts = f"{min(t.found for t in runs[2])}–{max(t.found for t in runs[2])}"
            every.append(Searched(name, first, later, alone, counts))
    await bare.close()
    await database.close()
    return every


@contextmanager
def _room() -> Iterator[Path]:
    """A directory that other accounts may pass: as root the server is ``nobody``."""
    with tempfile.TemporaryDirectory(prefix="pabal-") as made:
        Path(made).chmod(0o755)
        yield Path(made)


async def run(counts: Sequence[int], rounds: int, of: int | None) -> dict[int, list[Searched]]:
    """Build, measure, throw away, for each of ``counts`` releases."""
    found = {}
    for count in counts:
        with _room() as room:
            async with running(room / "data", options=SERVER) as server:
                await build(server.url, count, of=of)
                found[count] = await measure(server.url, rounds)
    return found


def figures(most: int, searched: Sequence[Searched]) -> Iterator[Figure]:
    """Each kind of query: the slower of its pages against what must be, beside bare SQL."""
    for each in searched:
        yield Figure(
            what=f"{each.name}: p99, {most:,}",
            value=max(each.first.late, each.later.late),
            unit="ms",
            ours=f"{each.first.middle:.1f} ms, {each.later.middle:.1f} ms",
            peer=f"SQL: {each.alone.middle:.1f} ms, p99 {each.alone.late:.1f} ms",
            must=MUST,
            at_most=True,
        )


def shown(count: int, searched: Sequence[Searched]) -> Table:
    """As printed."""
    columns = ("search", "found", "median ms", "p99", "later page", "p99", "bare SQL", "p99")
    table = Table(*columns, title=f"{count:,} releases; p99 at most {MUST} ms")
    for each in searched:
        runs = each.first, each.later, each.alone
        cells = (f"{ms:.1f}" for times in runs for ms in (times.middle, times.late))
        table.add_row(each.name, each.found, *cells)
    return table


def main() -> None:
    """Measure, print, leave it for the page."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--releases", type=int, nargs="+", default=[10_000, 30_000, 100_000])
    options.add_argument("--rounds", type=int, default=20)
    options.add_argument("--of", type=int, default=None, help="releases of the month made use of")
    given = options.parse_args()
    if not STREAM.is_file():
        sys.exit("자료가 없습니다. / No releases at hand to measure with.")
    found = asyncio.run(run(given.releases, given.rounds, given.of))
    Console(width=110).print(*(shown(count, each) for count, each in found.items()))

    def drawn(pick: Callable[[Searched], Times]) -> Seconds:
        """The median over kinds of their medians."""
        return {n: median(pick(one).middle for one in each) / 1e3 for n, each in found.items()}

    growth = Growth(
        title="글 수에 따른 찾기 / Time to search, by number of releases",
        sizes="글 수 / releases",
        seconds={
            OURS: drawn(lambda one: one.first),
            f"{OURS}, later page": drawn(lambda one: one.later),
            "SQL": drawn(lambda one: one.alone),
        },
    )
    most = max(found)
    save("search", list(figures(most, found[most])), growth)


if __name__ == "__main__":
    main()
