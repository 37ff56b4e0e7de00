"""What an announcement is about: topics, fields of support, and how likely each kind is.

Linear in what `features` counts. The weights come with the package (docs/adr/0008-topics.md);
`make train` makes them again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from service.judging.features import (
    Floats,
    Groups,
    Known,
    Lexicon,
    Looked,
    Places,
    Spread,
    composed,
    each,
    grouped,
    spread,
)
from service.judging.grounds import strongest
from service.judging.taxonomy import taxonomies
from service.reading.publishers import Registry

KINDS = ("release", "reference", "rebuttal", "personnel", "schedule", "notice")
_MOST_TOPICS = 4
_SHORTEST_NAME = 3  # of an agency: 관세청; shorter ones are words too
_MASKED = 1000
_DIGITS = 3

_Taxonomy = Mapping[str, Sequence[str]]
"""Words by code of a topic, or by name of a field, in the order of the weights' columns."""
_Arrays = Mapping[str, NDArray[np.generic]]


class UnlearntError(Exception):
    """What is declared is not what the weights were learnt for. ``str`` of it says what to do."""


class Topic(NamedTuple):
    """One topic of an announcement.

    ``score``: how likely a reader would give it, 0 to 1. ``words``: up to five words of the title
    and the text, as printed there, that made it so, the strongest first; none where only the
    publisher speaks for it.
    """

    code: str
    score: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Topical:
    """``topics``: at most four, the likeliest first; never empty.

    ``primary``: the code of the one it is mainly about, which is among them. ``kinds``: a
    likelihood for each kind that words can tell, together 1.
    """

    topics: tuple[Topic, ...]
    primary: str
    kinds: Mapping[str, float]


class Topics:
    """Judges what texts are about. Knows nothing of other texts; safe to share."""

    def __init__(
        self, topics: _Taxonomy, fields: _Taxonomy, arrays: _Arrays, agencies: frozenset[str]
    ) -> None:
        """``arrays`` as `make train` wrote them; ``agencies``: names that are no words.

        Raises UnlearntError.
        """
        self._codes = tuple(topics)
        self._fields = tuple(fields)
        self._about = Scorer("about", topics, arrays)
        self._support = Scorer("support", fields, arrays)
        self._limits: dict[str, float] = {
            name: float(arrays[name]) for name in ("topic_limit", "topic_slope", "field_limit")
        }
        publishers = arrays["publishers"].tolist()
        weights = arrays["publisher_weights"].astype(np.float32)
        self._by_publisher = dict(zip(publishers, weights, strict=True))
        self._without_agencies = masker(agencies)

    @classmethod
    def load(cls) -> Topics:
        """Read the words and the weights that come with the package. Raises UnlearntError."""
        with files(__package__).joinpath("topics.npz").open("rb") as stored:
            arrays = dict(np.load(stored, allow_pickle=False))
        return cls(*taxonomies(), arrays, Registry.load().names())

    def judge(self, title: str, text: str, publisher: str | None) -> Topical:
        """Judge one announcement. ``publisher``: the registry's id of the body that answers for it.

        Of the text the first 800 characters count.
        """
        read = self._about.read(*self._spread(title, text))
        scores = self._about.score(read)
        if publisher in self._by_publisher:
            scores = scores + self._by_publisher[publisher]
        count = len(self._codes)
        general, chief, kinds = scores[:count], scores[count : 2 * count], scores[2 * count :]
        primary = int(np.argmax(general + chief))
        chosen = self._chosen(general, primary)
        words = self._about.grounds(read, [at for at, _ in chosen])
        return Topical(
            topics=tuple(
                Topic(self._codes[at], score, told)
                for (at, score), told in zip(chosen, words, strict=True)
            ),
            primary=self._codes[primary],
            kinds=_shares(kinds),
        )

    def fields(self, title: str, text: str) -> tuple[str, ...]:
        """Names of the fields of support that a support notice is for; never empty."""
        scores = self._support.score(self._support.read(*self._spread(title, text)))
        limit = min(self._limits["field_limit"], float(scores.max()))
        return tuple(self._fields[each] for each in np.argsort(-scores) if scores[each] >= limit)

    def _spread(self, title: str, text: str) -> tuple[Groups, Spread]:
        without = self._without_agencies
        return grouped(composed(title, text)), spread(
            without(title[:_MASKED]), without(text[:_MASKED])
        )

    def _chosen(self, scores: Floats, primary: int) -> list[tuple[int, float]]:
        above = scores - self._limits["topic_limit"]
        best = [each for each in np.argsort(-above)[:_MOST_TOPICS].tolist() if above[each] >= 0]
        if primary not in best:
            best = sorted([primary, *best[: _MOST_TOPICS - 1]], key=lambda each: -above[each])
        likely = 1 / (1 + np.exp(-self._limits["topic_slope"] * above[best]))
        rounded = np.round(likely.astype(float), _DIGITS).tolist()
        return list(zip(best, rounded, strict=True))


class Read(NamedTuple):
    """The letter groups of a text that are known, and its words.

    Groups begin at ``starts`` of ``told``; each counts by its ``worth`` for the columns, for which
    ``weights`` has a row.
    """

    told: str
    starts: Places
    worth: Floats
    weights: NDArray[np.int8]
    looked: Looked


class Scorer:
    """Weights over letter groups and over words, for some columns."""

    def __init__(self, name: str, words: _Taxonomy, arrays: _Arrays) -> None:
        """``name`` is what its arrays' names begin with."""

        def stored(what: str) -> NDArray[np.generic]:
            return arrays[f"{name}_{what}"]

        learnt_for = stored("columns").tolist()
        if learnt_for != list(words):
            apart = ", ".join(sorted({*words} ^ {*learnt_for})) or "their order"
            raise UnlearntError(
                f"service/judging/topics.toml ≠ topics.npz: {apart}. 글에 분야를 적고 `make train`"
                f" / they differ: label releases, then `make train` (CONTRIBUTING.md)"
            )
        self._known = Known(stored("keys").astype(np.uint32))
        self._rarity: Floats = stored("rarity").astype(np.float32)
        self._weights: NDArray[np.int8] = stored("weights").astype(np.int8)
        self._scale: Floats = stored("scale").astype(np.float32)
        self._words: Floats = stored("words").astype(np.float32)
        self._bias: Floats = stored("bias").astype(np.float32)
        known = stored("word_keys").astype(np.uint32)
        rarity = zip(known.tolist(), stored("word_rarity").tolist(), strict=True)
        self._lexicon = Lexicon(words, dict(rarity))
        # Words that nothing was learnt of count for their topic only.
        here, at = Known(known).find(self._lexicon.keys)
        self._named = np.zeros((len(self._lexicon.keys), len(self._bias)), np.float32)
        learnt, scale = stored("named").astype(np.float32), stored("named_scale").astype(np.float32)
        self._named[here] = learnt[at] * scale

    def read(self, groups: Groups, words: Spread) -> Read:
        """What it knows of a text."""
        here, at = self._known.find(groups.hashes)
        counts = np.bincount(at, minlength=1).take(at)
        worth = each(counts) * self._rarity.take(at)
        worth /= max(float(np.sqrt(worth * worth @ counts)), 1e-6)
        rows = self._weights.take(at, axis=0)
        return Read(groups.told, groups.starts[here], worth, rows, self._lexicon.look(words))

    def score(self, read: Read) -> Floats:
        """Scores by column: the letter groups that are known, and the words found."""
        by_groups = (read.worth @ read.weights) * self._scale
        named = read.looked.named @ self._named.take(read.looked.words, axis=0)
        by_words = self._lexicon.measure(read.looked) @ self._words + named
        return np.asarray(by_groups + by_words + self._bias)

    def grounds(self, read: Read, columns: list[int]) -> list[tuple[str, ...]]:
        """For each of some columns the words that its score rests on."""
        looked = read.looked
        learnt = read.weights[:, columns] * self._scale[columns]
        by_words = self._lexicon.adds(looked, self._words, self._named, columns)
        places = np.concatenate([looked.starts, read.starts + len(looked.told) + 1])
        adds = np.concatenate([by_words, read.worth[:, None] * learnt])
        return strongest(f"{looked.told}\n{read.told}", places, adds)


def masker(agencies: frozenset[str]) -> Callable[[str], str]:
    """What takes the names of agencies out of a text: 관세 in 관세청 is no customs duty."""
    long = sorted((name for name in agencies if len(name) >= _SHORTEST_NAME), key=len, reverse=True)
    rests: dict[str, list[str]] = {}
    for name in long:
        rests.setdefault(name[0], []).append(re.escape(name[1:]))
    # By the letters that they begin with, so that one look ahead dismisses most places of a text.
    ahead = (f"[{re.escape(''.join(letters))}]" for letters in zip(*long, strict=False))
    names = (f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in rests.items())
    pattern = re.compile(f"(?={''.join(ahead)})(?:{'|'.join(names) or '(?!)'})")
    return lambda text: pattern.sub(" ", text)


def _shares(scores: Floats) -> dict[str, float]:
    clipped = np.maximum(scores, 0.001)
    shares = np.round((clipped / clipped.sum()).astype(float), _DIGITS).tolist()
    return dict(zip(KINDS, shares, strict=True))
