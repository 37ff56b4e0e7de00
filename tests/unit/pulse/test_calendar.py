from datetime import date, timedelta

import pytest

from service.pulse import calendar


@pytest.mark.parametrize(
    "day",
    [
        date(2025, 1, 27),  # by decree, before the lunar new year
        date(2025, 1, 29),  # the lunar new year
        date(2025, 3, 3),  # in place of a Saturday
        date(2025, 6, 3),  # an election
        date(2025, 10, 8),  # in place of a day of Chuseok
        date(2026, 2, 17),
        date(2026, 9, 25),
    ],
)
def test_public_holidays_are_lunar_decreed_and_moved_ones_too(day: date) -> None:
    assert calendar.holiday(day)
    assert not calendar.working(day)


def test_weekends_are_no_holidays_and_not_worked_on() -> None:
    assert not calendar.holiday(date(2026, 3, 7))
    assert not calendar.working(date(2026, 3, 7))
    assert not calendar.working(date(2026, 3, 8))
    assert calendar.working(date(2026, 3, 9))


def test_offices_are_shut_for_the_whole_week_of_chuseok_2025() -> None:
    days = [date(2025, 10, 2) + timedelta(days=each) for each in range(9)]
    assert [each for each in days if calendar.working(each)] == [days[0], days[-1]]


def test_the_government_works_on_labour_day_until_the_law_makes_it_a_holiday() -> None:
    assert calendar.working(date(2025, 5, 1))
    assert not calendar.working(date(2026, 5, 1))


def test_any_year_has_an_answer() -> None:
    assert not calendar.holiday(date.min)
    assert not calendar.holiday(date.max)
