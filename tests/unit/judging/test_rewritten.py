import time
from datetime import date

import pytest

from service.judging.rewritten import rewritten
from service.model import Change

NEAR = date(2026, 5, 2)
TEXT = (
    "가나부는 소상공인 판로 지원사업에 참여할 기업 120개사를 모집한다고 밝혔다.\n"
    "선정된 기업에는 최대 3억 원의 사업화 자금을 지원한다.\n"
    "설명회는 5월 12일 14시 가나회관에서 열린다.\n"
    "홍길동 과장은 “현장의 목소리를 듣겠다”고 말했다.\n"
    "구분\t2025년\t2026년\n"
    "온라인 판로\t30곳\t45곳\n"
    "자세한 내용은 www.example.go.kr 에서 볼 수 있다.\n"
)


def _text(before: str, after: str, *, within: str = TEXT) -> tuple[Change, ...]:
    assert before in within
    return rewritten(within, within.replace(before, after), NEAR)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("120개사", "150개사", ("120개사", "150개사")),
        ("3억 원", "5억 원", ("3억 원", "5억 원")),
        ("5월 12일 14시", "5월 19일 14시", ("5.12 14:00", "5.19 14:00")),
        ("5월 12일 14시", "2027. 5. 12. 14시", ("2026.5.12 14:00", "2027.5.12 14:00")),
        ("45곳", "54곳", ("45곳", "54곳")),
        ("www.example.go.kr", "www.example.or.kr", ("www.example.go.kr", "www.example.or.kr")),
        ("가나회관에서", "다라호텔에서", ("가나회관에서", "다라호텔에서")),
        ("홍길동", "김철수", ("홍길동", "김철수")),
    ],
)
def test_what_one_acts_upon_is_told_alone_and_weighs(
    before: str, after: str, told: tuple[str, str]
) -> None:
    [change] = _text(before, after)

    assert (change.before, change.after) == told
    assert change.weighty


def test_a_change_is_named_by_the_unchanged_words_before_it() -> None:
    [change] = _text("3억 원", "5억 원")

    assert change.what == "본문 ‘선정된 기업에는 최대 …’ (text)"


def test_a_change_that_begins_its_sentence_is_named_by_the_words_behind_it() -> None:
    [change] = _text("홍길동", "김철수")

    assert change.what == "본문 ‘… 과장은 “현장의 목소리를 듣겠다”고’ (text)"


def test_a_bare_cell_is_named_by_the_line_above() -> None:
    [change] = rewritten("수출 기업 수\n1,204\n", "수출 기업 수\n1,240\n", NEAR)

    assert change == Change("본문 ‘수출 기업 수 …’ (text)", "1,204", "1,240", weighty=True)


def test_a_sentence_that_holds_a_figure_weighs_when_it_goes() -> None:
    [change] = _text("선정된 기업에는 최대 3억 원의 사업화 자금을 지원한다.\n", "")

    assert change.before == "선정된 기업에는 최대 3억 원의 사업화 자금을 지원한다."
    assert (change.after, change.weighty) == ("", True)


def test_a_sentence_whose_figures_are_said_elsewhere_weighs_nothing() -> None:
    repeated = f"{TEXT}최대 3억 원까지 받을 수 있어 부담이 줄어든다.\n"

    [change] = rewritten(repeated, TEXT, NEAR)

    assert not change.weighty


def test_sentences_that_come_together_are_told_together() -> None:
    added = f"{TEXT}신청서는 전자우편으로 낸다.\n결과는 따로 알린다.\n문의는 전화로 받는다.\n"

    [change] = rewritten(TEXT, added, NEAR)

    assert change.after == "신청서는 전자우편으로 낸다. 외 2줄"


def test_other_words_weigh_nothing() -> None:
    [change] = _text("밝혔다", "발표하였다")

    assert (change.before, change.after, change.weighty) == ("밝혔다", "발표하였다", False)


def test_figures_and_days_come_before_words() -> None:
    later = TEXT.replace("밝혔다", "발표하였다").replace("3억", "5억").replace("12일", "19일")

    told = [change.after for change in rewritten(TEXT, later, NEAR)]

    assert told == ["5.19 14:00", "5억 원", "발표하였다"]


def test_a_figure_that_changed_in_two_places_is_told_once() -> None:
    twice = f"기업 120개사 모집\n{TEXT}"

    assert len(_text("120개사", "150개사", within=twice)) == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("판로 지원사업", "판로지원 사업"),
        ("“현장의 목소리를 듣겠다”", '"현장의 목소리를 듣겠다"'),
        ("모집한다고 밝혔다.\n", "모집한다고\n밝혔다. "),
        ("5월 12일 14시", "2026. 5. 12.(화) 14:00"),
        ("3억 원", "3억원"),
        ("구분\t", "□ 구분 "),
    ],
)
def test_typography_is_no_change(before: str, after: str) -> None:
    assert _text(before, after) == ()


def test_sentences_in_another_order_are_no_change() -> None:
    lines = TEXT.splitlines(keepends=True)

    assert rewritten(TEXT, "".join(lines[3:] + lines[:3]), NEAR) == ()


def test_of_a_text_that_is_cut_only_figures_that_became_others_are_told() -> None:
    long = "".join(f"{'가' * 90}{number}\n" for number in range(3_400))

    [change] = rewritten(f"모두 30곳이다.\n{long}", f"새로 모두 45곳이다.\n{long}", NEAR)

    assert (change.before, change.after) == ("30곳", "45곳")


@pytest.mark.parametrize(
    "text", ["1," * 20_000, "5월 3일 " * 6_000, "가\n" * 20_000, "'26" * 12_000, "@a." * 12_000]
)
def test_hostile_texts_are_compared_in_time(text: str) -> None:
    begun = time.process_time()

    rewritten(text, f"{text[::-1]}다", NEAR)

    assert time.process_time() - begun < 10
