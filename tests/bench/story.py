"""Finding a likely twin: signature beside datasketch, recall, and the look-up among a million.

News is looked up among the releases of a month: older numbers nobody asks for.

Reads releases that are not part of the project. datasketch is no dependency: where it cannot be
imported its line is left out (a throwaway environment's site-packages on PYTHONPATH will do).
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import gzip
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from importlib import import_module
from itertools import chain
from pathlib import Path
from statistics import median, quantiles
from typing import Any, NamedTuple

import asyncpg
from rich.console import Console
from rich.table import Table
from sqlalchemy.engine import make_url

from service.judging.coverage import COVERS_SHARE, excerpts
from service.judging.letters import compared, shingles
from service.judging.signature import TWINS_SHARE, signature
from service.ops.embedded import running

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
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

Release = tuple[str, str]


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


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a packed JSON Lines file."""
    with gzip.open(path, "rt", encoding="utf-8") as packed:
        yield from map(json.loads, packed)


def clocked(work: Callable[[str, str], object], releases: Iterable[Release]) -> float:
    """Microseconds for each release."""
    many = list(releases)
    begun = time.perf_counter()
    for title, text in many:
        work(title, text)
    return (time.perf_counter() - begun) / len(many) * 1e6


def datasketch_minhash(*, batch: bool) -> Callable[[str, str], object] | None:
    """MinHash of 128 permutations over the same shingles, at once or one by one."""
    try:
        minhash = import_module("datasketch").MinHash
    except ImportError:
        return None

    def sign(_: str, text: str) -> object:
        made, encoded = minhash(num_perm=128), [each.encode() for each in shingles(compared(text))]
        if batch:
            made.update_batch(encoded)
        else:
            for each in encoded:
                made.update(each)
        return made

    return sign


def signatures(releases: Sequence[Release]) -> Table:
    """How long a signature takes."""
    table = Table("signature", "µs", "÷ ours")
    ours = clocked(signature, releases)
    table.add_row("pabal, 16 + 4 numbers", f"{ours:.0f}", "1.0")
    for name, batch in (("datasketch, update_batch", True), ("datasketch, update", False)):
        if sign := datasketch_minhash(batch=batch):
            theirs = clocked(sign, releases[:300])
            table.add_row(name, f"{theirs:.0f}", f"{theirs / ours:.1f}")
    return table


def altered(releases: Sequence[Release], chance: random.Random) -> Iterator[tuple[Release, str]]:
    """Each release, and its text with words changed and its end cut, as other sites print it."""
    for title, text in releases:
        words = text.split()
        share, kept = chance.uniform(0, 0.08), chance.uniform(0.5, 1.0)
        changed = [word[::-1] if chance.random() < share else word for word in words]
        yield (title, text), " ".join(changed[: int(len(changed) * kept)])


def labelled() -> Iterator[tuple[Release, Release]]:
    """Pairs of real releases that somebody took for alike."""
    folder = SHARED / "same_story"
    known = {each["news_item_id"]: each for each in lines(folder / "docs.jsonl.gz")}
    with (folder / "pairs.tsv").open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE):
            a, b = (known.get(row[f"news_item_id_{side}"]) for side in "ab")
            if a and b:
                yield (a["title"], a["text"]), (b["title"], b["text"])


def recall(releases: Sequence[Release]) -> Table:
    """How many pairs share enough numbers to be found, by how alike their texts are.

    Altered copies are without their titles: the text alone has to find them.
    """
    table = Table("recall", "J ≥ 0.7", "0.5 ≤ J < 0.7", "J < 0.5")
    copies = ((("", one[1]), ("", other)) for one, other in altered(releases, random.Random(1)))
    for name, pairs in (("labelled pairs", labelled()), ("altered copies, text only", copies)):
        found: Counter[int] = Counter()
        every: Counter[int] = Counter()
        for one, other in pairs:
            a, b = shingles(compared(one[1])), shingles(compared(other[1]))
            likeness = len(a & b) / max(1, len(a | b))
            band = 0 if likeness >= 0.7 else 1 if likeness >= 0.5 else 2
            every[band] += 1
            shared = set(signature(*one)) & set(signature(*other))
            found[band] += len(shared) >= TWINS_SHARE
        table.add_row(name, *(_share(found[band], every[band]) for band in range(3)))
    return table


def _share(found: int, every: int) -> str:
    return f"{found / every:.2%} of {every}" if every else "–"


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


async def lookups(url: str, sought: Sought, releases: Sequence[Release], count: int) -> list[str]:
    """Ask for releases that are there; thrice, as the first time is also that of the disk."""
    known = [sought.numbers(*each) for each in releases]
    kept: dict[int, list[int]] = {
        release: [] for release in random.Random(3).sample(range(count), 2_000)
    }
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(TABLE)
        begun = time.perf_counter()
        records = rows(sought, known, count, kept)
        await connection.copy_records_to_table("release_number", records=records)
        await connection.execute(INDEX)
        await connection.execute("vacuum analyze release_number")
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
    figures = (
        f"{at:.0f}" for each in zip(*took, strict=True) for at in (median(each), _late(each))
    )
    hit, megabytes = f"{hits / len(took):.1%}", f"{size / 1e6:.0f}"
    return [sought.name, f"{count:,}", *figures, hit, f"{built:.0f}", megabytes]


def _late(took: Sequence[float]) -> float:
    return quantiles(took, n=20)[-1]


async def among(releases: Sequence[Release], count: int) -> Table:
    """The look-ups on a server of its own."""
    times = "first, µs", "p95", "again, µs", "p95"
    table = Table("look-up", "releases", *times, "found", "built in s", "MB")
    with tempfile.TemporaryDirectory(prefix="pabal-") as made:
        Path(made).chmod(0o755)  # noqa: ASYNC240 - once, before anything runs
        async with running(Path(made) / "data", options={"fsync": "off"}) as server:
            url = make_url(server.url).set(drivername="postgresql")
            address = url.render_as_string(hide_password=False)
            for sought, many in ((TWINS, count), (COVERED, count * COVERED.of_days // 365)):
                table.add_row(*await lookups(address, sought, releases, many))
    return table


def main() -> None:
    """Print the tables."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--count", type=int, default=1_000_000, help="releases in the database")
    count = arguments.parse_args().count
    if not SHARED.is_dir():
        sys.exit("자료가 없습니다. / No releases at hand to measure with.")
    releases = [(each["title"], each["text"]) for each in lines(SHARED / "stream/2026-03.jsonl.gz")]
    console = Console()
    console.print(signatures(releases))
    console.print(recall(releases))
    console.print(asyncio.run(among(releases, count)))


if __name__ == "__main__":
    main()
