"""Korean morphology: a stretch of text → its morphemes. CPU only: no file, clock or network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from kiwipiepy import Kiwi

AGENCY = "AGENCY"
"""Tag of a public body's own name, beside Kiwi's tags (NNG, NNP, JX, ...)."""

COMMON_NOUN, PROPER_NOUN = "NNG", "NNP"
NOUNS = (COMMON_NOUN, PROPER_NOUN)

MAX_WINDOW = 2_000
"""Longest stretch analysed as one, in characters; Kiwi's time grows faster than its input."""

_UNIONS = ("협회", "연합회", "중앙회")  # say whose they are: 무역 is a topic of 무역협회
_LONG = 3  # letters; a shorter noun has no part of two letters
# Log-likelihood that taking a noun apart may cost: 조선+소 costs 6, 반도+체 14.
_TOO_DEAR = 10
_TOO_DEAR_FOR_WORDS = 12  # where no part is a single letter: 정부+대전+청사
_TAKEN_APART = 10_000  # nouns remembered; a month of releases has fewer


class Morph(NamedTuple):
    """One morpheme. ``start`` and ``end`` are character offsets into the analysed stretch.

    ``cuts`` are the offsets within it at which a compound noun falls into its parts: 2 in 조선소.
    """

    form: str
    tag: str
    start: int
    end: int
    cuts: tuple[int, ...] = ()


Morphs = tuple[Morph, ...]


class Morphology:
    """Kiwi, loaded once (about a second and 350 MB), taught the names of public bodies."""

    def __init__(self, names: Iterable[str]) -> None:
        # The dictionary of multi-word names costs a second and 190 MB and changes no decision.
        self._kiwi = Kiwi(num_workers=1, load_multi_dict=False)
        self._names = frozenset(
            form for name in names if not name.endswith(_UNIONS) for form in _with_head(name)
        )
        for name in self._names:
            self._kiwi.add_user_word(name, PROPER_NOUN)
        self._kiwi.tokenize("")  # loads now what it would load with the first question
        self._parts = lru_cache(_TAKEN_APART)(self._taken_apart)

    def analyse(self, windows: Sequence[str]) -> list[Morphs]:
        """Morphemes of each window, in order. What is longer than MAX_WINDOW is read in pieces."""
        # One by one: given a list, Kiwi hands each to a thread of its own, a third of the cost.
        return [
            tuple(
                self._morph(token.form, token.tag, token.start + at, token.end + at)
                for at in range(0, len(window), MAX_WINDOW)
                for token in self._kiwi.tokenize(window[at : at + MAX_WINDOW])
            )
            for window in windows
        ]

    def _morph(self, form: str, tag: str, start: int, end: int) -> Morph:
        if form in self._names:
            return Morph(form, AGENCY, start, end)
        if tag in NOUNS and end - start == len(form) >= _LONG:
            return Morph(form, tag, start, end, tuple(start + cut for cut in self._parts(form)))
        return Morph(form, tag, start, end)

    def _taken_apart(self, noun: str) -> tuple[int, ...]:
        """Where the noun falls apart if neither it nor a long part of it were one word.

        Nouns that no dictionary has are read by rule here, as the words they are made of.
        """
        first = range(min(len(noun), _LONG + 1), len(noun) + 1)  # 정부대전청 is no part either
        long_ones = [(noun[:end], tag) for end in first for tag in NOUNS]
        (_, as_word), (parts, as_parts) = (
            self._kiwi.analyze(noun, top_n=1, blocklist=barred, oov_handling="rule")[0]
            for barred in (None, long_ones)
        )
        words = all(part.len > 1 for part in parts)
        if as_word - as_parts > (_TOO_DEAR_FOR_WORDS if words else _TOO_DEAR):
            return ()
        return tuple(accumulate(part.len for part in parts[:-1]))


def _with_head(name: str) -> Iterator[str]:
    """The body and, where its head is called so, the head: 관세청, 관세청장."""
    yield name
    if name.endswith(("청", "처", "원", "위원회")):
        yield f"{name.removesuffix('회')}장"
