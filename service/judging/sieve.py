"""What cannot satisfy a few rules, told by letters and facts alone: far cheaper than matching."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from service.judging.conditions import Spell, sought
from service.judging.facts import Facts
from service.judging.logic import Rule, Term, by_letters, lowered, possible, terms
from service.judging.terms import squeeze


class Sieve:
    """A few rules. Of very many the matcher's index is the better sieve."""

    def __init__(self, rules: Iterable[Rule], spell: Spell) -> None:
        """``spell`` gives the spellings of a term that is not exact."""
        self._rules = tuple(rules)
        self._needles = needles(self._rules, spell)

    def lets(self, title: str, text: str, facts: Facts) -> bool:
        """Whether one of the rules may hold; of what is let through not each does."""
        letters, fields = letters_of(title, text), facts.fields()

        def has(term: Term) -> bool:
            return any(each in letters for each in self._needles[term])

        may = by_letters(has, fields)
        return any(possible(rule, may) for rule in self._rules)


def needles(rules: Iterable[Rule], spell: Spell) -> Mapping[Term, tuple[str, ...]]:
    """Each term of the rules with the letters of all its spellings."""
    asked = frozenset[Term]().union(*map(terms, rules))
    return {term: tuple(map(squeeze, sought(term, spell))) for term in asked}


def letters_of(title: str, text: str) -> str:
    """All letters of an announcement, without blanks, ASCII in lower case; the title first."""
    return lowered("".join(f"{title}\n{text}".split()))
