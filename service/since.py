"""How far to look back, as people type it."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from service.errors import UserError

_SEOUL = ZoneInfo("Asia/Seoul")
_AGO = re.compile(r"(\d{1,4})\s*(h|d|w|시간|일|주)", re.ASCII)
_HOURS = {"h": 1, "시간": 1, "d": 24, "일": 24, "w": 168, "주": 168}

Since = timedelta | datetime
"""So long ago, or since then (aware)."""


def since(typed: str) -> Since:
    """``30d``, ``2w``, ``12h``, ``30일``, or a day in Asia/Seoul. Raises UserError for another."""
    ago = _AGO.fullmatch(typed.strip())
    if ago and int(ago[1]):
        return timedelta(hours=int(ago[1]) * _HOURS[ago[2]])
    try:
        return datetime.combine(date.fromisoformat(typed.strip()), time.min, _SEOUL)
    except ValueError:
        raise UserError(
            f"--since {typed}: 30d, 2w, 12h나 2026-10-01처럼 써 주세요 "
            "(type a time like 30d, 2w, 12h, or a day like 2026-10-01)"
        ) from None
