"""A date as Korean publishers write it → Moment.

Explicit patterns in order, because the general parsers read these wrongly without saying so: a
zone-less time becomes UTC, ``+09:00`` is dropped, ``2026.07.12`` becomes November. A zone-less
time is Asia/Seoul. What cannot be read is None, never "now".
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from scrapers.model import Moment, Precision

SEOUL = ZoneInfo("Asia/Seoul")

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CLOCK = (
    r"(?P<half>오전|오후|AM|PM)?\s*(?P<hour>\d{1,2}):(?P<minute>\d\d)"
    r"(?::(?P<second>\d\d)(?:[.,]\d+)?)?\s*(?P<zone>Z|UTC|UT|GMT|KST|[+-]\d\d:?\d\d)?"
)
_PATTERNS = tuple(
    re.compile("".join(pieces), re.IGNORECASE)
    for pieces in (
        (  # Tue, 19 May 2026 09:40:46 +0900 · Sat,16 07 2022 10:35 · 16 Jul 2022 10:35:04 KST
            r"(?:[a-z]{3},?\s*)?(?P<day>\d{1,2}) (?P<month>[a-z]{3}|\d{1,2}) (?P<year>\d{4}) ",
            _CLOCK,
        ),
        (  # Wed Jul 15 09:31:00 KST 2026
            rf"(?:[a-z]{{3}} )?(?P<month>[a-z]{{3}}) (?P<day>\d{{1,2}}) {_CLOCK} (?P<year>\d{{4}})",
        ),
        (  # 20260715 · 20260715093100
            r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)",
            r"(?:(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?)?",
        ),
        (  # 2026-07-15T09:31:00.000+0900 · 2026. 7. 15 · 2026.08.28. 오후 3:12 · 2026/05/14 23:24
            r"(?P<year>\d{4})(?P<mark>[-./]) ?(?P<month>\d{1,2})(?P=mark) ?(?P<day>\d{1,2})\.?",
            rf"(?:\s*\([월화수목금토일]\))?(?:[T ]\s*{_CLOCK})?",
        ),
        (  # 2026년 7월 15일 (수) 오전 9:31
            r"(?P<year>\d{4})년 ?(?P<month>\d{1,2})월 ?(?P<day>\d{1,2})일",
            rf"(?:\s*\([월화수목금토일]\))?(?: {_CLOCK})?",
        ),
        (  # 07/15/2026 09:31:00
            rf"(?P<month>\d\d)/(?P<day>\d\d)/(?P<year>\d{{4}})(?: {_CLOCK})?",
        ),
        (  # 26.07.15 09:31
            rf"(?P<short>\d\d)\.(?P<month>\d\d)\.(?P<day>\d\d) {_CLOCK}",
        ),
    )
)
_LABEL = re.compile(
    r"(?:(?:최초|최종|기사)\s*)?(?P<act>입력|수정|등록|발행|승인|송고|작성|게시|업데이트)"
    r"(?:일시|일자|시간|시각|일)?\s*[:：]?\s*"
)
_CHANGED = frozenset({"수정", "업데이트"})
_BETWEEN = " |·/ㅣ,"
# Outlets that put the date into the address of an article; the rest of such an id is a number.
_IN_ADDRESS = re.compile(
    r"\b(?:[APM][A-Z]{1,2}|NIS[XI]|A)(?P<id>20\d{6})_?\d{6,}"
    r"|etnews\.com/(?P<etnews>20\d{6})\d{6}\b"
    r"|hankyung\.com/article/(?P<hankyung>20\d{6})\w{5}\b"
    r"|mt\.co\.kr/[\w-]+/(?P<mt>20\d\d/\d\d/\d\d)/\d"
    r"|asiatoday\.co\.kr/[^\s?]{0,99}\?(?:[^\s#]{0,99}&)?key=(?P<asiatoday>20\d{6})\d{9}\b"
)

_YEARS = range(1900, 2100)


def read(raw: str, *, date_only: bool = False) -> Moment | None:
    """The moment that ``raw`` writes down, or None.

    Labels around it (입력, 송고 …) are ignored; of several times the first that is not labelled
    수정 counts. A date before 1900 or after 2099 is None: it is how some sites print "none". So are
    relative times ("1시간 전") and days without a year ("7월 15일"): a Moment cannot say that it is
    approximate.

    ``date_only``: the publisher fills in 00:00:00 where it means a day, so that midnight in Seoul
    stands for no time.
    """
    trimmed = _published(" ".join(raw.split()))
    match = next(filter(None, (pattern.fullmatch(trimmed) for pattern in _PATTERNS)), None)
    if match is None:
        return None
    try:
        moment = _moment({name: part for name, part in match.groupdict().items() if part})
    except ValueError:  # 2026.13.40, 25:61, an offset of three days
        return None
    if moment.at.year not in _YEARS:
        return None
    if date_only and (at := moment.at.astimezone(SEOUL)).time() == time.min:
        return Moment(at, "day")
    return moment


def past(moment: Moment | None, now: datetime) -> Moment | None:
    """``moment``, or None where it lies more than an hour after ``now`` (aware)."""
    return None if moment is None or moment.at - now > timedelta(hours=1) else moment


def in_address(url: str) -> Moment | None:
    """The day in the address or the id of an article (AKR20260714…, ?key=20260714…), or None."""
    match = _IN_ADDRESS.search(url)
    return read(next(filter(None, match.groups())).replace("/", "-")) if match else None


def _published(text: str) -> str:
    """The part of ``text`` between labels that says when it was published."""
    labels = list(_LABEL.finditer(text))
    if not labels:
        return text
    if labels[0].start() > 0:  # the label stands behind: 2026/05/14 23:24 송고
        return text[: labels[0].start()].strip(_BETWEEN)
    first = next((label for label in labels if label["act"] not in _CHANGED), labels[0])
    following = [label.start() for label in labels if label.start() >= first.end()]
    return text[first.end() : min(following, default=len(text))].strip(_BETWEEN)


def _moment(parts: dict[str, str]) -> Moment:
    year = int(parts["year"]) if "year" in parts else 2000 + int(parts["short"])
    month, day = _month(parts["month"]), int(parts["day"])
    hour = _hour(int(parts.get("hour", 0)), parts.get("half", ""))
    minute, second = int(parts.get("minute", 0)), int(parts.get("second", 0))
    at = datetime(year, month, day, hour, minute, second, tzinfo=_zone(parts.get("zone", "")))
    return Moment(at, _precision(parts))


def _month(written: str) -> int:
    return int(written) if written.isdigit() else _MONTHS.index(written.lower()) + 1


def _hour(hour: int, half: str) -> int:
    """An hour of the day; 오전 12 is midnight, 오후 12 noon."""
    if not half:
        return hour
    return hour % 12 + (12 if half.upper() in {"오후", "PM"} else 0)


def _zone(written: str) -> tzinfo:
    if not written or written.upper() == "KST":
        return SEOUL
    if written[0] not in "+-":
        return UTC
    offset = timedelta(hours=int(written[1:3]), minutes=int(written[-2:]))
    return timezone(-offset if written[0] == "-" else offset)


def _precision(parts: dict[str, str]) -> Precision:
    if "hour" not in parts:
        return "day"
    return "second" if "second" in parts else "minute"
