"""One article while it is being matched: each spelling is looked for once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate

from service.judging.logic import Near, Term
from service.judging.terms import Analyse, occurrences, stands, unsettled
from service.model import Span

Spellings = Callable[[Term], tuple[str, ...]]
"""A term → the spellings in which it is looked for."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where something stands as a word: in order, each place once. Nowhere is false."""

    in_title: tuple[Span, ...] = ()
    in_text: tuple[Span, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.in_title or self.in_text)


class Found:
    """A title and a text with the places of what was looked for in them."""

    def __init__(self, title: str, text: str, spellings: Spellings) -> None:
        self.parts = (title, text)
        self._spellings = spellings
        self._spans: dict[str, tuple[list[Span], list[Span]]] = {}
        self._standing: dict[Term, Standing] = {}
        self._words: list[list[int]] | None = None

    def contains(self, term: Term) -> bool:
        """Whether the letters of the term are there."""
        return any(spans for _, spans in self._places(term))

    def windows(self, term: Term) -> Iterator[str]:
        """The stretches whose morphemes ``standing`` will ask for."""
        for part, spans in self._places(term):
            for span in spans:
                stretch = unsettled(self.parts[part], span)
                if stretch is not None:
                    yield stretch

    def standing(self, term: Term, analyse: Analyse) -> Standing:
        """Where the term stands as a word."""
        if term not in self._standing:
            spans: tuple[list[Span], list[Span]] = ([], [])
            for part, places in self._places(term):
                text = self.parts[part]
                spans[part].extend(span for span in places if stands(text, span, analyse))
            self._standing[term] = Standing(*map(in_order, spans))
        return self._standing[term]

    def near(self, pair: Near, analyse: Analyse) -> Standing:
        """Where the two terms stand near each other, both of them."""
        one, other = (self.standing(each, analyse) for each in (pair.first, pair.second))
        starts = self._word_starts()
        return Standing(
            _near(one.in_title, other.in_title, starts[0], pair.words),
            _near(one.in_text, other.in_text, starts[1], pair.words),
        )

    def _places(self, term: Term) -> Iterator[tuple[int, list[Span]]]:
        """0 for the title or 1 for the text, and the places in it, spelling by spelling."""
        title, text = self.parts
        for spelling in self._spellings(term):
            if spelling not in self._spans:
                self._spans[spelling] = occurrences(title, spelling), occurrences(text, spelling)
            in_title, in_text = self._spans[spelling]
            yield 0, in_title
            if not term.title:
                yield 1, in_text

    def _word_starts(self) -> list[list[int]]:
        if self._words is None:
            self._words = [_starts(part) for part in self.parts]
        return self._words


def in_order(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans by their start, each once."""
    return tuple(sorted(set(spans)))


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
