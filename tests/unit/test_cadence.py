from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from service.cadence import Cadence, burst, in_words, kept, parse, quiet_end, remind_at, window
from service.errors import UserError
from service.model import SEOUL
from service.pulse.calendar import working

_CLOCKS = st.builds(time, st.integers(0, 23), st.sampled_from((0, 15, 30, 59)))
_QUIET = st.none() | st.tuples(_CLOCKS, _CLOCKS).filter(lambda each: each[0] != each[1])
_PLAIN = st.builds(Cadence, st.sampled_from(("at-once", "hourly")), quiet=_QUIET)
_DAILY = st.builds(
    Cadence, st.just("daily"), _CLOCKS, st.none(), workdays=st.booleans(), quiet=_QUIET
)
_WEEKLY = st.builds(
    Cadence, st.just("weekly"), _CLOCKS, st.integers(0, 6), workdays=st.booleans(), quiet=_QUIET
)
_ANY = _PLAIN | _DAILY | _WEEKLY
_START = datetime(2023, 12, 1, tzinfo=SEOUL)
_TIMES = st.integers(0, 5 * 366 * 86_400).map(lambda each: _START + timedelta(seconds=each))
_NIGHT = " quiet 21:00-08:00"


def seoul(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SEOUL)


@given(_ANY)
def test_what_is_written_is_read_as_it_was(cadence: Cadence) -> None:
    assert parse(str(cadence)) == cadence


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Daily", "daily 08:00"),
        ("weekly", "weekly mon 08:00"),
        ("  weekly  FRI   workdays ", "weekly fri 08:00 workdays"),
        ("at-once quiet 22:30-07:00", "at-once quiet 22:30-07:00"),
        ("hourly", "hourly"),
    ],
)
def test_a_digest_has_a_time_and_one_spelling(typed: str, kept: str) -> None:
    assert str(parse(typed)) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "sometimes",
        "daily 8:00",
        "daily 24:00",
        "daily mon 08:00",
        "at-once 08:00",
        "at-once workdays",
        "hourly mon",
        "daily 08:00 quiet 21:00",
        "daily 08:00 quiet 21:00-21:00",
        "daily 08:00 quiet 21:00-08:00 workdays",
        "daily ٠٨:٠٠",
    ],
)
def test_anything_else_is_refused_in_words(typed: str) -> None:
    with pytest.raises(UserError) as refused:
        parse(typed)

    assert str(refused.value).startswith(f"{typed}: ")


def test_what_is_kept_and_cannot_be_read_is_told_at_once() -> None:
    assert kept("every full moon") == parse("at-once")
    assert kept("daily 07:30") == parse("daily 07:30")


@pytest.mark.parametrize(
    ("cadence", "korean", "english"),
    [
        ("at-once", "나오는 대로", "as it comes"),
        ("hourly", "한 시간마다", "every hour"),
        ("daily 07:30", "매일 07:30", "every day at 07:30"),
        (
            "weekly mon 08:00 workdays",
            "매주 월요일 08:00, 주말과 공휴일 빼고",
            "every Monday at 08:00, not on days off",
        ),
        (
            "at-once quiet 21:00-08:00",
            "나오는 대로 · 21:00–08:00 방해 금지",
            "as it comes · quiet 21:00–08:00",
        ),
    ],
)
def test_a_reader_is_told_it_in_words(cadence: str, korean: str, english: str) -> None:
    assert in_words(parse(cadence)) == (korean, english)


@given(_ANY, _TIMES)
def test_a_window_closes_later_and_never_in_quiet_hours(cadence: Cadence, now: datetime) -> None:
    closes = window(cadence, now)

    if closes is None:
        assert cadence.every == "at-once"
        assert quiet_end(cadence, now) is None
    else:
        assert closes > now
        assert closes.tzinfo is SEOUL
        assert quiet_end(cadence, closes) is None


@given(_ANY, _TIMES, st.floats(0, 0.99))
@example(parse("hourly quiet 00:15-00:30"), _START, 0.25)
def test_all_that_comes_within_one_window_agrees_on_it(
    cadence: Cadence, now: datetime, share: float
) -> None:
    closes = window(cadence, now)

    if closes is not None:
        assert window(cadence, now + (closes - now) * share) == closes


@given(_ANY, _TIMES)
def test_the_zone_in_which_a_time_is_told_does_not_matter(cadence: Cadence, now: datetime) -> None:
    assert window(cadence, now.astimezone(UTC)) == window(cadence, now)


@given(_DAILY, _TIMES)
def test_a_daily_digest_comes_once_a_day(cadence: Cadence, now: datetime) -> None:
    first = window(cadence, now)
    assert first is not None

    second = window(cadence, first)
    assert second is not None

    between = [first.date() + timedelta(each) for each in range(1, (second - first).days)]
    assert second.time() == first.time()
    if cadence.workdays:
        assert working(first.date())
        assert not any(map(working, between))
    else:
        assert second - first == timedelta(days=1)


@given(_WEEKLY, _TIMES)
def test_a_weekly_digest_comes_on_its_day_or_the_next_that_is_worked_on(
    cadence: Cadence, now: datetime
) -> None:
    closes = window(cadence, now)
    assert closes is not None

    day = closes.date()
    while cadence.workdays and not working(day - timedelta(1)) and day.weekday() != cadence.weekday:
        day -= timedelta(1)
    assert day.weekday() == cadence.weekday
    assert closes - now <= timedelta(days=7 + 10)


@given(_TIMES)
def test_an_hourly_digest_of_the_night_comes_at_its_end(now: datetime) -> None:
    closes = window(parse("hourly" + _NIGHT), now)
    assert closes is not None

    night = now.hour >= 20 or now.hour < 8
    assert closes.time() == (time(8) if night and now.hour != 7 else closes.time())
    assert closes - now <= (timedelta(hours=12) if night else timedelta(hours=1))


@given(_TIMES)
def test_a_burst_is_gathered_for_ten_minutes_at_most(now: datetime) -> None:
    ends = burst(now)

    assert timedelta(0) < ends - now <= timedelta(minutes=10)
    assert ends.minute % 10 == ends.second == ends.microsecond == 0


_CASES: list[tuple[Callable[[Cadence, datetime], datetime | None], str, str, str | None]] = [
    (window, "at-once", "2026-09-24T23:00", None),
    (window, "at-once" + _NIGHT, "2026-09-24T20:59:59", None),
    (window, "at-once" + _NIGHT, "2026-09-24T21:00", "2026-09-25T08:00"),
    (window, "at-once" + _NIGHT, "2026-09-25T07:59:59", "2026-09-25T08:00"),
    (window, "at-once" + _NIGHT, "2026-09-25T08:00", None),
    (window, "at-once quiet 12:00-13:00", "2026-09-25T12:30", "2026-09-25T13:00"),
    (window, "hourly", "2026-12-31T23:30", "2027-01-01T00:00"),
    (window, "hourly" + _NIGHT, "2026-09-24T20:30", "2026-09-25T08:00"),
    (window, "hourly quiet 21:00-07:30", "2026-09-25T06:10", "2026-09-25T07:30"),
    (window, "hourly quiet 21:00-07:30", "2026-09-25T07:30", "2026-09-25T08:00"),
    (window, "hourly quiet 12:15-12:30", "2026-09-25T12:10", "2026-09-25T12:30"),
    (window, "daily 08:00", "2026-09-24T08:00", "2026-09-25T08:00"),
    (window, "daily 08:00", "2028-02-28T09:00", "2028-02-29T08:00"),
    (window, "daily 08:00", "2027-12-31T09:00", "2028-01-01T08:00"),
    (window, "daily 22:00" + _NIGHT, "2026-09-24T09:00", "2026-09-25T08:00"),
    # Chuseok 2026 is Thursday to Saturday, the 24th to the 26th.
    (window, "daily 08:00 workdays", "2026-09-23T09:00", "2026-09-28T08:00"),
    (window, "daily 08:00 workdays", "2026-12-31T09:00", "2027-01-04T08:00"),
    (window, "weekly fri 08:00", "2026-09-24T09:00", "2026-09-25T08:00"),
    (window, "weekly fri 08:00 workdays", "2026-09-24T09:00", "2026-09-28T08:00"),
    # Monday is the substitute for the 3rd of October, a Saturday.
    (window, "weekly mon 08:00 workdays", "2026-10-02T09:00", "2026-10-06T08:00"),
    (window, "weekly mon 08:00 workdays", "2026-10-05T09:00", "2026-10-06T08:00"),
    (quiet_end, "daily 08:00", "2026-09-24T23:00", None),
    (quiet_end, "daily 08:00" + _NIGHT, "2026-12-31T23:00", "2027-01-01T08:00"),
    (quiet_end, "daily 08:00 quiet 00:00-06:00", "2026-09-24T00:00", "2026-09-24T06:00"),
]


@pytest.mark.fault(22)
@pytest.mark.parametrize(("asked", "cadence", "now", "expected"), _CASES)
def test_times_that_are_known(
    asked: Callable[[Cadence, datetime], datetime | None],
    cadence: str,
    now: str,
    expected: str | None,
) -> None:
    assert asked(parse(cadence), seoul(now)) == (expected and seoul(expected))


@pytest.mark.parametrize(
    ("cadence", "expected"),
    [
        ("at-once", "08:00"),
        ("hourly quiet 21:00-09:00", "09:00"),
        ("daily 10:30", "10:30"),
        ("weekly fri 22:00" + _NIGHT, "08:00"),
    ],
)
def test_reminders_come_with_the_digest_or_in_the_morning(cadence: str, expected: str) -> None:
    assert remind_at(parse(cadence), date(2026, 9, 24)) == seoul(f"2026-09-24T{expected}")
