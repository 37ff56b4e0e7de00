from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scrapers.registry import sources
from service.audit import Sources
from service.store.overview import Health

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def health(source_id: str, *, failures: int = 0, ok: datetime | None = NOW) -> Health:
    return Health(source_id, ok, None, failures, "표가 없음", 0, "layout")


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("korea_kr", None),
        ("government", None),
        ("news", "하나도 살피지 않습니다"),
        ("nowhere", "이런 출처는 (이제) 없습니다"),
        ("yna", "살피지 않는 출처입니다"),
        ("mss_press", "읽지 못하고 있습니다: 화면 구조가 바뀜"),
        ("mss_press_rss", "읽지 못하고 있습니다"),
        ("mofa_rss", "아직 한 번도 읽지 않았습니다"),
    ],
)
def test_what_is_wrong_with_a_source_is_told(source: str, says: str | None) -> None:
    every = sources()
    names = ("korea_kr", "mss_press", "mss_press_rss", "mofa_rss")
    polled = {name: every[name] for name in names}
    known = [
        health("korea_kr", failures=1),
        health("mss_press", failures=3),
        health("mss_press_rss", failures=1, ok=None),
        health("mofa_rss", ok=None),
    ]

    trouble = Sources(every, polled, known).trouble(source)

    assert (trouble is None) is (says is None)
    assert says is None or (trouble is not None and says in trouble[0])


def test_a_source_that_has_no_row_yet_was_not_read() -> None:
    every = sources()
    assert Sources(every, every, []).trouble("yna") == (
        "아직 한 번도 읽지 않았습니다",
        "it was not read yet",
    )
