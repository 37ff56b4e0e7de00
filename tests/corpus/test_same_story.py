"""Real pairs of releases, labelled; skipped where those are not at hand."""

import csv
import gzip
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from service.judging.coverage import coverage, excerpts
from service.judging.letters import compared, shingles
from service.judging.signature import signature
from service.judging.story import Copy, same
from service.store.stories import SHARE

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
    assert false_merges == 0


def test_equal_numbers_find_nearly_all_that_are_alike(pairs: list[Pair]) -> None:
    alike = [(a, b) for label, a, b in pairs if label or _jaccard(a, b) >= 0.5]
    shared = [set(signature(a.title, a.text)) & set(signature(b.title, b.text)) for a, b in alike]

    assert sum(len(each) >= SHARE for each in shared) >= 0.99 * len(alike)


def test_news_finds_the_release_it_was_made_from(pairs: list[Pair]) -> None:
    made = [(_news(a), a) for _, a, _ in pairs[::8] if len(a.text) >= 500]
    found = [
        set(excerpts(one.title, one.text)) & set(excerpts(other.title, other.text))
        for one, other in made
    ]

    assert sum(len(each) >= SHARE for each in found) >= 0.99 * len(made)
    assert sum(coverage(*each).made for each in made) >= 0.95 * len(made)


def test_news_is_not_taken_for_that_of_a_neighbour(pairs: list[Pair]) -> None:
    """Of a series or under a template; of one day, or on the same day of another year."""
    neighbours = [(_news(a), b) for label, a, b in pairs if not label and len(a.text) >= 500]

    assert sum(coverage(*each).made for each in neighbours) <= 0.02 * len(neighbours)


def _news(release: Copy) -> Copy:
    """Its first two thirds as a paper would print them: every tenth word another, no brackets."""
    words = re.sub(r"\([^()]{0,40}\)", "", release.text).replace("하였다", "했다").split()
    told = ["다만" if i % 10 == 9 else word for i, word in enumerate(words[: len(words) * 2 // 3])]
    return release._replace(url=None, text=" ".join(told), publisher="한소식")


def _jaccard(a: Copy, b: Copy) -> float:
    one, other = shingles(compared(a.text)), shingles(compared(b.text))
    return len(one & other) / max(1, len(one | other))


def _copy(doc: dict[str, Any]) -> Copy:
    day = date.fromisoformat(doc["approve_date"][:10])
    return Copy(doc["url"], doc["title"], doc["text"], doc["ministry"], day)
