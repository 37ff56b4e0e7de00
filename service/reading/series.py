"""A name taken apart: its series, which round and year of it, and who shares it."""

from __future__ import annotations

import re
from datetime import date

from service.model import Mention
from service.reading.publishers import Registry, Spot

_LONGEST = 60
_SHORTEST = 3

_MEETING = (
    "협의회|협의체|회의|위원회|심의회|간담회|토론회|포럼|콘퍼런스|컨퍼런스|세미나|심포지엄|총회|서밋|회담"
    "|대화|워크숍|워크샵|설명회|공청회|보고회|발표회|품평회|라운드테이블|협상|특별팀|전담팀|전담반|대책반"
    "|추진단|기획단|자문단|지원단|사절단|대응단|점검단|(?<![A-Za-z])TF|T/F|얼라이언스|협력체|네트워크|이사회"
)
_EVENT = (
    "축제|페스타|페스티벌|박람회|전시회|전람회|엑스포|상담회|공모전|경진대회|대회|올림피아드|해커톤|챌린지"
    "|시상식|기념식|주간|(?<!투)데이|캠페인|아카데미|캠프|영화제|콘서트|어워드"
)
_PROGRAMME = (
    "대책|방안|계획|전략|로드맵|이니셔티브|사업|프로젝트|프로그램|패키지|바우처|펀드|센터|플랫폼|클러스터|특구"
    "|비전|정책방향|추진방향|개선안|종합계획|실태조사|거점공관|한국관"
)
NOUN = f"(?:{_MEETING}|{_EVENT}|{_PROGRAMME})"
"""A pattern for the nouns in which such names end."""

# What a noun says together with these words is still any such thing: 현장간담회, 세부추진계획.
_GENERIC = re.compile(
    "(?:종합|기본|추진|세부|현장|실무|전체|확대|긴급|합동|공식|정기|정례|임시|시행|실행|지원|특별|관계부처"
    "|관계기관|범부처|범정부|관련|업무|정책|공동|제도|최종|주요|향후|개선|활성화|육성|발전|대응|점검|논의"
    "|간부|분과|이행|중장기|연간|착수|결과|정부|고위급|국장급|차관급|장관급|온라인|비대면|본|소|이번|해당|동|각"
    f"|합의|평가|상황|연구|조사|국제|국내|전국|운영|준비|후속|정상)*{NOUN}"
)
_ROUND = re.compile(
    rf"제\s?(\d{{1,4}})\s?[차회기](?!\s?산업혁명)|(?<!\d)(\d{{1,4}})차(?=\s?{NOUN})"
)
_YEAR = re.compile(r"(?<!\d)(?:(20\d\d)|(\d\d))\s?(?:학년도|년도|년)(?=\s|제)|(?<!\d)(20\d\d)년도?")
_BARE_YEAR = re.compile(r"^(20\d\d)\s|\s(20\d\d)$")
_BRACKET = re.compile(r"\([^()]*\)")
_NOT_LETTER = re.compile(r"[\W_]+")
_JOINER = re.compile(r"^\s?(?:[와과]|및)\s")


def mention(name: str, published: date | None, registry: Registry) -> Mention | None:
    """A name as printed, taken apart; None where it says nothing but what it is called after.

    ``published`` decides whether a bare number is the year of an event (엑스포 2026) or a part of
    the name (비전 2030); where it is None it stays a part.
    """
    if not _SHORTEST <= len(name) <= _LONGEST:
        return None
    spots = tuple(registry.spots(name))
    rest = _without(name, spots)
    rest, counted = _take(_ROUND, rest.strip())
    rest, year = _year(rest.strip(), published)
    series = _letters(rest)
    parties = tuple(sorted({body.id for spot in spots for body in spot.bodies}))
    if not series and spots and counted is not None:  # 제7차 무역위원회: a sitting of the body
        series = _letters(spots[0].bodies[0].name)
    if len(series) < _SHORTEST or series.isdigit():
        return None
    return Mention(name, series, counted, year, parties)


def generic(series: str) -> bool:
    """Whether it could be anybody's: 정책협의회, 추진계획."""
    return _GENERIC.fullmatch(series) is not None


def _without(name: str, spots: tuple[Spot, ...]) -> str:
    ends = (0, *(spot.end for spot in spots))
    starts = (*(spot.start for spot in spots), len(name))
    between = (name[end:start] for end, start in zip(ends, starts, strict=True))
    return " ".join(" ".join(_JOINER.sub(" ", part) if spots else part for part in between).split())


def _take(pattern: re.Pattern[str], name: str) -> tuple[str, int | None]:
    match = pattern.search(name)
    if match is None:
        return name, None
    number = int(next(group for group in match.groups() if group))
    return f"{name[: match.start()]} {name[match.end() :]}", number


def _year(name: str, published: date | None) -> tuple[str, int | None]:
    for pattern in (_YEAR, _BARE_YEAR):
        rest, year = _take(pattern, name)
        if year is None:
            continue
        if pattern is _BARE_YEAR and (published is None or year > published.year + 1):
            return name, None
        return rest, year if year > 99 else 2000 + year  # noqa: PLR2004 - '26년
    return name, None


def _letters(name: str) -> str:
    return _NOT_LETTER.sub("", _BRACKET.sub("", name)).casefold()
