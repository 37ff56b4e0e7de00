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
_SIEVE = np.uint32(0x3FFFF)
_DIGIT = re.compile(r"\d")


def groups(title: str, text: str) -> tuple[Keys, Floats]:
    """Groups of two to four letters inside words with their borders, and how often: log-scaled.

    Of the text its first 800 characters, of the title 300; the title counts three times. Keys
    ascend.
    """
    found, _ = grouped(composed(title, text))
    keys, counts = np.unique(found, return_counts=True)
    return keys, damped(counts)


def composed(title: str, text: str) -> str:
    """What of an announcement its groups are counted in."""
    return spaced(f"{title[:_TITLE]} . " * _TITLE_WEIGHT + text[:_BODY])


def grouped(composed: str) -> tuple[Keys, Places]:
    """Every group of a text, and where it begins: 0 is the blank before the text's first letter.

    Keys ascend: so they are looked up twice as fast.
    """
    codes = _codes(composed)
    inner = np.concatenate(([0], np.cumsum(codes == _BLANK)))
    kept, places = [], []
    for length, hashed in _rolled(codes, _GROUP[-1]):
        if length in _GROUP:
            # A blank may be the first or the last letter of a group, so that borders count.
            blanks = inner[length - 1 : len(codes)] - inner[1 : len(hashed) + 1]
            at = np.flatnonzero(blanks == 0)
            kept.append(hashed[at])
            places.append(at)
    found = np.concatenate(kept)
    order = np.argsort(found, kind="stable")
    return found[order], np.concatenate(places)[order]


def spaced(text: str) -> str:
    """With one blank between words; each letter is one letter in small, too."""
    return " ".join(text.replace("İ", "I").split())


def damped(counts: NDArray[np.integer]) -> Floats:
    """Said twice is not twice as much."""
    return np.asarray(1 + np.log(counts), np.float32)


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


class Part(NamedTuple):
    """Title or text, with all that a word of a lexicon may be in it and where that starts."""

    text: str
    hashes: Keys
    starts: Places


def parts(title: str, text: str) -> tuple[Part, Part]:
    """What any lexicon looks at: of the text its first 800 characters, of the title 300."""
    return _part(title[:_TITLE]), _part(text[:_BODY])


def _part(text: str) -> Part:
    told = spaced(text)
    rolled = [hashed for length, hashed in _rolled(_codes(told), _LONGEST_WORD) if length > 1]
    starts = np.concatenate([np.arange(len(hashed)) for hashed in rolled])
    return Part(told, np.concatenate(rolled), starts)


class Looked(NamedTuple):
    """Where words of a lexicon begin in title and text, as `grouped` counts, and which they are."""

    title: str
    title_starts: Places
    in_title: Places
    text: str
    text_starts: Places
    in_text: Places

    @property
    def lead(self) -> NDArray[np.bool_]:
        """Which of the text's words begin in its first 200 characters."""
        return self.text_starts < _LEAD


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

    def look(self, title: Part, text: Part) -> Looked:
        """Find the words."""
        return Looked(title.text, *self._found(title), text.text, *self._found(text))

    def measure(self, looked: Looked) -> Floats:
        """For title, lead and body: how strong each topic's words are, and their share of all."""
        found = (looked.in_title, looked.in_text[looked.lead], looked.in_text)
        strengths = [self._strength(each) for each in found]
        shares = [strength / (strength.sum() + 1) for strength in strengths]
        return np.concatenate([*strengths, *shares])

    def named(self, looked: Looked) -> tuple[Places, Floats]:
        """The words of title and lead, one after the other: which of `keys`, how much each counts.

        A word counts by its rarity; all of them together have the length 1.
        """
        at = np.concatenate([looked.in_title, looked.in_text[looked.lead]])
        counts = np.bincount(at, minlength=1)[at]
        worth = damped(counts) * self._rarity[at]
        size = float(np.sqrt((worth * worth / counts).sum()))
        return at, np.asarray(worth / counts / max(size, 1e-6), np.float32)

    def trace(
        self, looked: Looked, weights: Floats, named: Floats, topics: Sequence[int]
    ) -> list[tuple[str, Places, Floats]]:
        """For title and text: the text, where words begin, what each adds to each of some topics.

        ``weights`` are those of `measure`, ``named`` of `named`, by topic across.
        """
        at, shares = self.named(looked)
        adds = shares[:, None] * named[at[:, None], topics]
        own = weights.reshape(2, 3, self.topics, -1)[:, :, topics, topics]
        lead, titled = looked.lead, len(looked.in_title)
        heading = self._added(looked.in_title, own[:, 0], topics) + adds[:titled]
        body = self._added(looked.in_text, own[:, 2], topics)
        body[lead] += self._added(looked.in_text[lead], own[:, 1], topics) + adds[titled:]
        return [
            (looked.title, looked.title_starts, heading),
            (looked.text, looked.text_starts, body),
        ]

    def _added(self, found: Places, own: Floats, topics: Sequence[int]) -> Floats:
        """What each word of one part adds to the strength and the share of its topics."""
        words, which, counts = np.unique(found, return_inverse=True, return_counts=True)
        strengths = self._strengths[words]
        strength = np.sqrt(damped(counts) @ strengths)
        worth = strength[topics] * (own[0] + own[1] / (strength.sum() + 1))
        squared = (damped(counts) / counts)[:, None] * strengths[:, topics]
        adds = squared * worth / np.maximum(strength[topics] ** 2, 1e-6)
        return np.asarray(adds[which], np.float32)

    def _found(self, part: Part) -> tuple[Places, Places]:
        """Where words start in a text, and which they are."""
        here, at = self._known.find(part.hashes)
        return part.starts[here], at

    def _strength(self, found: Places) -> Floats:
        words, counts = np.unique(found, return_counts=True)
        squared = damped(counts) @ self._strengths[words]
        return np.asarray(np.sqrt(squared), np.float32)


def _codes(text: str) -> Keys:
    plain = _DIGIT.sub("0", spaced(text)).lower()
    return np.frombuffer(f" {plain} ".encode("utf-32-le", "surrogatepass"), np.uint32)


def _rolled(codes: Keys, longest: int) -> Iterator[tuple[int, Keys]]:
    """For each length the hashes of all groups of so many letters, by where they start."""
    hashed = codes
    for length in range(1, longest + 1):
        if length > 1:
            hashed = hashed[:-1] * _MIX + codes[length - 1 :]
        yield length, hashed ^ np.uint32(length << 24)
