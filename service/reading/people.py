"""What names an official: a rank, a name, an office, all told by the shape of the words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_SURNAMES = frozenset(
    "김이박최정강조윤장임한오서신권황안송류유전홍고문양손배백허남심노하곽성차주우구민진지엄채원천방공현"
    "함변염여추도소석선설마길연위표명기반라왕금옥육인맹제모탁국어은편용예경봉사부가복태목형피두감음빈"
    "동온호범좌팽승간상시갈단견당로리림양나"
)
_LONG_SURNAMES = ("남궁", "황보", "제갈", "선우", "독고", "사공", "서문", "동방")
_RANK = re.compile(
    r"[가-힣A-Z·]{0,10}(?:"
    r"과장|팀장|국장|실장|단장|부장|처장|청장|차장|계장|반장|관장|원장|소장|센터장|대장|의장|지사장|위원장"
    r"|파트장|그룹장|서장|공항장|총장|학장|교장|이사장|사장|행장|대변인"
    r"|사무관|서기관|주무관|이사관|행정관|감독관|조사관|심사관|심판관|분석관|보좌관|주재관|참사관|비서관"
    r"|연구관|연구사|지도관|지도사|조정관|전문관|전문경력관|검역관|감사관|통계관|기상사무관|의무관|군무원"
    r"|연구위원|전문위원|연구원|상임위원|위원|간사|이사|변호사|회계사|검사|교수|박사"
    r"|주사보?|서기보?|기사|기능장|총경|경무관|경정|경감|경위|경사|경장|순경"
    r"|소방(?:준감|정감|총감|감|정|령|경|위|장|교|사)|[대중소]령|[대중소]위|준위|원사|상사|중사"
    r"|수석|책임|선임|매니저|주임|대리|사원|팀원|프로|담당자?|총괄|영사|서기생)"
    r"|담당관|심의관|정책관|기획관|협력관|관리관|교섭관|지원관"
)
_KNOWN_RANK = re.compile(
    r"과장|팀장|국장|실장|단장|부장|차장|센터장|담당관|심의관|사무관|서기관|주무관|연구관|연구사|연구원"
    r"|조정관|행정관|경정|경감|경위|소령|중령|대령|대리|주임|책임|선임"
)
_HEAD_OF = re.compile(r"(?P<unit>[가-힣A-Z·]{2,12}[과팀])장")
_UNIT = re.compile(
    r"[가-힣A-Za-z0-9.·‧ㆍ/&()-]*(?:[가-힣][가-힣0-9](?:과|국|실|부|청|처|단|위|소)|팀|TF|T/F|위원회|본부|센터"
    r"|담당관실?|정책관실?|기획관실?|협력관실?|심의관실?|조정관실?|교섭관실?|감사관실?|대변인실?"
    r"|공단|공사|재단|협회|진흥회|조합|은행|대학교?|병원|우체국|소방서|경찰서|세무서|순찰대|사령부|지사"
    r"|(?:연구|진흥|교육|평가|관리|정보|개발|인증|품질|안전|기술|장학|의료|과학|통계|문화|수련|검정)원|감사원"
    r"|(?:박물|미술|도서|과학|기념|문화|자료|기록|수목|생태|체험|전시)관)"
)
_NOT_UNIT = re.compile(
    r".*(?:신청|문의처|연락처|접수처|거래처|까지|콜센터|고객센터|상담센터|[은는을를]|일부|전부|정부)"
)
_DIVISION = re.compile(r"(?:과|팀|담당관)$")
_LONGEST_RANK = 12
_ACTING = frozenset({"직무대리", "직무대행", "직대", "대행"})
"""How somebody holds a rank; none of them is one."""
_PLACES = frozenset(
    {"강원도", "경기도", "전라도", "경상도", "제주도", "서울시", "부산시", "인천시"}
)
_ASIDE = re.compile(r"[(（]([^()（）]{1,20})[)）]")
_SINGLES = re.compile(r"(?<![가-힣])([가-힣])[ \u00a0\u3000]+(?=[가-힣](?![가-힣]))")
_BETWEEN = re.compile(r"[\s|,;:：/☎☏()（）<>]+")
TRAILER = re.compile(
    r"(?:[\s(（\[:：,/·.\-–☎☏✆📞)）|*※]|전\s?화|연락처|사무실|직통|내선|휴대폰|전자\s?우편|이\s?메일|TEL|Tel|tel|\bT\b)+$"
)


@dataclass(frozen=True, slots=True)
class Person:
    """An official as named; ``rank`` None where only the name stands there."""

    rank: str | None
    name: str


def words(text: str) -> list[str]:
    """The words of a contact's part, broken ones (``과 장``, ``이 름``) whole, asides dropped."""
    text = TRAILER.sub("", text)
    text = _ASIDE.sub(lambda aside: f" {aside[1]} " if _RANK.fullmatch(aside[1]) else " ", text)
    text = _SINGLES.sub(r"\1", text)
    found = [word for word in _BETWEEN.split(text) if word and word not in _ACTING]
    return [part for word in found for part in _split(word)]


def last_person(parts: Sequence[str], *, role: bool) -> tuple[Person | None, list[str]]:
    """The person the words end with, and the words before.

    ``role``: the words follow 담당자 or alike, so they are a rank, however odd, and a name.
    """
    parts = _whole_name(list(parts))
    if len(parts) > 1 and _RANK.fullmatch(parts[-1]) and _is_name(parts[-2], sure=not role):
        return Person(parts[-1], parts[-2]), parts[:-2]
    if not parts or not _is_name(parts[-1], sure=not role or len(parts) == 1):
        return None, parts
    *before, name = parts
    if not role:
        return _after_office(before, name)
    if before and _RANK.fullmatch(before[-1]):
        superior, _ = last_person(before[:-1], role=False)
        if superior and superior.rank:
            return Person(before[-1], name), before[:-1]
    offices = [one for one in before if is_unit(one) and not _RANK.fullmatch(one)]
    rank = "".join(one for one in before if one not in offices)
    return Person(rank[-_LONGEST_RANK:] or None, name), offices


def _after_office(before: list[str], name: str) -> tuple[Person | None, list[str]]:
    """A name that stands behind its rank, or behind nothing but its office."""
    rank = before[-1] if before else ""
    if head := _HEAD_OF.fullmatch(rank):
        return Person(rank[-2:], name), [*before[:-1], head["unit"]]
    if _RANK.fullmatch(rank):
        return Person(rank, name), before[:-1]
    alone = not before and (len(name) < 3 or name in _PLACES)  # noqa: PLR2004
    # 홍길국 behind a division is a person: the smaller office stands last.
    office = is_unit(name) and not (_DIVISION.search(rank) and not _DIVISION.search(name))
    if alone or office or (rank and not is_unit(rank)):
        return None, [*before, name]
    return Person(None, name), before


def all_people(parts: Sequence[str]) -> list[Person]:
    """Everybody named, in order: ranks and names by turns, or a column of each."""
    ranks = [one for one in parts if _RANK.fullmatch(one)]
    names = [
        one for one in parts if one not in ranks and _is_name(one, sure=True) and not is_unit(one)
    ]
    if len(ranks) == len(names):
        return [Person(rank, name) for rank, name in zip(ranks, names, strict=True)]
    return [Person(None, name) for name in names] if len(names) == len(parts) else []


def is_unit(word: str) -> bool:
    """Whether a word can be the name of an office."""
    return len(word) > 1 and _UNIT.fullmatch(word) is not None and not _NOT_UNIT.fullmatch(word)


def _whole_name(parts: list[str]) -> list[str]:
    """``남궁 민``, ``김 민수`` and ``과장김 민수`` as rank and name."""
    if len(parts) < 2:  # noqa: PLR2004
        return parts
    *rest, first, last = parts
    if (len(last) < 3 and first in _LONG_SURNAMES) or (  # noqa: PLR2004
        len(last) == 2 and first in _SURNAMES and not _RANK.fullmatch(last)  # noqa: PLR2004
    ):
        return [*rest, first + last]
    if len(last) == 2 and first[-1:] in _SURNAMES and _KNOWN_RANK.fullmatch(first[:-1]):  # noqa: PLR2004
        return [*rest, first[:-1], first[-1] + last]
    return parts


def _split(word: str) -> list[str]:
    """``과장홍길동`` and ``홍길동사무관`` in two, other words as they are."""
    rank = _KNOWN_RANK.match(word)
    if rank and _is_name(word[rank.end() :], sure=True):
        return [rank[0], word[rank.end() :]]
    if _is_name(word[:3], sure=True) and _KNOWN_RANK.fullmatch(word[3:]) and not is_unit(word[:-1]):
        return [word[:3], word[3:]]
    return [word]


def _is_name(word: str, *, sure: bool) -> bool:
    """Whether a word has the shape of a Korean name; ``sure``: with a surname that is one."""
    if not re.fullmatch(r"[가-힣]{2,4}", word):
        return False
    if not sure:
        return True
    if word.startswith(_LONG_SURNAMES):
        return len(word) > 2  # noqa: PLR2004
    return word[0] in _SURNAMES and len(word) < 4  # noqa: PLR2004
