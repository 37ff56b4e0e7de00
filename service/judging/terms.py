"""Where a term stands in a text as a word, and where its letters merely happen to be.

Three questions, cheapest first: where are the letters (``occurrences``), can the letters around
them settle it (``look``), and what do the morphemes say (``Open.is_word``). Texts and terms are
NFC.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from service.judging import compounds, senses
from service.judging.logic import lowered
from service.judging.morphemes import Morphs
from service.model import Span

Places = npt.NDArray[np.intp]

Analyse = Callable[[str], Morphs]
"""Gives the morphemes of a window."""

_REACH = 60  # letters run together for longer than this are no word; the window ends there
_PIECE = 2  # a word typed in one may be split in the text, but not into single letters
_RUN = re.compile(rf"[^\W_ㆍ]{{1,{_REACH}}}")  # letters and digits; ㆍ is one, typed for a point
_MAPPED = 0x10000  # characters beyond stand for themselves, and none is a blank
_DIGITS = 24  # and points: longer numbers are not printed
_POINTED = re.compile(r"[.,][0-9]|[0-9][.,]")
# 11.25일 and 2026.11.20 are days: of them a part is a word.
_NUMBER = re.compile(
    r"(?<![0-9,])[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])(?:\.[0-9]+)?|(?<![0-9.])[0-9]+\.[0-9]+"
    r"(?=\s?(?:[%％조억만천백배원톤A-Za-z]|달러|포인트|퍼센트))"
)
_LAST_PARTICLES = (_OF_ONE := tuple("을를은는")) + ("에서", "에게", "으로")
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


class Folded(NamedTuple):
    """A text without blanks, ``lowered``; its codes; ``at[i]`` is the offset of letter i.

    ``kinds`` are those of all letters of the text, blanks among them.
    """

    letters: str
    codes: npt.NDArray[np.int32]
    at: Places
    kinds: npt.NDArray[np.uint8]


def fold(text: str) -> Folded:
    """Squeeze a text for search."""
    codes = _codes(text)
    kinds = _KINDS.take(codes, mode="clip")
    at = np.flatnonzero(kinds != _BLANK)
    codes = codes.take(at)
    # The large table is asked for the few that are written otherwise.
    some = np.flatnonzero(kinds.take(at) & _OTHERWISE)
    codes[some] = _PLAIN.take(codes.take(some))
    return Folded(codes.tobytes().decode("utf-32-le", "surrogatepass"), codes, at, kinds)


_last_folded = lru_cache(maxsize=8)(fold)  # many terms are looked for in one text


def _codes(text: str) -> npt.NDArray[np.int32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.int32)


_HANGUL, _IN_RUN, _OTHERWISE, _BLANK, _BEYOND = 1, 2, 4, 8, 16
_PLAIN = _codes(lowered("".join(map(chr, range(_MAPPED)))))
_KINDS = np.zeros(_MAPPED + 1, np.uint8)
_KINDS[[code for code in range(_MAPPED) if _RUN.match(chr(code))]] = _IN_RUN
_KINDS[ord("가") : ord("힣") + 1] |= _HANGUL
_KINDS[np.flatnonzero(np.arange(_MAPPED) != _PLAIN)] |= _OTHERWISE
_KINDS[[code for code in range(_MAPPED) if chr(code).isspace()]] = _BLANK
_KINDS[_MAPPED] = _BEYOND


@lru_cache(maxsize=1 << 16)
def squeeze(term: str) -> str:
    """The letters of a term as they are searched for in a folded text."""
    return lowered("".join(term.split()))


def occurrences(text: str, term: str) -> list[Span]:
    """Where the letters of the term are, blanks between Hangul aside; they do not overlap."""
    letters, _, at, _ = _last_folded(text)
    length, free, found = len(needle := squeeze(term)), 0, []
    for place in _everywhere(letters, needle):
        start, end = int(at[place]), int(at[place + length - 1]) + 1
        if place >= free and spelt_alike(text[start:end], term):
            found.append((start, end))
            free = place + length
    return found


def _everywhere(letters: str, needle: str) -> Iterator[int]:
    place = letters.find(needle)
    while place >= 0:
        yield place
        place = letters.find(needle, place + 1)


def window(text: str, span: Span) -> Span:
    """The stretch whose morphemes decide about a span: it and the letters and digits around it.

    A plain particle at the end is left out. Measured on labelled occurrences: a whole eojeol with
    its punctuation, its neighbours or the line decide no better, and fewer letters come round again
    more often.
    """
    start, stop = _run(text, span)
    return start, _without_particle(text, span[1], stop)


def _without_particle(text: str, end: int, stop: int) -> int:
    if text.endswith(_LAST_PARTICLES, end, stop):
        return stop - (1 if text[stop - 1] in _OF_ONE else 2)
    return stop


def _run(text: str, span: Span) -> Span:
    start, end = span
    furthest = max(0, start - _REACH)
    while start > furthest and (last := text[start - 1]).isalnum() and last != "ㆍ":
        start -= 1
    run = _RUN.match(text, end)
    return start, run.end() if run else end


class Open(NamedTuple):
    """An occurrence that the letters around it do not settle.

    ``stretch`` is to be analysed; ``within`` it the occurrence stands. ``borders`` say on which
    sides a word is known to end.
    """

    stretch: str
    within: Span
    borders: tuple[bool, bool]

    def is_word(self, morphs: Morphs) -> bool:
        """Whether it is a word or a part of a compound with the word's sense."""
        return compounds.has_word(morphs, self.within, self.borders)


def look(text: str, span: Span) -> bool | Open:
    """Whether the occurrence is a word, where senses or the letters around it can say."""
    sense = senses.told(text, span)
    if sense is not None:
        return sense
    start, end = span
    if (text[start] <= "9" or text[end - 1] <= "9") and _is_in_number(text, span):
        return False
    left, right = edges(text, span)
    if left is False or right is False:
        return False
    if left and right:
        return True
    origin, stop = _run(text, span)
    if left and text[end:stop] in _PARTICLES:
        return True
    stretch = text[origin : _without_particle(text, end, stop)]
    return Open(stretch, (start - origin, end - origin), (bool(left), bool(right)))


def looks(text: str, folded: Folded, starts: Places, ends: Places) -> list[bool | Open]:
    """``look`` at many spans at once: the same, and several times as fast at Hangul."""
    if folded.kinds.max(initial=0) == _BEYOND:
        return [look(text, span) for span in zip(starts.tolist(), ends.tolist(), strict=True)]
    kinds = np.zeros(len(text) + 2, np.uint8)  # kinds[i] is that of letter i - 1
    kinds[1:-1] = folded.kinds & (_HANGUL | _IN_RUN)
    hangul, breaks = kinds > _IN_RUN, np.flatnonzero(kinds == 0)
    inner = hangul[starts + 1] & hangul[ends]
    origins = np.maximum(breaks[breaks.searchsorted(starts + 1) - 1], starts - _REACH)
    stops = np.minimum(breaks[breaks.searchsorted(ends + 1)] - 1, ends + _REACH)
    columns = starts, ends, origins, stops, inner, ~hangul[starts], ~hangul[ends + 1]
    rows = zip(*(each.tolist() for each in columns), strict=True)
    found: list[bool | Open] = []
    with_senses = senses.words()
    for start, end, origin, stop, known, left, right in rows:
        if not known or text[start:end] in with_senses:
            found.append(look(text, (start, end)))
        elif left and (right or text[end:stop] in _PARTICLES):
            found.append(True)
        else:
            stretch = text[origin : _without_particle(text, end, stop)]
            found.append(Open(stretch, (start - origin, end - origin), (left, right)))
    return found


def is_word(seen: bool | Open, morphs: Mapping[str, Morphs]) -> bool:
    """What ``look`` says, with the morphemes of the stretch where it leaves that open."""
    return seen is True or (seen is not False and seen.is_word(morphs[seen.stretch]))


def stands(text: str, span: Span, analyse: Analyse) -> bool:
    """Whether the occurrence is a word; ``analyse`` is asked only where ``look`` leaves it open."""
    seen = look(text, span)
    return seen if isinstance(seen, bool) else seen.is_word(analyse(seen.stretch))


def edges(text: str, span: Span) -> tuple[bool | None, bool | None]:
    """Whether a word ends on either side of the span; None where only the morphemes can say.

    A plural s (FTAs) belongs to a Latin word.
    """
    start, end = span
    last = text[end - 1]
    if _is_latin(last) and (plural := _PLURAL.match(text, end)):
        end = plural.end()
        last = text[end - 1]
    return _border(text[start], text[start - 1 : start]), _border(last, text[end : end + 1])


def _border(inner: str, outer: str) -> bool | None:
    """Whether a word ends between the two letters; None where only the morphemes can say.

    ``outer`` is empty where the text begins or ends.
    """
    if "가" <= inner <= "힣":
        return None if "가" <= outer <= "힣" else True
    if _is_latin(inner):
        return not _is_latin(outer)
    return not (_is_hanja(inner) and _is_hanja(outer))


def _is_in_number(text: str, span: Span) -> bool:
    """Whether it begins or ends within a printed number: 25% in 3.25%, 500억 in 1,500억."""
    start, end = span
    if not (_POINTED.match(text, max(0, start - 1)) or _POINTED.match(text, end - 1)):
        return False
    printed = _NUMBER.finditer(text, max(0, start - _DIGITS), end + _DIGITS)
    return any(each.start() < at < each.end() for each in printed for at in span)


def spelt_alike(found: str, term: str) -> bool:
    """Whether letters that are the same are so with their blanks in the text and in the term."""
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


def _is_hanja(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff"


def _is_latin(char: str) -> bool:
    return char.isalnum() and (char.isascii() or "０" <= char <= "ｚ")
