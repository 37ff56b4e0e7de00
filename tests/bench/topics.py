"""Topics, fields and kind of one release, beside the time that morphology takes: ``make bench``.

Reads a recorded month, which is not part of the project. Processor time, both in the same run and
over the same releases; Kiwi reads them whole, which no step of ours does.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

from kiwipiepy import Kiwi
from rich.console import Console
from rich.table import Table

from service.judging.topics import Topics
from service.reading import kind
from service.reading.publishers import Registry

STREAM = Path(__file__).parents[2].parent / "shared" / "data" / "stream" / "2026-03.jsonl.gz"
MUST_TAKE, MUST_SHARE = 2.0, 0.05  # milliseconds, and of Kiwi's time
Release = tuple[str, str, str | None]


def releases(count: int) -> list[Release]:
    """A sample of a real month: title, text, publisher."""
    registry = Registry.load()
    with gzip.open(STREAM, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    chosen = random.Random(7).sample(records, count)
    bodies = (registry.find(each.get("ministry") or "") for each in chosen)
    return [
        (each.get("title") or "", each.get("text") or "", body.id if body else None)
        for each, body in zip(chosen, bodies, strict=True)
    ]


def milliseconds(work: Callable[[Release], object], sample: list[Release]) -> float:
    """For each release, on average, of the better of two rounds."""
    rounds = []
    for _ in range(2):
        begun = time.process_time()
        for each in sample:
            work(each)
        rounds.append((time.process_time() - begun) / len(sample) * 1000)
    return min(rounds)


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--releases", type=int, default=200)
    count = options.parse_args().releases
    if not STREAM.is_file():
        sys.exit("자료가 없습니다. / No releases at hand to measure with.")
    sample = releases(count)
    topics = Topics.load()
    kiwi = Kiwi(num_workers=1, load_multi_dict=False)
    kiwi.tokenize("")  # the dictionaries are loaded now

    def judged(release: Release) -> None:
        title, text, publisher = release
        kind.of(title, text, False, scores=topics.judge(title, text, publisher).kinds)

    ours = milliseconds(judged, sample)
    whole = milliseconds(lambda each: kiwi.tokenize(f"{each[0]}\n{each[1]}"), sample)
    table = Table("topics and kind", "ms a release", "of Kiwi's time", "must")
    must = f"{MUST_TAKE:g} ms, {MUST_SHARE:.0%}"
    table.add_row("pabal", f"{ours:.2f}", f"{ours / whole:.1%}", must)
    table.add_row("Kiwi, the whole text", f"{whole:.2f}", "100%", "")
    Console().print(table)


if __name__ == "__main__":
    main()
