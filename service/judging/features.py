"""Text → numbers that topics are judged by: groups of letters, and words that stand for a topic."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint32]
"""Hashes of groups of letters: no text can be read back from them."""
Floats = NDArray[np.float32]
Places = NDArray[np.intp]

_GROUP = (2, 3, 4)
_LONGEST_WORD = 8
_TITLE = 300
_TITLE_WEIGHT = 3
_LEAD = 200
_BODY = 800
_BLANK = ord(" ")
_MIX = np.uint32(0x9E3779B1)
_UNKNOWN = 4.0
_SIEVE = np.uint32(0x3FFFF)
_DIGIT = re.compile(r"\d")


def groups(title: str, text: str) -> tuple[Keys, Floats]:
    """Groups of two to four letters inside words with their borders, and how often: log-scaled.

    Of the text its first 800 characters, of the title 300; the title counts three times. Keys
    ascend.
    """
    codes = _codes(f"{title[:_TITLE]} . " * _TITLE_WEIGHT + text[:_BODY])
    inner = np.concatenate(([0], np.cumsum(codes == _BLANK)))
    kept = []
    for length, hashed in _rolled(codes, _GROUP[-1]):
        if length in _GROUP:
            # A blank may be the first or the last letter of a group, so that borders count.
            blanks = inner[length - 1 : len(codes)] - inner[1 : len(hashed) + 1]
            kept.append(hashed[blanks == 0])
    keys, counts = np.unique(np.concatenate(kept), return_counts=True)
    return keys, (1 + np.log(counts)).astype(np.float32)


def key(word: str) -> np.uint32:
    """The hash of one word, as it is met inside a text."""
    codes = _codes(word)[1:-1]
    *_, (_, hashed) = _rolled(codes, len(codes))
    return np.uint32(hashed[0])


class Known:
    """Keys to look others up in."""

    def __init__(self, keys: Keys) -> None:
        """``keys`` ascend."""
        self._keys = keys
        self._maybe = np.zeros(_SIEVE + 1, np.bool_)
        self._maybe[keys & _SIEVE] = True

    def find(self, sought: Keys) -> tuple[Places, Places]:
        """Which of the sought are known, and where each of those stands among the known."""
        maybe = np.flatnonzero(self._maybe[sought & _SIEVE])
        at = np.searchsorted(self._keys, sought[maybe])
        at[at == len(self._keys)] = 0
        right = self._keys[at] == sought[maybe]
        return maybe[right], at[right]


class Lexicon:
    """Which words stand for which topic, and how much of a text they make up."""

    def __init__(self, words: Mapping[str, Sequence[str]], rarity: Mapping[int, float]) -> None:
        """``words`` by topic; ``rarity``: inverse document frequency by key, 4 where unknown."""
        usable = [
            (int(key(word)), topic)
            for topic, listed in enumerate(words.values())
            for word in listed
            if 1 < len(word) <= _LONGEST_WORD
        ]
        owned: dict[int, list[int]] = {}
        for hashed, topic in usable:
            owned.setdefault(hashed, []).append(topic)
        self._topics = len(words)
        self._known = Known(np.array(sorted(owned), np.uint32))
        self._strengths = np.zeros((len(owned), self._topics), np.float32)
        for row, hashed in enumerate(sorted(owned)):
            weight = rarity.get(hashed, _UNKNOWN) ** 2 / len(owned[hashed])
            self._strengths[row, owned[hashed]] = weight

    def measure(self, title: str, text: str) -> Floats:
        """For title, lead and body: how strong each topic's words are, and their share of all."""
        _, in_title = self._found(title[:_TITLE])
        starts, in_body = self._found(text[:_BODY])
        parts = [self._strength(at) for at in (in_title, in_body[starts < _LEAD], in_body)]
        shares = [strength / (strength.sum() + 1) for strength in parts]
        return np.concatenate([*parts, *shares])

    def _found(self, part: str) -> tuple[Places, Places]:
        """Where words start in a text, and which they are."""
        rolled = [hashed for length, hashed in _rolled(_codes(part), _LONGEST_WORD) if length > 1]
        here, at = self._known.find(np.concatenate(rolled))
        starts = np.concatenate([np.arange(len(hashed)) for hashed in rolled])
        return starts[here], at

    def _strength(self, found: Places) -> Floats:
        words, counts = np.unique(found, return_counts=True)
        squared = (1 + np.log(counts)).astype(np.float32) @ self._strengths[words]
        return np.asarray(np.sqrt(squared), np.float32)


def _codes(text: str) -> Keys:
    plain = " ".join(_DIGIT.sub("0", text).lower().split())
    return np.frombuffer(f" {plain} ".encode("utf-32-le", "surrogatepass"), np.uint32)


def _rolled(codes: Keys, longest: int) -> Iterator[tuple[int, Keys]]:
    """For each length the hashes of all groups of so many letters, by where they start."""
    hashed = codes
    for length in range(1, longest + 1):
        if length > 1:
            hashed = hashed[:-1] * _MIX + codes[length - 1 :]
        yield length, hashed ^ np.uint32(length << 24)
