"""Real releases, altered in one place; skipped where those are not at hand."""

import gzip
import json
import re
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from service.judging.changes import changes
from service.model import Change, Reading
from service.reading.publishers import Registry
from service.reading.record import given
from service.reading.release import read

MONTH = Path(__file__).parents[2].parent / "shared/data/stream/2026-03.jsonl.gz"
pytestmark = pytest.mark.skipif(not MONTH.is_file(), reason="no month of releases at hand")

_DAY = re.compile(r"(?<![\d.])(1[0-2]|[1-9])월 ?(1\d|2[0-7]|[1-9])일(?!\d|간)")
_COUNT = re.compile(r"(?<![\d,.])(\d{1,4})(명|개|건|곳|%)")
_QUOTES = str.maketrans("'\"「」·", "‘“｢｣ㆍ")


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.load()


@pytest.fixture(scope="module")
def records() -> list[dict[str, Any]]:
    with gzip.open(MONTH, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in islice(lines, 0, 1_200, 30)]


def _reading(record: dict[str, Any], text: str, registry: Registry) -> Reading:
    known = {"title": record["title"], "publisher": record["ministry"], "text": text}
    return read(given(known | {"published": record["approve_date"]}), (), registry)


def _compared(
    records: list[dict[str, Any]], registry: Registry, alter: Callable[[str], str]
) -> list[tuple[str, str, tuple[Change, ...]]]:
    """Text before, text after and what is told, of each release that can be altered."""
    found = []
    for record in records:
        before = record["text"]
        after = alter(before)
        if after != before:
            old, new = (_reading(record, text, registry) for text in (before, after))
            found.append((before, after, changes(old, new)))
    return found


def _one_day_later(text: str) -> str:
    return _DAY.sub(lambda day: f"{day[1]}월 {int(day[2]) + 1}일", text, count=1)


def _three_more(text: str) -> str:
    return _COUNT.sub(lambda count: f"{int(count[1]) + 3}{count[2]}", text, count=1)


@pytest.mark.parametrize(("alter", "printed"), [(_one_day_later, _DAY), (_three_more, _COUNT)])
def test_the_one_figure_that_was_altered_is_told_first(
    records: list[dict[str, Any]],
    registry: Registry,
    alter: Callable[[str], str],
    printed: re.Pattern[str],
) -> None:
    right = []
    for old, new, found in _compared(records, registry, alter):
        before, after = _numbers(printed, old), _numbers(printed, new)
        first = found[0] if found else None
        right.append(
            first is not None
            and first.weighty
            and all(each in first.before for each in before)
            and all(each in first.after for each in after)
        )

    assert len(right) >= 10
    assert sum(right) >= 0.9 * len(right)


@pytest.mark.parametrize(
    "alter",
    [
        lambda text: text.translate(_QUOTES),
        lambda text: text.replace("\n", "\r\n\r\n"),
        lambda text: text.replace("다. ", "다.  "),
        lambda text: re.sub(r"(?<=\d),(?=\d{3})", "", text),
    ],
)
def test_typography_is_no_change(
    records: list[dict[str, Any]], registry: Registry, alter: Callable[[str], str]
) -> None:
    found = [each for _, _, each in _compared(records, registry, alter)]

    assert sum(map(bool, found)) <= 0.03 * len(found)


def _numbers(printed: re.Pattern[str], text: str) -> list[str]:
    """The numbers of the first figure that can be altered."""
    figure = printed.search(text)
    return re.findall(r"\d+", figure[0]) if figure else []
