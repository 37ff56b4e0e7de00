"""Real pairs of releases, labelled; skipped where those are not at hand."""

import csv
import gzip
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from service.judging.letters import compared, shingles
from service.judging.signature import TWINS_SHARE, signature
from service.judging.story import Copy, same

LABELS = Path(__file__).parents[2].parent / "shared/data/same_story"
pytestmark = pytest.mark.skipif(not LABELS.is_dir(), reason="no labelled pairs at hand")

Pair = tuple[bool, Copy, Copy]


@pytest.fixture(scope="module")
def pairs() -> list[Pair]:
    """Whether they are the same, and both."""
    with gzip.open(LABELS / "docs.jsonl.gz", "rt", encoding="utf-8") as lines:
        docs = {doc["news_item_id"]: doc for doc in map(json.loads, lines)}
    with (LABELS / "pairs.tsv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [
        (
            row["label"] == "1",
            _copy(docs[row["news_item_id_a"]]),
            _copy(docs[row["news_item_id_b"]]),
        )
        for row in rows
        if row["label"] in "01" and {row["news_item_id_a"], row["news_item_id_b"]} <= docs.keys()
    ]


def test_copies_are_told_from_series(pairs: list[Pair]) -> None:
    judged = [(label, same(a, b).same) for label, a, b in pairs]
    right = sum(label and got for label, got in judged)
    false_merges = sum(got and not label for label, got in judged)

    assert 2 * right / sum(label + got for label, got in judged) > 0.99
    assert false_merges <= 0.002 * sum(not label for label, _ in judged)


def test_equal_numbers_find_nearly_all_that_are_alike(pairs: list[Pair]) -> None:
    alike = [(a, b) for label, a, b in pairs if label or _jaccard(a, b) >= 0.5]
    shared = [set(signature(a.title, a.text)) & set(signature(b.title, b.text)) for a, b in alike]

    assert sum(len(each) >= TWINS_SHARE for each in shared) >= 0.99 * len(alike)


def _jaccard(a: Copy, b: Copy) -> float:
    one, other = shingles(compared(a.text)), shingles(compared(b.text))
    return len(one & other) / max(1, len(one | other))


def _copy(doc: dict[str, Any]) -> Copy:
    day = date.fromisoformat(doc["approve_date"][:10])
    return Copy(doc["url"], doc["title"], doc["text"], doc["ministry"], day)
