from datetime import date

import pytest

from service.model import Printed
from service.reading.news import take_apart

LEAD = "새싹부는 3일 서울에서 협의회를 열고 내년의 수출 지원 방향을 논의했다고 밝혔다."
SECOND = "두 기관은 해외 전시회를 함께 꾸리고 현지 상담을 늘리는 방안에 뜻을 모았다."
LAST = "한 관계자는 “현장의 목소리를 더 듣고 지원을 빠르게 넓혀 나가겠다”고 말했다."
STORY = f"{LEAD}\n\n{SECOND}\n\n{LAST}"


@pytest.mark.parametrize(
    "line",
    [
        "컨텐츠 바로가기",
        "본문으로 바로가기",
        "AD",
        "크게보기",
        "이미지 확대보기",
        "사진 확대",
        "기사 읽어주기",
        "세 줄 요약",
        "AI 해설 기사",
        "글자크기 조절",
        "구글 검색 선호 출처로 추가",
        "• 가장작게",
        "작게 기본 크게",
        "가- 가+",
        "공유 · 스크랩 · 인쇄",
        "04.17 (목)",
        "댓글 첫 댓글을 작성해보세요",
        "주소복사가 완료되었습니다",
        "기사 URL이 복사되었습니다.",
        "  • 좋아요0",
        "좋아요 3 / 화나요 0 / 응원해요 12",
        "후속기사 원해요",
        "추가취재 원해요0",
        "1,024",
        "gil@news.example",
        "ⓒ 나무일보, 무단 전재 및 재배포 금지",
        "<저작권자(c) 나무통신, 무단 전재-재배포, AI 학습 및 활용 금지>",
        'ⓒ "아침을 여는 신문 나무일보"',
        "Copyright (c) 나무일보. All rights reserved.",
        "◎공감언론 나무 gil@news.example",
        "▶ 네이버에서 나무일보 구독하기",
        "제보는 카카오톡 okjebo",
        "기사가 속한 카테고리는 언론사가 분류합니다.",
        "[앵커]",
        "[영상취재 홍길동]",
        "(END)",
    ],
)
def test_furniture_is_dropped_wherever_it_stands(line: str) -> None:
    piece = take_apart(f"{LEAD}\n{line}\n{SECOND}\n{LAST}\n{line}", "제목")

    assert piece.body == f"{LEAD}\n{SECOND}\n{LAST}"


@pytest.mark.parametrize(
    "sentence",
    [
        "저작권자는 작품을 등록해 두면 다툼이 생겼을 때 권리를 쉽게 밝힐 수 있다.",
        "무단 전재를 막는 법안이 국회를 지나 다음 달부터 시행된다.",
        "제보는 모두 열두 건이었고 그 가운데 세 건이 사실로 확인됐다.",
        "좋아요 숫자를 조작한 업체가 적발됐다.",
        "많이 본 뉴스라는 이름의 꼭지를 없애기로 했다.",
    ],
)
def test_a_sentence_about_such_things_stays(sentence: str) -> None:
    assert sentence in take_apart(f"{STORY}\n{sentence}\n{SECOND}", "제목").body


@pytest.mark.parametrize(
    "heading",
    [
        "주요 뉴스",
        "오늘의 주요뉴스",
        "많이 본 뉴스",
        "관련기사",
        "실시간 급상승 뉴스",
        "실시간 암호화폐 시세",
        "오늘의 포토",
        "오늘의 상승종목",
        "당신을 위한 맞춤 뉴스 by Dable",
        "이 시각 헤드라인",
        "홍길동 기자의 다른 기사",
        "댓글 3",
    ],
)
def test_the_article_ends_where_a_list_of_others_begins(heading: str) -> None:
    piece = take_apart(f"{STORY}\n\n{heading}\n\n• 반도체 33% 급등\n• 나무코인\n• +2.3%", "제목")

    assert piece.body == STORY


def test_a_list_of_others_in_the_midst_of_an_article_does_not_end_it() -> None:
    piece = take_apart(f"{LEAD}\n관련기사\n바다의 날 행사 열려\n{SECOND}\n{LAST}", "제목")

    assert LAST in piece.body


@pytest.mark.parametrize(
    ("credit", "byline", "outlet"),
    [
        ("(서울=나무통신) 홍길동 기자 = ", "홍길동", "나무통신"),
        ("(세종=나무통신) 홍길동 김나무 기자 = ", "홍길동, 김나무", "나무통신"),
        ("(서울·세종=나무1) 홍길동·김나무 기자 = ", "홍길동, 김나무", "나무1"),
        ("[서울=나무뉴스] 홍길동 기자 = ", "홍길동", "나무뉴스"),
        ("[서울=나무뉴스]홍길동 기자 = ", "홍길동", "나무뉴스"),
        ("【서울=나무뉴스】홍길동 기자 = ", "홍길동", "나무뉴스"),
        ("[로마= AP/나무뉴스] 홍길동 기자 = ", "홍길동", "나무뉴스"),
        ("[서울=나무뉴스]홍길동 인턴 기자 = ", "홍길동", "나무뉴스"),
        ("(워싱턴=나무통신) 홍길동 특파원 = ", "홍길동", "나무통신"),
        ("나무투데이=홍길동 기자 | ", "홍길동", "나무투데이"),
        ("나무투데이 홍길동 기자 = ", "홍길동", "나무투데이"),
        ("[나무데일리 홍길동 기자] ", "홍길동", "나무데일리"),
        ("[나무경제=홍길동 선임기자] ", "홍길동", "나무경제"),
        ("[나무뉴스] ", None, "나무뉴스"),
        ("홍길동 기자 = ", "홍길동", None),
    ],
)
def test_who_wrote_it_stands_before_the_first_sentence(
    credit: str, byline: str | None, outlet: str | None
) -> None:
    piece = take_apart(f"제목이 여기 있다\n\n{credit}{STORY}", None)

    assert (piece.title, piece.byline, piece.outlet) == ("제목이 여기 있다", byline, outlet)
    assert piece.body == STORY


@pytest.mark.parametrize(
    ("line", "byline"),
    [
        ("홍길동 기자", "홍길동"),
        ("홍길동 기자 외 1명", "홍길동"),
        ("홍길동·김나무 기자", "홍길동, 김나무"),
        ("홍길동 기자 gil@news.example", "홍길동"),
        ("gil@news.example 홍길동 기자", "홍길동"),
        ("순천, 광양 홍길동 기자 gil@news.example", "홍길동"),
        ("세종=홍길동 기자", "홍길동"),
        ("/홍길동 선임기자 gil@news.example", "홍길동"),
    ],
)
def test_who_wrote_it_stands_on_a_line_of_its_own(line: str, byline: str) -> None:
    above = take_apart(f"제목이 여기 있다\n{line}\n{STORY}", None)
    below = take_apart(f"제목이 여기 있다\n{STORY}\n{line}", None)

    assert above.byline == below.byline == byline
    assert above.body == below.body == STORY
    assert above.subtitles == ()


@pytest.mark.parametrize(
    ("line", "printed"),
    [
        ("입력 2025-12-19 13:54", Printed(date(2025, 12, 19), "13:54")),
        ("입력 : 2025-06-04 02:37:08", Printed(date(2025, 6, 4), "02:37")),
        ("기사입력 2026.08.28. 오후 3:12", Printed(date(2026, 8, 28), "15:12")),
        ("등록 2026.01.02", Printed(date(2026, 1, 2))),
        ("승인 2026년 1월 2일 (금) 09:05", Printed(date(2026, 1, 2), "09:05")),
        ("송고시간 2026-05-14 23:24", Printed(date(2026, 5, 14), "23:24")),
        ("입력 2026.05.05 17:52 | 수정 2026.05.06 08:00", Printed(date(2026, 5, 5), "17:52")),
        ("2026.07.12 22:09", Printed(date(2026, 7, 12), "22:09")),
        ("2026.07.12 26:61", Printed(date(2026, 7, 12))),
        ("입력 2026.13.40 10:00", None),
        ("수정 2026.05.06 08:00", None),
        ("05.09 (목)", None),
        ("1시간 전", None),
    ],
)
def test_the_time_of_publication_is_what_is_labelled_so(line: str, printed: Printed | None) -> None:
    assert take_apart(f"제목이 여기 있다\n{line}\n{STORY}", None).published == printed


def test_the_first_time_counts_and_a_change_does_not() -> None:
    times = "수정 2026.05.06 08:00\n입력 2026.05.05 17:52\n등록 2026.05.04 10:00"

    piece = take_apart(f"제목이 여기 있다\n{times}\n{STORY}", None)

    assert piece.published == Printed(date(2026, 5, 5), "17:52")
    assert piece.subtitles == ()


def test_the_time_at_the_end_of_a_wire_story_is_its_publication() -> None:
    tail = "<저작권자(c) 나무통신, 무단 전재-재배포 금지> 2026/05/14 23:24 송고"

    piece = take_apart(f"제목이 여기 있다\n{STORY}\n2026/05/14 23:24 송고", None)
    claimed = take_apart(f"제목이 여기 있다\n{STORY}\n{tail}", None)

    assert piece.published == Printed(date(2026, 5, 14), "23:24")
    assert piece.body == claimed.body == STORY
    assert claimed.outlet == "나무통신"


def test_the_time_of_a_ticker_below_the_article_is_not_its_publication() -> None:
    piece = take_apart(f"제목이 여기 있다\n{STORY}\n주요 뉴스\n2026.07.12 22:09", None)

    assert piece.published is None


def test_headlines_between_title_and_text_are_subtitles() -> None:
    text = (
        "본문 바로가기\n경제 > 정책\n04.17 (목)\n\n“수출 지원 넓힌다” 새싹부\n\n"
        "첫 댓글을 작성해보세요\n"
        f"새싹부·바다부 협의회 열어\n전시회 함께 꾸리기로\n\n{STORY}"
    )

    found = take_apart(text, None)
    given = take_apart(text, "'수출 지원 넓힌다' 새싹부")

    assert found.title == "“수출 지원 넓힌다” 새싹부"
    assert found.subtitles == ("새싹부·바다부 협의회 열어", "전시회 함께 꾸리기로")
    assert given.title == "'수출 지원 넓힌다' 새싹부"
    assert given.subtitles == found.subtitles
    assert given.body == STORY


def test_a_caption_that_stands_twice_is_kept_once() -> None:
    caption = "▲홍길동 새싹부 실장이 3일 협의회에서 인사말을 하고 있다. (사진제공=새싹부)"

    piece = take_apart(f"제목이 여기 있다\n{caption}\n{caption}\n\n{STORY}", None)

    assert piece.body == f"{caption}\n\n{STORY}"
    assert piece.subtitles == ()


def test_subheads_and_tables_of_the_body_stay() -> None:
    body = f"{LEAD}\n전시회는 함께\n{SECOND}\n품목\t금액\n나무\t12\n{LAST}"

    assert take_apart(body, "제목").body == body


def test_nothing_is_cut_where_less_than_half_would_be_left() -> None:
    rights = "\n".join(f"{n} 나무일보 무단 전재 금지 안내: {SECOND[:40]}니다." for n in range(9))

    piece = take_apart(f"{LEAD}\n{rights}", "제목")

    assert piece.body == f"{LEAD}\n{rights}"
