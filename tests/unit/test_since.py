from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from service.errors import UserError
from service.since import since


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
    "typed", ["", "30", "0d", "-3d", "3x", "99999d", "٣d", "어제", "2026-13-01", "2026-10-01T10"]
)
def test_what_is_no_time_is_refused_with_what_would_be_right(typed: str) -> None:
    with pytest.raises(UserError, match=r"30d, 2w, 12h나 2026-10-01"):
        since(typed)
