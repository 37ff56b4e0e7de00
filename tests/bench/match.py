"""One release, its terms ready, against very many rules: ours beside its peers. ``make bench``.

Reads a month of real releases, which is not part of the project. Every engine gets the same rules
and the same terms in the same run, and must find the same rules. ``mokaccino`` is no dependency: it
takes part where it can be imported (``PYTHONPATH=its/venv/lib/python3.11/site-packages``).
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import math
import os
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from importlib import import_module
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
from kiwipiepy import Kiwi
from rich.console import Console
from rich.table import Table

from service.judging.logic import (
    And,
    Atom,
    Clause,
    Not,
    Or,
    Rule,
    Term,
    clauses,
    joined,
    negated,
    satisfied,
)
from service.judging.matcher import Matcher, plain
from service.judging.morphemes import Morph, Morphology, Morphs
from service.ops.embedded import running
from service.reading.publishers import Registry

STREAM = Path(__file__).parents[2].parent / "shared" / "data" / "stream" / "2026-03.jsonl.gz"
LETTERS = 2_000
SIZES = (1_000, 10_000, 100_000, 1_000_000)
COMPARED = 100_000
NAMES = 107_000
PAIRS = 100_000
OURS = "파발 / Pabal"
console = Console(width=100)
Terms = frozenset[str]


def releases(count: int) -> list[tuple[str, str]]:
    """Titles and texts of a real month, at least LETTERS long and cut there."""
    with gzip.open(STREAM, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    long = [each for each in records if len(each.get("text") or "") >= LETTERS]
    chosen = random.Random(5).sample(long, count)
    return [(each.get("title") or "", each["text"][:LETTERS]) for each in chosen]


def nouns(texts: Sequence[str]) -> list[Terms]:
    """The terms of each text: its nouns and foreign words of two letters and more."""
    kiwi = Kiwi(num_workers=1, load_multi_dict=False)
    found = kiwi.tokenize(list(texts))
    tags = ("NNG", "NNP", "SL")
    return [
        frozenset(t.form.lower() for t in each if t.tag in tags and t.len > 1) for each in found
    ]


class Invented:
    """Rules as people write them: 1 to 4 terms, a third of them nouns of releases.

    35 % are one term, 33 % AND, 17 % OR, 10 % NOT, 5 % (A | B) C. The other terms are made-up
    names, few of them often used (Zipf).
    """

    def __init__(self, docs: Sequence[Terms]) -> None:
        self._chance = random.Random(20260321)
        self._nouns = sorted(frozenset[str]().union(*docs))
        self._names = [self._name() for _ in range(NAMES)]
        self._weights = list(accumulate(1 / rank for rank in range(1, NAMES + 1)))

    def _name(self) -> str:
        length = self._chance.choice((2, 3, 3, 4))
        return "".join(chr(self._chance.randrange(0xAC00, 0xD7A4)) for _ in range(length))

    def _term(self) -> Rule:
        if self._chance.random() < 0.35:
            return Term(self._chance.choice(self._nouns))
        return Term(self._chance.choices(self._names, cum_weights=self._weights)[0])

    def _rule(self) -> Rule:
        roll = self._chance.random()
        terms = [self._term() for _ in range(self._chance.choice((2, 2, 3, 4)))]
        if roll < 0.35:
            return terms[0]
        if roll < 0.68:
            return joined(And, terms)
        if roll < 0.85:
            return joined(Or, terms)
        if roll < 0.95:
            return joined(And, [terms[0], negated(terms[1])])
        return joined(And, [joined(Or, terms[:2]), self._term()])

    def rules(self, count: int) -> Iterator[tuple[int, Rule]]:
        """Ids from 0 on."""
        return ((number, self._rule()) for number in range(count))


class Lazily(Mapping[int, Rule]):
    """Rules that are made while they are read: a million trees need not be there at once."""

    def __init__(self, docs: Sequence[Terms], count: int) -> None:
        self._docs, self._count = docs, count

    def __iter__(self) -> Iterator[int]:
        return iter(range(self._count))

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, rule_id: int) -> Rule:
        raise NotImplementedError

    def items(self) -> Any:
        """Pairs, made anew each time."""
        return Invented(self._docs).rules(self._count)


def microseconds(work: Callable[[Terms], object], docs: Sequence[Terms], rounds: int) -> float:
    """Processor time: median over the documents of the best of several rounds."""
    best = []
    for doc in docs:
        times = []
        for _ in range(rounds):
            started = time.process_time()
            work(doc)
            times.append(time.process_time() - started)
        best.append(min(times))
    return sorted(best)[len(best) // 2] * 1e6


def naive(rules: Mapping[int, Rule]) -> Callable[[Terms], set[int]]:
    """A loop over all rules as they were read."""

    def match(terms: Terms) -> set[int]:
        def stands(atom: Atom) -> bool:
            assert isinstance(atom, Term)
            return atom.text in terms

        return {number for number, rule in rules.items() if satisfied(rule, stands)}

    return match


def naive_sets(rules: Mapping[int, Rule]) -> Callable[[Terms], set[int]]:
    """The best such loop we could write: each rule made ready as sets of terms."""
    ready = [(number, _sets(rule)) for number, rule in rules.items()]

    def match(terms: Terms) -> set[int]:
        found = set()
        for number, alternatives in ready:
            for asked, barred in alternatives:
                if asked <= terms and barred.isdisjoint(terms):
                    found.add(number)
                    break
        return found

    return match


def _sets(rule: Rule) -> list[tuple[Terms, Terms]]:
    found = clauses(rule, 64)
    assert found is not None
    return [(frozenset(_texts(clause, Term)), frozenset(_texts(clause, Not))) for clause in found]


def _texts(clause: Clause, kind: type[Term | Not]) -> Iterator[str]:
    for each in clause:
        term = each.part if isinstance(each, Not) else each
        if isinstance(each, kind) and isinstance(term, Term):
            yield term.text


def by_mokaccino(
    rules: Mapping[int, Rule], docs: Sequence[Terms]
) -> Callable[[Terms], Iterable[int]] | None:
    """Mokaccino's percolator, its documents made beforehand; None where it is not installed."""
    try:
        peer: Any = import_module("mokaccino")
    except ImportError:
        return None
    percolator = peer.Percolator()

    def query(rule: Rule) -> Any:
        match rule:
            case Term(text):
                return peer.Query.from_kv("t", text)
            case Not(Term(text)):
                return peer.Query.from_not(peer.Query.from_kv("t", text))
            case And(parts):
                return peer.Query.from_and([query(each) for each in parts])
            case Or(parts):
                return peer.Query.from_or([query(each) for each in parts])
        raise NotImplementedError

    def document(terms: Terms) -> Any:
        made = peer.Document()
        for term in terms:
            made = made.with_value("t", term)
        return made

    for number, rule in rules.items():
        percolator.add_query_id(query(rule), number)
    percolator = percolator.optimized()
    ready = {terms: document(terms) for terms in docs}
    return lambda terms: percolator.percolate_list(ready[terms])


@asynccontextmanager
async def by_postgres(rules: Mapping[int, Rule]) -> AsyncIterator[Any]:
    """A table of all rules as queries, on a server of our own."""
    with tempfile.TemporaryDirectory(prefix="pabal-") as made:
        os.chmod(made, 0o755)  # noqa: PTH101 - as root the server is another account
        async with running(Path(made) / "data") as server:
            connection = await asyncpg.connect(server.url.replace("+asyncpg", ""))
            await connection.execute("create table rule (id bigint, query tsquery)")
            rows = [(number, _tsquery(rule)) for number, rule in rules.items()]
            await connection.execute(
                "insert into rule select * from unnest($1::bigint[], $2::text[]::tsquery[])",
                *map(list, zip(*rows, strict=True)),
            )
            await connection.execute("analyze rule")
            yield connection
            await connection.close()


def _tsquery(rule: Rule) -> str:
    match rule:
        case Term(text):
            return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
        case Not(part):
            return "!" + _tsquery(part)
        case And(parts):
            return "(" + " & ".join(map(_tsquery, parts)) + ")"
        case Or(parts):
            return "(" + " | ".join(map(_tsquery, parts)) + ")"
    raise NotImplementedError


async def postgres_time(rules: Mapping[int, Rule], docs: Sequence[Terms], ours: Matcher) -> float:
    """Microseconds a release by the clock: the median over documents of the best of three."""
    asked = "select array_agg(id) from rule where query @@ array_to_tsvector($1::text[])"
    best = []
    async with by_postgres(rules) as connection:
        for doc in docs:
            times = []
            for _ in range(3):
                started = time.perf_counter()
                found = await connection.fetchval(asked, sorted(doc))
                times.append(time.perf_counter() - started)
            assert set(found or ()) == set(ours.holding(doc).tolist()), "PostgreSQL disagrees"
            best.append(min(times))
    return sorted(best)[len(best) // 2] * 1e6


def weights(matcher: Matcher) -> tuple[int, int]:
    """Bytes of the arrays, and of the words with all that leads to them."""
    arrays = sum(each.index.size for each in matcher._segments)
    words = matcher._conditions
    tables = (words._number, words._spelt, words._lengths, words._alike, words._atoms, words._asked)
    terms = [each for each in words._atoms if isinstance(each, Term)]
    objects = [*terms, *(each.text for each in terms), *words._lengths, *words._alike.values()]
    return arrays, sum(map(sys.getsizeof, (*tables, *objects)))


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


class Line(NamedTuple):
    """One engine in the plot: microseconds by number of rules, and how it is drawn."""

    name: str
    times: Mapping[int, float]
    dashes: str
    mark: str


DASHES = ("", "9 4", "2 4", "12 4 2 4", "5 2")
MARKS = (
    '<circle cx="{x:.0f}" cy="{y:.0f}" r="5"/>',
    '<rect x="{x:.0f}" y="{y:.0f}" width="9" height="9" transform="translate(-4.5 -4.5)"/>',
    '<path d="M{x:.0f} {y:.0f}m-6 5h12l-6 -11z"/>',
    '<path d="M{x:.0f} {y:.0f}m-6 0l6 -6l6 6l-6 6z"/>',
    '<path d="M{x:.0f} {y:.0f}m-5 -5l10 10m0 -10l-10 10" stroke="#222" stroke-width="2"/>',
)
LEFT, TOP, DECADE_X, DECADE_Y = 90, 90, 150, 55
FIRST_SIZE, FIRST_TIME, LAST_TIME = 3, 1, 8  # powers of ten, of rules and of microseconds
UNITS = ("10 µs", "100 µs", "1 ms", "10 ms", "100 ms", "1 s", "10 s", "100 s")


def drawn(times: Mapping[str, Mapping[int, float]]) -> str:
    """The growth as an SVG, both axes by powers of ten. Each line has dashes and a mark of its own.

    The first of the ``times`` by engine and number of rules is ours.
    """
    lines = [
        Line(name, each, dashes, mark)
        for (name, each), dashes, mark in zip(times.items(), DASHES, MARKS, strict=False)
    ]
    sizes = [f"{10**power:,}" for power in range(FIRST_SIZE, 7)]
    foot = TOP + DECADE_Y * (LAST_TIME - FIRST_TIME)
    grid = [
        f'<path d="M{LEFT} {foot - DECADE_Y * i}h{3 * DECADE_X}" stroke="#ddd"/>'
        f'<text x="{LEFT - 10}" y="{foot - DECADE_Y * i + 4}" text-anchor="end">{unit}</text>'
        for i, unit in enumerate(UNITS)
    ]
    grid += [
        f'<text x="{LEFT + DECADE_X * i}" y="{foot + 22}" text-anchor="middle">{size}</text>'
        for i, size in enumerate(sizes)
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 {foot + 60}" '
        'font-family="sans-serif" font-size="13" fill="#222" role="img">'
        f'<rect width="760" height="{foot + 60}" fill="#fff"/>'
        f'<text x="{LEFT}" y="30" font-size="17">규칙 수에 따른 판정 시간: 보도자료 한 건</text>'
        f'<text x="{LEFT}" y="52">Time to match one release, by number of rules</text>'
        f"{''.join(grid)}{''.join(map(_line, lines))}"
        f'<text x="{LEFT + 1.5 * DECADE_X}" y="{foot + 46}" text-anchor="middle">'
        "규칙 수 / number of rules</text></svg>\n"
    )


def _line(line: Line) -> str:
    foot = TOP + DECADE_Y * (LAST_TIME - FIRST_TIME)
    places = [
        (
            LEFT + DECADE_X * (math.log10(size) - FIRST_SIZE),
            foot - DECADE_Y * (math.log10(time_) - FIRST_TIME),
        )
        for size, time_ in sorted(line.times.items())
    ]
    route = " ".join(f"{x:.0f},{y:.0f}" for x, y in places)
    x, y = places[-1]
    return (
        f'<polyline points="{route}" fill="none" stroke="#222" stroke-width="1.8" '
        f'stroke-dasharray="{line.dashes}"/>'
        + "".join(line.mark.format(x=x, y=y) for x, y in places)
        + f'<text x="{x + 12:.0f}" y="{y + 4:.0f}">{line.name}</text>'
    )


def compare(
    docs: Sequence[Terms], ours: Matcher, size: int, *, postgres: bool
) -> Iterator[tuple[str, float]]:
    """Every peer's microseconds on the rules that ``ours`` has; all must find the same."""
    rules = dict(Invented(docs).rules(size))
    loops = [("naive loop over rules", naive(rules)), ("naive loop over sets", naive_sets(rules))]
    for name, loop in loops:
        _agree(loop, ours, docs[:5], name)
        yield name, microseconds(loop, docs[:9], 2)
    percolate = by_mokaccino(rules, docs)
    if percolate is not None:
        _agree(percolate, ours, docs, "mokaccino")
        yield "mokaccino", microseconds(percolate, docs, 5)
    if postgres:
        yield "PostgreSQL tsquery scan", asyncio.run(postgres_time(rules, docs[:9], ours))


def _agree(
    peer: Callable[[Terms], Iterable[int]], ours: Matcher, docs: Sequence[Terms], name: str
) -> None:
    for doc in docs:
        if set(peer(doc)) != set(ours.holding(doc).tolist()):
            sys.exit(f"{name} finds other rules")


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--releases", type=int, default=40)
    options.add_argument("--no-postgres", action="store_true")
    options.add_argument("--pairs", type=int, default=PAIRS, help="rule and release, 0: none")
    options.add_argument("--plot", type=Path, help="draw the growth, peers at every size, as SVG")
    chosen = options.parse_args()
    if not STREAM.is_file():
        sys.exit(f"{STREAM}: no such file")
    texts = releases(chosen.releases)
    docs = nouns([text for _, text in texts])
    times: dict[str, dict[int, float]] = {}
    growth = Table("rules", "µs a release", "of them hold", "B a rule: arrays", "words", "built, s")
    for size in SIZES:
        started = time.perf_counter()
        matcher = Matcher(Lazily(docs, size))
        built = time.perf_counter() - started
        mine = times.setdefault(OURS, {})[size] = microseconds(matcher.holding, docs, 9)
        hold = sum(len(matcher.holding(doc)) for doc in docs) / len(docs)
        weight = [f"{each / size:.0f}" for each in weights(matcher)]
        growth.add_row(f"{size:,}", f"{mine:,.0f}", f"{hold:,.0f}", *weight, f"{built:.1f}")
        if size == COMPARED or chosen.plot:
            for name, taken in compare(docs, matcher, size, postgres=not chosen.no_postgres):
                times.setdefault(name, {})[size] = taken
    peers = Table("at 100,000 rules", "µs a release", "times ours")
    ours = times.pop(OURS)
    for name, each in times.items():
        ratio = each[COMPARED] / ours[COMPARED]
        peers.add_row(name, f"{each[COMPARED]:,.0f}", f"{ratio:,.0f}")
    console.print(peers)
    console.print(growth)
    console.print(f"1 M rules cost {ours[1_000_000] / ours[10_000]:.1f} times 10 k")
    if chosen.plot:
        chosen.plot.write_text(drawn({OURS: ours, **times}), "utf-8")
    if chosen.pairs:
        wrong = pairs(texts, docs, chosen.pairs)
        console.print(f"{chosen.pairs:,} pairs of rule and release: {wrong} judged otherwise")


if __name__ == "__main__":
    main()
