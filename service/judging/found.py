"""One article while it is being matched: each spelling is looked for once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate

from service.judging.conditions import Conditions
from service.judging.morphemes import Morphs
from service.judging.terms import Open, is_word, look, spelt, squeeze
from service.model import Span

Place = tuple[Span, bool | Open]
"""Where the letters of a term are, and whether they are a word there."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where something stands as a word: in order, each place once. Nowhere is false."""

    in_title: tuple[Span, ...] = ()
    in_text: tuple[Span, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.in_title or self.in_text)


class Found:
    """A title and a text with the places of what was looked for in them, by its number."""

    def __init__(self, title: str, text: str, conditions: Conditions) -> None:
        self._parts = list(zip((title, text), conditions.seen(title, text), strict=True))
        self._conditions = conditions
        self._found: dict[int, list[list[Place]]] = {}
        self._words: list[list[int]] | None = None

    def possible(self) -> set[int]:
        """The terms whose letters are there: a little more than stand."""
        return self._conditions.possible(*(seen for _, seen in self._parts))

    def settled(self, term: int) -> bool | None:
        """Whether the term stands somewhere; None where only the morphemes can say."""
        seen = [each for part in self._places(term) for _, each in part]
        return True if True in seen else (None if any(seen) else False)

    def windows(self, term: int) -> Iterator[str]:
        """The stretches whose morphemes ``standing`` will ask for."""
        for part in self._places(term):
            for _, seen in part:
                if isinstance(seen, Open):
                    yield seen.stretch

    def standing(self, term: int, morphs: Mapping[str, Morphs]) -> Standing:
        """Where the term stands as a word."""
        places = self._places(term)
        found = ([span for span, seen in part if is_word(seen, morphs)] for part in places)
        return Standing(*map(in_order, found))

    def near(self, one: Standing, other: Standing, words: int) -> Standing:
        """Where the two stand near each other, both of them."""
        starts = self._word_starts()
        return Standing(
            _near(one.in_title, other.in_title, starts[0], words),
            _near(one.in_text, other.in_text, starts[1], words),
        )

    def _places(self, term: int) -> list[list[Place]]:
        """The places in the title and, if they count, in the text."""
        found = self._found.get(term)
        if found is None:
            spellings = self._conditions.spellings(term)
            parts = self._parts[:1] if self._conditions.term(term).title else self._parts
            found = self._found[term] = [
                [
                    (span, look(part, span))
                    for spelling in spellings
                    if (places := seen.get(squeeze(spelling)))
                    for span in spelt(part, spelling, places)
                ]
                for part, seen in parts
            ]
        return found

    def _word_starts(self) -> list[list[int]]:
        if self._words is None:
            self._words = [_starts(part) for part, _ in self._parts]
        return self._words


def in_order(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans by their start, each once."""
    return tuple(sorted({*spans}))


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
