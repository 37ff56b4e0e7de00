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
from importlib.resources import files
from pathlib import Path

import numpy as np
from kiwipiepy import Kiwi
from rich.console import Console
from rich.table import Table

from service.judging.features import composed, grouped, spread
from service.judging.taxonomy import taxonomies
from service.judging.topics import Scorer, Topics
from service.reading import kind
from service.reading.publishers import Registry
from tests.bench.report import OURS, Figure, Growth, named, save
from tests.bench.terms import ELSEWHERE

STREAM = Path(__file__).parents[2].parent / "shared" / "data" / "stream" / "2026-03.jsonl.gz"
MUST_TAKE, MUST_SHARE = 2.0, 5.0  # milliseconds, and % of Kiwi's time
LETTERS = (500, 1_000, 2_000, 4_000)  # of a text, where it is that long
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


def anatomy(sample: list[Release], topics: Topics, whole: float) -> str:
    """Where so many milliseconds go."""
    words, _ = taxonomies()
    with files("service.judging").joinpath("topics.npz").open("rb") as stored:
        scorer = Scorer("about", words, dict(np.load(stored)))
    ready, known, columns = {}, {}, {}
    for each in sample:
        ready[each] = grouped(composed(*each[:2])), spread(*each[:2])
        known[each] = scorer.read(*ready[each])
        columns[each] = [[*words].index(topic.code) for topic in topics.judge(*each).topics]
    parts: dict[str, Callable[[Release], object]] = {
        "글자 묶음 / groups of letters": lambda each: grouped(composed(*each[:2])),
        "낱말 / words": lambda each: spread(*each[:2]),
        "아는 것 / what is known of them": lambda each: scorer.read(*ready[each]),
        "무게 / weights": lambda each: scorer.score(known[each]),
        "까닭 / grounds": lambda each: scorer.grounds(known[each], columns[each]),
        "꼴 / form": lambda each: kind.of(*each[:2], False),
    }
    took = {name: milliseconds(part, sample) for name, part in parts.items()}
    took["그 밖 / the rest"] = whole - sum(took.values())
    return ", ".join(f"{name} {each:.2f} ms" for name, each in took.items())


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

    def read(release: Release) -> None:
        kiwi.tokenize(f"{release[0]}\n{release[1]}")

    ours, whole = milliseconds(judged, sample), milliseconds(read, sample)
    share = ours / whole * 100
    letters = sum(len(title) + len(text) for title, text, _ in sample) / count
    why = f"{anatomy(sample, topics, ours)}; {ELSEWHERE}"
    table = Table("topics and kind", "ms a release", "of Kiwi's time", "must")
    table.add_row("pabal", f"{ours:.2f}", f"{share:.1f}%", f"{MUST_TAKE:g} ms, {MUST_SHARE:g}%")
    table.add_row("Kiwi, the whole text", f"{whole:.2f}", "100%", "")
    Console().print(table)
    peer = f"{named('kiwipiepy')}: {whole:.1f} ms, {letters:,.0f} letters"
    what = "글 하나 / a release"
    figures = [
        Figure(what=what, value=ours, unit="ms", must=MUST_TAKE, at_most=True, why=why),
        Figure(
            what="Kiwi의 시간에 견줌 / of Kiwi's time",
            value=share,
            unit="%",
            ours=f"{ours:.2f} ms",
            peer=peer,
            must=MUST_SHARE,
            at_most=True,
            why=why,
        ),
    ]
    cut = {n: [(t, text[:n], by) for t, text, by in sample if len(text) >= n] for n in LETTERS}
    growth = Growth(
        title="글 길이에 따른 분야와 종류 / Topics and kind, by letters of a release",
        sizes="글자 수 / letters",
        seconds={
            OURS: {n: milliseconds(judged, some) / 1e3 for n, some in cut.items() if some},
            "Kiwi": {n: milliseconds(read, some) / 1e3 for n, some in cut.items() if some},
        },
    )
    save("topics", figures, growth)


if __name__ == "__main__":
    main()
