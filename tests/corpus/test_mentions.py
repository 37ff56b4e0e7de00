"""One timeline over three seed documents; skipped where those are not at hand."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from service.model import Mention
from service.reading.mentions import find
from service.reading.publishers import Registry
from service.reading.series import mention

SEEDS = Path(__file__).parents[2].parent / "shared/seeds"
pytestmark = pytest.mark.skipif(not SEEDS.is_dir(), reason="no seed documents at hand")
REGISTRY = Registry.load()


def test_a_council_of_three_documents_is_one_series_with_its_parties() -> None:
    council = {
        number: [each for each in _mentions(seed) if each.series == "정책협의회"]
        for number, seed in _seeds()
    }

    assert [(each.round, each.year, each.parties) for each in council["001"]] == [
        (1, 2019, ("motir", "mss"))
    ]
    assert [each.parties for each in council["002"]] == [("motir", "mss")]
    assert [(each.round, each.parties) for each in council["003"]] == [(2, ("mofa", "mss"))]
    assert council["000"] == council["004"] == []


def test_what_is_found_is_what_a_correct_reading_names() -> None:
    named, right, found = 0, 0, 0
    for _, seed in _seeds():
        gold = {_series(name) for name in seed["programmes"]}
        got = {each.series for each in _mentions(seed)}
        named += len(gold)
        found += len(got)
        right += len(gold & got)

    assert right / found >= 0.85
    assert right / named >= 0.33  # the others stand unquoted, without a round


def _seeds() -> list[tuple[str, dict[str, Any]]]:
    lines = (SEEDS / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    return [(seed["file"][:3], seed) for seed in map(json.loads, lines)]


def _mentions(seed: dict[str, Any]) -> tuple[Mention, ...]:
    text = (SEEDS / seed["file"]).read_text(encoding="utf-8")
    day = date.fromisoformat(seed["published_at"][:10]) if seed["published_at"] else None
    return find(seed["title"], text, day, REGISTRY)


def _series(name: str) -> str:
    made = mention(name, None, REGISTRY)
    return made.series if made else name
