"""Text → numbers that topics are judged by: groups of letters, and words that stand for a topic."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint32]
"""Hashes of groups of letters: no text can be read back from them."""
Floats = NDArray[np.float32]
Places = NDArray[np.intp]

_GROUP = (2, 3, 4)
_LONGEST_WORD = 10
_TITLE = 300
_TITLE_WEIGHT = 3
_LEAD = 200
_BODY = 800
_BLANK = ord(" ")
_MIX = np.uint32(0x9E3779B1)
_UNKNOWN = 4.0
_DIGIT = re.compile(r"\d")
_MOST = _TITLE_WEIGHT * _TITLE + _BODY  # times that something is counted
_TIMES = np.arange(1, _MOST)
_DAMPED: Floats = np.append(0, 1 + np.log(_TIMES)).astype(np.float32)
_EACH: Floats = np.append(0, (1 + np.log(_TIMES)) / _TIMES).astype(np.float32)


def groups(title: str, text: str) -> tuple[Keys, Floats]:
    """Groups of two to four letters inside words with their borders, and how often: log-scaled.

    Of the text its first 800 characters, of the title 300; the title counts three times. Keys
    ascend.
    """
    keys, counts = np.unique(grouped(composed(title, text)).hashes, return_counts=True)
    return keys, damped(counts)


def composed(title: str, text: str) -> str:
    """What of an announcement its groups are counted in."""
    return spaced(f"{title[:_TITLE]} . " * _TITLE_WEIGHT + text[:_BODY])


class Groups(NamedTuple):
    """``hashes`` of letter groups, and where in ``told`` they start: 0 is the blank before it."""

    told: str
    hashes: Keys
    starts: Places


def grouped(told: str) -> Groups:
    """Every group of a text as composed."""
    codes = _codes(told)
    blank = codes == _BLANK
    parted = np.zeros(len(codes), np.bool_)
    kept, starts = [], []
    for length, hashed in _rolled(codes, _GROUP[-1]):
        if length > _GROUP[0]:
            # A blank may be the first or the last letter of a group, so that borders count.
            parted = parted[: len(hashed)] | blank[length - 2 : -1]
        if length in _GROUP:
            at = np.flatnonzero(~parted[: len(hashed)])
            kept.append(hashed[at])
            starts.append(at)
    return Groups(told, np.concatenate(kept), np.concatenate(starts))


def spaced(text: str) -> str:
    """With one blank between words; each letter is one letter in small, too."""
    return " ".join(text.replace("İ", "I").split())


def damped(counts: NDArray[np.integer]) -> Floats:
    """Said twice is not twice as much."""
    return _DAMPED.take(counts, mode="clip")


def each(counts: NDArray[np.integer]) -> Floats:
    """The part of that of each time."""
    return _EACH.take(counts, mode="clip")


def key(word: str) -> np.uint32:
    """The hash of one word, as it is met inside a text."""
    codes = _codes(word)[1:-1]
    *_, (_, hashed) = _rolled(codes, len(codes))
    return np.uint32(hashed[0])


class Known:
    """Keys to look others up in: those that share a bucket stand next to each other, ascending."""

    def __init__(self, keys: Keys) -> None:
        # Four buckets for a key, in numbers no larger than need be: small tables stay in the cache.
        bits = (4 * len(keys)).bit_length()
        self._shift = np.uint32(32 - bits)  # of a key, so that the rest is its bucket
        mixed = keys * _MIX
        self._rows = np.argsort(mixed)
        counts = np.bincount(mixed >> self._shift, minlength=1 << bits)
        self._used = counts > 0
        self._deepest = int(counts.max())
        small = np.min_scalar_type(len(keys) + self._deepest)
        self._first = (np.cumsum(counts) - counts).astype(small)
        self._mixed = np.append(mixed[self._rows], np.zeros(self._deepest, np.uint32))

    def find(self, sought: Keys) -> tuple[Places, Places]:
        """Which of the sought are known, and where each of those stands among the known."""
        mixed = sought * _MIX
        maybe = np.flatnonzero(self._used.take(mixed >> self._shift))
        mixed = mixed.take(maybe)
        at = self._first.take(mixed >> self._shift)
        for _ in range(1, self._deepest):
            at += self._mixed.take(at) < mixed
        right = self._mixed.take(at) == mixed
        return maybe[right], self._rows.take(at[right])


class Spread(NamedTuple):
    """A title and a text that words are looked for in, a line each, and all that may be one.

    ``hashes`` has a row for each length of a word and a column for each place where one may start,
    as in `Groups`. ``body`` is the text's place 0.
    """

    told: str
    hashes: Keys
    body: int


def spread(title: str, text: str) -> Spread:
    """What any lexicon looks at: of the text its first 800 characters, of the title 300."""
    heading = spaced(title[:_TITLE])
    told = f"{heading} \n {spaced(text[:_BODY])}"
    codes, body = _codes(told), len(heading) + 3
    hashes = np.zeros((_LONGEST_WORD + 1, len(codes)), np.uint32)
    for length, hashed in _rolled(codes, _LONGEST_WORD):
        hashes[length, : len(hashed)] = hashed
        hashes[length, max(0, body - length) : body] = 0  # no word goes on in the next line
    return Spread(told, hashes[2:], body)


class Looked(NamedTuple):
    """The words of a lexicon that stand in a title and a text.

    They begin at ``starts`` of ``told``, each being ``words[which]``. ``within`` has a row each
    for title, lead (the text's first 200 characters) and text: which of them stand there;
    ``counts``: how often each of ``words`` does; ``strengths``: how strong each topic's are.
    ``named``: how much each of ``words`` counts, by title and lead; all have the length 1.
    """

    told: str
    starts: Places
    which: Places
    words: Places
    within: NDArray[np.bool_]
    counts: NDArray[np.intp]
    strengths: Floats
    named: Floats


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
        self.topics = len(words)
        self.keys = np.array(sorted(owned), np.uint32)
        self._known = Known(self.keys)
        self._rarity = np.array([rarity.get(each, _UNKNOWN) for each in sorted(owned)], np.float32)
        self._strengths = np.zeros((len(owned), self.topics), np.float32)
        for row, hashed in enumerate(sorted(owned)):
            weight = rarity.get(hashed, _UNKNOWN) ** 2 / len(owned[hashed])
            self._strengths[row, owned[hashed]] = weight

    def look(self, given: Spread) -> Looked:
        """Find the words."""
        here, at = self._known.find(given.hashes.ravel())
        words = np.flatnonzero(np.bincount(at))
        which = np.searchsorted(words, at)
        starts = here % given.hashes.shape[1]
        behind = starts - given.body
        within = np.array([behind < 0, (behind >= 0) & (behind < _LEAD), behind >= 0])
        counts = np.array([np.bincount(which[part], minlength=len(words)) for part in within])
        strengths = np.sqrt(damped(counts) @ self._strengths.take(words, axis=0))
        worth = damped(counts[0] + counts[1]) * self._rarity.take(words)
        named = worth / max(float(np.linalg.norm(worth)), 1e-6)
        return Looked(given.told, starts, which, words, within, counts, strengths, named)

    def measure(self, looked: Looked) -> Floats:
        """For title, lead and text: how strong each topic's words are, and their share of all."""
        strengths = looked.strengths
        shares = strengths / (strengths.sum(1, keepdims=True) + 1)
        return np.concatenate([strengths, shares]).ravel()

    def adds(self, looked: Looked, weights: Floats, named: Floats, topics: Sequence[int]) -> Floats:
        """What each word adds, where it stands, to each of some topics.

        ``weights`` are those of `measure`, ``named`` of `Looked.named`, by topic across.
        """
        strong = looked.strengths[:, topics]
        own = weights.reshape(2, 3, self.topics, -1)[:, :, topics, topics]
        worth = own[0] + own[1] / (looked.strengths.sum(1, keepdims=True) + 1)
        worth *= strong / np.maximum(strong**2, 1e-6)
        once = each(looked.counts).take(looked.which, axis=1) * looked.within
        opening = looked.named / np.maximum(looked.counts[0] + looked.counts[1], 1)
        by_name = opening.take(looked.which) * (looked.within[0] | looked.within[1])
        at = looked.words.take(looked.which)[:, None]
        adds = (once.T @ worth) * self._strengths[at, topics] + by_name[:, None] * named[at, topics]
        return np.asarray(adds, np.float32)


def _codes(text: str) -> Keys:
    """Of a text of single blanks."""
    plain = _DIGIT.sub("0", text).lower()
    return np.frombuffer(f" {plain} ".encode("utf-32-le", "surrogatepass"), np.uint32)


def _rolled(codes: Keys, longest: int) -> Iterator[tuple[int, Keys]]:
    """For each length the hashes of all groups of so many letters, by where they start."""
    hashed = codes
    for length in range(1, longest + 1):
        if length > 1:
            hashed = hashed[:-1] * _MIX + codes[length - 1 :]
        yield length, hashed ^ np.uint32(length << 24)
