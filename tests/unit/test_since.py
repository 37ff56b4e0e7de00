from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from service.errors import UserError
from service.since import clock, day_end, since, until

SEOUL = ZoneInfo("Asia/Seoul")
NOW = datetime(2026, 11, 22, 12, tzinfo=SEOUL)


@pytest.mark.parametrize(
    ("typed", "back"),
    [
        ("30d", timedelta(days=30)),
        ("2w", timedelta(days=14)),
        ("12h", timedelta(hours=12)),
        ("30일", timedelta(days=30)),
        (" 2 주 ", timedelta(days=14)),
        ("12시간", timedelta(hours=12)),
    ],
)
def test_a_time_ago_is_read_in_korean_and_english(typed: str, back: timedelta) -> None:
    assert since(typed) == back


def test_a_day_begins_at_midnight_in_seoul() -> None:
    assert since("2026-10-01") == datetime(2026, 10, 1, tzinfo=ZoneInfo("Asia/Seoul"))


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "30",
        "0d",
        "-3d",
        "3x",
        "99999d",
        "٣d",
        "어제",
        "2026-13-01",
        "2026-10-01T10",
        "0001-01-01",
    ],
)
def test_what_is_no_time_is_refused_with_what_would_be_right(typed: str) -> None:
    with pytest.raises(UserError, match=r"30d, 2w, 12h나 2026-10-01"):
        since(typed)


@pytest.mark.parametrize(
    ("typed", "then"),
    [
        ("3d", timedelta(days=3)),
        ("12시간", timedelta(hours=12)),
        ("2026-11-22", datetime(2026, 11, 23, tzinfo=SEOUL)),
        (" 2026-12-31 ", datetime(2027, 1, 1, tzinfo=SEOUL)),
    ],
)
def test_a_time_ahead_lasts_so_long_or_to_the_end_of_the_day(
    typed: str, then: timedelta | datetime
) -> None:
    assert until(typed, NOW) == then


@pytest.mark.parametrize("typed", ["", "0d", "내일", "9999-12-31", "2026-02-30"])
def test_what_is_no_time_ahead_is_refused_with_what_would_be_right(typed: str) -> None:
    with pytest.raises(UserError, match="3d, 12h나 2026-10-01처럼"):
        until(typed, NOW)
    with pytest.raises(UserError, match="2026-10-01처럼"):
        day_end(typed, NOW)


def test_a_day_that_is_over_is_refused() -> None:
    with pytest.raises(UserError, match="이미 지났습니다"):
        until("2026-11-21", NOW)


def test_the_end_of_a_subscription_is_a_day_and_no_span() -> None:
    with pytest.raises(UserError):
        day_end("3d", NOW)


def test_a_moment_is_shown_in_seoul() -> None:
    assert clock(datetime(2026, 11, 22, 15, 30, tzinfo=UTC)) == "2026-11-23 00:30"
