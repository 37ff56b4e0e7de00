"""Finding a likely twin: signature beside datasketch, recall, and the look-up among a million.

News is looked up among the releases of a month: older numbers nobody asks for.

Reads releases that are not part of the project. datasketch is no dependency: where it is not
installed (``make bench PEERS=its/site-packages``) what it does is done by numpy as it does it.
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
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import sha1
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from sqlalchemy.engine import make_url

from service.judging.letters import compared, shingles
from service.judging.signature import signature
from service.ops.embedded import running
from service.store.stories import SHARE
from tests.bench.lookup import COVERED, TWINS, Looked, each_compared, lookups
from tests.bench.report import OURS, Figure, Growth, against, named, number, save, shown

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
BANDS = ((0.7, "J ≥ 0.7", 99), (0.5, "0.5 ≤ J < 0.7", 95), (0, "J < 0.5", None))
Release = tuple[str, str]
console = Console(width=110)


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


def datasketch_minhash() -> tuple[str, Callable[[str, str], object]]:
    """MinHash of 128 permutations over the same shingles, at once; and what it is called."""
    try:
        minhash = import_module("datasketch").MinHash
    except ImportError:
        return "datasketch MinHash, its algorithm in numpy", _as_datasketch()

    def sign(_: str, text: str) -> object:
        made = minhash(num_perm=128)
        made.update_batch([each.encode() for each in shingles(compared(text))])
        return made

    return f"{named('datasketch')} MinHash.update_batch", sign


def _as_datasketch() -> Callable[[str, str], object]:
    """What its ``update_batch`` does, for where it is not installed."""
    chance = np.random.RandomState(1)
    prime, most = np.uint64((1 << 61) - 1), np.uint64((1 << 32) - 1)
    a = chance.randint(1, prime, 128, dtype=np.uint64)
    b = chance.randint(0, prime, 128, dtype=np.uint64)

    start = np.full(128, most)

    def sign(_: str, text: str) -> object:
        digests = (sha1(each.encode()).digest() for each in shingles(compared(text)))
        hashed = [int.from_bytes(each[:4], "little") for each in digests]
        column = np.array(hashed, dtype=np.uint64, ndmin=2).T
        return np.vstack([((column * a) + b) % prime & most, start]).min(axis=0)

    return sign


def signed(releases: Sequence[Release]) -> Figure:
    """How long a signature takes."""
    name, sign = datasketch_minhash()
    ours = clocked(signature, releases) / 1e6
    return against("서명 / signature", ours, (name, clocked(sign, releases[:300]) / 1e6), must=5)


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


def recalled(releases: Sequence[Release]) -> Iterator[Figure]:
    """How many pairs share enough numbers to be found, by how alike their texts are.

    Altered copies are without their titles: the text alone has to find them.
    """
    copies = ((("", one[1]), ("", other)) for one, other in altered(releases, random.Random(1)))
    named_pairs = (
        ("짝지어 둔 쌍 / labelled pairs", labelled()),
        ("바꾼 글 / altered copies", copies),
    )
    for name, pairs in named_pairs:
        found: Counter[int] = Counter()
        every: Counter[int] = Counter()
        for one, other in pairs:
            a, b = shingles(compared(one[1])), shingles(compared(other[1]))
            likeness = len(a & b) / max(1, len(a | b))
            band = next(n for n, (least, _, _) in enumerate(BANDS) if likeness >= least)
            every[band] += 1
            shared = set(signature(*one)) & set(signature(*other))
            found[band] += len(shared) >= SHARE
        for band, (_, words, must) in enumerate(BANDS):
            share = found[band] / every[band] * 100 if every[band] else None
            ours = f"{found[band]:,} / {every[band]:,}"
            what = f"찾아냄 / recall, {words}: {name}"
            yield Figure(what=what, value=share, unit="%", ours=ours, must=must)


async def among(releases: Sequence[Release], counts: Sequence[int]) -> Mapping[int, Looked]:
    """The look-ups on a server of its own: those of twins, by releases."""
    times = "first, µs", "p95", "again, µs", "p95"
    table = Table("look-up", "releases", *times, "found", "built in s", "MB")
    twins: dict[int, Looked] = {}
    with tempfile.TemporaryDirectory(prefix="pabal-") as made:
        Path(made).chmod(0o755)  # noqa: ASYNC240 - once, before anything runs
        async with running(Path(made) / "data", options={"fsync": "off"}) as server:
            url = make_url(server.url).set(drivername="postgresql")
            address = url.render_as_string(hide_password=False)
            plans = [(TWINS, each) for each in counts]
            for sought, many in (*plans, (COVERED, max(counts) * COVERED.of_days // 365)):
                known = [sought.numbers(*each) for each in releases]
                looked = await lookups(address, sought, known, many)
                cells = f"{looked.found:.1%}", f"{looked.built:.0f}", f"{looked.megabytes:.0f}"
                table.add_row(sought.name, f"{many:,}", *(f"{n:.0f}" for n in looked[:4]), *cells)
                if sought is TWINS:
                    twins[many] = looked
    console.print(table)
    return twins


def main() -> None:
    """Measure, print, leave it for the page."""
    arguments = argparse.ArgumentParser(description=__doc__)
    counts = [10_000, 100_000, 1_000_000]
    arguments.add_argument("--counts", type=int, nargs="+", default=counts, help="in the database")
    counts = arguments.parse_args().counts
    if not SHARED.is_dir():
        sys.exit("자료가 없습니다. / No releases at hand to measure with.")
    releases = [(each["title"], each["text"]) for each in lines(SHARED / "stream/2026-03.jsonl.gz")]
    most = max(counts)
    known = [signature(*each) for each in releases]
    slow = {count: each_compared(known, count) for count in counts}
    looked = asyncio.run(among(releases, counts))
    what = f"쌍둥이 찾기 / look-up among {most:,}: PostgreSQL"
    figures = [
        Figure(
            what=what,
            value=looked[most].first,
            unit="µs",
            peer=f"numpy, each compared: {shown(slow[most])}",
            must=400,
            at_most=True,
            why=looked[most].anatomy,
        ),
        signed(releases),
        *recalled(releases),
    ]
    for each in figures[1:]:
        value = "" if each.value is None else f"{number(each.value)}{each.unit}"
        console.print(f"{each.what}: {value} {each.ours} {each.peer}")
    ours = {count: each.first / 1e6 for count, each in looked.items()}
    growth = Growth(
        title="글 수에 따른 쌍둥이 찾기 / Time to find a twin, by number of releases",
        sizes="글 수 / releases",
        seconds={OURS: ours, "numpy, each compared": slow},
    )
    save("story", figures, growth)


if __name__ == "__main__":
    main()
