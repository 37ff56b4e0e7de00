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
from typing import Any

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
    """Median over the documents of the best of several rounds."""
    best = []
    for doc in docs:
        times = []
        for _ in range(rounds):
            started = time.perf_counter()
            work(doc)
            times.append(time.perf_counter() - started)
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
    """Microseconds a release: the median over documents of the best of three."""
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
        windows = {window: analyse(window) for window in matcher.windows(title, text)}
        got = {match.rule_id for match in matcher.match(title, text, windows)}
        wrong += len(got ^ {n for n, rule in rules.items() if plain(rule, title, text, analyse)})
    return wrong


def drawn(times: Mapping[int, float]) -> str:
    """The growth as an SVG, both axes by powers of ten, from 1,000 and from 10 µs."""

    def place(size: int, time_: float) -> tuple[float, float]:
        return 60 + 120 * (math.log10(size) - 3), 380 - 120 * (math.log10(time_) - 1)

    places = [(*place(size, each), size, each) for size, each in times.items()]
    line = " ".join(f"{x:.0f},{y:.0f}" for x, y, _, _ in places)
    dots = "".join(
        f'<circle cx="{x:.0f}" cy="{y:.0f}" r="4"/>'
        f'<text x="{x:.0f}" y="{y - 12:.0f}">{each:,.0f} µs</text>'
        f'<text x="{x:.0f}" y="400">{size:,}</text>'
        for x, y, size, each in places
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 500 410" font-family="sans-serif" '
        'font-size="12" text-anchor="middle"><rect width="500" height="410" fill="#fff"/>'
        '<text x="250" y="20">µs a release by number of rules</text>'
        f'<polyline points="{line}" fill="none" stroke="#07c" stroke-width="2"/>{dots}</svg>\n'
    )


def compare(docs: Sequence[Terms], ours: Matcher, *, postgres: bool) -> Iterator[tuple[str, float]]:
    """Every peer's microseconds on the rules that ``ours`` has; all must find the same."""
    rules = dict(Invented(docs).rules(COMPARED))
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
    options.add_argument("--svg", type=Path, help="where to draw the growth")
    chosen = options.parse_args()
    if not STREAM.is_file():
        sys.exit(f"{STREAM}: no such file")
    texts = releases(chosen.releases)
    docs = nouns([text for _, text in texts])
    times: dict[int, float] = {}
    growth = Table("rules", "µs a release", "of them hold", "B a rule: arrays", "words", "built, s")
    for size in SIZES:
        started = time.perf_counter()
        matcher = Matcher(Lazily(docs, size))
        built = time.perf_counter() - started
        times[size] = microseconds(matcher.holding, docs, 9)
        hold = sum(len(matcher.holding(doc)) for doc in docs) / len(docs)
        weight = [f"{each / size:.0f}" for each in weights(matcher)]
        growth.add_row(f"{size:,}", f"{times[size]:,.0f}", f"{hold:,.0f}", *weight, f"{built:.1f}")
        if size == COMPARED:
            peers = Table("at 100,000 rules", "µs a release", "times ours")
            for name, taken in compare(docs, matcher, postgres=not chosen.no_postgres):
                peers.add_row(name, f"{taken:,.0f}", f"{taken / times[size]:,.0f}")
    console.print(peers)
    console.print(growth)
    console.print(f"1 M rules cost {times[1_000_000] / times[10_000]:.1f} times 10 k")
    if chosen.svg:
        chosen.svg.write_text(drawn(times), "utf-8")
    if chosen.pairs:
        wrong = pairs(texts, docs, chosen.pairs)
        console.print(f"{chosen.pairs:,} pairs of rule and release: {wrong} judged otherwise")


if __name__ == "__main__":
    main()
