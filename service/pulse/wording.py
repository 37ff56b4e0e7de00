"""What is wrong with a source, said to an operator: Korean first, then English."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from service.model import SEOUL
from service.pulse.model import Vital
from service.pulse.rhythm import Silence

_GROUPS = {True: ("정부 출처", "government sources"), False: ("언론 출처", "outlets")}
_HOUR = timedelta(hours=1)
_IN_HOURS = 48  # and longer in days


def broken(vital: Vital, since: datetime) -> str:
    """A source that failed to be read ever since."""
    korean, english = vital.trouble
    when = _moment(since)
    return f"{korean}, {when}부터 실패 ({english}, failing since {when}): {vital.detail}"


def silent(silence: Silence) -> str:
    """A source that answers without anything new."""
    when = _moment(silence.since)
    korean = f"{when} 이후 새 글이 없음"
    english = f"nothing new since {when}"
    if silence.usual is None:
        return f"{korean} ({english})"
    usual_korean, usual_english = _length(silence.usual)
    return f"{korean}, 보통 {usual_korean} 안에 나옴 ({english}, usually within {usual_english})"


def left_behind(since: datetime, other: str, newer: int) -> str:
    """A route without anything new while ``other`` showed ``newer`` posts."""
    when = _moment(since)
    return (
        f"{when} 이후 새 글이 없는데 {other}에는 {newer}건이 나옴 "
        f"(nothing new since {when}, while {other} showed {newer})"
    )


def dark(struck: Sequence[Vital], of: int, since: datetime) -> str:
    """Many of ``of`` sources that stopped answering together; ``struck``, not empty, are alike."""
    korean_group, english_group = _GROUPS[struck[0].government]
    (korean, english), _ = Counter(each.trouble for each in struck).most_common(1)[0]
    when = _moment(since)
    return (
        f"{korean_group} {of}곳 가운데 {len(struck)}곳이 {when}부터 응답하지 않음, 대개 {korean} "
        f"({len(struck)} of {of} {english_group} do not answer since {when}, mostly {english})"
    )


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(SEOUL):%Y-%m-%d %H:%M}"


def _length(length: timedelta) -> tuple[str, str]:
    hours = max(round(length / _HOUR), 1)
    if hours > _IN_HOURS:
        days = round(hours / 24)
        return f"{days}일", f"{days} days"
    return f"{hours}시간", f"{hours} hours"
