"""Where a term stands in a text as a word, and where its letters merely happen to be.

Three questions, cheapest first: where are the letters (``occurrences``), can the letters around
them settle it (``unsettled``), and what do the morphemes say (``stands``). Texts and terms are NFC.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from itertools import accumulate, compress, count, pairwise
from operator import not_
from typing import NamedTuple

from service.judging import compounds, senses
from service.judging.logic import lowered
from service.judging.morphemes import Morphs
from service.model import Span

Analyse = Callable[[str], Morphs]
"""Gives the morphemes of a window."""

_REACH = 60  # letters run together for longer than this are no word; the window ends there
_PIECE = 2  # a word typed in one may be split in the text, but not into single letters
_RUN = re.compile(rf"[^\W_]{{1,{_REACH}}}")  # letters and digits of any script
_LAST_PARTICLE = re.compile("(?:[을를은는]|에서|에게|으로)$")
_PLURAL = re.compile(r"(?:'s|’s|e?s)(?![0-9A-Za-z])")
# No 도 (경기도), no 과 (무역협력과), no 로 (세종로): those the morphemes tell from a name's end.
_PARTICLES = frozenset(
    """
    은 는 이 가 을 를 의 에 에서 에도 에는 에게 에서는 에서도 으로 으로는 으로의 와 와의 와는
    만 까지 부터 보다 보다는 마다 처럼 이나 나 이며 이라는 이라고 이다 입니다 이고 인 등 등을
    등의 등에 등이 들 들이 들을 들의 들에게 들은 및 하고 하는 한 할 해 하여 했다 하기 하였다
    되는 된 되어 될 됐다 된다 한다
    """.split()  # noqa: SIM905 - easier to read so
)


class _Folded(NamedTuple):
    """A text without blanks, ASCII in lower case; ``at[i]`` is the offset of letter i."""

    letters: str
    at: tuple[int, ...]


@lru_cache(maxsize=8)
def fold(text: str) -> _Folded:
    """Squeeze a text for search. Kept for a while: many terms are looked for in one text."""
    at = tuple(compress(count(), map(not_, map(str.isspace, text))))
    return _Folded(lowered("".join(text.split())), at)


@lru_cache(maxsize=1 << 16)
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

    A plain particle at the end is left out. Measured on labelled occurrences: a whole eojeol with
    its punctuation, its neighbours or the line decide no better, and fewer letters come round again
    more often.
    """
    start, end = span
    while start > max(0, span[0] - _REACH) and text[start - 1].isalnum():
        start -= 1
    if run := _RUN.match(text, end):
        particle = _LAST_PARTICLE.search(run.group())
        end = run.end() if particle is None else end + particle.start()
    return start, end


def unsettled(text: str, span: Span) -> str | None:
    """The text of the window to analyse; None where the letters around the span settle it."""
    look = _look(text, span)
    return look.stretch if look.settled is None else None


def stands(text: str, span: Span, analyse: Analyse) -> bool:
    """Whether the occurrence is a word, or a part of a compound with the word's sense.

    ``analyse`` is asked only where ``unsettled`` names a window.
    """
    look = _look(text, span)
    if look.settled is not None:
        return look.settled
    within = span[0] - look.origin, span[1] - look.origin
    return compounds.has_word(analyse(look.stretch), within, look.borders)


class _Look(NamedTuple):
    """What can be said about a span without morphemes; a window only where that is not enough."""

    settled: bool | None
    borders: tuple[bool, bool] = (False, False)
    origin: int = 0
    stretch: str = ""


def _look(text: str, span: Span) -> _Look:
    looks = _looks(text)
    if span not in looks:
        looks[span] = _looked(text, span)
    return looks[span]


@lru_cache(maxsize=8)
def _looks(text: str) -> dict[Span, _Look]:  # noqa: ARG001 - the key
    """Filled as spans are asked for: what is asked before the analysis is asked again after it."""
    return {}


def _looked(text: str, span: Span) -> _Look:
    sense = senses.told(text, span, text[slice(*span)])
    if sense is not None:
        return _Look(sense)
    left, right = edges(text, span)
    if left is False or right is False:
        return _Look(settled=False)
    if left and (right or _particle_follows(text, span[1])):
        return _Look(settled=True)
    origin, end = window(text, span)
    return _Look(None, (bool(left), bool(right)), origin, text[origin:end])


def _particle_follows(text: str, end: int) -> bool:
    """Whether nothing but a particle stands between the span and the end of its run."""
    run = _RUN.match(text, end)
    return run is not None and run.group() in _PARTICLES


def edges(text: str, span: Span) -> tuple[bool | None, bool | None]:
    """Whether a word ends on either side of the span; None where only the morphemes can say.

    A plural s (FTAs) belongs to a Latin word.
    """
    start, end = span
    before = text[start - 1] if start else " "
    if _is_latin(text[end - 1]) and (plural := _PLURAL.match(text, end)):
        end = plural.end()
    after = text[end] if end < len(text) else " "
    return _border(text[start], before), _border(text[end - 1], after)


def _border(inner: str, outer: str) -> bool | None:
    """Whether a word ends between the two letters; None where only the morphemes can say."""
    if _is_hangul(inner):
        return None if _is_hangul(outer) else True
    if _is_latin(inner):
        return not _is_latin(outer)
    return not (_is_hanja(inner) and _is_hanja(outer))


def _spaced_alike(found: str, term: str) -> bool:
    """Whether blanks in the text and in the term may be taken as the same spelling."""
    if found == term or lowered(found) == term:
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


def _is_hanja(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff"


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalnum()
