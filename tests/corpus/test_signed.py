"""Who signed real releases; skipped where they are not at hand."""

import gzip
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from service.reading.anatomy import dissect
from service.reading.publishers import Registry
from service.reading.signed import Signed, signed, told_of

SHARED = Path(__file__).parents[2].parent / "shared"
pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="no real releases at hand")
REGISTRY = Registry.load()


def test_every_ministry_of_a_month_is_known() -> None:
    with gzip.open(SHARED / "data/stream/2026-03.jsonl.gz", "rt", encoding="utf-8") as lines:
        printed = {json.loads(line)["ministry"] for line in lines}

    assert [name for name in printed if REGISTRY.find_all(name)[1]] == []


def test_the_ministries_of_the_seeds_are_named_as_they_were_called() -> None:
    for seed in _seeds():
        assert set(_signed(seed).named) == set(seed["ministries"]), seed["file"]


def _seeds() -> Iterator[dict[str, Any]]:
    for line in (SHARED / "seeds/gold.jsonl").read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def _signed(seed: dict[str, Any]) -> Signed:
    text = (SHARED / "seeds" / seed["file"]).read_text(encoding="utf-8")
    anatomy = dissect(text, None)
    day = date.fromisoformat(seed["published_at"][:10]) if seed["published_at"] else None
    if seed["kind"] == "news_article":
        return told_of(seed["title"], anatomy.body, day, REGISTRY)
    return signed(anatomy, None, text, day, REGISTRY)
