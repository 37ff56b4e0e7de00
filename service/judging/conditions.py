"""The conditions of all rules by number, and which of them the letters of a text may fulfil."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Iterable

import numpy as np

from service.judging.index import PAD, Ints, Truth
from service.judging.logic import Atom, Field, Near, Term
from service.judging.terms import fold, squeeze

Spell = Callable[[str], tuple[str, ...]]
"""A term → all spellings that mean it, itself among them."""

_HEAD = 2  # letters of a term by which it is looked up; no term is shorter
_RARE, _OFTEN, _MOSTLY, _NEVER_ASKED = 0, 1 << 22, 1 << 24, 1 << 28
_OF_FIELDS = {"ministry": _OFTEN}


def as_typed(term: str) -> tuple[str, ...]:
    """No other spellings."""
    return (term,)


class Conditions:
    """Numbers for conditions, from 1 on; they only ever grow. 0 stands for what always holds."""

    def __init__(self, spell: Spell) -> None:
        """``spell`` gives the spellings of terms that are not exact.

        ``nears`` are the numbers of the conditions that two terms are near each other.
        """
        self._spell = spell
        self._spellings: dict[Term, tuple[str, ...]] = {}  # of those that have several
        self._number: dict[Atom, int] = {}
        self._atoms: list[Atom | None] = [None]
        self._asked = array("i", [0])
        self.nears: list[int] = []
        self._in_titles: set[int] = set()
        self._nothing = np.ones(1, np.bool_)
        self._lengths: dict[str, tuple[int, ...]] = {}  # of the spellings that begin so
        self._all_lengths: dict[tuple[int, ...], tuple[int, ...]] = {}
        self._spelt: dict[str, int] = {}  # letters → the term they may be
        self._alike: dict[str, list[int]] = {}  # letters → the other terms that they may be

    def __len__(self) -> int:
        return len(self._atoms)

    def __getitem__(self, number: int) -> Atom:
        atom = self._atoms[number]
        assert atom is not None
        return atom

    def spellings(self, term: Term) -> tuple[str, ...]:
        """The spellings in which a term that was entered is looked for."""
        return self._spellings.get(term, (term.text,))

    def enter(self, atom: Atom) -> int:
        """The number of a condition that one more clause names."""
        number = self._number.get(atom)
        if number is None:
            number = self._number[atom] = len(self._atoms)
            self._atoms.append(atom)
            self._asked.append(_commonness(atom))
            if isinstance(atom, Term):
                self._learn(atom, number)
                if atom.title:
                    self._in_titles.add(number)
            elif isinstance(atom, Near):
                self.nears.append(number)
        self._asked[number] += 1
        return number

    def numbers(self, atoms: Iterable[Atom]) -> list[int]:
        """The numbers of those conditions that any rule ever named."""
        return [number for atom in atoms if (number := self._number.get(atom)) is not None]

    def commonness(self) -> Ints:
        """How often each condition is likely to hold, in no unit: it is often asked for."""
        return np.array(self._asked, np.int32)

    def nothing(self) -> Truth:
        """The truth of every literal where no condition holds. A copy."""
        if len(self._nothing) != 2 * len(self):
            self._nothing = np.zeros(2 * len(self), np.bool_)
            self._nothing[1::2] = True
            self._nothing[PAD] = True
        return self._nothing.copy()

    def possible(self, title: str, text: str) -> set[int]:
        """The terms whose letters are in the text, or in the title: a little more than stand."""
        return {*self._seen(title), *self.body_terms(self._seen(text))}

    def body_terms(self, numbers: Collection[int]) -> set[int]:
        """Those that need not stand in the title."""
        return set(numbers) - self._in_titles

    def spelt(self, letters: Collection[str]) -> list[int]:
        """The terms that have a spelling of these letters, without blanks; some may come twice."""
        found = list(filter(None, map(self._spelt.get, letters)))
        for each in self._alike.keys() & letters:
            found += self._alike[each]
        return found

    def _seen(self, text: str) -> list[int]:
        letters = fold(text).letters
        lengths = self._lengths
        return self.spelt(
            {
                letters[i : i + length]
                for i in range(len(letters) - 1)
                for length in lengths.get(letters[i : i + _HEAD], ())
            }
        )

    def _learn(self, term: Term, number: int) -> None:
        spellings = (term.text,) if term.exact else self._spell(term.text)
        if len(spellings) > 1:
            self._spellings[term] = spellings
        for letters in {squeeze(each) for each in spellings}:
            if letters in self._spelt:
                self._alike.setdefault(letters, []).append(number)
            else:
                self._spelt[letters] = number
            known = self._lengths.get(letters[:_HEAD], ())
            if len(letters) not in known:
                lengths = (*known, len(letters))
                self._lengths[letters[:_HEAD]] = self._all_lengths.setdefault(lengths, lengths)


def _commonness(atom: Atom) -> int:
    """Where a condition starts: before terms, filters are no help, and nearness is found last."""
    match atom:
        case Term():
            return _RARE
        case Near():
            return _NEVER_ASKED
        case Field(name):
            return _OF_FIELDS.get(name, _MOSTLY)
