"""The rules that may hold for an article, and the judgement which of them do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial, reduce
from operator import itemgetter

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
        asked, self._truth = _by_letters(conditions, self._found, facts)
        held = (Candidates(each, each.index.held(asked, self._truth)) for each in segments)
        self._some = [each.left(self._truth, conditions, possible) for each in held]
        self._named = _named(self._some, conditions)
        named, nears = {*self._named.tolist()}, conditions.nears
        terms = named.union(*(nears[each] for each in named & nears.keys()))
        self.windows = self._found.windows(terms)

    def decide(self, morphs: Mapping[str, Morphs]) -> list[Match]:
        """The rules that hold, by id, with where the words of what holds stand.

        ``morphs`` holds at least the ``windows``.
        """
        conditions, truth = self._conditions, self._truth.copy()
        judged = Judged(self._found, conditions, morphs)
        unsure = self._named[truth[2 * self._named] & truth[2 * self._named + 1]]
        stands = np.array([bool(judged.standing(each)) for each in unsure.tolist()], np.bool_)
        truth[2 * unsure], truth[2 * unsure + 1] = stands, ~stands
        matches: list[Match] = []
        for some in self._some:
            matches += some.left(truth, conditions, satisfied).matches(judged, truth, conditions)
        return sorted(matches, key=itemgetter(0))


class Judged:
    """Where what rules ask for stands in one article. Each condition is judged once."""

    def __init__(self, found: Found, conditions: Conditions, morphs: Mapping[str, Morphs]) -> None:
        self._found, self._conditions, self._morphs = found, conditions, morphs
        self._standing: dict[int, Standing] = {}

    def standing(self, number: int) -> Standing:
        """Where the words of a condition stand; those of a filter nowhere."""
        standing = self._standing.get(number)
        if standing is None:
            near = self._conditions.nears.get(number)
            if near is None:
                standing = self._found.standing(number, self._morphs)
            else:
                one, other = map(self.standing, near)
                atom = self._conditions[number]
                assert isinstance(atom, Near)
                standing = self._found.near(one, other, atom.words)
            self._standing[number] = standing
        return standing

    def hits(self, literals: Iterable[int]) -> Standing:
        """Where the words of a clause stand; what it asks for near another, only there."""
        nears = self._conditions.nears
        asked = {each >> 1 for each in literals if each != PAD and not each & 1}
        shown = asked.difference(*(nears[each] for each in asked & nears.keys()))
        return reduce(_together, map(self.standing, shown))


@dataclass(frozen=True, slots=True)
class Candidates:
    """Clauses of one segment's rules that may hold."""

    segment: Segment
    clauses: Held

    def left(self, truth: Truth, conditions: Conditions, reading: _Reading) -> Candidates:
        """Those that may hold, or do, by the truth of their literals."""
        kept = truth.take(self.clauses.literals).all(axis=1)
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
        shared, literals = self.clauses.shared.tolist(), self.clauses.literals
        anchors = (literals[:, 0] >> 1).tolist()
        standing = {each: judged.standing(each) for each in {*anchors}}
        hits = [*map(standing.__getitem__, anchors)]
        for at in np.flatnonzero(literals[:, 1]).tolist():  # few ask for more than their anchor
            hits[at] = judged.hits(literals[at].tolist())
        stands: dict[int, Standing] = {}
        for number, here in zip(shared, hits, strict=True):
            known = stands.setdefault(number, here)
            if known is not here:
                stands[number] = _together(known, here)
        for number, rule in self.wide().items():
            wants = [2 * conditions.number(atom) for atom in wanted(rule)]
            some = (judged.standing(literal >> 1) for literal in wants if truth[literal])
            stands[number] = reduce(_together, some, Standing())
        ids, which = self.segment.index.owned(np.array([*stands], np.int32))
        in_text, in_title = zip(*stands.values(), strict=True) if stands else ((), ())
        at = which.tolist()
        # Very many, it may be, and Match itself takes half as long again.
        made = partial(tuple.__new__, Match)
        columns = ids.tolist(), map(in_text.__getitem__, at), map(in_title.__getitem__, at)
        return [*map(made, zip(*columns, strict=True))]


def _together(one: Standing, other: Standing) -> Standing:
    if not (one and other):
        return one or other
    return Standing(*(in_order([*a, *b]) for a, b in zip(one, other, strict=True)))


def _named(some: Iterable[Candidates], conditions: Conditions) -> Ints:
    """The conditions they ask for or bar."""
    named = np.zeros(len(conditions), np.bool_)
    for each in some:
        named[each.clauses.literals >> 1] = True
        for rule in each.wide().values():
            named[[conditions.number(atom) for atom in atoms(rule)]] = True
    named[0] = False
    return np.flatnonzero(named).astype(np.int32)


def _by_letters(conditions: Conditions, found: Found, facts: Facts) -> tuple[Ints, Truth]:
    """The conditions that may hold by the letters, and so the truth of each literal: it may be."""
    known = conditions.numbers(facts.fields())
    asked = np.array(sorted([*found.sure, *found.unsure, *known]), np.int32)
    truth = conditions.nothing()
    truth[2 * asked] = True
    truth[2 * asked + 1] = False
    truth[[2 * near for near in conditions.nears]] = True
    truth[[2 * term + 1 for term in found.unsure]] = True
    return asked, truth
