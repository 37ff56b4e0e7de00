"""The rules that may hold for an article, and the judgement which of them do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

import numpy as np

from service.judging.conditions import Conditions
from service.judging.facts import Facts
from service.judging.found import Found, Standing, in_order
from service.judging.index import PAD, Held, Ints, Truth
from service.judging.logic import Atom, Near, Rule, atoms, possible, satisfied, wanted
from service.judging.morphemes import Morphs
from service.judging.segment import Segment
from service.model import Match

_Reading = Callable[[Rule, Callable[[Atom], bool]], bool]
"""``possible`` or ``satisfied``."""


class Trial:
    """An article before the rules, in two steps, because morphology is dear.

    ``windows`` are the few stretches it is needed for, none where no rule can hold; ``decide`` is
    given their morphemes.
    """

    def __init__(
        self,
        segments: Iterable[Segment],
        conditions: Conditions,
        article: tuple[str, str],
        facts: Facts,
    ) -> None:
        """``article`` is a title and a text."""
        self._conditions = conditions
        self._found = Found(*article, conditions)
        asked, truth = _by_letters(conditions, self._found, facts)
        some = [Candidates(each, each.index.held(asked, truth)) for each in segments]
        for term in self._terms(some) & set(asked.tolist()):
            settled = self._found.settled(term)
            if settled is not None:
                truth[2 * term : 2 * term + 2] = settled, not settled
        self._truth = truth
        self._some = [each.left(truth, conditions, possible) for each in some]
        self.windows = frozenset(
            window for term in self._terms(self._some) for window in self._found.windows(term)
        )

    def decide(self, morphs: Mapping[str, Morphs]) -> list[Match]:
        """The rules that hold, by id, with where the words of what holds stand.

        ``morphs`` holds at least the ``windows``.
        """
        conditions, truth = self._conditions, self._truth.copy()
        judged = Judged(self._found, conditions, morphs)
        for number in _named(self._some, conditions):
            if truth[2 * number] and truth[2 * number + 1]:
                stands = bool(judged.standing(number))
                truth[2 * number : 2 * number + 2] = stands, not stands
        matches: list[Match] = []
        for some in self._some:
            matches += some.left(truth, conditions, satisfied).matches(judged, truth, conditions)
        return sorted(matches, key=attrgetter("rule_id"))

    def _terms(self, some: Iterable[Candidates]) -> set[int]:
        """Every term they ask for or bar, also near another."""
        conditions, nears = self._conditions, self._conditions.nears
        named = _named(some, conditions)
        of_nears = (nears[each] for each in named & nears.keys())
        return named.difference(nears, conditions.filters).union(*of_nears)


class Judged:
    """Where what rules ask for stands in one article. Each condition is judged once."""

    def __init__(self, found: Found, conditions: Conditions, morphs: Mapping[str, Morphs]) -> None:
        self._found, self._conditions, self._morphs = found, conditions, morphs
        self._standing: dict[int, Standing] = {}
        self._hits: dict[tuple[int, ...], Standing] = {}

    def standing(self, number: int) -> Standing:
        """Where the words of a condition, which is no filter, stand."""
        if number not in self._standing:
            atom = self._conditions[number]
            if isinstance(atom, Near):
                one, other = map(self.standing, self._conditions.nears[number])
                self._standing[number] = self._found.near(one, other, atom.words)
            else:
                self._standing[number] = self._found.standing(number, self._morphs)
        return self._standing[number]

    def hits(self, literals: tuple[int, ...]) -> Standing:
        """Where the words of a clause stand; what it asks for near another, only there."""
        found = self._hits.get(literals)
        if found is None:
            filters, nears = self._conditions.filters, self._conditions.nears
            asked = {each >> 1 for each in literals if each != PAD and not each & 1} - filters
            shown = asked.difference(*(nears[each] for each in asked & nears.keys()))
            found = self._hits[literals] = _together([*map(self.standing, shown)])
        return found


@dataclass(frozen=True, slots=True)
class Candidates:
    """Clauses of one segment's rules that may hold."""

    segment: Segment
    clauses: Held

    def left(self, truth: Truth, conditions: Conditions, reading: _Reading) -> Candidates:
        """Those that may hold, or do, by the truth of their literals."""
        kept = truth[self.clauses.literals].all(axis=1)
        for shared, rule in self.wide().items():
            if not reading(rule, lambda atom: bool(truth[2 * conditions.number(atom)])):
                kept = np.logical_and(kept, self.clauses.shared != shared)
        return replace(self, clauses=Held(*(each[kept] for each in self.clauses)))

    def wide(self) -> dict[int, Rule]:
        """Those rules whose clauses do not say all."""
        wide = self.segment.wide
        held = wide.keys() & self.clauses.shared.tolist() if wide else ()
        return {each: wide[each] for each in held}

    def matches(self, judged: Judged, truth: Truth, conditions: Conditions) -> list[Match]:
        """What is left as matches; all that share a rule have the same hits."""
        stands: dict[int, list[Standing]] = defaultdict(list)
        clauses = map(tuple, self.clauses.literals.tolist())
        for shared, clause in zip(self.clauses.shared.tolist(), clauses, strict=True):
            stands[shared].append(judged.hits(clause))
        for shared, rule in self.wide().items():
            wants = (2 * conditions.number(atom) for atom in wanted(rule))
            stands[shared] = [judged.hits((literal,)) for literal in wants if truth[literal]]
        hits = [_together(each) for each in stands.values()]
        ids, which = self.segment.index.owned(np.array([*stands], np.int32))
        return [
            Match(rule_id, hits[at].in_text, hits[at].in_title)
            for rule_id, at in zip(ids.tolist(), which.tolist(), strict=True)
        ]


def _together(some: Sequence[Standing]) -> Standing:
    if len(some) == 1:
        return some[0]
    return Standing(
        in_order(span for each in some for span in each.in_title),
        in_order(span for each in some for span in each.in_text),
    )


def _named(some: Iterable[Candidates], conditions: Conditions) -> set[int]:
    """The conditions they ask for or bar."""
    named = np.zeros(len(conditions), np.bool_)
    rules: list[Rule] = []
    for each in some:
        named[each.clauses.literals >> 1] = True
        rules += each.wide().values()
    named[0] = False
    numbers = set(np.flatnonzero(named).tolist())
    return numbers.union(conditions.number(atom) for rule in rules for atom in atoms(rule))


def _by_letters(conditions: Conditions, found: Found, facts: Facts) -> tuple[Ints, Truth]:
    """The conditions that may hold by the letters, and so the truth of each literal: it may be."""
    known = conditions.numbers(facts.fields())
    asked = np.array([*found.possible(), *known], np.int32)
    truth = conditions.nothing()
    truth[[2 * near for near in conditions.nears]] = True
    truth[2 * asked] = True  # and also not: the letters may be no word
    truth[[2 * field + 1 for field in known]] = False
    return asked, truth
