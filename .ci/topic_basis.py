"""Texts of releases and notices as vectors, for train_topics.py to learn weights over."""
# ruff: noqa: INP001

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from service.judging.features import Known, Lexicon, groups, key, spread

KEPT_GROUPS = 32_000  # of all columns together: more add nothing that can be measured
LEAST_DOCUMENTS = {"about": 5, "support": 2}
RARITY = {"about": 1.0, "support": 0.5}  # notices are few and short: what is rare says less
WORDS = {"about": 0.035, "support": 0.05}  # how much the words count beside the letter groups
NAMED = {"about": 0.45, "support": 0.0}  # how much each word of title and lead counts by itself
READ = 1000

Matrix = NDArray[np.float64]
Texts = Sequence[tuple[str, str]]
Mask = Callable[[str], str]


class Basis:
    """Texts as vectors, and how weights over the vectors become what is stored."""

    def __init__(
        self, name: str, texts: Texts, without_agencies: Mask, words: Mapping[str, Sequence[str]]
    ) -> None:
        self.name, self.columns = name, list(words)
        counted = [groups(*text) for text in texts]
        keys, documents = np.unique(np.concatenate([k for k, _ in counted]), return_counts=True)
        often = documents >= LEAST_DOCUMENTS[name]
        self.keys = keys[often]
        rarity = np.log((1 + len(texts)) / (1 + documents[often])) + 1
        self.rarity = (rarity ** RARITY[name]).astype(np.float32)
        self.groups = np.zeros((len(texts), len(self.keys)), np.float32)
        known_groups = Known(self.keys)
        for row, (found, counts) in enumerate(counted):
            here, at = known_groups.find(found)
            weighed = counts[here] * self.rarity[at]
            self.groups[row, at] = weighed / max(float(np.linalg.norm(weighed)), 1e-6)
        self.word_keys, self.word_rarity = _word_rarity(words, texts)
        known = dict(zip(self.word_keys.tolist(), self.word_rarity.tolist(), strict=True))
        lexicon = Lexicon(words, known)
        masked = [(without_agencies(t), without_agencies(body[:READ])) for t, body in texts]
        looked = [lexicon.look(spread(*text)) for text in masked]
        measured = np.array([lexicon.measure(each) for each in looked], np.float64)
        self.mean, self.spread = measured.mean(0), measured.std(0) + 1e-6
        self.words = (measured - self.mean) / self.spread * WORDS[name]
        usable = np.isin(self.word_keys, lexicon.keys)
        self.word_keys, self.word_rarity = self.word_keys[usable], self.word_rarity[usable]
        self.named = np.zeros((len(texts), len(lexicon.keys)), np.float32)
        for row, each in enumerate(looked):
            self.named[row, each.words] = each.named * NAMED[name]

    def gram(self) -> Matrix:
        """How alike the texts are, two by two."""
        by_groups = (self.groups @ self.groups.T).astype(np.float64)
        by_named = (self.named @ self.named.T).astype(np.float64)
        return np.asarray(by_groups + by_named + self.words @ self.words.T)

    def stored(self, dual: Matrix, bias: Matrix) -> dict[str, NDArray[np.generic]]:
        """The weights of a dual solution, in the form that is stored."""
        weights = self.groups.T @ dual.astype(np.float32)
        strength = np.linalg.norm(weights, axis=1) * np.linalg.norm(self.groups, axis=0)
        kept = np.sort(np.argsort(-strength, kind="stable")[:KEPT_GROUPS])
        weights = weights[kept]
        scale = np.abs(weights).max(0) / 127
        words = (self.words.T @ dual) * (WORDS[self.name] / self.spread)[:, None]
        named = self.named.T @ dual.astype(np.float32) * NAMED[self.name]
        named_scale = np.maximum(np.abs(named).max(0), 1e-6) / 127
        arrays = {
            "columns": np.array(self.columns),
            "keys": self.keys[kept],
            "rarity": self.rarity[kept].astype(np.float16),
            "weights": np.round(weights / scale).astype(np.int8),
            "scale": scale.astype(np.float32),
            "words": words.astype(np.float32),
            "bias": (bias - self.mean @ words).astype(np.float32),
            "named": np.round(named / named_scale).astype(np.int8),
            "named_scale": named_scale.astype(np.float32),
            "word_keys": self.word_keys,
            "word_rarity": self.word_rarity.astype(np.float16),
        }
        return {f"{self.name}_{what}": array for what, array in arrays.items()}


def _word_rarity(
    words: Mapping[str, Sequence[str]], texts: Texts
) -> tuple[NDArray[np.uint32], NDArray[np.float64]]:
    joined = [f"{title} {text[:800]}".lower() for title, text in texts]
    rarity = {
        int(key(word)): np.log((1 + len(joined)) / (1 + sum(word.lower() in t for t in joined)))
        for listed in words.values()
        for word in listed
    }
    ordered = sorted(rarity)
    return np.array(ordered, np.uint32), np.array([rarity[each] for each in ordered])
