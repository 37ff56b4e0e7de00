"""One release, its terms ready, against very many rules: ours beside its peers. ``make bench``.

Every engine gets the same rules and the same terms in the same run, and must find the same rules.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from service.judging.logic import Term
from service.judging.matcher import Matcher, plain
from service.judging.morphemes import Morph, Morphology, Morphs
from service.reading.publishers import Registry
from tests.bench.invented import STREAM, Invented, Lazily, Terms, nouns, releases
from tests.bench.match_peers import LOOP, MOKACCINO, POSTGRES, SETS, compare, microseconds
from tests.bench.report import OURS, Figure, Growth, against, save

FEW, COMPARED = 10_000, 100_000  # at these it is judged
SIZES = (1_000, FEW, COMPARED, 1_000_000)
PAIRS = 100_000
MUST = {MOKACCINO: (10, 40), POSTGRES: (80, 300), LOOP: (500, 1_500), SETS: (None, None)}
console = Console(width=100)


def weights(matcher: Matcher) -> tuple[int, int]:
    """Bytes of the arrays, and of the words with all that leads to them."""
    indexes = [each.index for each in matcher._segments]
    tables = [one for each in indexes for one in each.tables]
    columns = [column for one in tables for column in (one.starts, one.shared, *one.others)]
    held = [*columns, *(part for each in indexes for part in (each.starts, each.ids))]
    words = matcher._conditions
    sets = (words._number, words._spelt, words._lengths, words._alike, words._atoms, words._asked)
    terms = [each for each in words._atoms if isinstance(each, Term)]
    objects = [*terms, *(each.text for each in terms), *words._lengths, *words._alike.values()]
    return sum(each.nbytes for each in held), sum(map(sys.getsizeof, (*sets, *objects)))


def pairs(texts: Sequence[tuple[str, str]], docs: Sequence[Terms], count: int) -> int:
    """Random rules against random releases, matcher and naive reading; returns disagreements."""
    chance = random.Random(77)
    morphology = Morphology(Registry.load().names())
    known: dict[str, Morphs] = {}

    def analyse(window: str) -> tuple[Morph, ...]:
        if window not in known:
            (known[window],) = morphology.analyse([window])
        return known[window]

    each = count // len(texts)
    wrong = 0
    for (title, text), doc in zip(texts, docs, strict=True):
        made = Invented([doc])
        made._chance = chance
        made._names = sorted(frozenset[str]().union(*docs))
        made._weights = list(range(1, len(made._names) + 1))
        rules = dict(made.rules(each))
        matcher = Matcher(rules)
        trial = matcher.trial(title, text)
        got = {match.rule_id for match in trial.decide({w: analyse(w) for w in trial.windows})}
        wrong += len(got ^ {n for n, rule in rules.items() if plain(rule, title, text, analyse)})
    return wrong


@dataclass(frozen=True)
class Size:
    """So many rules, of so many different conditions: what they take.

    Microseconds a release, how many of them hold, bytes and seconds to build.
    """

    rules: int
    conditions: int
    taken: float
    hold: float
    weight: tuple[int, int]
    built: float


def measure(docs: Sequence[Terms], size: int) -> tuple[Size, Matcher]:
    """Ours alone."""
    started = time.perf_counter()
    matcher = Matcher(Lazily(docs, size))
    built = time.perf_counter() - started
    taken = microseconds(matcher.holding, docs, 9)
    hold = sum(len(matcher.holding(doc)) for doc in docs) / len(docs)
    conditions = len(matcher._conditions)
    return Size(size, conditions, taken, hold, weights(matcher), built), matcher


def figures(sizes: Mapping[int, Size], peers: Mapping[str, float]) -> Iterator[Figure]:
    """What is judged; ``peers``: microseconds at COMPARED rules."""
    ours = sizes[COMPARED].taken / 1e6
    for name, (must, aim) in MUST.items():
        theirs = peers[name] / 1e6 if name in peers else None
        what = f"규칙 {COMPARED:,} / rules: {name}"
        why = "설치되어 있지 않음 / not installed" if theirs is None else ""
        yield against(what, ours, (name, theirs), must=must, aim=aim, why=why)
    few, most = sizes[FEW], sizes[max(sizes)]
    yield Figure(
        what=f"규칙 {most.rules:,} ÷ {FEW:,} / rules",
        value=most.taken / few.taken,
        ours=f"{most.taken:,.0f} µs ÷ {few.taken:,.0f} µs",
        must=30,
        aim=8,
        at_most=True,
    )
    arrays, words = most.weight
    yield Figure(
        what=f"기억 / memory, {most.rules:,} rules",
        value=(arrays + words) / most.rules,
        unit="B",
        ours=f"{arrays / most.rules:.0f} B + {words / most.rules:.0f} B",
        must=60,
        at_most=True,
        why=f"배열 + 조건 / arrays + conditions: {most.conditions:,}, "
        f"{most.conditions / most.rules:.2f} a rule, {words / most.conditions:.0f} B each; "
        "규칙이 많을수록 새 조건은 드묾 / of more rules fewer are new",
    )


def main() -> None:
    """Measure, print, leave it for the page."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--releases", type=int, default=40)
    options.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    options.add_argument("--pairs", type=int, default=PAIRS, help="rule and release, 0: none")
    chosen = options.parse_args()
    if not STREAM.is_file():
        sys.exit(f"{STREAM}: no such file")
    texts = releases(chosen.releases)
    docs = nouns([text for _, text in texts])
    sizes: dict[int, Size] = {}
    times: dict[str, dict[int, float]] = {}
    growth = Table("rules", "µs a release", "of them hold", "B a rule: arrays", "words", "built, s")
    for size in sorted({FEW, COMPARED, *chosen.sizes}):
        sizes[size], matcher = measure(docs, size)
        each = sizes[size]
        weight = [f"{one / size:.0f}" for one in each.weight]
        cells = f"{each.taken:,.0f}", f"{each.hold:,.0f}", *weight, f"{each.built:.1f}"
        growth.add_row(f"{size:,}", *cells)
        if size <= COMPARED:
            for name, taken in compare(docs, matcher, size):
                times.setdefault(name, {})[size] = taken
    peers = Table(f"at {COMPARED:,} rules", "µs a release", "times ours")
    for name, by_size in times.items():
        ratio = by_size[COMPARED] / sizes[COMPARED].taken
        peers.add_row(name, f"{by_size[COMPARED]:,.0f}", f"{ratio:,.0f}")
    console.print(peers, growth)
    if chosen.pairs:
        wrong = pairs(texts, docs, chosen.pairs)
        console.print(f"{chosen.pairs:,} pairs of rule and release: {wrong} judged otherwise")
    times = {OURS: {size: each.taken for size, each in sizes.items()}, **times}
    drawn = Growth(
        title="규칙 수에 따른 판정 시간: 글 하나 / Time to match one release, by number of rules",
        sizes="규칙 수 / rules",
        seconds={name: {n: us / 1e6 for n, us in each.items()} for name, each in times.items()},
    )
    compared = {name: each[COMPARED] for name, each in times.items()}
    save("match", list(figures(sizes, compared)), drawn)


if __name__ == "__main__":
    main()
