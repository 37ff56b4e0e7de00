"""Where a term stands in a text as a word, and where its letters merely happen to be.

Three questions, cheapest first: where are the letters (``occurrences``), can the letters around
them settle it (``unsettled``), and what do the morphemes say (``stands``). Texts and terms are NFC.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import NamedTuple

from service.judging.morphemes import AGENCY, Morph, Morphs
from service.judging.rules import lowered
from service.model import Span

Analyse = Callable[[str], Morphs]
"""Gives the morphemes of a window."""

_REACH = 60  # letters run together for longer than this are no word; the window ends there
_PIECE = 2  # a word typed in one may be split in the text, but not into single letters
_COMMON_NOUN = "NNG"
_NOUNS = ("NNG", "NNP")
_OF_A_PLACE = frozenset(
    ["시", "군", "구", "도", "항", "역", "광역시", "특별시", "특별자치시", "특별자치도"]
)
_PARTICLE = "J"
_DEPENDENT = "JE"  # particles and endings: no word begins with one
_ACCIDENT = 2  # two letters meet inside a longer noun by accident, three hardly ever


class _Folded(NamedTuple):
    """A text without blanks, ASCII in lower case; ``at[i]`` is the offset of letter i."""

    letters: str
    at: tuple[int, ...]


@lru_cache(maxsize=8)
def fold(text: str) -> _Folded:
    """Squeeze a text for search. Kept for a while: many terms are looked for in one text."""
    at = tuple(i for i, char in enumerate(text) if not char.isspace())
    return _Folded(lowered("".join([text[i] for i in at])), at)


def squeeze(term: str) -> str:
    """The letters of a term as they are searched for in a folded text."""
    return lowered("".join(term.split()))


def occurrences(text: str, term: str) -> list[Span]:
    """Where the letters of the term are, blanks between Hangul aside; they do not overlap."""
    letters, at = fold(text)
    needle = squeeze(term)
    found = []
    here = letters.find(needle)
    while here >= 0:
        step = 1
        span = at[here], at[here + len(needle) - 1] + 1
        if _spaced_alike(text[slice(*span)], term):
            found.append(span)
            step = len(needle)
        here = letters.find(needle, here + step)
    return found


def window(text: str, span: Span) -> Span:
    """The stretch whose morphemes decide about a span: it and the letters and digits around it.

    Measured on labelled occurrences: a whole eojeol with its punctuation, its neighbours or the
    line decide no better, and fewer letters come round again more often.
    """
    start, end = span
    while start > max(0, span[0] - _REACH) and text[start - 1].isalnum():
        start -= 1
    while end < min(len(text), span[1] + _REACH) and text[end].isalnum():
        end += 1
    return start, end


def unsettled(text: str, span: Span) -> str | None:
    """The text of the window to analyse; None where the letters around the span settle it."""
    edges = _edges(text, span)
    return text[slice(*window(text, span))] if None in edges and False not in edges else None


def stands(text: str, span: Span, analyse: Analyse) -> bool:
    """Whether the occurrence is a word, or a part of a compound with the word's sense.

    ``analyse`` is asked only where ``unsettled`` names a window.
    """
    left, right = _edges(text, span)
    if left is False or right is False:
        return False
    if left and right:
        return True
    origin, stop = window(text, span)
    start, end = span[0] - origin, span[1] - origin
    touched = [m for m in analyse(text[origin:stop]) if m.start < end and m.end > start]
    if not touched or any(m.tag == AGENCY and end - start < m.end - m.start for m in touched):
        return False
    first, last = touched[0], touched[-1]
    starts = left or first.start == start
    ends = right or last.end == end
    if starts and ends:
        return first.tag[0] not in _DEPENDENT and last.tag[0] != _PARTICLE
    return first is last and _is_part(first, start, end)


def _is_part(noun: Morph, start: int, end: int) -> bool:
    """Whether the span within one noun has the noun's sense.

    The head of a Korean noun is its end: 금융 in 정책금융. A common noun also says at its start
    what it is about, 조선 in 조선사; a proper one does so only as a place, 부산 in 부산항, and not
    as 인도 in 인도네시아.
    """
    if noun.tag not in _NOUNS:
        return False
    if end - start > _ACCIDENT or noun.end == end:
        return True
    return noun.start == start and (
        noun.tag == _COMMON_NOUN or noun.form[end - start :] in _OF_A_PLACE
    )


def _edges(text: str, span: Span) -> tuple[bool | None, bool | None]:
    start, end = span
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    return _border(text[start], before), _border(text[end - 1], after)


def _border(inner: str, outer: str) -> bool | None:
    """Whether a word ends between the two letters; None where only the morphemes can say."""
    if _is_latin(inner):
        return not _is_latin(outer)
    return None if _is_hangul(inner) and _is_hangul(outer) else True


def _spaced_alike(found: str, term: str) -> bool:
    """Whether blanks in the text and in the term may be taken as the same spelling."""
    if lowered(found) == term:
        return True
    if "\n\n" in found:
        return False
    pieces, typed = _breaks(found), _breaks(term)
    letters = squeeze(term)
    if any(_is_latin(letters[i - 1]) and _is_latin(letters[i]) for i in pieces ^ typed):
        return False
    cuts = sorted({0, len(letters)} | pieces)
    short = {cut for pair in pairwise(cuts) if pair[1] - pair[0] < _PIECE for cut in pair}
    return not (pieces - typed) & short


def _breaks(spaced: str) -> set[int]:
    """The numbers of the letters that have a blank before them."""
    return set(accumulate(map(len, spaced.split()[:-1])))


def _is_hangul(char: str) -> bool:
    return "가" <= char <= "힣"


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalnum()
