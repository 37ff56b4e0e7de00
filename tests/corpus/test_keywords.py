"""The word-boundary decision on labelled occurrences; skipped where those are not at hand."""

import json
from pathlib import Path

import pytest

from service.judging.matcher import Matcher
from service.judging.morphemes import Morphology
from service.judging.rules import parse
from service.reading.publishers import Registry

LABELS = Path(__file__).parents[2].parent / "shared/data/keywords/occurrences.jsonl"
pytestmark = pytest.mark.skipif(not LABELS.is_file(), reason="no labelled keywords at hand")


def test_words_are_told_from_mere_letters_far_better_than_by_search() -> None:
    rows = [json.loads(line) for line in LABELS.read_text(encoding="utf-8").splitlines()]
    morphology = Morphology(Registry.load().names())
    genuine = [bool(row["genuine"]) for row in rows]

    judged = [_is_hit(morphology, row["keyword"], row["context"]) for row in rows]

    assert _f1(genuine, [True] * len(rows)) < 0.90
    assert _f1(genuine, judged) > 0.98
    missed = sum(g and not h for g, h in zip(genuine, judged, strict=True))
    assert missed <= 0.02 * sum(genuine)


def _is_hit(morphology: Morphology, keyword: str, context: str) -> bool:
    marked = context.replace(" ⏎ ", "\n")
    start, end = marked.index("【"), marked.index("】") - 1
    text = marked.replace("【", "", 1).replace("】", "", 1)
    matcher = Matcher({1: parse(keyword)})
    trial = matcher.trial("", text)
    windows = list(trial.windows)
    morphs = dict(zip(windows, morphology.analyse(windows), strict=True))
    hits = [span for match in trial.decide(morphs) for span in match.hits]
    return any(a < end and start < b for a, b in hits)


def _f1(gold: list[bool], got: list[bool]) -> float:
    right = sum(g and h for g, h in zip(gold, got, strict=True))
    return 2 * right / (sum(gold) + sum(got))
