import random

import pytest

from service.model import Kind
from service.reading.kind import marks, of

_LIKELY = {"release": 0.7, "notice": 0.2, "schedule": 0.05, "personnel": 0.05}


@pytest.mark.parametrize(
    ("title", "bare", "found"),
    [
        ("수출 대책 발표", "수출 대책 발표", ()),
        ("[보도참고] 수출 대책", "수출 대책", ("보도참고",)),
        ("(참고자료)수출 대책", "수출 대책", ("참고자료",)),
        ("[보도 참고] 수출 대책", "수출 대책", ("보도참고",)),
        ("(공동 - 참고) 수출 대책", "수출 대책", ("공동-참고",)),
        ("[보도참고자료](공동) 수출 대책", "수출 대책", ("보도참고자료", "공동")),
        ("[3.20.보도참고자료] 수출 대책", "수출 대책", ("보도참고자료",)),
        ("[3.31.화.조간] 수출 대책", "수출 대책", ("조간",)),
        ("[차관동정] 홍길동 차관, 공장 방문", "홍길동 차관, 공장 방문", ("차관동정",)),
        ("수출 대책 (수정본)", "수출 대책", ("수정본",)),
        ("【설명자료】 수출 대책", "수출 대책", ("설명자료",)),
        ("(주)가나의 하도급법 위반", "(주)가나의 하도급법 위반", ()),
        ("[가나교도소] 채용 공고", "[가나교도소] 채용 공고", ()),
        ("수출 동향 (3월)", "수출 동향 (3월)", ()),
        ("(설명)", "(설명)", ()),
        ("", "", ()),
    ],
)
def test_a_title_is_told_from_its_marks(title: str, bare: str, found: tuple[str, ...]) -> None:
    assert marks(title) == (bare, found)


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("(참고) 석유 수급 점검회의 개최", "reference"),
        ("[보도참고자료] 물가 동향", "reference"),
        ("(공동-참고) 방역 상황", "reference"),
        ("[설명] 주택 공급은 계획대로 추진합니다", "rebuttal"),
        ("[보도해명자료] 인허가는 법에 따릅니다", "rebuttal"),
        ("(참고) 원유가 유출되었다는 내용은 사실이 아닙니다", "rebuttal"),
        ("가나일보의 '관세 인상' 관련 기사에 대해 설명드립니다", "rebuttal"),
        ("[정정보도 요청] 가나일보 3월 2일 자", "rebuttal"),
        ("(동정) 가나부 장관, 항만 점검", "schedule"),
        ("[차관동정] 수출 기업 간담회", "schedule"),
        ("가나부 주간 보도계획(3. 2.~3. 8.)", "schedule"),
        ("가나부 인사(과장급)", "personnel"),
        ("가나처 인사발령(4급 승진)", "personnel"),
        ("가나위원회 인사 보도(고위공무원 전보)", "personnel"),
        ("(인사발령) 가나위원회", "personnel"),
        ("수출 실무 설명회 개최", "release"),
        ("청년인턴, 직원들에게 감사 인사", "release"),
        ("공무원 인사 제도 개선", "release"),
        ("신임 가나공단 이사장 취임", "personnel"),
        ("수출 대책 발표", "release"),
    ],
)
def test_the_form_of_a_title_tells_the_kind(title: str, kind: Kind) -> None:
    assert of(title, "가나부는 오늘 이같이 밝혔다.", is_call=False) == kind


@pytest.mark.parametrize(
    "lead",
    [
        "<보도내용>\n□ 가나일보는 수급이 어렵다고 보도",
        "1. 관련 기사 내용\n가나일보는 어렵다고 하였다.",
        "□ 보도 내용\n - 어렵다고 함",
        "< 언론 보도 주요내용 >\n어렵다고 함",
    ],
)
def test_a_text_that_begins_with_what_a_paper_said_rebuts(lead: str) -> None:
    assert of("(참고) 수급은 원활합니다", f"{lead}\n\n□ 설명", is_call=False) == "rebuttal"


def test_a_paper_named_far_down_is_no_rebuttal() -> None:
    text = "가나부는 대책을 밝혔다.\n" * 60 + "□ 보도 내용"

    assert of("대책 발표", text, is_call=False) == "release"


def test_what_is_known_to_be_news_is_news() -> None:
    assert of("(참고) 수출 대책", "", is_call=True, news=True) == "news"


def test_a_call_is_a_notice_where_nothing_else_is_known() -> None:
    assert of("참여기업을 찾습니다", "3월 2일까지 신청하세요.", is_call=True) == "notice"


def test_what_asks_for_entries_in_its_first_lines_is_likelier_a_notice() -> None:
    open_ = {"release": 0.5, "notice": 0.4}

    assert of("나무 이름 짓기", "새 이름을 다음 달까지 공모한다.", False, scores=open_) == "notice"
    assert of("나무 이름 짓기", "새 이름을 지었다.", False, scores=open_) == "release"
    assert of("나무 이름 짓기", "국민성장 공모펀드를 만든다.", False, scores=open_) == "release"


def test_words_outweigh_a_call_in_passing() -> None:
    text = "가나부는 이같이 밝혔다."

    assert of("수출 대책", text, is_call=True, scores=_LIKELY) == "release"
    assert of("수출 대책", text, is_call=True, scores={**_LIKELY, "release": 0.4}) == "notice"


def test_a_title_that_only_tells_of_a_visit_is_of_the_schedule() -> None:
    scores = {**_LIKELY, "release": 0.5, "schedule": 0.2}

    assert of("홍길동 장관, 조선소 방문", "", is_call=False, scores=scores) == "schedule"
    assert of("관광객 방문 늘어", "", is_call=False, scores=scores) == "release"


def test_a_visit_told_in_title_and_first_sentence_is_of_the_schedule() -> None:
    visit = "홍길동 장관은 다라항을 찾아 하역 시설을 살펴보고 일하는 사람들의 이야기를 들었다."
    lead = f"가나부(장관 홍길동)가 3월 2일 펼친 현장 행보의 하나로, {visit}"
    news = f"가나부는 다라항의 오래된 하역 시설 스무 곳을 고쳐 짓기로 했다고 2일 밝혔다. {visit}"

    assert of("수출 항만의 봄맞이 현장 점검", lead, is_call=False, scores=_LIKELY) == "schedule"
    assert of("수출 항만의 봄맞이 현장 점검", news, is_call=False, scores=_LIKELY) == "release"
    assert of("수출 항만, 새 하역 시설 갖춘다", lead, is_call=False, scores=_LIKELY) == "release"


def test_hostile_text_is_read_in_a_moment() -> None:
    noise = random.Random(3)
    letters = "[]()<>【】 \n\ud800\u0000가보도참고설명동정인사내용수정,.·'"

    for piece in ("[공동-", "(보도", "인사 ", "위원장 방문 ", "\n ", "취임 "):
        assert of(piece * 20_000, piece * 20_000, is_call=False)
    for _ in range(300):
        text = "".join(noise.choices(letters, k=60))
        assert marks(text)[0] is not None
        assert of(text, text, is_call=False)
