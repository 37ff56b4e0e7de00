"""Whether a release announces something to apply for, and until when."""

from __future__ import annotations

import re
from datetime import date

from service.model import Call
from service.reading.open_periods import Grade, Period
from service.reading.periods import periods

_LEAD_LENGTH = 700
_NEIGHBOURS = 80
"""Periods no further apart than this, in characters, are of one list."""
_ENOUGH = 3
"""From this weight on it is a call."""
_DATED = 5
_UNDATED = 1

_Weights = tuple[tuple[int, re.Pattern[str]], ...]
_TITLE: _Weights = (
    # The title ends with the act: 참여기업 모집(3. 2. ~ 3. 20.), '빛의 언덕 공모전' 개최
    (3, re.compile(
        r"(?:모집|공모전?|공고|접수|입법예고|행정예고|신청하세요|찾습니다)['’”」｣\s]{0,2}"
        r"(?:시작|개시|개최|실시)?[\s!.…'’”」｣)）-]{0,9}(?:$|[(（])"
    )),
    (2, re.compile(
        r"모집|공모|접수|신청|응모|입법예고|행정예고|채용|참가자|참여기업|참여하세요|도전하세요"
    )),
    # What came of an earlier one.
    (-3, re.compile(
        r"시상|수상|당선|결과|현황|실적|성료|성황|마무리|합격자|체결|통과|역대|공모펀드"
        r"|개선|개정(?!.*예고)"
    )),
    (-2, re.compile(r"선정(?!\s?(?:공모|공고|계획))|비율|통계|미실시|\d%")),
)  # fmt: skip
_LEAD: _Weights = (
    (1, re.compile(
        r"(?:모집|공모|접수|입법예고|행정예고)(?:을|를)?\s?"
        r"(?:한다|합니다|실시|진행|시작|개시|추진)|신청을? ?받"
    )),
    (-1, re.compile(r"(?:선정|선발|시상|개최|체결|공모|모집)(?:식을?\s?개최)?(?:했|하였|됐|되었)")),
)  # fmt: skip
_BODY: _Weights = (
    (2, re.compile(r"(?:희망|원)하는[^.\n]{0,80}(?:신청|접수|제출|응모)")),
    (1, re.compile(
        r"(?:신청|접수|제출|응모|지원|예약)(?:을|를)?\s?(?:하면 ?[된되]|할 수 ?있|하여야|해야)"
    )),
)  # fmt: skip


def find(title: str, text: str, near: date | None) -> Call:
    """What can be applied for and until when, as far as it is sure.

    ``near`` is the day of publication. Where several periods are printed it is the first of the
    surest; a list of differing ones (one for each track) has no end that is everybody's.
    """
    found = periods(f"{title}\n{text}", near)
    best = max(found, key=_sureness, default=None)
    if not _is_call(title, text, best):
        return Call(is_call=False)
    if best is None:
        return Call(is_call=True)
    alike = [best, *(one for one in found if best.end and one.end == best.end)]
    prolonged = [one for one in found if best.extended and one.grade is best.grade]
    start = next((one.start for one in [*alike, *prolonged] if one.start), None)
    if best.end is None or _is_one_of_many(best, found) or _is_rather_open(best, found):
        is_open = best.open_ended or _is_rather_open(best, found)
        return Call(is_call=True, start=start, open_ended=is_open, sentence=best.sentence)
    clock = next((one.clock for one in alike if one.clock), None)
    return Call(is_call=True, start=start, end=best.end, end_clock=clock, sentence=best.sentence)


def _sureness(period: Period) -> tuple[bool, bool, Grade, bool]:
    is_whole = period.end is not None or period.open_ended
    return (
        is_whole,
        period.end is not None or period.grade is Grade.SAID,
        period.grade,
        period.extended,
    )


def _is_one_of_many(best: Period, found: tuple[Period, ...]) -> bool:
    """Whether the next period, of the same sort and right behind it, ends later."""
    following = next((one for one in found if one.span[1] > best.span[1]), None)
    return (
        following is not None
        and best.end is not None
        and following.end is not None
        and following.grade is best.grade
        and following.span[0] - best.span[1] <= _NEIGHBOURS
        and following.end > best.end
    )


def _is_rather_open(best: Period, found: tuple[Period, ...]) -> bool:
    """Whether its last day is only the programme's.

    One sign is not enough (예산 소진 시 조기 마감 leaves the day standing); it takes a second
    place of the text, beside the period itself, to say that one may apply at any time or until
    the money is used up.
    """
    first, last = best.span
    elsewhere = (one for one in found if one.span[1] <= first or one.span[0] >= last)
    return best.may_close_early and any(one.open_ended for one in elsewhere)


def _is_call(title: str, text: str, best: Period | None) -> bool:
    weight = _weight(title, _TITLE) + _weight(text[:_LEAD_LENGTH], _LEAD) + _weight(text, _BODY)
    if best is not None:
        weight += _DATED if best.end else _UNDATED
        weight += best.grade is Grade.SAID
    return weight >= _ENOUGH


def _weight(text: str, weights: _Weights) -> int:
    return sum(weight for weight, pattern in weights if pattern.search(text))
