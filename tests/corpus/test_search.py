"""What the search index finds of real releases; skipped where those are not at hand."""

import gzip
import json
import re
from itertools import islice
from pathlib import Path

import pytest

from service.judging import lexemes, searching
from service.judging.alone import Alone
from service.judging.conditions import as_typed
from service.judging.lexemes import Lexicon
from service.judging.logic import Rule
from service.judging.morphemes import Morphology
from service.judging.rules import parse

STREAM = Path(__file__).parents[2].parent / "shared/data/stream/2026-03.jsonl.gz"
pytestmark = pytest.mark.skipif(not STREAM.is_file(), reason="no recorded month at hand")

_RELEASES = 30
_RULES = (
    "지원", "수출", "기업", "안전", "정책", "산업", "교육", "조사", "인도", "관세", "조선", "환경",
    "ai", "수출지원", "업무협약", '"업무 협약"', '"현장 점검"', "중소기업 지원", "정책 -지원",
    "수출 | 통상 | 관세", "제목:지원", "제목:안전", "기업 ~5 지원", "안전 -(점검 | 교육)",
)  # fmt: skip
_TOKEN = re.compile(r"'((?:[^']|'')*)'|([!&|()])")


def test_the_index_finds_what_the_matcher_does_and_hardly_more() -> None:
    morphology, lexicon = Morphology(()), Lexicon()
    rules = [(parse(each), Alone(parse(each))) for each in _RULES]
    both = found = held = 0
    for title, text in _releases():
        runs = lexicon.unknown((title, text))
        asked = list(lexemes.stretches(runs))
        lexicon.learn(runs, dict(zip(asked, morphology.analyse(asked), strict=True)))
        words = frozenset(lexicon.lexemes(title, text))
        for rule, alone in rules:
            finds, holds = _finds(rule, words), _holds(alone, morphology, title, text)
            both, found, held = both + (finds and holds), found + finds, held + holds
    assert held > 70
    assert both >= 0.99 * held
    assert both >= 0.90 * found


def _releases() -> list[tuple[str, str]]:
    with gzip.open(STREAM, "rt", encoding="utf-8") as lines:
        some = [json.loads(line) for line in islice(lines, 0, 10 * _RELEASES, 10)]
    return [(each["title"], (each["text"] or "")[:1_500]) for each in some]


def _holds(alone: Alone, morphology: Morphology, title: str, text: str) -> bool:
    trial = alone.trial(title, text)
    windows = list(trial.windows)
    return trial.decide(dict(zip(windows, morphology.analyse(windows), strict=True))) is not None


def _finds(rule: Rule, words: frozenset[str]) -> bool:
    """What PostgreSQL says of the query: every sign of its notation is one of Python's."""
    signs = {"!": " not ", "&": " and ", "|": " or ", "(": "(", ")": ")"}
    said = "".join(
        signs[sign] if sign else str(word.replace("''", "'").replace("\\\\", "\\") in words)
        for word, sign in _TOKEN.findall(searching.query(rule, as_typed))
    )
    return bool(eval(said, {"__builtins__": {}}))  # of True, False and signs
