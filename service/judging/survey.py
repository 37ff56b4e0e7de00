"""What of some rules stands in the articles of a time: each part counted, and what it is taken for.

It asks more than the rules do: what would hold were a part left out, or asked for less narrowly.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping

from service.judging.conditions import Spell, sought
from service.judging.logic import And, Atom, Near, Not, Or, Rule, Term, atoms, joined, terms
from service.judging.sieve import letters_of, needles
from service.judging.terms import occurrences, squeeze, window

_EXAMPLES = 20  # words kept that have a term's letters in them
_GUESSED = 50  # terms for which like spellings are looked for
_LIKE = range(3, 21)  # letters; a shorter term has too many words like it
_GUESSES = 1_000


class Survey:
    """Counts article by article. ``questions`` are the rules to match each article against."""

    def __init__(self, rules: Iterable[Rule], spell: Spell) -> None:
        """``spell`` gives the spellings of a term that is not exact."""
        asked = dict.fromkeys(question for rule in rules for question in _questions(rule))
        self.questions: Mapping[int, Rule] = dict(enumerate(asked))
        self._number = {question: number for number, question in self.questions.items()}
        self._needles = needles(asked, spell)
        self._spell = spell
        self._held: Counter[int] = Counter()
        self._letters: Counter[Term] = Counter()
        self._within: dict[Term, Counter[str]] = {}
        hopes = [each for each in self._needles if _guessable(squeeze(each.text))]
        self._like: dict[Term, Counter[str]] = {each: Counter() for each in hopes[:_GUESSED]}
        self.articles = 0

    def add(self, title: str, text: str, holding: Iterable[int]) -> None:
        """Count one article, for which the ``questions`` of these numbers hold."""
        self.articles += 1
        self._held.update(holding)
        letters = letters_of(title, text)
        for term, spelt in self._needles.items():
            if self._held[self._number[term]]:
                continue  # it is a word somewhere: nothing is to be explained
            if any(each in letters for each in spelt):
                self._letters[term] += 1
                self._see(term, title, text)
            elif term in self._like:
                like = _alike(squeeze(term.text), letters)
                self._like[term].update(word for word in like if _begins(word, title, text))

    def holds(self, question: Rule) -> int:
        """How many articles a rule, a part of it or what it loosely asks for holds for."""
        return self._held[self._number[question]]

    def letters(self, term: Term) -> int:
        """How many articles have the letters of a term that is nowhere a word."""
        return self._letters[term]

    def within(self, term: Term) -> tuple[str, ...]:
        """Words that have the letters of such a term in them, the most usual first."""
        return tuple(word for word, _ in self._within.get(term, Counter()).most_common(3))

    def like(self, term: Term) -> str | None:
        """What is written where a term that never stands differs by one stroke: 바우처, 바우쳐."""
        found = self._like.get(term)
        return found.most_common(1)[0][0] if found else None

    def _see(self, term: Term, title: str, text: str) -> None:
        words = self._within.setdefault(term, Counter())
        for spelling in sought(term, self._spell):
            for part in (title,) if term.title else (title, text):
                for span in occurrences(part, spelling)[:_EXAMPLES]:
                    word = part[slice(*window(part, span))]
                    if word in words or len(words) < _EXAMPLES:
                        words[word] += 1


def asked(rule: Rule) -> Rule | None:
    """The rule without what it bars; None where nothing is left."""
    match rule:
        case Not():
            return None
        case And(parts):
            left = [part for each in parts if (part := asked(each)) is not None]
            return joined(And, left) if left else None
        case Or(parts):
            wanted = [asked(each) for each in parts]
            return None if None in wanted else joined(Or, [each for each in wanted if each])
        case _:
            return rule


def loosened(atom: Atom) -> Rule | None:
    """The same asked for less narrowly: also in the body, by all its names, not so near."""
    match atom:
        case Near(first, second):
            return joined(And, [first, second])
        case Term(text, title=True, exact=exact):
            return Term(text, exact=exact)
        case Term(text, exact=True):
            return Term(text)
        case _:
            return None


def barred(rule: Rule) -> tuple[tuple[Atom, Rule], ...]:
    """Each condition that must not hold, with the rule that it and all that is asked for do."""
    wanted = asked(rule)
    parts = rule.parts if isinstance(rule, And) else ()
    out = [each.part for each in parts if isinstance(each, Not)]
    return tuple((each, joined(And, [wanted, each])) for each in out if wanted is not None)


def _questions(rule: Rule) -> list[Rule]:
    every = [*atoms(rule), *terms(rule)]
    loose = [each for atom in every if (each := loosened(atom)) is not None]
    wanted = asked(rule)
    without = [] if wanted is None else [wanted, *(both for _, both in barred(rule))]
    parts = [each for one in loose for each in (*atoms(one), *terms(one))]
    return [rule, *every, *loose, *parts, *without]


def _guessable(letters: str) -> bool:
    return len(letters) in _LIKE and all("가" <= char <= "힣" for char in letters)


def _alike(needle: str, letters: str) -> set[str]:
    """The stretches that differ from the needle in one syllable, and there in one stroke."""
    half = len(needle) // 2
    found: set[str] = set()
    for piece, offset in ((needle[:half], 0), (needle[half:], half)):
        at = letters.find(piece)
        while at >= 0 and len(found) < _GUESSES:
            start = at - offset
            stretch = letters[start : start + len(needle)] if start >= 0 else ""
            if _one_stroke_apart(needle, stretch):
                found.add(stretch)
            at = letters.find(piece, at + 1)
    return found


def _begins(word: str, *parts: str) -> bool:
    """Whether a word of the text begins so, in one: 인대안 of 확인 대안 is none."""
    return any(re.search(rf"(?<!\w){word}", part) for part in parts)


def _one_stroke_apart(one: str, other: str) -> bool:
    if len(one) != len(other):
        return False
    differ = [pair for pair in zip(one, other, strict=True) if pair[0] != pair[1]]
    if len(differ) != 1:
        return False
    first, second = (unicodedata.normalize("NFD", each) for each in differ[0])
    if len(first) != len(second):
        return first.startswith(second) or second.startswith(first)
    return sum(a != b for a, b in zip(first, second, strict=True)) == 1
