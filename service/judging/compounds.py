"""Whether letters within a run of Korean are a word of it: what the morphemes say."""

from __future__ import annotations

import re

from service.judging.morphemes import AGENCY, COMMON_NOUN, NOUNS, PROPER_NOUN, Morph, Morphs
from service.model import Span

_ACCIDENT = 2  # two letters meet inside a longer noun by accident, three hardly ever
_NAMED = 4  # letters; what is as long as this was typed as a name, with its 과 or 도
_PARTICLE = "J"
_DEPENDENT = "JE"  # particles and endings: no word begins with one
_NOMINAL = ("N", "XPN", "XSN", "XR", "SL", "SN", AGENCY)  # what compounds are made of

# Syllables that go before or after a noun and leave it what it is: 신산업, 조선소. Closed classes.
_BEFORE = frozenset("신총대반탈비재저초고미불사수외내준친")
_AFTER = frozenset(
    "가계관권금기단당료망법부비사산상서세소시실안업용원율인자장재점제주죄증지청체층팀품학형화회"
)
_HEAD = "장"
_OF_A_PLACE = frozenset(
    ["시", "군", "구", "도", "항", "역", "대", "광역시", "특별시", "특별자치시", "특별자치도"]
)
# What departments and commissions are called, and who is at their head. A particle 과 is no noun.
_OFFICE = re.compile(
    r"(?:과장|국장|실장"
    r"|(?:담당|정책|기획|심의|조정|협력|지원|대책|분석|조사|평가)관|담당관실"
    r"|위원회|위원장|분과위"
    r"|(?:진흥|연구|평가|분류|기술|개발|관리|정보|교육|시험|인증|표준|보증|보호|안전|심판)원장?)$"
)
_OFFICES_END = tuple("장관실회위원청")  # all of them, to tell soon what is none
_REGIONAL = re.compile("지방[가-힣]{2,8}청장?$")  # what is before it is a place


def has_word(morphs: Morphs, span: Span, edges: tuple[bool, bool]) -> bool:
    """Whether the span is a word of the run, or a part of a compound with the word's sense.

    ``edges`` say on which sides it is already known to be at the border of a word.
    """
    start, end = span
    touched = [at for at, m in enumerate(morphs) if m.start < end and m.end > start]
    if not touched:
        return False
    first, last = morphs[touched[0]], morphs[touched[-1]]
    if first is last and end - start < first.end - first.start:
        return _is_part(first, start, end) and not _in_office(morphs, touched[0], span)
    starts = edges[0] or first.start == start
    ends = edges[1] or last.end == end
    if not starts or first.tag[0] in _DEPENDENT:
        return False
    if end - start >= _NAMED:
        return ends or last.tag in NOUNS
    if not ends or last.tag[0] == _PARTICLE:
        return False
    return not _in_office(morphs, touched[0], span)


def _is_part(noun: Morph, start: int, end: int) -> bool:
    """Whether the span within one noun has the noun's sense.

    It has where the noun falls apart at its borders, 항공 in 항공기 and not 시장 in 전시장. Of a
    proper name that is not enough, 인도 in 인도양: the rest has to be a word, 대전 in 대전청사, or
    say that this is a place, 부산 in 부산항. Of a body only the head says its name: 관세청장.
    """
    if noun.tag == AGENCY:
        return start == noun.start and noun.form[end - start :] == _HEAD
    if noun.tag not in NOUNS:
        return False
    if end - start > _ACCIDENT:
        return True
    before = noun.form[: start - noun.start]
    after = noun.form[end - noun.start :]
    return _may_precede(noun, before, start) and _may_follow(noun, after, end)


def _may_precede(noun: Morph, before: str, start: int) -> bool:
    if len(before) > 1:
        return start in noun.cuts or _is_whole(noun)
    return not before or (noun.tag == COMMON_NOUN and before in _BEFORE and start in noun.cuts)


def _may_follow(noun: Morph, after: str, end: int) -> bool:
    if not after or after in _OF_A_PLACE:
        return True
    if len(after) > 1:
        return end in noun.cuts or _is_whole(noun)
    return noun.tag == COMMON_NOUN and (after in _AFTER or end in noun.cuts)


def _is_whole(noun: Morph) -> bool:
    """Whether nothing is known of a common noun's parts: then either end may be one."""
    return noun.tag == COMMON_NOUN and not noun.cuts


def _in_office(morphs: Morphs, touched: int, span: Span) -> bool:
    """Whether the run of nouns around the span is the name of an office that goes on after it.

    ``touched`` is the first that the span touches. A place stays a place: 부산 in
    부산지방해양수산청.
    """
    if morphs[touched].tag == PROPER_NOUN and morphs[touched][2:4] == span:
        return False
    begin = stop = touched
    while stop < len(morphs) and morphs[stop].tag.startswith(_NOMINAL):
        stop += 1
    end = morphs[stop - 1].end
    if end <= span[1] or not morphs[stop - 1].form.endswith(_OFFICES_END):
        return False
    while begin > 0 and morphs[begin - 1].tag.startswith(_NOMINAL):
        begin -= 1
    name = "".join(m.form for m in morphs[begin:stop])
    if regional := _REGIONAL.search(name):
        return end - len(regional.group()) < span[1] < end
    office = _OFFICE.search(name)
    return office is not None and span[1] <= end - len(office.group())
