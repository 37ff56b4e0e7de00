"""Silence on a real month of releases, every ministry a source; skipped where not at hand."""

import gzip
import json
import random
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from operator import itemgetter
from pathlib import Path
from statistics import median

import pytest

from scrapers.errors import called
from service.model import SEOUL, Shape
from service.pulse.drift import drifted
from service.pulse.model import Vital
from service.pulse.rhythm import learn, quiet

MONTH = Path(__file__).parents[2].parent / "shared/data/stream/2026-03.jsonl.gz"
pytestmark = pytest.mark.skipif(not MONTH.is_file(), reason="no month of releases at hand")

LEARNT = datetime(2026, 3, 8, tzinfo=SEOUL)
_STEP = timedelta(minutes=10)


@pytest.fixture(scope="module")
def ministries() -> Mapping[str, Sequence[datetime]]:
    came: dict[str, list[datetime]] = defaultdict(list)
    with gzip.open(MONTH, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            moment = datetime.fromisoformat(row["approve_date"]).replace(tzinfo=SEOUL)
            came[row["ministry"]].append(moment)
    return {name: sorted(times) for name, times in came.items()}


def vital(came: Sequence[datetime]) -> Vital:
    return Vital("a", True, 600.0, 0, None, called(None), False, "", came[-1], tuple(came))


def test_no_ministry_is_called_quiet_before_its_next_release(
    ministries: Mapping[str, Sequence[datetime]],
) -> None:
    # A silence is longest just before it ends: no hour of the month is left out.
    false = [
        (name, newest)
        for name, times in ministries.items()
        for number, (newest, following) in enumerate(pairwise(times), 1)
        if newest >= LEARNT and quiet(vital(times[:number]), following)
    ]
    assert len(false) <= 1


def test_a_ministry_that_freezes_is_named_within_two_of_its_usual_intervals(
    ministries: Mapping[str, Sequence[datetime]],
) -> None:
    chance = random.Random(5)
    delays = []
    for times in ministries.values():
        for _ in range(4):
            frozen = LEARNT + chance.uniform(7, 23) * timedelta(days=1)
            came = times[: bisect_right(times, frozen)]
            rhythm = learn(came)
            if rhythm is not None:
                delays.append(rhythm.intervals(frozen, _named(came, frozen)))
    assert len(delays) > 180
    assert sum(each <= 2 for each in delays) / len(delays) > 0.97


def test_no_list_of_a_ministry_drifts_by_itself() -> None:
    """Lists of the last ten releases, one after each release, and the texts of those."""
    shapes: dict[str, list[Shape]] = defaultdict(list)
    lengths: dict[str, list[int]] = defaultdict(list)
    shown: dict[str, list[dict[str, str]]] = defaultdict(list)
    with gzip.open(MONTH, "rt", encoding="utf-8") as lines:
        rows = sorted(map(json.loads, lines), key=itemgetter("approve_date"))
    for row in rows:
        name = row["ministry"]
        last = shown[name] = [*shown[name][-9:], row]
        title = int(median(len(each["title"]) for each in last))
        shapes[name].append(Shape(len(last), len(last), 0, 0, title))
        lengths[name].append(len(row["text"]))
        assert drifted(shapes[name][-40:], lengths[name][-30:]) is None


def _named(came: Sequence[datetime], frozen: datetime) -> datetime:
    answers, silent = frozen, frozen + timedelta(days=200)
    while silent - answers > _STEP:
        middle = answers + (silent - answers) / 2
        if quiet(vital(came), middle):
            silent = middle
        else:
            answers = middle
    return silent
