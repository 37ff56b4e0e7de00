"""What the matcher is measured beside: loops over the rules, mokaccino, a scan by PostgreSQL.

Every one is given the rules and the terms that ours has, and must find the same rules.
``mokaccino`` is no dependency: it takes part where ``make bench PEERS=its/site-packages`` has it.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import asyncpg

from service.judging.logic import And, Atom, Clause, Not, Or, Rule, Term, clauses, satisfied
from service.judging.matcher import Matcher
from service.ops.embedded import running
from tests.bench.invented import Invented, Terms

LOOP, SETS = "naive loop over rules", "naive loop over sets"
MOKACCINO, POSTGRES = "mokaccino", "PostgreSQL tsquery scan"


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


def compare(docs: Sequence[Terms], ours: Matcher, size: int) -> Iterator[tuple[str, float]]:
    """Every peer's microseconds on the rules that ``ours`` has; all must find the same."""
    rules = dict(Invented(docs).rules(size))
    loops = [(LOOP, naive(rules)), (SETS, naive_sets(rules))]
    for name, loop in loops:
        _agree(loop, ours, docs[:5], name)
        yield name, microseconds(loop, docs[:9], 2)
    percolate = by_mokaccino(rules, docs)
    if percolate is not None:
        _agree(percolate, ours, docs, MOKACCINO)
        yield MOKACCINO, microseconds(percolate, docs, 5)
    yield POSTGRES, asyncio.run(postgres_time(rules, docs[:9], ours))


def _agree(
    peer: Callable[[Terms], Iterable[int]], ours: Matcher, docs: Sequence[Terms], name: str
) -> None:
    for doc in docs:
        if set(peer(doc)) != set(ours.holding(doc).tolist()):
            sys.exit(f"{name} finds other rules")
