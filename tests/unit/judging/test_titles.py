import time

import pytest

from service.judging.letters import letters
from service.judging.titles import bare, corrected, say_the_same, unknown_word, unknown_words, words

TITLE = "온라인 판로 지원사업 참여기업 모집"


@pytest.mark.parametrize(
    "printed",
    [
        f"[보도자료] {TITLE}",
        f"(공동-보도){TITLE}",
        f"[관계부처 합동] (참고) {TITLE}",
        f"[3.5.목.조간] {TITLE}",
        f"{TITLE} 보도자료",
        f"{TITLE}(공동배포)",
        f"[수정] {TITLE}",
    ],
)
def test_what_a_title_says_about_itself_is_no_part_of_it(printed: str) -> None:
    assert bare(printed) == TITLE


@pytest.mark.parametrize(
    "printed", ["[북부지역] 점검 결과", "보도자료", "[보도자료]", "(주)가나 방문"]
)
def test_what_else_stands_in_brackets_stays(printed: str) -> None:
    assert bare(printed) == printed


def test_a_correction_is_marked_in_brackets() -> None:
    assert corrected(f"[수정] {TITLE}")
    assert corrected(f"{TITLE} (정정)")
    assert not corrected("도시계획 수정 방향 발표")


def test_titles_say_the_same_but_for_marks_spaces_and_what_one_adds() -> None:
    assert say_the_same(TITLE, "「온라인판로 지원사업」 참여기업 모집!")
    assert say_the_same(TITLE, f"{TITLE} - 최대 300만 원 지원, 3월 27일까지 누리집에서 신청")
    assert not say_the_same(TITLE, "봄철 산불 감시 인력 확대")


def test_a_title_that_anybody_may_give_says_nothing() -> None:
    assert not say_the_same("인사", "인사")


def test_a_word_is_unknown_where_the_other_side_never_says_it() -> None:
    known = letters("부안 농장에서 확진")

    assert unknown_word("부안 농장 확진", known) is None
    assert unknown_word("농장에서는 확진", known) is None
    assert unknown_word("천안 농장 확진", known) == "천안"


@pytest.mark.parametrize(
    "title", ["[" * 100_000, "[보도" * 50_000, "(공동)" * 30_000, "," * 100_000]
)
def test_hostile_titles_are_read_in_time(title: str) -> None:
    begun = time.process_time()

    bare(title)
    corrected(title)

    assert time.process_time() - begun < 10


def test_all_words_that_the_other_side_never_says_are_given_in_their_order() -> None:
    assert list(unknown_words("충남 천안 농장에서 확진", "부안농장확진")) == ["충남", "천안"]
    assert words("AI, 새 농장에서 확진!") == ["AI", "농장에서", "확진"]


@pytest.mark.parametrize(
    ("title", "given_again"),
    [
        ("수출 대책 발표 (수정본)", True),
        ("(수정) 수출 대책 발표", True),
        ("[정정] 수출 대책 발표", True),
        ("[정정] 가나일보 기사의 수출액은 잘못입니다", False),
        ("[정정보도 요청] 가나일보 3월 2일 자", False),
        ("수출 대책 수정 방안 발표", False),
        ("수출 대책 발표", False),
    ],
)
def test_a_release_given_out_again_is_told_from_what_asks_a_paper_to_correct(
    title: str, given_again: bool
) -> None:
    assert corrected(title) is given_again
