"""How far to look back or ahead, as people type it."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from service.errors import UserError
from service.model import SEOUL

_SPAN = re.compile(r"(\d{1,4})\s*(h|d|w|시간|일|주)", re.ASCII)
_HOURS = {"h": 1, "시간": 1, "d": 24, "일": 24, "w": 168, "주": 168}

Since = timedelta | datetime
"""So long ago, or since then (aware)."""


def since(typed: str) -> Since:
    """``30d``, ``2w``, ``12h``, ``30일``, or a day in Asia/Seoul. Raises UserError for another."""
    if span := _span(typed):
        return span
    first = day(typed)
    if first is None:
        raise UserError(
            f"--since {typed}: 30d, 2w, 12h나 2026-10-01처럼 써 주세요 "
            "(type a time like 30d, 2w, 12h, or a day like 2026-10-01)"
        )
    return datetime.combine(first, time.min, SEOUL)


def until(typed: str, now: datetime) -> timedelta | datetime:
    """``3d``, ``2w``, ``12h``, ``3일``, or to the end of a day. Raises UserError for another."""
    return _span(typed) or day_end(typed, now, "3d, 12h나 2026-10-01", "3d, 12h or 2026-10-01")


def day_end(
    typed: str, now: datetime, korean: str = "2026-10-01", english: str = "2026-10-01"
) -> datetime:
    """The end of a day in Asia/Seoul. Raises UserError for another text, and for what is over."""
    last = day(typed)
    if not last or last == date.max:
        raise UserError(f"{typed}: {korean}처럼 써 주세요 (type a time like {english})")
    end = datetime.combine(last + timedelta(days=1), time.min, SEOUL)
    if end <= now:
        raise UserError(f"{typed}: 이미 지났습니다 (is over)")
    return end


def clock(moment: datetime) -> str:
    """A moment in Asia/Seoul, to the minute."""
    return f"{moment.astimezone(SEOUL):%Y-%m-%d %H:%M}"


def _span(typed: str) -> timedelta | None:
    span = _SPAN.fullmatch(typed.strip())
    return timedelta(hours=int(span[1]) * _HOURS[span[2]]) if span and int(span[1]) else None


def day(typed: str) -> date | None:
    """A day that has a beginning in Asia/Seoul as the database counts; None for another text."""
    try:
        read = date.fromisoformat(typed.strip())
    except ValueError:
        return None
    return None if read == date.min else read
