"""One rule against many articles: as the matcher judges, without what a million rules need."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from service.judging.candidates import Judged
from service.judging.conditions import Conditions, Spell, as_typed
from service.judging.facts import NOTHING_KNOWN, Facts
from service.judging.found import Found, Standing, in_order
from service.judging.logic import (
    And,
    Atom,
    Field,
    Near,
    Or,
    Rule,
    Term,
    atoms,
    by_letters,
    possible,
    satisfied,
)
from service.judging.morphemes import Morphs
from service.model import Match


class Alone:
    """A rule, made ready once and used for many articles. Belongs to one thread at a time."""

    def __init__(self, rule: Rule, spell: Spell = as_typed) -> None:
        """``spell`` gives the spellings of a term that is not exact, itself among them."""
        self._rule, self._conditions = rule, Conditions(spell)
        for atom in sorted(atoms(rule), key=str):
            self._conditions.enter(atom)

    def trial(self, title: str, text: str, facts: Facts = NOTHING_KNOWN) -> Hearing:
        """An article before the rule; filters ask the facts, and what is not known never holds."""
        found = Found(title, text, self._conditions)
        known = facts.fields()
        there = {self._conditions[number] for number in (*found.sure, *found.unsure)}
        hopeful = possible(self._rule, by_letters(there.__contains__, known))
        windows = found.windows([*found.sure, *found.unsure] if hopeful else ())
        return Hearing(windows, self._rule, self._conditions, found, known, hopeful)


@dataclass(frozen=True, slots=True)
class Hearing:
    """An article before the rule. ``windows`` are the stretches that morphology is needed for."""

    windows: frozenset[str]
    _rule: Rule
    _conditions: Conditions
    _found: Found
    _known: frozenset[Field]
    _possible: bool

    def decide(self, morphs: Mapping[str, Morphs]) -> Match | None:
        """Where the words of the rule stand, numbered 0; None: it does not hold.

        ``morphs`` holds at least the ``windows``.
        """
        judged = Judged(self._found, self._conditions, morphs)

        def standing(atom: Term | Near) -> Standing:
            return judged.standing(self._conditions.number(atom))

        def holds(atom: Atom) -> bool:
            return atom in self._known if isinstance(atom, Field) else bool(standing(atom))

        if not (self._possible and satisfied(self._rule, holds)):
            return None
        shown = [standing(each) for each in _shown(self._rule, holds)]
        return Match(
            0,
            in_order([span for each in shown for span in each.in_text]),
            in_order([span for each in shown for span in each.in_title]),
        )


def _shown(rule: Rule, holds: Callable[[Atom], bool]) -> frozenset[Term | Near]:
    """What makes the rule hold; what it asks for near another, only there."""
    match rule:
        case Term() | Near():
            return frozenset({rule})
        case And(parts) | Or(parts):
            some = (_shown(part, holds) for part in parts if satisfied(part, holds))
            found: frozenset[Term | Near] = frozenset().union(*some)
            nears = [each for each in found if isinstance(each, Near)] if type(rule) is And else []
            return found.difference(*({each.first, each.second} for each in nears))
        case _:
            return frozenset()
