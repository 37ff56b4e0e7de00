"""Rules against an article: which of very many hold, and where.

An article has a ``trial``: it names the few stretches that morphology is needed for, and decides
once they have been analysed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from service.judging.candidates import Trial
from service.judging.conditions import Conditions, Spell, as_typed, sought
from service.judging.facts import NOTHING_KNOWN, Facts
from service.judging.index import Ids
from service.judging.logic import Atom, Field, Near, Rule, Term, satisfied
from service.judging.segment import Segment
from service.judging.terms import Analyse, occurrences, stands
from service.model import Span

_APART = 8  # a segment this many times smaller than the one before it is not yet merged with it


class Matcher:
    """A set of rules by id, made ready once and used for many articles. Immutable.

    Matchers that came from one another by ``with_changes`` share their conditions, which only grow:
    they belong to one thread.
    """

    def __init__(self, rules: Mapping[int, Rule], spell: Spell = as_typed) -> None:
        """``spell`` gives the spellings of a term that is not exact, itself among them."""
        self._conditions = Conditions(spell)
        self._segments: tuple[Segment, ...] = (Segment.build(rules.items(), self._conditions),)

    def with_changes(self, added: Mapping[int, Rule], removed: Collection[int] = ()) -> Matcher:
        """This set with other rules in it: an added one takes the place of the one of its id.

        Costs as much as the changes, and now and then a sorting of what they have grown to.
        """
        gone = np.fromiter({*added, *removed}, np.int64)
        segments = [each.without(gone) for each in self._segments]
        segments.append(Segment.build(added.items(), self._conditions))
        while len(segments) > 1 and len(segments[-2]) <= _APART * len(segments[-1]):
            last = segments.pop()
            segments[-1] = segments[-1].merged(last, self._conditions)
        changed = object.__new__(Matcher)
        changed._conditions, changed._segments = self._conditions, tuple(segments)
        return changed

    def trial(self, title: str, text: str, facts: Facts = NOTHING_KNOWN) -> Trial:
        """An article before the rules; filters ask the facts, and what is not known never holds."""
        return Trial(self._segments, self._conditions, (title, text), facts)

    def holding(self, words: Collection[str], facts: Facts = NOTHING_KNOWN) -> Ids:
        """The ids of the rules that hold, in no order, where it is known which terms stand.

        ``words`` are the terms of an article, their blanks left out; all of them count as words of
        its body, in every spelling. What is asked near another or in the title holds nowhere.
        """
        known = self._conditions.numbers(facts.fields())
        terms = self._conditions.body_terms(self._conditions.spelt(words))
        asked = np.array([*terms, *known], np.int32)
        truth = self._conditions.nothing()
        truth[2 * asked] = True
        truth[2 * asked + 1] = False
        return np.concatenate([each.index.holding(asked, truth) for each in self._segments])


def plain(
    rule: Rule,
    title: str,
    text: str,
    analyse: Analyse,
    facts: Facts = NOTHING_KNOWN,
    spell: Spell = as_typed,
) -> bool:
    """Whether one rule holds, read naively: no index, nothing left out. The matcher's oracle."""

    def places(term: Term, part: str) -> list[Span]:
        spelt = sought(term, spell)
        spans = [span for spelling in spelt for span in occurrences(part, spelling)]
        return [span for span in spans if stands(part, span, analyse)]

    def words(span: Span, part: str) -> tuple[int, int]:
        return len(part[: span[0] + 1].split()), len(part[: span[1]].split())

    def near(pair: Near, part: str) -> bool:
        ones, others = (
            [words(s, part) for s in places(t, part)] for t in (pair.first, pair.second)
        )
        gaps = [max(a - d, c - b) for a, b in ones for c, d in others]
        return any(gap <= pair.words for gap in gaps)

    def holds(atom: Atom) -> bool:
        match atom:
            case Field():
                return atom in facts.fields()
            case Term():
                return any(
                    places(atom, part) for part in ((title,) if atom.title else (title, text))
                )
            case Near(first, second):
                in_title = first.title or second.title
                return any(near(atom, part) for part in ((title,) if in_title else (title, text)))

    return satisfied(rule, holds)
