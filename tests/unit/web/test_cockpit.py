"""What is wrong, by gauges and items; how lengths and addresses are written."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from service.store.cockpit import Item
from service.store.gauges import Gauges, Queue
from service.web.cockpit.shown import masked_address, masked_name, size, span
from service.web.cockpit.verdict import wrongs

NOON = datetime(2026, 11, 20, 3, tzinfo=UTC)  # a Friday in Korea
FINE = Gauges(
    queues={"read": Queue(0, None), "backfill": Queue(3, 3600.0)}, put_off=4, dead=0, digests=9,
    size=10_000, writable=True, newest=600.0, states={}, newest_of={}, missed_of={}, items={},
    dead_rows={}, live_rows={},
)  # fmt: skip


def item(kind: str, **changes: Any) -> Item:
    return replace(Item(1, kind, "a", "…", 1, NOON - timedelta(hours=1), NOON, None), **changes)


def keys(*args: Any) -> list[tuple[str, str]]:
    return [(each.weight, each.key) for each in wrongs(*args)]


def test_what_only_waits_is_not_wrong() -> None:
    assert wrongs(FINE, (), 0.5, NOON) == []
    assert wrongs(FINE, (item("outage", closed_at=NOON),), None, NOON) == []


def test_what_is_wrong_is_said_worst_first_with_its_beginning() -> None:
    gauges = replace(FINE, queues={"read": Queue(7, 1000.0), "triage": Queue(1, 9000.0)}, dead=2)
    items = (item("outage"), item("outage", subject="b", first_at=NOON - timedelta(hours=3)))

    found = wrongs(gauges, items, 0.1, NOON)

    assert [(each.weight, each.key) for each in found] == [
        ("bad", "queue"), ("bad", "item"), ("warn", "disk"), ("warn", "queue"), ("warn", "dead"),
    ]  # fmt: skip
    assert found[0].since == NOON - timedelta(seconds=9000)
    assert found[1].since == NOON - timedelta(hours=3)
    assert found[1].values == {"kind": "outage", "count": 2, "subjects": ["a", "b"]}


def test_silence_is_wrong_in_working_hours_alone() -> None:
    quiet = replace(FINE, newest=4 * 3600.0)
    assert keys(quiet, (), None, NOON) == [("bad", "silence")]
    assert keys(quiet, (), None, NOON - timedelta(hours=4)) == []  # eight in the morning
    assert keys(quiet, (), None, NOON + timedelta(days=1)) == []  # Saturday
    assert keys(quiet, (), None, datetime(2026, 9, 25, 3, tzinfo=UTC)) == []  # 추석, a Friday


def test_a_database_that_can_only_be_read_is_wrong() -> None:
    assert keys(replace(FINE, writable=False), (), None, NOON) == [("bad", "read_only")]


@pytest.mark.parametrize(
    ("seconds", "korean", "english"),
    [(None, "—", "—"), (0.25, "0.2초", "0.2 s"), (90, "90초", "90 s"), (600, "10분", "10 min"),
     (7200, "2시간", "2 h"), (400_000, "5일", "5 d"), (-5, "0.0초", "0.0 s")],
)  # fmt: skip
def test_a_length_is_written_in_the_largest_unit_that_fits_twice(
    seconds: float | None, korean: str, english: str
) -> None:
    assert (span(seconds, "ko"), span(seconds, "en")) == (korean, english)


def test_a_size_is_written_in_thousands() -> None:
    assert [size(each) for each in (12, 1500, 2_340_000, 5e15)] == [
        "12 B", "2 kB", "2.3 MB", "5000.0 TB",
    ]  # fmt: skip


def test_an_editor_can_write_to_nobody() -> None:
    assert masked_address("hong@example.org") == "h…@example.org"
    assert masked_address("https://hooks.example/services/T0/B0/key") == "hooks.example/…"
    assert masked_address("12345678") == "1…"
    assert masked_address("http://[broken") == "h…"
    assert (masked_name("홍보팀"), masked_name("")) == ("홍…", "—")
