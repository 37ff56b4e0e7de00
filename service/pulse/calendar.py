"""Which days are worked on in Korea."""

from __future__ import annotations

from datetime import date
from functools import cache

_SATURDAY = 5


def working(day: date) -> bool:
    """Whether offices are open on ``day``: no weekend and no public holiday."""
    return day.weekday() < _SATURDAY and not holiday(day)


def holiday(day: date) -> bool:
    """Whether ``day`` is a public holiday by the law of its year, whatever day of the week it is.

    Lunar ones, substitutes and elections are among them. Labour Day is one from 2026 on; before
    it the government worked on it.
    """
    return day in _holidays(day.year)


@cache
def _holidays(year: int) -> frozenset[date]:
    from holidays import country_holidays  # noqa: PLC0415 - it takes a quarter of a second

    return frozenset(country_holidays("KR", years=year))
