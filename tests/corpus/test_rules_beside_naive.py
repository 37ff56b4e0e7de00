"""Fast matching of real releases beside a naive reading of the rules; skipped without releases."""

import gzip
import json
import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import reduce
from operator import and_, or_

import numpy as np
import pytest

from service.judging.logic import And, Not, Or, Rule, Term
from service.judging.matcher import Matcher
from tests.bench import match
from tests.bench.invented import LETTERS, STREAM, Invented, Lazily, Terms, nouns, releases

needs_month = pytest.mark.skipif(
    not STREAM.exists(), reason="the recorded month lies outside the project"
)


@pytest.mark.fault(8)
@pytest.mark.faults
@needs_month
def test_a_million_rules_hold_in_a_thousand_releases_where_a_naive_reading_says(
    measured: Callable[..., None], scale: int
) -> None:
    """Every pair is compared: the terms of a release are ready, and each rule is read for all."""
    rules = 1_000_000 * scale
    docs = nouns(_texts(1_000))
    matcher = Matcher(Lazily(docs, rules))
    said = np.zeros((rules, len(docs)), bool)
    for place, doc in enumerate(docs):
        said[matcher.holding(doc), place] = True
    said_bits = np.packbits(said, axis=1, bitorder="little")
    del said, matcher

    different, hold = 0, 0
    where = _where(docs)
    for number, rule in Invented(docs).rules(rules):
        read = _read(rule, where, (1 << len(docs)) - 1)
        different += (read ^ int.from_bytes(said_bits[number].tobytes(), "little")).bit_count()
        hold += read.bit_count()

    measured(real_pairs=rules * len(docs), releases=len(docs), different=different)
    assert different == 0
    assert hold > rules  # it is not that nothing ever holds


@pytest.mark.fault(8)
@pytest.mark.faults
@needs_month
def test_rules_match_the_words_of_real_releases_as_a_naive_reading_of_them_would(
    measured: Callable[..., None], scale: int
) -> None:
    """From text and title on, morphology included; for each release rules of their own."""
    texts = releases(100)
    pairs = 100 * scale * len(texts)

    different = match.pairs(texts, nouns([text for _, text in texts]), pairs)

    measured(pairs=pairs, different=different)
    assert different == 0


def _texts(count: int) -> list[str]:
    """Texts of a real month, however long, cut at LETTERS."""
    with gzip.open(STREAM, "rt", encoding="utf-8") as lines:
        texts = [json.loads(line).get("text") or "" for line in lines]
    return [each[:LETTERS] for each in random.Random(8).sample(texts, count)]


def _where(docs: Sequence[Terms]) -> defaultdict[str, int]:
    """By term, in which documents it is: a bit for each."""
    where: defaultdict[str, int] = defaultdict(int)
    for place, doc in enumerate(docs):
        for term in doc:
            where[term] |= 1 << place
    return where


def _read(rule: Rule, where: defaultdict[str, int], all_of_them: int) -> int:
    """In which documents a rule holds, as it is written and with no index of rules."""
    match rule:
        case Term(text):
            return where.get(text, 0)
        case Not(part):
            return all_of_them & ~_read(part, where, all_of_them)
        case And(parts):
            return reduce(and_, (_read(each, where, all_of_them) for each in parts), all_of_them)
        case Or(parts):
            return reduce(or_, (_read(each, where, all_of_them) for each in parts), 0)
        case _:
            raise NotImplementedError(str(rule))
