"""Topics and kinds on labelled releases that nothing was learnt from; skipped where not at hand."""

import json
from pathlib import Path

import pytest

from service.judging.topics import Topics
from service.reading import calls, kind
from service.reading.publishers import Registry

LABELS = Path(__file__).parents[2].parent / "shared/data/topics/releases.jsonl"
pytestmark = pytest.mark.skipif(not LABELS.is_file(), reason="no labelled releases at hand")


def test_topics_and_kinds_agree_with_readers() -> None:
    rows = [json.loads(line) for line in LABELS.read_text(encoding="utf-8").splitlines()]
    registry, topics = Registry.load(), Topics.load()
    judged = []
    for row in rows:
        body = registry.find(row["ministry"])
        judged.append(topics.judge(row["title"], row["text"], body.id if body else None))
    gold = [row["gold"] for row in rows]

    wanted = [set(each["topics"]) for each in gold]
    got = [{topic.code for topic in each.topics} for each in judged]
    primary = [each.primary == right["primary"] for each, right in zip(judged, gold, strict=True)]
    kinds = [
        kind.of(
            row["title"],
            row["text"],
            calls.find(row["title"], row["text"], None).is_call,
            scores=each.kinds,
        )
        == row["gold"]["kind"]
        for row, each in zip(rows, judged, strict=True)
    ]

    micro, macro = _f1(wanted, got)
    assert micro > 0.80
    assert macro > 0.78
    assert sum(primary) / len(rows) > 0.74
    assert sum(kinds) / len(rows) > 0.93


def _f1(wanted: list[set[str]], got: list[set[str]]) -> tuple[float, float]:
    each = []
    for code in sorted(set().union(*wanted)):
        hit = sum(code in w and code in g for w, g in zip(wanted, got, strict=True))
        said = sum(code in w for w in wanted) + sum(code in g for g in got)
        each.append((2 * hit, said))
    micro = sum(hit for hit, _ in each) / (sum(map(len, wanted)) + sum(map(len, got)))
    return micro, sum(hit / said for hit, said in each) / len(each)
