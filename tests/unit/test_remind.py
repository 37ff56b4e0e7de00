from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from service.remind import awake, rungs
from service.store.reminders import Call, Rung

SEOUL = ZoneInfo("Asia/Seoul")
NIGHT = "at-once quiet 21:00-08:00"


def seoul(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SEOUL)


def call(apply_by: str = "2026-10-20", **changes: Any) -> Call:
    fields: dict[str, Any] = {
        "newest_id": 9,
        "story_id": 7,
        "apply_by": apply_by,
        "first_at": seoul("2026-09-01T10:00"),
        "done": frozenset(),
        "moves": (),
    }
    return Call(**{**fields, **changes})


def rungs_of(of: Call, wished: Sequence[tuple[str, Sequence[int]]], now: datetime) -> list[Rung]:
    return rungs(of, awake(wished, now), now)


def due(
    of: Call, now: str, *wished: tuple[str, Sequence[int]]
) -> list[tuple[int, list[str], list[int]]]:
    """Of each that is due: days, cadences, and the days of those that are nearer."""
    found = rungs_of(of, wished, seoul(now))
    return [(each.days, list(each.cadences), list(each.nearer)) for each in found]


@pytest.mark.parametrize(
    ("now", "days"),
    [
        ("2026-10-06T07:59", []),
        ("2026-10-06T08:00", [14]),
        ("2026-10-13T08:00", [14, 7]),
        ("2026-10-19T08:00", [14, 7, 1]),
        ("2026-10-20T23:59", [14, 7, 1]),
        ("2026-10-21T00:00", []),
    ],
)
def test_a_reminder_is_due_in_the_morning_and_until_it_is_too_late(
    now: str, days: list[int]
) -> None:
    assert [each for each, _, _ in due(call(), now, ("at-once", [14, 7, 1]))] == days


def test_of_what_was_missed_only_the_nearest_is_made_up() -> None:
    assert due(call(), "2026-10-19T08:00", ("at-once", [14, 7, 1])) == [
        (14, ["at-once"], [7, 1]),
        (7, ["at-once"], [1]),
        (1, ["at-once"], []),
    ]


@pytest.mark.parametrize(
    ("apply_by", "over"),
    [("2026-10-20 18:00", "2026-10-20T18:00"), ("2026-10-20 24:00", "2026-10-21T00:00")],
)
def test_a_deadline_is_over_at_its_time_of_day(apply_by: str, over: str) -> None:
    (rung,) = rungs_of(call(apply_by), [("at-once", [0])], seoul("2026-10-20T17:59"))

    assert rung.over == seoul(over)
    assert rungs_of(call(apply_by), [("at-once", [0])], seoul(over)) == []


def test_whose_hour_is_too_late_on_the_last_day_is_reminded_at_that_of_the_day_before() -> None:
    closes = call("2026-10-20 18:00")
    wished = "daily 18:00", [7, 0]

    assert due(closes, "2026-10-19T17:59", wished) == [(7, ["daily 18:00"], [])]
    assert due(closes, "2026-10-19T18:00", wished)[1:] == [(0, ["daily 18:00"], [])]


def test_who_gets_a_digest_is_reminded_at_its_time() -> None:
    wished: list[tuple[str, Sequence[int]]] = [("daily 10:30 workdays", [1]), ("weekly", [1])]

    assert due(call(), "2026-10-19T10:29", *wished) == [(1, ["weekly"], [])]
    assert due(call(), "2026-10-19T10:30", *wished) == [
        (1, ["daily 10:30 workdays"], []),
        (1, ["weekly"], []),
    ]


def test_a_missed_reminder_keeps_quiet_hours_and_stands_in_nobodys_way() -> None:
    by_night = rungs_of(call(), [("at-once", [1]), (NIGHT, [1])], seoul("2026-10-19T22:00"))
    (loud,) = by_night
    (quiet,) = rungs_of(
        call(done=frozenset({loud.key})),
        [("at-once", [1]), (NIGHT, [1])],
        seoul("2026-10-20T08:00"),
    )

    assert (loud.cadences, quiet.cadences) == (["at-once"], [NIGHT])


def test_who_are_due_at_the_same_moment_are_reminded_together() -> None:
    wished: list[tuple[str, Sequence[int]]] = [("hourly", [1]), ("daily 08:00", [7, 1])]

    assert due(call(), "2026-10-19T08:00", *wished) == [
        (1, ["hourly", "daily 08:00"], []),
        (7, ["daily 08:00"], [1]),
    ]


def test_what_was_made_is_not_made_again_until_the_deadline_moves() -> None:
    (rung,) = rungs_of(call(), [("at-once", [1])], seoul("2026-10-19T08:00"))
    done = frozenset({rung.key})

    assert rungs_of(call(done=done), [("at-once", [1])], seoul("2026-10-19T08:01")) == []
    assert len(rungs_of(call("2026-10-20 18:00", done=done), [("at-once", [1])], rung.due)) == 1


def test_a_reminder_that_was_due_before_the_event_was_told_is_not_made() -> None:
    told = call(first_at=seoul("2026-10-13T08:00"))

    assert due(told, "2026-10-13T09:00", ("at-once", [7])) == []
