from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from service.web.reading.coverage import ago

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "korean", "english"),
    [(5, "방금", "just now"), (60, "1분 전", "1 min ago"), (7200, "2시간 전", "2 h ago")],
)
def test_what_was_a_moment_ago_is_just_now(seconds: int, korean: str, english: str) -> None:
    at = NOW - timedelta(seconds=seconds)
    assert (ago(at, NOW, "ko"), ago(at, NOW, "en")) == (korean, english)
