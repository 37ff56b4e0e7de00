"""Clock times as Korean officials print them behind a day."""

from __future__ import annotations

import re

GAP = r"[ \t\u00a0\u3000]{0,3}"
"""Blanks within a time."""
_ENGLISH = r"[AaPp]\.?[Mm]\.?"
_CLOCK = re.compile(
    rf"""(?:T|[,.·]?{GAP}[(（<\[,]?{GAP})
    (?:(?P<half>오전|오후|아침|새벽|낮|저녁|밤|{_ENGLISH}){GAP})?
    (?:(?P<h1>[0-9]{{1,2}})[ ]?[:：][ ]?(?P<n1>[0-9]{{2}})(?![0-9])
      |(?P<h2>[0-9]{{1,2}})[ ]?시(?![간도군·])
        (?:{GAP}(?:(?P<n2>[0-9]{{1,2}})[ ]?분|(?P<thirty>반)))?
      |(?P<h3>[0-9]{{1,2}})(?=[ ]?{_ENGLISH}(?![A-Za-z]))
      |(?P<noon>정오)|(?P<midnight>자정))
    (?:[ ]?(?P<behind>{_ENGLISH})(?![A-Za-z]))?""",
    re.VERBOSE,
)
_ASIDE = re.compile(rf"{GAP}(?:[(（][^()（）\n]{{0,16}}[)）])?{GAP}[※*]?", re.MULTILINE)
_LAST_DAY = re.compile(
    r"(?:마감(?:일|시간|시각|시한)?|마지막[ ]?날|최종일|종료일)(?:은|에는)?[ :：]*"
)
_CLOSES = re.compile(r"[ ]?(?:까지|마감|限|한(?=[ )）]|$))")
_AFTER_MIDNIGHT = re.compile(rf"{GAP}(?:부터|이후|시작)")


def clock(text: str, start: int) -> tuple[str | None, int]:
    """The clock time right behind a day, on 24 hours, and where it ends."""
    match = _CLOCK.match(text, start)
    if match is None:
        return None, start
    if match["midnight"]:
        # 자정까지 is the day's end, 자정부터 its beginning.
        at = "00:00" if _AFTER_MIDNIGHT.match(text, match.end()) else "24:00"
        return at, match.end()
    if match["noon"]:
        return "12:00", match.end()
    hour = int(match["h1"] or match["h2"] or match["h3"])
    hour = _on_24_hours(hour, match["half"] or match["behind"])
    minute = 30 if match["thirty"] else int(match["n1"] or match["n2"] or 0)
    if hour > 24 or minute > 59 or (hour == 24 and minute):  # noqa: PLR2004
        return None, start
    return f"{hour:02}:{minute:02}", match.end()


def closing(said: str) -> str | None:
    """When the last day closes, by what is said of it: ``(18시 마감)``, ``※ 마감일 16:00까지``."""
    for line in said.split("\n"):
        aside = _ASIDE.match(line)
        assert aside is not None  # all of it is optional
        for begin in {0, aside.end()}:
            at, end = clock(line, begin)
            if at and _CLOSES.match(line, end):
                return at
        for named in _LAST_DAY.finditer(line):
            if at := clock(line, named.end())[0]:
                return at
    return None


def _on_24_hours(hour: int, half: str | None) -> int:
    """``낮 12시`` is 12, ``오후 6시`` and ``6pm`` 18, ``밤 12시`` 24, ``오전 12시`` 0."""
    if half and half[0] in "AaPp":
        half = "오전" if half[0] in "Aa" else "오후"
    if half in {"오전", "새벽", "아침"}:
        return hour % 12 if hour <= 12 else hour  # noqa: PLR2004
    if half == "낮":
        return hour + 12 if hour < 6 else hour  # noqa: PLR2004
    if half in {"오후", "저녁", "밤"} and hour < 12:  # noqa: PLR2004
        return hour + 12
    return 24 if half == "밤" and hour == 12 else hour  # noqa: PLR2004
