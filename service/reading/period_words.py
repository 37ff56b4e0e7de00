"""The words by which officials say that a period is one of application, and that it is not."""

from __future__ import annotations

import re


def _spaced(words: str) -> str:
    """A pattern for words that tables print with blanks between their letters (접 수 기 간)."""
    return "|".join(r"[ ]{0,2}".join(word) for word in words.split())


# What one does with a call: 신청, 접수, 응모 … or what its author does: 모집, 공모, 입법예고.
_ACT = (
    rf"(?<!이의)(?<!이의 )(?:{_spaced('신청서 신청 접수 응모 모집 공모전 공모 제출 청약')}"
    r"|재?(?:입법|행정|규정 ?변경)[ ]?예고)"
)
_TERM = _spaced("기간 기한 마감일자 마감일시 마감시한 마감일 마감 일정 일시 일자 시기")

PARTICLE = re.compile(r"[은는]\s")
DOES = re.compile(rf"(?:{_ACT})(?![은는]|[ ]?(?:방법|대상|자격|기간(?![ ]연장))[은는 :])")
"""An act as a sentence's verb or object, not as the subject of the next clause."""
TERM = re.compile(_TERM)
LABEL = re.compile(
    rf"(?P<act>{_ACT}(?:[ ]{{0,2}}[·ㆍ․‧∙･・/,및]?[ ]{{0,2}}(?:{_ACT}|공고|서류))*+)"
    rf"(?:[ ]{{0,2}}(?P<term>{_TERM}))?"
    rf"|(?P<notice>공[ ]{{0,2}}고)[ ]{{0,2}}(?:{_TERM})"
)
"""``act`` (신청·접수) with its ``term`` (기간) if it has one, or ``notice`` (공고기간)."""
BETWEEN = re.compile(
    r"[은는이가을를]?(?:[\s:：;|<>\[\]()（）「」【】○●◯ㅇᄋo◦•▪⦁❍￮·\-–—*※□■▶▢◆,.#~∼～]|br>"
    r"|안내|방법|및|공고일?(?:로?부터)?|개시일?|게시일?|온라인|우편|방문|전산"
    r"|[0-9]{1,3}[ ]?(?:일|주일?|개월)(?:간|동안)?"
    r"|오는|이달|이번 ?달|내달|다음 ?달|당해"
    r"|(?:제?\d회?)?차|변경|연장|추가|정정|수정"
    r"|['’‘]?\d\d\.|(?:20)?\d\d[년.][ ]?\d{1,2}월[ ]?(?:부터)?){0,24}"
)
"""What may stand between a label and its days."""
NOTED = re.compile(r"[(（][^()（）\n]{0,8}[)）]")

LAST_DAY = re.compile(r"마[ ]{0,2}감|기[ ]{0,2}한|[~∼～〜][ ]*$")
"""A single day behind these is an end; behind 접수일자 it is a beginning."""
NOT_NOW = re.compile(
    r"지난(?:해)?[ ][^\n.]{0,12}$|(?:다음 ?해|익년도?|차년도|매년|매월)[ ]?$"
    r"|(?:보고서|결과물|정산서|실적)[을를]?[ ]?$"
)
"""Before a day: it is of an earlier call, of every year, or of what is due after the support."""
TENTATIVE = re.compile(r"잠정[)）]?[ ]?$")

EVENT = re.compile(
    r"개최|열리|열린|발표|선정|시행|완료|운영|전시|이행|체결|종료|납부|상영|할인|지급|보고서|정산|실적|진행[되하]는"
)
"""What else happens until a day."""
PAST = re.compile(
    r"(?:신청|접수|응모|모집|공모|제출|예고)(?:을|를)?[ ]?"
    r"(?:한(?!다)|된(?!다)|받은|했|하였|됐|되었|마친|마쳤|결과)"
)
QUOTED = re.compile(r"[「『｢‘'“\"][^「」『』｢｣‘’'“”\"\n]{0,60}[」』｣’'”\"]")
SUBJECT = re.compile(r"(?:신청|접수|응모|모집|공모|공고|제출|예약)(?: ?기간)?(?:은|는|을|를)(?=\s)")
POSSIBLE = re.compile(r"가능|진행|실시|이다|이며|이고|받[는고아을]|할 수")


def _not_within(labels: str) -> str:
    """A pattern for what does not stand behind 기간 내 of words that end with these letters."""
    afters = ("내", "내 ", " 내 ", "중", "중 ", " 중 ")
    behind = (f"(?<![{labels}]{gap}기간{after})" for gap in ("", " ") for after in afters)
    return "(?=[상수연])" + "".join(behind)


_OWN = _not_within("청수집")
_ALWAYS = r"(?:(?<!여)상시(?![ ]?(?:근로|고용|종업|인력|노동|직원))|(?<![접여])수시|연중)"
UNTIL_SPENT = re.compile(
    r"(?:소진|마감|완료|공지|충원|판매)[ ]?시?[ ]?까지|소진[ ]?시(?=[ ]*(?:$|[\n)）<|]))"
)
"""예산 소진 시까지, 별도 공지 시까지: no day is the last."""
ANY_TIME = re.compile(
    rf"{_not_within('청수집고')}{_ALWAYS}|선착순[ ]?마감|소진[ ]?시"
    r"|(?:접수|신청|모집|선정)[ ]?(?:완료[ ]?)?시[ ]?(?:까지|마감)"
)
"""Where a period has no last day, these say that it has none; 공고기간 내 상시 has its notice's."""
MAY_CLOSE_EARLY = re.compile(
    rf"소진[ ]?시(?![ ]?까지)|기간[ ]?(?:내|중)[ ]?상시|{_ALWAYS}[ ]?(?:접수|모집|신청)[)）]"
)
"""Behind a last day: 2. 5. ~ 9. 30. ※ 예산 소진 시 조기 종료."""
SPENT_NOTE = re.compile(r"[ ]?(?:[가-힣]{1,6}[ ]?)?소진[ ]?시[ ]?까지")
AT_ANY_TIME = re.compile(
    rf"(?:{_OWN}{_ALWAYS}|소진[ ]?시[ ]?까지)[ ]?(?:으?로[ ]?)?(?:온라인[ ]?)?{_ACT}"
)
"""상시 접수, 예산 소진 시까지 신청; not 신청기간 내 상시 접수."""
