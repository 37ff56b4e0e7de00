"""The rules that may hold for an article, and the judgement which of them do."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from service.judging.conditions import Conditions
from service.judging.facts import Facts
from service.judging.found import Found, Standing, in_order
from service.judging.index import PAD, Held
from service.judging.logic import Atom, Field, Near, Term, possible, satisfied, terms, wanted
from service.judging.segment import Segment
from service.judging.terms import Analyse

_NOWHERE = Standing()


class Judged:
    """What of all that rules ask for holds for one article. Each condition is judged once."""

    def __init__(self, found: Found, facts: Facts, analyse: Analyse) -> None:
        self._found = found
        self._fields = facts.fields()
        self._analyse = analyse
        self._places: dict[frozenset[Atom], Standing] = {}

    def holds(self, atom: Atom) -> bool:
        """Whether it does."""
        return atom in self._fields if isinstance(atom, Field) else bool(self._standing(atom))

    def places(self, atoms: frozenset[Atom]) -> Standing:
        """Where the words of these conditions stand; what must be near another, only there."""
        if atoms not in self._places:
            near = [(each.first, each.second) for each in atoms if isinstance(each, Near)]
            each = [
                self._standing(atom)
                for atom in atoms.difference(*near)
                if not isinstance(atom, Field)
            ]
            self._places[atoms] = Standing(
                in_order(span for one in each for span in one.in_title),
                in_order(span for one in each for span in one.in_text),
            )
        return self._places[atoms]

    def _standing(self, atom: Term | Near) -> Standing:
        if isinstance(atom, Near):
            return self._found.near(atom, self._analyse)
        return self._found.standing(atom, self._analyse)


@dataclass(frozen=True, slots=True)
class Candidates:
    """Clauses of one segment's rules that may hold."""

    segment: Segment
    clauses: Held
    conditions: Conditions

    def possible(self, found: Found, fields: Collection[Field]) -> Candidates:
        """Without those that ask for words whose letters are not in the text as they should be."""

        def may(atom: Atom) -> bool:
            match atom:
                case Term():
                    return found.contains(atom)
                case Near(first, second):
                    return found.contains(first) and found.contains(second)
                case Field():
                    return atom in fields

        wide = self.segment.wide
        left = self._where(lambda atom, barred: barred or may(atom))
        shared = left.clauses.shared.tolist()
        return left.only([each not in wide or possible(wide[each], may) for each in shared])

    def terms(self) -> frozenset[Term]:
        """Every term the candidates ask for or bar."""
        rules = {each for each in self.clauses.shared.tolist() if each in self.segment.wide}
        return frozenset().union(
            *(terms(self.conditions[number]) for number in self._named()),
            *(terms(self.segment.wide[each]) for each in rules),
        )

    def holding(self, judged: Judged) -> Iterator[tuple[list[int], frozenset[Atom]]]:
        """Ids of rules that hold, all that share a rule at once, with what it asked for."""
        kept = self._where(lambda atom, barred: judged.holds(atom) is not barred)
        asked: dict[int, set[int]] = {}
        for shared, literals in zip(*map(np.ndarray.tolist, reversed(kept.clauses)), strict=True):
            asked.setdefault(shared, set()).update(each for each in literals if not each % 2)
        for shared, literals in asked.items():
            rule = self.segment.wide.get(shared)
            if rule is not None and not satisfied(rule, judged.holds):
                continue
            atoms = (
                frozenset(filter(judged.holds, wanted(rule)))
                if rule is not None
                else frozenset(self.conditions[each // 2] for each in literals if each != PAD)
            )
            yield self.segment.index.ids_of(shared), atoms

    def _where(self, holds: Callable[[Atom, bool], bool]) -> Candidates:
        """The clauses each of whose literals holds, by condition and whether it is barred."""
        literals = self.clauses.literals
        each, place = np.unique(literals, return_inverse=True)
        truth = [
            one == PAD or holds(self.conditions[one // 2], one % 2 == 1) for one in each.tolist()
        ]
        holding = np.array(truth, np.bool_)[place.reshape(literals.shape)]
        return self.only(map(all, holding.tolist()))

    def only(self, which: Iterable[bool]) -> Candidates:
        """The clauses of which ``which`` says so."""
        kept = np.fromiter(which, np.bool_)
        return replace(self, clauses=Held(*(each[kept] for each in self.clauses)))

    def _named(self) -> list[int]:
        return [each for each in np.unique(self.clauses.literals // 2).tolist() if each]
