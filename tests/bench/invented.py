"""Releases of a recorded month and invented rules, for what matches the one against the other.

The month is not part of the project.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

from kiwipiepy import Kiwi

from service.judging.logic import And, Or, Rule, Term, joined, negated

STREAM = Path(__file__).parents[2].parent / "shared" / "data" / "stream" / "2026-03.jsonl.gz"
LETTERS = 2_000
NAMES = 107_000
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
