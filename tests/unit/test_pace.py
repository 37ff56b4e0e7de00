from collections.abc import Callable

import pytest

from service.pace import (
    FILE_LADDER,
    OPEN_LADDER,
    SEND_LADDER,
    Rate,
    after_failure,
    jittered,
    next_poll,
)

DRAWS = 300
HOUR = 3600.0


def spread(draw: Callable[[], float]) -> tuple[float, float]:
    drawn = [draw() for _ in range(DRAWS)]
    return min(drawn), max(drawn)


def test_jitter_stays_within_a_tenth_and_uses_it() -> None:
    low, high = spread(lambda: jittered(100.0))

    assert 90.0 <= low < 93.0
    assert 107.0 < high <= 110.0


@pytest.mark.parametrize(
    ("quiet_polls", "expected"), [(0, 60.0), (10, 150.0), (20, 240.0), (10_000, 240.0)]
)
def test_a_quiet_source_is_polled_up_to_four_times_less_often(
    quiet_polls: int, expected: float
) -> None:
    low, high = spread(lambda: next_poll(60.0, quiet_polls=quiet_polls, max_age=None))

    assert expected * 0.9 <= low < expected < high <= expected * 1.1


def test_a_server_that_asks_for_patience_is_never_asked_sooner() -> None:
    low, _ = spread(lambda: next_poll(60.0, quiet_polls=0, max_age=600.0))

    assert low >= 600.0


def test_a_server_that_is_content_with_less_changes_nothing() -> None:
    low, high = spread(lambda: next_poll(60.0, quiet_polls=0, max_age=30.0))

    assert 54.0 <= low < 60.0 < high <= 66.0


def test_a_server_is_not_granted_more_than_six_hours() -> None:
    assert next_poll(60.0, quiet_polls=0, max_age=1e9) == 6 * HOUR
    assert after_failure(60.0, failures=0, retry_after=1e9) == 6 * HOUR


@pytest.mark.parametrize(
    ("failures", "expected"),
    [(0, 60.0), (1, 120.0), (4, 960.0), (8, 15_360.0), (9, 6 * HOUR), (10_000, 6 * HOUR)],
)
def test_the_wait_doubles_with_every_failure_up_to_six_hours(
    failures: int, expected: float
) -> None:
    low, high = spread(lambda: after_failure(60.0, failures=failures, retry_after=None))

    assert expected * 0.9 <= low < expected < high <= expected * 1.1


def test_retry_after_is_honoured_where_it_asks_for_more() -> None:
    assert after_failure(60.0, failures=0, retry_after=900.0) == 900.0
    low, high = spread(lambda: after_failure(600.0, failures=2, retry_after=60.0))
    assert 2160.0 <= low <= high <= 2640.0


@pytest.mark.parametrize("ladder", [SEND_LADDER, OPEN_LADDER, FILE_LADDER])
def test_every_rung_of_a_ladder_is_higher_than_the_last(ladder: tuple[float, ...]) -> None:
    assert list(ladder) == sorted(set(ladder))
    assert ladder[0] > 0


def test_a_message_is_tried_for_about_41_hours() -> None:
    assert 48 * HOUR < sum(SEND_LADDER) < 50 * HOUR


def test_a_rate_allows_so_many_a_second_and_saves_up_no_more() -> None:
    rate = Rate(4.0)
    assert rate.allowed(1000.0) == 4
    rate.take(4)
    assert rate.allowed(1000.1) == 0
    assert rate.wait() == pytest.approx(0.15)
    assert rate.allowed(1000.25) == 1
    assert rate.wait() == 0.0
    assert rate.allowed(2000.0) == 4


def test_a_rate_may_be_less_than_one_a_second() -> None:
    rate = Rate(0.1)
    assert rate.allowed(1000.0) == 1
    rate.take(1)
    assert (rate.allowed(1009.0), rate.allowed(1010.001)) == (0, 1)
