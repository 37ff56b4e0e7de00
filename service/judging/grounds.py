"""The words of a text that a score rests on: what its letters add, summed word by word."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from service.judging.features import Places

Sums = NDArray[np.number]

_MOST_WORDS = 5
_LOOKED_AT = 20
_WORD = re.compile(r"[^\W_]+(?:[-&][^\W_]+)*")
_LETTER = re.compile(r"[^\W\d_]")
_PARTICLE = re.compile(r"(?<=\w\w)(?:[을를은는에]|에서|에게|으로|까지|부터)$")
# These end nouns as well: 물가, 협의, 성과, 제도. They go where the rest is a word of the text.
_PERHAPS = re.compile(r"(?<=\w\w)(?:[이가의와과도로만]|하는|되는|하고|[한된할])$")


class Tally:
    """Sums by word for some topics; the same word counts together wherever it stands."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._owners: list[Places] = []
        self._adds: list[Sums] = []

    def add(self, text: str, places: Places, adds: Sums) -> None:
        """Count what begins at some places of a text of single blanks; place 0 is before it.

        ``adds``: places down, topics across.
        """
        words = list(_WORD.finditer(text))
        if not words:
            return
        # What begins behind a word, in a blank or a bracket, belongs to the next one.
        ends = np.array([word.end() + 1 for word in words])
        owners = np.searchsorted(ends, places, side="right")
        numbers = [self._numbers.setdefault(word[0], len(self._numbers)) for word in words]
        self._owners.append(np.array([*numbers, numbers[-1]])[owners])
        self._adds.append(adds)

    def strongest(self, topics: int) -> list[tuple[str, ...]]:
        """For each topic up to five words as printed, without particles, the strongest first."""
        if not self._adds:
            return [()] * topics
        owners, adds = np.concatenate(self._owners), np.concatenate(self._adds)
        words = list(self._numbers)
        return [self._best(words, np.bincount(owners, each, len(words))) for each in adds.T]

    def _best(self, words: list[str], sums: Sums) -> tuple[str, ...]:
        bare: dict[str, float] = {}
        for number in np.argsort(-sums, kind="stable")[:_LOOKED_AT].tolist():
            if sums[number] > 0 and _tells(words[number]):
                short = self._bare(words[number])
                bare[short] = bare.get(short, 0.0) + float(sums[number])
        return tuple(sorted(bare, key=lambda word: -bare[word])[:_MOST_WORDS])

    def _bare(self, word: str) -> str:
        short = _PARTICLE.sub("", word)
        shorter = _PERHAPS.sub("", short)
        return shorter if shorter in self._numbers else short


def _tells(word: str) -> bool:
    return len(word) > 1 and _LETTER.search(word) is not None
