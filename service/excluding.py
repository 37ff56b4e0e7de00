"""What a rule could leave out so that a thing told in vain would not have been told. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from service.judging import rules
from service.judging.conditions import Spell, as_typed, sought
from service.judging.logic import And, Term, joined, lowered, negated, terms
from service.judging.terms import occurrences, squeeze
from service.judging.titles import words
from service.judging.typed import RuleError
from service.store.dismissals import Told

_MOST = 6
_RARE = 5  # a word is peculiar to what was told in vain if at most one of so many others has it
_LONGEST = 20  # letters
_PARTICLE = re.compile(r"(?<=[가-힣]{2})(?:[을를은는]|에서|에게|으로|까지|부터)$")
_NO_NOUN = re.compile(
    r"제?[0-9]+[가-힣]?|.*(?:다|하여|하고|위해|통해|위한|대한|관한|따른|있는|하는|되는)"
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A word to leave out; ``loses``: how much of what was told lately has it too."""

    word: str
    loses: int


def proposals(
    rule: str, told: Told, others: Sequence[Told], spell: Spell = as_typed
) -> list[Proposal]:
    """Words of ``told`` that little else has which the rule brought, those of its title first.

    ``others`` are what the same subscription was told besides. That letters stand in them is not
    that they are a word there: ``loses`` is the most it can be.
    """
    asked = candidates(rule, told, spell)
    by_it = [each for each in others if any(text == rule for text, _ in each.excerpts)]
    has = Counter(word for each in by_it for word in asked if _has(each, word))
    rare = [word for word in asked if has[word] * _RARE <= len(by_it)]
    return [Proposal(word, has[word]) for word in rare[:_MOST]]


def candidates(rule: str, told: Told, spell: Spell = as_typed) -> list[str]:
    """Every word that could be left out; ``spell`` gives the spellings of what the rule asks."""
    excerpts = [excerpt for text, excerpt in told.excerpts if text == rule]
    nouns = dict.fromkeys(_nouns([told.title, *excerpts]))
    return [each for each in nouns if narrowed(rule, [each], spell) is not None]


def narrowed(
    rule: str, leave_out: Iterable[str], spell: Spell = as_typed
) -> tuple[str, str] | None:
    """The rule without what has one of these words: its text and canonical form.

    None where the rule cannot be narrowed so: it asks for such a word, in whatever spelling, or
    gets too long.
    """
    try:
        whole = rules.parse(rule)
        asked = [squeeze(each.text) for each in terms(whole)]
        meant = {squeeze(said) for each in terms(whole) for said in sought(each, spell)}
        text = rule
        for word in leave_out:
            letters = squeeze(word)
            if any(each in letters for each in meant) or any(letters in each for each in asked):
                return None
            out = negated(Term(lowered(word)))
            whole, text = joined(And, [whole, out]), _said(text, word, joined(And, [whole, out]))
        return text, rules.canonical(rules.parse(text))
    except RuleError:
        return None


def _said(text: str, word: str, meant: rules.Rule) -> str:
    """The shortest way to say so that means it."""
    said = [f"{each} -{out}" for each in (text, f"({text})") for out in (word, f'"{word}"')]
    return next((each for each in said if _means(each, meant)), said[-1])


def _means(text: str, meant: rules.Rule) -> bool:
    try:
        return rules.parse(text) == meant
    except RuleError:
        return False


def _nouns(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        for word in words(text):
            noun = _PARTICLE.sub("", word)
            if len(noun) <= _LONGEST and not _NO_NOUN.fullmatch(noun):
                yield noun


def _has(told: Told, word: str) -> bool:
    return bool(occurrences(told.title, word) or occurrences(told.text, word))
