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

from service.judging.coverage import COVERS_SHARE, excerpts
from service.judging.signature import TWINS_SHARE, signature

TABLE = """
    create unlogged table release_number (
        number bigint not null, day date not null, release bigint not null
    )
"""
INDEX = "create index on release_number (number, day desc) include (release)"
# Of a number that stands in many releases only the latest 24 are looked at, and each says as much
# less as there are more: what two releases have to themselves counts.
SHARING = """
    select release from unnest($1::bigint[]) as wanted
    cross join lateral (
        select release, 1 / count(*) over ()::float8 as says from (
            select release from release_number
            where number = wanted and day between $2 and $3
            order by day desc limit 24
        ) as latest
    ) as found
    group by release having count(*) >= {share} order by sum(says) desc limit 16
"""
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


TWINS = Sought("twins, of a year", signature, TWINS_SHARE, timedelta(days=14), 365)
COVERED = Sought("news, of a month", excerpts, COVERS_SHARE, timedelta(days=4), 30)


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
    """Microseconds of a look-up: median and 95th of a hundred, the first time and again."""

    first: float
    first_late: float
    again: float
    again_late: float
    found: float
    built: float
    megabytes: float


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
        asked = await connection.prepare(SHARING.format(share=sought.share))
        took, hits = [], 0
        for release, numbers in kept.items():
            if len(numbers) < sought.share:
                continue  # of a line or two
            day = sought.day_of(release, count)
            times, found = [], []
            for _ in range(3):
                begun = time.perf_counter()
                found = await asked.fetch(numbers, day - sought.within, day + sought.within)
                times.append((time.perf_counter() - begun) * 1e6)
            took.append((times[0], min(times)))
            hits += release in {row["release"] for row in found}
        await connection.execute("drop table release_number")
    finally:
        await connection.close()
    first, again = zip(*took, strict=True)
    late = quantiles(first, n=20)[-1], quantiles(again, n=20)[-1]
    share = hits / len(took)
    return Looked(median(first), late[0], median(again), late[1], share, built, size / 1e6)


async def _fill(connection: asyncpg.Connection, records: Iterable[tuple[int, date, int]]) -> None:
    await connection.execute(TABLE)
    await connection.copy_records_to_table("release_number", records=records)
    await connection.execute(INDEX)
    await connection.execute("vacuum analyze release_number")


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
        np.flatnonzero(shared >= TWINS_SHARE)
        best.append(time.perf_counter() - begun)
    return median(best)
