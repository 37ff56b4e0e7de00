"""When a release may be published: what its release-time box says, in all forms officials use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from service.model import SEOUL, Edition, Embargo, Printed, Span
from service.reading.box import CLOCK, CONDITION, EDITION, IMMEDIATE, ONLINE, PAPER, Box, box, flat
from service.reading.times import Stamp, stamps

_WEEKDAYS = "월화수목금토일"
_DAY_AHEAD = re.compile(
    r"(?:(?P<next>익일|다음\s?날|이튿날|내일|명일)|(?P<weekday>[월화수목금토일])요일"
    r"|(?<![0-9.])(?P<day>[0-9]{1,2})\s?일\s?(?:\([월화수목금토일]\))?)[\s,]{0,3}$"
)
_ZONES = {  # by whose clock; of a country with several none is sure
    "Asia/Seoul": "한국|서울|국내",
    "Asia/Tokyo": "일본|도쿄",
    "Asia/Shanghai": "중국|베이징|상하이|홍콩|대만|싱가포르",
    "Asia/Bangkok": "베트남|하노이|태국|방콕",
    "Asia/Kolkata": "인도|뉴델리",
    "Asia/Dubai": "아랍에미리트|UAE|두바이|아부다비",
    "Europe/Paris": "프랑스|파리|독일|베를린|스위스|제네바|다보스|벨기에|브뤼셀|이탈리아|로마",
    "Europe/London": "영국|런던",
    "America/New_York": r"(?:미국?\s?)?동부|뉴욕|워싱턴",
    "America/Los_Angeles": r"(?:미국?\s?)?서부|로스앤젤레스|샌프란시스코",
    "UTC": "세계",
}
_PLACES = "|".join(_ZONES.values())
_WHOSE = (
    rf"(?:(?P<place>{_PLACES})\s?)?현지(?:\s?시[간각]|\s?기준|(?=\s?[)）]))"
    rf"|(?P<city>{_PLACES})\s?(?:기준|표준시|(?:표준\s?)?시[간각])"
    r"|(?<![A-Za-z])(?P<code>KST|GMT|UTC|[ECMP][SD]T|ET|CES?T|BST|JST)(?![A-Za-z])"
)
_AHEAD, _BEHIND = re.compile(_WHOSE), re.compile(rf"\s?[(（]?\s?(?:{_WHOSE})\s?(?:[,)）]|$)")
_AHEAD_OF_US = timedelta(hours=3)  # the furthest; where it is later yet, it is the day before
_CODES = {"KST": "Asia/Seoul", "GMT": "UTC", "UTC": "UTC", "JST": "Asia/Tokyo"}
_FROM = re.compile(r"\s{0,3}\)?\s?(?:부터|이후)")


def find(text: str, near: date | None) -> Embargo | None:
    """What the release-time box in ``text`` says, None where there is no box.

    ``text`` is the box or a whole document. ``near`` is a day near the release, for dates printed
    without a year or a clock printed without a day.
    """
    printed = box(text)
    if printed is None or not printed.release:
        return None
    given = _given(printed, near)
    day = given.day if given else None
    return _interpret(printed, near or day, day or near)


def distributed(text: str, near: date | None) -> Printed | None:
    """When the release was handed to the press, as the box says; None where it does not."""
    printed = box(text)
    return _given(printed, near) if printed else None


def lifts_at(embargo: Embargo) -> datetime | None:
    """From when alerts may go out (Asia/Seoul); None where no time holds them back.

    An edition without a clock lifts when no edition of that name can be earlier: a morning paper
    at midnight, since its day begins with it, an evening paper at noon, when it is sold. An event
    that is waited for has no time.
    """
    if embargo.online is not None:
        return embargo.online.at
    if embargo.immediate:
        return None
    if embargo.date_only is not None:
        return Printed(embargo.date_only).at
    if embargo.paper is not None:
        day, edition = embargo.paper
        return Printed(day, "12:00" if edition == "석간" else None).at
    return None


def _given(printed: Box, near: date | None) -> Printed | None:
    found = stamps(flat(printed.given), near)
    return Printed(found[0].day, found[0].clock) if found else None


def _interpret(printed: Box, near: date | None, day_of_clock: date | None) -> Embargo | None:
    value = flat(printed.release)
    found = stamps(value, near)
    paper = _paper(value, found, day_of_clock)
    online = _online(value, found, paper, day_of_clock)
    immediate = _is_immediate(value, found)
    if immediate:
        online = None
    unknown = online is None and not immediate and CLOCK.search(value) and _AHEAD.search(value)
    # Of a time that nobody can tell the day still holds: told at once it would break an embargo.
    days = [one.day for one in found if unknown or one.clock is None]
    dated = not (immediate or online or paper) and days
    condition = _condition(value, found)
    if unknown:
        condition = condition or value.strip()
    if not (immediate or online or paper or dated or condition):
        return None
    sentence = " ".join(printed.words.split())
    return Embargo(sentence, immediate, online, paper, days[0] if dated else None, condition)


def _is_immediate(value: str, found: tuple[Stamp, ...]) -> bool:
    """Whether it says 즉시 and no clock to wait for: one before it, or one with 이후 or 부터.

    Another clock behind it is that of the distribution, which a PDF may put there.
    """
    match = IMMEDIATE.search(value)
    if match is None:
        return False
    clocks = [one.span[1] for one in found if one.clock]
    return not any(end <= match.start() or _FROM.match(value, end) for end in clocks)


def _paper(value: str, found: tuple[Stamp, ...], base: date | None) -> tuple[date, Edition] | None:
    """The edition and its day: the date before it, else the one behind it."""
    match = EDITION.search(value)
    if match is None:
        return None
    edition: Edition = "조간" if match["edition"] == "조" else "석간"
    before = [one.day for one in found if one.span[0] < match.start("edition")]
    behind = [one.day for one in found if one.span[0] > match.start()]
    day = before[-1] if before else behind[0] if behind else base
    if day is None:
        return None
    return _edition_day(match, day), edition


def _edition_day(match: re.Match[str], day: date) -> date:
    """``화요일 조간``, ``14일 조간``, ``익일 조간``: the next such day from the date before it."""
    if match["next"]:
        return day + timedelta(days=1)
    for ahead in range(31):
        one = day + timedelta(days=ahead)
        if match["weekday"] and one.weekday() == _WEEKDAYS.index(match["weekday"]):
            return one
        if match["day"] and one.day == int(match["day"]):
            return one
    return day


def _online(
    value: str,
    found: tuple[Stamp, ...],
    paper: tuple[date, Edition] | None,
    base: date | None,
) -> Printed | None:
    """The clock time from which it may be online; the papers' own where only they have one."""
    timed = [one for one in found if one.clock]
    if timed:
        told = {one: _in_seoul(value, one.span, Printed(one.day, one.clock)) for one in timed}
        known = [one for one in timed if told[one]]
        known = [one for one in known if told[one] == Printed(one.day, one.clock)] or known
        media = [one for one in known if not _is_last(value, one, PAPER, ONLINE)] or known
        if media:
            return told[media[0]]
    days = [one.day for one in found if paper is None or one.day != paper[0]]
    day = days[0] if days else found[0].day if found else base
    at = next(_clocks(value, day, base or day), None) if day else None
    if at and timed and Printed(timed[0].day, timed[0].clock).at - at.at > _AHEAD_OF_US:
        return Printed(
            at.day + timedelta(days=1), at.clock
        )  # 현지시간 9. 10. 15:00(한국시간 04:00)
    return at


def _is_last(value: str, stamp: Stamp, these: re.Pattern[str], those: re.Pattern[str]) -> bool:
    """Whether of two kinds of words one of ``these`` stands last before a time."""
    before = value[: stamp.span[0]]
    one, other = list(these.finditer(before)), list(those.finditer(before))
    return bool(one) and (not other or one[-1].start() > other[-1].start())


def _clocks(value: str, day: date, base: date | None) -> Iterator[Printed]:
    """Clock times without a date beside them, on 24 hours.

    Of ``day``, or of the next one from ``base`` that the words before name: ``익일 06:00``,
    ``15일(수) 12:00``, ``수요일 낮 12시``.
    """
    for match in CLOCK.finditer(value):
        said = _DAY_AHEAD.search(value[: match.start()])
        own = _edition_day(said, base) if said and base else day
        for one in stamps(f"{own.isoformat()} {match[0]}", None):
            at = one.clock and _in_seoul(value, match.span(), Printed(one.day, one.clock))
            if at:
                yield at


def _in_seoul(value: str, span: Span, printed: Printed) -> Printed | None:
    """A time that stands at ``span`` by the clock of Seoul; None where nobody knows whose it is."""
    ahead = list(_AHEAD.finditer(value, 0, span[0]))
    whose = _BEHIND.match(value, span[1]) or (ahead[-1] if ahead else None)
    if whose is None or CLOCK.search(value, whose.end(), span[0]):
        return printed
    place = whose["place"] or whose["city"]
    names = (zone for zone, places in _ZONES.items() if place and re.fullmatch(places, place))
    zone = next(names, _CODES.get(whose["code"]))
    if zone is None:
        return None
    at = printed.at.replace(tzinfo=ZoneInfo(zone)).astimezone(SEOUL)
    return Printed(at.date(), f"{at:%H:%M}") if zone != SEOUL.key else printed


def _condition(value: str, found: tuple[Stamp, ...]) -> str | None:
    """The event it hangs on, from the bracket or the time before it."""
    match = CONDITION.search(value)
    if match is None:
        return None
    marks = [value.rfind(mark, 0, match.start()) + 1 for mark in "()[]/|,※"]
    times = [one.span[1] for one in found if one.span[1] <= match.start()]
    return " ".join(value[max(marks + times) : match.end()].split()) or None
