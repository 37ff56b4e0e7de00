"""What kind of an announcement it is: by the marks of its title, then by the form of its text."""

from __future__ import annotations

import re
from collections.abc import Mapping

from service.model import Kind

# What stands in a bracket before or behind a title and is no part of it: (공동-참고), [차관동정],
# [3.20.보도참고자료], (수정본). A bracket with other words is of the title: (주), [광주교도소].
_WORD = (
    r"(?:관계)?부처|정부(?:부처)?|공동|합동|보도|배포|자료|참고|설명|해명|반박|사실|확인|알림|"
    r"정정|수정본?|정정본|최종본?|동정|장관|차관|청장|처장|위원장|총리|인사(?:발령)?|부고|일정|"
    r"모두발언|기고문?|국·?영문|동시|사진|조간|석간|요청"
)
_DATE = r"[\d./:월화수목금토일시분\s]"
_INSIDE = rf"{_DATE}*(?:{_WORD})(?:[-·,.\s]{{0,3}}(?:{_WORD}))*{_DATE}*"
_BEFORE = re.compile(rf"\s*(?:\[({_INSIDE})\]|\(({_INSIDE})\)|【({_INSIDE})】|<({_INSIDE})>)\s*")
_BEHIND = re.compile(rf"\s*(?:\[({_INSIDE})\]|\(({_INSIDE})\))\s*$")
_NO_MARK = re.compile(r"[\d./:\s]|(?<![가-힣])[월화수목금토일](?![가-힣])")
_LONGEST_MARK = 40

_REBUTS = re.compile(r"설명|해명|반박|정정보도|사실확인")
_ON_THE_MOVE = re.compile(r"동정|일정")
_STAFF = re.compile(r"인사|부고")
_FOR_REFERENCE = re.compile(r"참고")

_LEAD = 400
_REBUTTING_TITLE = re.compile(
    r"사실이 아닙니다|사실과 다릅니다|정정보도|"
    r"(?:기사|보도)(?:에|\s?관련)?[^가-힣]{0,3}(?:대해|대한|관련)?\s?(?:설명|해명|반박|정정)"
)
_REBUTTING_TEXT = re.compile(
    r"^[\s<\[【(□○ㅇ◈◇▷>·*\d.]{0,8}(?:관련|언론)?\s?(?:보도|기사)\s?(?:주요\s?)?(?:내용|요지|매체)"
    r"|사실은 이렇습니다",
    re.MULTILINE,
)
_PLAN = re.compile(r"주간\s?(?:보도|행사|주요)?\s?(?:계획|일정)|보도계획|(?:주요|공개)\s?일정$")
_APPOINTMENTS = re.compile(
    r"(?:^|[급장청처부원회관무\s])(?<!감사 )(?<!주요 )인사(?:발령|이동)?\s?(?:보도|실시|단행)?"
    r"\s?(?:\([^)]*\))?$"
    r"|(?:고위공무원|과장급|국장급)[^,]{0,8}(?:전보|승진)$"
)
_TAKES_OFFICE = re.compile(
    r"(?:취임|부임|임명(?:\s?제청)?|선임|위촉|영입|임용|내정)['’\s]*(?:\([^)]*\))?(?:$|\s['‘])"
)
_OFFICIAL = re.compile(r"(?:총리|장관|차관|청장|처장|실장|위원장|본부장|차장|대행)[^\s,]*[,\s]")
_VISITS = re.compile(
    r"(?:방문|참석|접견|면담|예방|격려|참배|간담회 개최|현장점검|찾아|순방)"
    r"(?:\s?(?:예정|보도자료))?[\s'’\"”]*(?:$|[.…,])"
)
# A visit that is told in the title and in the first sentence is what the release is about.
_GOES = re.compile(
    r"방문|찾은|찾아|찾는다|누빈다|현장\s?점검|청취|간담회|수여식|격려|면담|접견|참석|예방|참배|위문|"
    r"시찰|순방|행보|소통"
)
_WENT = re.compile(
    r"방문[해하했한할,]|찾아|찾았|찾는|참석[해하했한할]|점검했|점검하였|만나|면담|격려|수여"
)
_ACTS = re.compile(
    r"(?:총리|장관|차관|청장|처장|원장|실장|위원장|본부장|조정관|지원단)(?:\([^)]{0,20}\))?"
    r"(?:[은는이가과와]\s|[,\s])"
)
# One that asks for entries within its first lines is likelier a notice.
_INVITES = re.compile(r"모집|공모(?!펀드|주|채)|접수|응모|공고")
_OPENING = 250
_SENTENCE = 60  # letters of a line that is a sentence, not a heading

# The words of a text say how likely each kind is; what these add was weighed on labelled releases.
_OF_ITS_WORDS: tuple[Kind, ...] = ("release", "notice", "schedule", "personnel")
_UNKNOWN_WORDS: Mapping[str, float] = {"release": 0.25, "schedule": -0.15}  # a visit says little
_A_CALL = 0.3
_AN_INVITATION = 0.15
_AN_OFFICE = 0.35
_A_VISIT = 0.35
_NOTHING_BUT_A_VISIT = 0.8


def marks(title: str) -> tuple[str, tuple[str, ...]]:
    """The title without its marks, and the marks: ``("수출 대책", ("공동-참고",))``."""
    found: list[str] = []
    bare = title.strip()
    while match := _BEFORE.match(bare[:_LONGEST_MARK]):
        found.append(_plain(match))
        bare = bare[match.end() :]
    tail = bare[-_LONGEST_MARK:]
    if behind := _BEHIND.search(tail):
        found.append(_plain(behind))
        bare = bare[: len(bare) - len(tail) + behind.start()]
    kept = tuple(mark for mark in found if mark)
    return (bare.strip(), kept) if bare.strip() else (title.strip(), ())


def of(
    title: str,
    text: str,
    is_call: bool,
    *,
    news: bool = False,
    scores: Mapping[str, float] | None = None,
) -> Kind:
    """The kind. ``scores``: how likely each kind is by the words, where that was judged."""
    if news:
        return "news"
    bare, found = marks(title)
    by_form = _by_form(bare, " ".join(found), text[:_LEAD])
    return by_form or _by_words(bare, text, is_call, scores)


def _by_form(bare: str, marked: str, lead: str) -> Kind | None:
    answers = _REBUTTING_TITLE.search(bare) or _REBUTTING_TEXT.search(lead)
    if answers or _REBUTS.search(marked):
        return "rebuttal"
    if _PLAN.search(bare) or _ON_THE_MOVE.search(marked):
        return "schedule"
    if _APPOINTMENTS.search(bare) or _STAFF.search(marked):
        return "personnel"
    return "reference" if _FOR_REFERENCE.search(marked) else None


def _by_words(bare: str, text: str, is_call: bool, scores: Mapping[str, float] | None) -> Kind:
    likely = {kind: (scores or _UNKNOWN_WORDS).get(kind, 0.0) for kind in _OF_ITS_WORDS}
    likely["notice"] += _A_CALL * is_call
    likely["notice"] += _AN_INVITATION * bool(_INVITES.search(f"{bare} {text[:_OPENING]}"))
    likely["personnel"] += _AN_OFFICE * bool(_TAKES_OFFICE.search(bare))
    likely["schedule"] += _A_VISIT * bool(_OFFICIAL.search(bare) and _VISITS.search(bare))
    likely["schedule"] += _NOTHING_BUT_A_VISIT * _tells_of_a_visit(bare, _first_sentence(text))
    return max(_OF_ITS_WORDS, key=likely.__getitem__)


def _tells_of_a_visit(bare: str, sentence: str) -> bool:
    told = _GOES.search(bare) and _WENT.search(sentence)
    return bool(told and _ACTS.search(sentence))


def _first_sentence(text: str) -> str:
    """The first line that is one, to its full stop."""
    head = text[: 4 * _LEAD].split("\n")
    line = next((each for each in head if len(each) >= _SENTENCE), "")
    return line.partition("다.")[0]


def _plain(match: re.Match[str]) -> str:
    inside = next(group for group in match.groups() if group is not None)
    return _NO_MARK.sub("", inside).strip("-·,")
