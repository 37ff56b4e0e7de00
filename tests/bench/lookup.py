"""Looking up a likely twin among very many releases: in PostgreSQL, and without an index."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import chain
from statistics import median, quantiles
from typing import NamedTuple

import asyncpg
import numpy as np

from service.judging.coverage import excerpts
from service.judging.signature import signature
from service.store.stories import SHARE, likeliest

TABLE = """
    create table release_number (
        number bigint not null, day date not null, release bigint not null
    )
"""
INDEX = "create index on release_number (number, day desc) include (release)"
HAVING = """
    select array(
        select release from release_number
        where number = wanted and day between $2 and $3
        order by day desc limit 24
    ) from unnest($1::bigint[]) as wanted
"""
NONE = -1  # no release: a look-up finds its own too
FIRST_DAY = date(2026, 1, 1)


class Sought(NamedTuple):
    """A look-up: ``share`` equal ``numbers`` within so many days, among those of ``of_days``."""

    name: str
    numbers: Callable[[str, str], tuple[int, ...]]
    share: int
    within: timedelta
    of_days: int

    def day_of(self, release: int, count: int) -> date:
        """``count`` releases fill the days."""
        return FIRST_DAY + timedelta(days=release * self.of_days // count)


TWINS = Sought("twins, of a year", signature, SHARE, timedelta(days=14), 365)
COVERED = Sought("news, of a month", excerpts, SHARE, timedelta(days=4), 30)


def invented(known: Sequence[tuple[int, ...]], count: int) -> Iterator[list[int]]:
    """The numbers of so many releases: what real ones share as often, the rest their own.

    A number that three real releases have is a formula of officials and stays.
    """
    chance = random.Random(2)
    often = Counter(chain.from_iterable(known))
    for _ in range(count):
        numbers = known[chance.randrange(len(known))]
        yield [each if often[each] >= 3 else chance.getrandbits(63) for each in numbers]


def rows(
    sought: Sought, known: Sequence[tuple[int, ...]], count: int, kept: dict[int, list[int]]
) -> Iterator[tuple[int, date, int]]:
    """The rows of the table; the numbers of the releases in ``kept`` are put there."""
    for release, numbers in enumerate(invented(known, count)):
        if release in kept:
            kept[release] = numbers
        yield from ((number, sought.day_of(release, count), release) for number in numbers)


class Looked(NamedTuple):
    """Microseconds of a look-up: median and 95th of a hundred, the first time and again.

    ``empty``: of a statement that looks nothing up, the way there and back.
    """

    first: float
    first_late: float
    again: float
    again_late: float
    found: float
    built: float
    megabytes: float
    empty: float

    @property
    def anatomy(self) -> str:
        """Where the time of the first goes."""
        looked, read = self.again - self.empty, self.first - self.again
        return (
            f"빈 질문 + 찾기 + 처음 읽는 쪽 / an empty statement + looking up + pages not yet "
            f"read: {self.empty:.0f} + {looked:.0f} + {read:.0f} µs"
        )


async def lookups(url: str, sought: Sought, known: Sequence[tuple[int, ...]], count: int) -> Looked:
    """Ask for releases that are there; thrice, as the first time is also that of the disk."""
    some = random.Random(3).sample(range(count), min(2_000, count // 5))
    kept: dict[int, list[int]] = {release: [] for release in some}
    connection = await asyncpg.connect(url)
    try:
        begun = time.perf_counter()
        await _fill(connection, rows(sought, known, count, kept))
        built = time.perf_counter() - begun
        size = await connection.fetchval("select pg_total_relation_size('release_number')")
        asked = await connection.prepare(HAVING)
        nothing = await connection.prepare("select 1")
        took, hits = [], 0
        for release, numbers in kept.items():
            if len(numbers) < sought.share:
                continue  # of a line or two
            day = sought.day_of(release, count)
            times, found = [], {}
            for _ in range(3):
                begun = time.perf_counter()
                lists = await asked.fetch(numbers, day - sought.within, day + sought.within)
                found = likeliest([having for (having,) in lists], NONE, sought.share)
                times.append((time.perf_counter() - begun) * 1e6)
            hits += release in found
            begun = time.perf_counter()
            await nothing.fetch()
            took.append((times[0], min(times), (time.perf_counter() - begun) * 1e6))
        await connection.execute("drop table release_number")
    finally:
        await connection.close()
    first, again, empty = zip(*took, strict=True)
    late = quantiles(first, n=20)[-1], quantiles(again, n=20)[-1]
    counted = hits / len(took), built, size / 1e6, median(empty)
    return Looked(median(first), late[0], median(again), late[1], *counted)


async def _fill(connection: asyncpg.Connection, records: Iterable[tuple[int, date, int]]) -> None:
    await connection.execute(TABLE)
    await connection.copy_records_to_table("release_number", records=records)
    await connection.execute(INDEX)
    await connection.execute("vacuum analyze release_number")
    # Else each page read has to wait until one that the filling left is written.
    await connection.execute("checkpoint")


def each_compared(known: Sequence[tuple[int, ...]], count: int) -> float:
    """Seconds of a look-up without an index: every signature compared, in memory, by np."""
    wide = max(map(len, known))
    every = np.zeros((count, wide), dtype=np.int64)
    for place, numbers in enumerate(invented(known, count)):
        every[place, : len(numbers)] = numbers
    best = []
    for place in random.Random(4).sample(range(count), 5):
        begun = time.perf_counter()
        shared = sum((every == number).any(axis=1).astype(np.int8) for number in every[place])
        np.flatnonzero(shared >= SHARE)
        best.append(time.perf_counter() - begun)
    return median(best)
