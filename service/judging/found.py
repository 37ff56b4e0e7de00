"""One article while it is being matched: the letters of all terms are looked for at once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from service.judging.conditions import Conditions
from service.judging.morphemes import Morphs
from service.judging.terms import Open, fold, is_word, looks, spelt_alike
from service.model import Span

_GAP = "\n\n\0\n\n"  # between the text and the title: a sign that is in no term, a paragraph apart

Place = tuple[Span, bool | Open]
"""Where the letters of a term are, and whether they are a word there."""


class Standing(NamedTuple):
    """Where something stands as a word: in order, each place once. Nowhere is false."""

    in_text: tuple[Span, ...] = ()
    in_title: tuple[Span, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.in_title or self.in_text)


class Found:
    """A title and a text with the places of the terms whose letters are there, by their number.

    ``sure`` are the terms that stand somewhere, ``unsure`` those of which the morphemes must say.
    """

    def __init__(self, title: str, text: str, conditions: Conditions) -> None:
        self._parts, self._title_at = (text, title), len(text) + len(_GAP)
        self._places: dict[int, list[Place]] = {}
        self._words: list[list[int]] | None = None
        self._look_for(conditions, text + _GAP + title)  # at once: the calls cost more than both
        self.sure, self.unsure = list[int](), list[int]()
        for number, places in self._places.items():
            seen = [each for _, each in places]
            if True in seen:
                self.sure.append(number)
            elif any(seen):
                self.unsure.append(number)

    def _look_for(self, conditions: Conditions, whole: str) -> None:
        letters, codes, at, _ = folded = fold(whole)
        hits = conditions.seen(letters, codes)
        firsts = np.array([place for _, place in hits], np.intp)
        lasts = firsts + np.array([len(piece) - 1 for piece, _ in hits], np.intp)
        starts, ends = at[firsts], at[lasts] + 1
        spans = zip(starts.tolist(), ends.tolist(), strict=True)
        places: dict[str, list[Place]] = {}
        looked = looks(whole, folded, starts, ends)
        for (piece, _), span, seen in zip(hits, spans, looked, strict=True):
            places.setdefault(piece, []).append((span, seen))
        for piece, some in places.items():
            for number, spelling in conditions.meant(piece):
                found = self._places.setdefault(number, [])
                free = self._title_at if number in conditions.in_titles else 0
                for place in some:
                    start, end = place[0]
                    if start >= free and spelt_alike(whole[start:end], spelling):
                        found.append(place)
                        free = end

    def windows(self, terms: Iterable[int]) -> frozenset[str]:
        """The stretches whose morphemes ``standing`` will ask for."""
        places = (self._places.get(term, ()) for term in terms)
        return frozenset(
            seen.stretch for some in places for _, seen in some if isinstance(seen, Open)
        )

    def standing(self, term: int, morphs: Mapping[str, Morphs]) -> Standing:
        """Where the term stands as a word."""
        places, behind = self._places.get(term, ()), self._title_at
        spans = in_order([span for span, seen in places if is_word(seen, morphs)])
        if not spans or spans[-1][0] < behind:
            return Standing(spans)
        in_title = ((start - behind, end - behind) for start, end in spans if start >= behind)
        return Standing(tuple(span for span in spans if span[0] < behind), tuple(in_title))

    def near(self, one: Standing, other: Standing, words: int) -> Standing:
        """Where the two stand near each other, both of them."""
        starts = self._word_starts()
        return Standing(
            _near(one.in_text, other.in_text, starts[0], words),
            _near(one.in_title, other.in_title, starts[1], words),
        )

    def _word_starts(self) -> list[list[int]]:
        if self._words is None:
            self._words = [*map(_starts, self._parts)]
        return self._words


def in_order(spans: Collection[Span]) -> tuple[Span, ...]:
    """The spans by their start, each once."""
    return tuple(sorted({*spans}) if len(spans) > 1 else spans)


def _starts(text: str) -> list[int]:
    """Where the words of a text begin, as blanks part them."""
    blanks = [char.isspace() for char in text]
    return [i for i, blank in enumerate(blanks) if not blank and (i == 0 or blanks[i - 1])]


def _near(
    ones: tuple[Span, ...], others: tuple[Span, ...], starts: list[int], words: int
) -> tuple[Span, ...]:
    """The spans that have one of the others within so many words, between nearest words."""
    placed = [(_words_of(span, starts), span) for span in ones]
    about = [(_words_of(span, starts), span) for span in others]
    return in_order([*_with(placed, about, words), *_with(about, placed, words)])


_Placed = tuple[tuple[int, int], Span]


def _with(these: list[_Placed], those: list[_Placed], words: int) -> Iterator[Span]:
    """Those of ``these`` that one of ``those`` is near to. Both are in the order of the text."""
    firsts = [first for (first, _), _ in those]
    ends = list(accumulate((last for (_, last), _ in those), max))  # the furthest end so far
    for (first, last), span in these:
        upto = bisect_right(firsts, last + words)
        if upto and ends[upto - 1] >= first - words:
            yield span


def _words_of(span: Span, starts: list[int]) -> tuple[int, int]:
    """The numbers of the first and the last word the span lies in."""
    return bisect_right(starts, span[0]), bisect_right(starts, span[1] - 1)
