"""Some of the rules, ready to be matched: the arrays, and apart the few rules too wide for them."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from service.judging.conditions import Conditions
from service.judging.index import PAD, WIDTH, Held, Ids, Index
from service.judging.logic import (
    And,
    Atom,
    Clause,
    Field,
    Near,
    Not,
    Or,
    Rule,
    atoms,
    canonical,
    clauses,
)

_FEW = 16  # clauses; a rule with more is looked up by its anchors and then asked whole


@dataclass(frozen=True, slots=True)
class Segment:
    """An immutable set of rules. ``wide`` are shared rules whose clauses only say they may hold."""

    index: Index
    wide: Mapping[int, Rule]

    @classmethod
    def build(cls, rules: Iterable[tuple[int, Rule]], conditions: Conditions) -> Segment:
        """Number the conditions of the rules and sort them. Rules that are alike are shared."""
        shared: dict[str, int] = {}
        wide: dict[int, Rule] = {}
        ids, owners = array("q"), array("i")
        literals, of = array("i"), array("i")
        for rule_id, rule in rules:
            text = canonical(rule)
            number = shared.get(text)
            if number is None:
                number = shared[text] = len(shared)
                found = _narrow(rule, conditions)
                if found is None:
                    wide[number] = rule
                    for atom in atoms(rule):
                        conditions.enter(atom)
                    found = [[2 * conditions.enter(each)] for each in _anchors(rule) or ()]
                for clause in found:
                    literals.extend([*clause, *[PAD] * (WIDTH - len(clause))])
                    of.append(number)
            ids.append(rule_id)
            owners.append(number)
        order = np.argsort(np.array(owners, np.int32), kind="stable")
        starts = np.zeros(len(shared) + 1, np.int32)
        np.cumsum(np.bincount(np.array(owners, np.int32), minlength=len(shared)), out=starts[1:])
        rows = Held(np.array(literals, np.int32).reshape(-1, WIDTH), np.array(of, np.int32))
        flat = np.array(ids, np.int64)[order]
        return cls(Index.build(rows, starts, flat, conditions.commonness()), wide)

    def merged(self, other: Segment, conditions: Conditions) -> Segment:
        """The rules of both."""
        behind = len(self.index.starts) - 1
        wide = {**self.wide, **{behind + each: rule for each, rule in other.wide.items()}}
        return Segment(self.index.merged(other.index, conditions.commonness()), wide)

    def without(self, gone: Ids) -> Segment:
        """The rules but those of these ids."""
        return replace(self, index=self.index.without(gone))

    def __len__(self) -> int:
        return len(self.index)


def _narrow(rule: Rule, conditions: Conditions) -> list[list[int]] | None:
    """The rule's clauses in numbers; None where they are too many or too long."""
    found = clauses(rule, _FEW)
    if found is None:
        return None
    full = [_with_terms(clause) for clause in found]
    if any(len(clause) > WIDTH for clause in full):
        return None
    return [[_number(each, conditions) for each in clause] for clause in full]


def _with_terms(clause: Clause) -> Clause:
    """The clause and the terms that must be there for others to be near them."""
    nears = [each for each in clause if isinstance(each, Near)]
    return clause.union(*((each.first, each.second) for each in nears))


def _number(literal: Atom | Not, conditions: Conditions) -> int:
    if isinstance(literal, Not):
        return 2 * conditions.enter(literal.part) + 1
    return 2 * conditions.enter(literal)


def _anchors(rule: Rule) -> frozenset[Atom] | None:
    """Conditions of which at least one holds wherever the rule does; None: no such set."""
    match rule:
        case Not():
            return None
        case Near(first):
            return frozenset({first})
        case And(parts):
            choices = [anchors for part in parts if (anchors := _anchors(part)) is not None]
            return min(choices, key=_commonness, default=None)
        case Or(parts):
            each = [_anchors(part) for part in parts]
            known = [anchors for anchors in each if anchors is not None]
            return frozenset().union(*known) if len(known) == len(each) else None
        case _:
            return frozenset({rule})


def _commonness(anchors: frozenset[Atom]) -> tuple[bool, int, int, list[str]]:
    """Terms before filters, fewer and longer ones are rarer; the words themselves settle a tie."""
    texts = sorted(map(canonical, anchors))
    filters = any(isinstance(each, Field) for each in anchors)
    return filters, len(anchors), -min(map(len, texts)), texts
