"""The words of a text that a score rests on: what its letters add, summed word by word."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from service.judging.features import Places

Sums = NDArray[np.number]

_MOST_WORDS = 5
_SHORTEST = 2  # letters
_LOOKED_AT = 20
_HYPHEN, _AMPERSAND = map(ord, "-&")
_MOST_CODES = 1 << 16
_IN_WORDS = np.fromiter(map(str.isalnum, map(chr, range(_MOST_CODES))), np.bool_)
_LETTER = re.compile(r"[^\W\d_]")
_PARTICLE = re.compile(r"(?<=\w\w)(?:[을를은는에]|에서|에게|으로|까지|부터)$")
# These end nouns as well: 물가, 협의, 성과, 제도. They go where the rest is a word of the text.
_PERHAPS = re.compile(r"(?<=\w\w)(?:[이가의와과도로만]|하는|되는|하고|[한된할])$")


def strongest(text: str, places: Places, adds: Sums) -> list[tuple[str, ...]]:
    """For each topic up to five words as printed, without particles, the strongest first.

    ``adds``: what begins at some places of a text of single blanks, topics across; place 0 is
    before it. The same word counts together wherever it stands.
    """
    starts, ends = _words(text)
    if not len(ends):
        return [()] * adds.shape[1]
    words = [text[a:b] for a, b in zip(starts.tolist(), ends.tolist(), strict=True)]
    known = {word: number for number, word in enumerate(dict.fromkeys(words))}
    numbers = [*map(known.__getitem__, words)]
    # What begins behind a word, in a blank or a bracket, belongs to the next one.
    ended = np.zeros(len(text) + 2, np.intp)
    ended[ends + 1] = 1
    owners = np.array([*numbers, numbers[-1]]).take(np.cumsum(ended).take(places))
    return [_best(known, np.bincount(owners, each, len(known))) for each in adds.T]


def _best(known: Mapping[str, int], sums: Sums) -> tuple[str, ...]:
    words = list(known)
    bare: dict[str, float] = {}
    order = np.argsort(-sums, kind="stable")[:_LOOKED_AT]
    for number, added in zip(order.tolist(), sums[order].tolist(), strict=True):
        if added > 0 and (stems := _stems(words[number])):
            stem, shorter = stems
            word = shorter if shorter in known else stem
            bare[word] = bare.get(word, 0.0) + added
    return tuple(sorted(bare, key=bare.__getitem__, reverse=True)[:_MOST_WORDS])


@lru_cache(maxsize=1 << 12)
def _stems(word: str) -> tuple[str, str] | None:
    """Without its particle, and without what may be one; None of what tells nothing.

    Kept for a while: words come again.
    """
    if len(word) < _SHORTEST or not _LETTER.search(word):
        return None
    stem = _PARTICLE.sub("", word)
    return stem, _PERHAPS.sub("", stem)


def _words(text: str) -> tuple[Places, Places]:
    """Where words start and end: letters and digits in a row, those that - and & tie among them."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    inside = np.zeros(len(codes) + 2, np.bool_)
    if codes.max(initial=0) < _MOST_CODES:
        inside[1:-1] = _IN_WORDS.take(codes)
    else:
        inside[1:-1] = [*map(str.isalnum, text)]
    ties = np.flatnonzero((codes == _HYPHEN) | (codes == _AMPERSAND)) + 1
    inside[ties[inside[ties - 1] & inside[ties + 1]]] = True
    turns = np.flatnonzero(inside[1:] != inside[:-1])
    return turns[::2], turns[1::2]
