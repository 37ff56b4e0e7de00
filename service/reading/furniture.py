"""What stands around an article on a newspaper's page: buttons, notices, lists of other articles.

Each pattern is for a whole line without its bullet. They were collected over many outlets: the
wording differs from paper to paper, the things themselves do not.
"""

from __future__ import annotations

import re

_REACTION = (
    r"(?:좋아요|싫어요|화나요|슬퍼요|웃겨요|놀랐어요|훈훈해요|응원해요|추천해요|공감해요"
    r"|감동이에요|기뻐요|유익해요|쏠쏠정보|흥미진진|공감백배|분석탁월|후속강추"
    r"|(?:후속 ?기사|추가 ?취재) ?원해요) ?[0-9,]{0,9}"
)
_SIZE = r"(?:(?:가장|아주|매우)? ?(?:작게|크게)|기본|보통|가[+-]?)"
_SHARE = (
    r"(?:공유(?:하기)?|기사 ?스크랩|스크랩|인쇄(?:하기)?|프린트|북마크|(?:기사 ?)?저장"
    r"|카카오(?:톡|스토리)|페이스북|트위터|엑스|밴드|라인|네이버블로그|텔레그램|이메일|메일"
    r"|(?:URL|링크|주소) ?복사|닫기|더보기|목록|이전|다음|맨 ?위로|구독(?:하기|중)?|로그인"
    r"|회원가입|검색|(?:전체 ?)?메뉴|알림|신고|댓글)"
)
_SECTION = (
    r"(?:홈|뉴스|전체|정치|경제|사회|국제|세계|문화|생활|산업|기업|금융|증권|부동산|과학|IT"
    r"|스포츠|연예|전국|지역|오피니언|사설|칼럼|종합|속보|정책|외교|국방|북한|교육|건강|라이프"
    r"|중기|벤처)(?:[·/ ]?(?:일반|과학|금융|생활|문화|벤처|안보|종합))?"
)


def _lines(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


_BUTTON = _lines(
    r"(?:[컨콘]텐츠|본문|메인 ?메뉴|주 ?메뉴|하단)(?:으로)? ?바로 ?가기",
    r"AD|\[?광고\]?|Advertisement|스폰서 ?링크",
    r"크게 ?보기|원본 ?보기|(?:이미지|사진) ?(?:크게|확대|원본)(?: ?보기)?|확대 ?보기",
    r"(?:기사|뉴스|본문) ?(?:읽어주기|듣기)|음성으로 듣기",
    r"(?:세|3) ?줄 ?요약|(?:AI|기사|핵심) ?요약|AI ?해설 ?기사",
    r"구글 ?(?:검색 ?)?선호 ?(?:출처|매체)(?:로)? ?(?:추가|등록)",
    r"(?:글자|글씨|폰트) ?크기 ?(?:조절|변경|설정|선택)?",
    rf"{_SIZE}(?: {_SIZE}){{0,9}}",
    rf"{_SHARE}(?:[ ·|/]{{1,3}}{_SHARE}){{0,9}}",
    rf"{_REACTION}(?:[ ·|/]{{1,3}}{_REACTION}){{0,9}}",
    r"[0-9,]{1,12}|지면 ?[A-Z]?[0-9]{1,3}면?|\(?END\)?|<끝>",
    r"\d{1,2}\.\d{1,2}\.? ?\([월화수목금토일]\)(?: ?\d{1,2}:\d\d)?",  # the page's own day
)
_NOTICE = _lines(
    r"(?:기사 ?)?(?:URL|주소|링크)[이가]? ?(?:복사가? ?)?(?:복사|완료)(?:되었|됐)습니다\.?",
    r"(?:댓글 ?)?첫 ?(?:번째 ?)?댓글을 ?(?:작성|남겨|달아|등록).{0,20}",
    r"댓글 ?(?:쓰기|달기|보기|\(?[0-9,]{1,6}\)?개?)",
    r".{0,40}언론사.{0,40}카테고리.{0,40}|.{0,40}카테고리.{0,40}언론사.{0,40}",
    r"[◎☞▶▷■]? ?공감언론 .{0,60}",
    r"[◎☞▶▷■] ?.{0,40}(?:구독|제보|바로 ?가기|채널 ?추가).{0,40}",
    r"(?:네이버|다음|구글|카카오)에서 .{1,20}구독하기",
    r"(?:제보는|(?:기사|독자) ?제보|\[?사진 ?영상 ?제보).{0,120}",
    r".{0,30}(?:카카오톡|카톡).{0,20}(?:제보|okjebo|친구 ?추가).{0,80}",
    r"\[(?:앵커|기자|리포트|인터뷰|녹취|VCR)\]|[\[(]영상(?:취재|편집)[^\])]{0,60}[\])]",
)
_RIGHTS = _lines(
    r"[<\[(]? ?(?:저작권자?|Copyrights?|ⓒ|©)(?![은는이가을를의와과]).{0,200}",
    r".{0,100}(?:무단 ?(?:전재|복제|배포)|재배포 ?금지|AI ?학습.{0,10}금지).{0,80}",
    r".{0,100}All rights reserved.{0,80}",
)
_PRESS = _lines(
    _REACTION.replace("{0,9}", "{1,9}"),
    r".{0,40}언론사.{0,40}카테고리.{0,40}|.{0,40}카테고리.{0,40}언론사.{0,40}",
    r"기사 ?(?:URL|주소|링크).{0,30}|[◎☞]? ?공감언론 .{0,60}|.{0,60}okjebo.{0,60}",
    r".{0,100}무단 ?전재.{0,80}",
)
_BREADCRUMB = _lines(rf"{_SECTION}(?: ?[>·|/] ?{_SECTION}){{0,4}}")
_OTHERS = _lines(
    r"(?:오늘의? ?)?(?:주요|많이 ?본|인기|추천|최신|관련|핫|랭킹|베스트|속보|포토|실시간)"
    r" ?(?:급상승|인기|이 ?시각)? ?(?:뉴스|기사|이슈|포토|영상|키워드|랭킹|콘텐츠|시세|댓글)"
    r"(?: ?(?:더보기|TOP ?\d{0,2}))?",
    r"실시간 .{0,12}(?:시세|순위|검색어|뉴스)|오늘의 .{1,12}|헤드라인(?: ?뉴스)?|랭킹",
    r"(?:당신|회원님|독자)(?:을|를|께서)? ?(?:위한|좋아할).{0,30}|.{0,30}by (?:Dable|Taboola)",
    r"이 ?시각 ?(?:주요|많이|헤드라인).{0,20}|이 ?(?:기사|뉴스)[를와] ?(?:본|함께).{0,20}",
    r"함께 ?(?:본|볼|보면|읽으면).{0,20}|(?:AI|에디터) ?추천.{0,12}",
    r"(?:.{2,10} ?|이 ?)기자의? ?다른 ?(?:뉴스|기사).{0,10}",
    r"(?:전체 ?)?댓글 ?\(?[0-9,]{0,6}\)?개?",
)
# An article may be about copyright or informers, and then says so in sentences.
_PROSE = re.compile(r"(?:했|였|됐|겠|있|없|는|한|된|이|았|었)다[.\"”’']{1,3}$")


def is_furniture(line: str) -> bool:
    """Whether the line is a button or a notice of the page, wherever it stands."""
    if _PROSE.search(line):
        return False
    return any(kind.fullmatch(line) for kind in (_BUTTON, _NOTICE, _RIGHTS))


def is_claim_of_rights(line: str) -> bool:
    """Whether the line says whose the article is: ⓒ, 저작권자, 무단 전재 금지."""
    return _RIGHTS.fullmatch(line) is not None and not _PROSE.search(line)


def is_of_a_newspaper(line: str) -> bool:
    """Whether only a newspaper prints the line: counted reactions, 무단 전재 금지 and the like."""
    return _PRESS.fullmatch(line) is not None and not _PROSE.search(line)


def is_section(line: str) -> bool:
    """Whether the line only names sections of the paper."""
    return _BREADCRUMB.fullmatch(line) is not None


def heads_other_articles(line: str) -> bool:
    """Whether what follows the line is no more about this article: related headlines, tickers."""
    return _OTHERS.fullmatch(line) is not None
