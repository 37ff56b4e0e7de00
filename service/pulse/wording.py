"""What is wrong with a source, said to an operator: Korean first, then English."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from service.model import SEOUL
from service.pulse.model import Vital
from service.pulse.rhythm import Silence

TROUBLES: Final[Mapping[str, tuple[str, str]]] = {
    "unreachable": ("연결되지 않음", "no connection"),
    "dns": ("도메인 이름을 찾지 못함", "its name is not found (DNS)"),
    "certificate": ("인증서 문제", "certificate trouble"),
    "server": ("서버 오류", "server error"),
    "throttled": ("요청 제한", "told to ask less often"),
    "layout": ("화면 구조가 바뀜", "the layout changed"),
    "empty": ("빈 목록", "an empty list"),
    "cut-off": ("잘린 문서", "half a document"),
    "challenge": ("자동 접속 차단 화면", "a challenge page"),
    "login": ("로그인 화면", "a login page"),
    "system-notice": ("시스템 안내 화면", "a system notice"),
    "error-page": ("정상 응답(200)으로 온 오류 화면", "an error page with status 200"),
    "too-large": ("너무 큰 응답", "too large an answer"),
    "redirect": ("다른 곳으로 넘김", "redirect trouble"),
    "gone": ("없어진 주소", "the address is gone"),
    "disallowed": ("접근 거부", "access refused"),
    "abandoned": ("처리가 도중에 끝남", "our own worker ended half way"),
}
"""What each trouble of a failed poll is called."""

_GROUPS = {True: ("정부 출처", "government sources"), False: ("언론 출처", "outlets")}
_HOUR = timedelta(hours=1)
_IN_HOURS = 48  # and longer in days


def broken(vital: Vital, since: datetime) -> str:
    """A source that failed to be read ever since."""
    korean, english = _trouble(vital)
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
    (korean, english), _ = Counter(map(_trouble, struck)).most_common(1)[0]
    when = _moment(since)
    return (
        f"{korean_group} {of}곳 가운데 {len(struck)}곳이 {when}부터 응답하지 않음, 대개 {korean} "
        f"({len(struck)} of {of} {english_group} do not answer since {when}, mostly {english})"
    )


def _trouble(vital: Vital) -> tuple[str, str]:
    name = vital.trouble or "unreachable"
    return TROUBLES.get(name, (name, name))


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(SEOUL):%Y-%m-%d %H:%M}"


def _length(length: timedelta) -> tuple[str, str]:
    hours = max(round(length / _HOUR), 1)
    if hours > _IN_HOURS:
        days = round(hours / 24)
        return f"{days}일", f"{days} days"
    return f"{hours}시간", f"{hours} hours"
