"""The conditions of all rules by number, and which of them the letters of a text may fulfil."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator

import numpy as np

from service.judging.index import PAD, Ints, Truth
from service.judging.logic import Atom, Field, Near, Term
from service.judging.terms import squeeze

Spell = Callable[[str], tuple[str, ...]]
"""A term → all spellings that mean it, itself among them."""

_HEAD = 6  # letters by which longer spellings are looked up; no term is shorter than _LEAST
_LEAST = 2
_MIX, _SIEVE = 1_021, (1 << 21) - 1
_RARE, _OFTEN, _MOSTLY, _NEVER_ASKED = 0, 1 << 22, 1 << 24, 1 << 28
_OF_FIELDS = {"ministry": _OFTEN}


def as_typed(term: str) -> tuple[str, ...]:
    """No other spellings."""
    return (term,)


def sought(term: Term, spell: Spell) -> tuple[str, ...]:
    """The spellings in which a term is looked for: what is exact in its own only."""
    return (term.text,) if term.exact else spell(term.text)


class Conditions:
    """Numbers for conditions, from 1 on; they only ever grow. 0 stands for what always holds."""

    def __init__(self, spell: Spell) -> None:
        """``spell`` gives the spellings of terms that are not exact.

        ``filters`` are conditions that ask for facts. ``nears`` are those that two terms
        are near each other, with those of the terms. ``in_titles`` are terms for titles only.
        """
        self._spell = spell
        self._spellings: dict[int, tuple[str, ...]] = {}  # where they are not the letters alone
        self._number: dict[Atom, int] = {}
        self._atoms: list[Atom | None] = [None]
        self._asked = array("i", [0])
        self.filters: set[int] = set()
        self.nears: dict[int, tuple[int, int]] = {}
        self.in_titles: set[int] = set()
        self._nothing = np.ones(1, np.bool_)
        self._heads = np.zeros(_SIEVE + 1, np.bool_)  # hashes of spellings, of long ones the head
        self._lengths: dict[str, tuple[int, ...]] = {}  # of the longer spellings that begin so
        self._all_lengths: dict[tuple[int, ...], tuple[int, ...]] = {}
        self._spelt: dict[str, int] = {}  # letters → the term they may be
        self._alike: dict[str, list[int]] = {}  # letters → the other terms that they may be

    def __len__(self) -> int:
        return len(self._atoms)

    def __getitem__(self, number: int) -> Atom:
        atom = self._atoms[number]
        assert atom is not None
        return atom

    def number(self, atom: Atom) -> int:
        """The number of a condition that was entered."""
        return self._number[atom]

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
                    self.in_titles.add(number)
            elif isinstance(atom, Field):
                self.filters.add(number)
            else:
                self.nears[number] = self.enter(atom.first), self.enter(atom.second)
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

    def seen(self, letters: str, codes: Ints) -> list[tuple[str, int]]:
        """The letters of spellings with the place in a folded text; of each spelling in order."""
        known = self._spelt
        lengths, places = np.divmod(np.flatnonzero(self._heads.take(_hashes(codes))), len(codes))
        ends = places + lengths + _LEAST
        heads = [
            (letters[at:end], at) for at, end in zip(places.tolist(), ends.tolist(), strict=True)
        ]
        longest = heads[bisect_left(lengths.tolist(), _HEAD - _LEAST) :]
        return [hit for hit in heads if hit[0] in known] + [
            (piece, at)
            for head, at in longest
            for longer in self._lengths.get(head, ())
            if (piece := letters[at : at + longer]) in known
        ]

    def meant(self, letters: str) -> Iterator[tuple[int, str]]:
        """The terms that have a spelling of these letters, and the spelling."""
        for number in (self._spelt[letters], *self._alike.get(letters, ())):
            for spelling in self._spellings.get(number, (letters,)):
                if spelling is letters or squeeze(spelling) == letters:
                    yield number, spelling

    def body_terms(self, numbers: Collection[int]) -> set[int]:
        """Those that need not stand in the title."""
        return set(numbers) - self.in_titles

    def spelt(self, letters: Collection[str]) -> list[int]:
        """The terms that have a spelling of these letters, without blanks; some may come twice."""
        found = list(filter(None, map(self._spelt.get, letters)))
        for each in self._alike.keys() & letters:
            found += self._alike[each]
        return found

    def _learn(self, term: Term, number: int) -> None:
        spelt = sought(term, self._spell)
        squeezed = {squeeze(each) for each in spelt}
        if len(spelt) > 1 or squeezed != {*spelt}:
            self._spellings[number] = spelt
        for letters in squeezed:
            if letters in self._spelt:
                self._alike.setdefault(letters, []).append(number)
            else:
                self._spelt[letters] = number
            head = letters[:_HEAD]
            self._heads[_hash(head)] = True
            known = self._lengths.get(head, ())
            if len(letters) > _HEAD and len(letters) not in known:
                lengths = (*known, len(letters))
                self._lengths[head] = self._all_lengths.setdefault(lengths, lengths)


def _hash(letters: str) -> int:
    hashed = 0
    for letter in letters:
        hashed = hashed * _MIX + ord(letter)
    return hashed & _SIEVE


def _hashes(codes: Ints) -> Ints:
    """The same of all letters in a row, by where they start: of _LEAST each, then of one more.

    What would go beyond the last letter goes on with zeros, which are in no spelling.
    """
    size = len(codes)
    padded = np.zeros(size + _HEAD - 1, np.int32)
    padded[:size] = codes
    hashes = np.empty((_HEAD - _LEAST + 1, size), np.int32)
    before = codes
    for length, row in enumerate(hashes, _LEAST):
        np.multiply(before, np.int32(_MIX), out=row)
        np.add(row, padded[length - 1 : length - 1 + size], out=row)
        before = row
    hashes &= np.int32(_SIEVE)
    return hashes


def _commonness(atom: Atom) -> int:
    """Where a condition starts: before terms, filters are no help, and nearness is found last."""
    match atom:
        case Term():
            return _RARE
        case Near():
            return _NEVER_ASKED
        case Field(name):
            return _OF_FIELDS.get(name, _MOSTLY)
