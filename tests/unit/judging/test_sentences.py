import unicodedata
from datetime import date

import pytest

from service.judging.sentences import page, plain

NEAR = date(2026, 5, 2)
TEXT = "□ 참여기업 1,000개사를 5월 20일까지 모집한다. 최대 3억 원을 지원한다.\n문의 044-000-0000\n"


def _keys(text: str) -> list[str]:
    return [sentence.key for sentence in page(text, NEAR).sentences]


@pytest.mark.parametrize(
    "same",
    [
        TEXT.replace("□", "ㅇ"),
        TEXT.replace("□", "1."),
        TEXT.replace("□", "①"),
        TEXT.replace(" 원", "원").replace("1,000", "1000"),
        TEXT.replace("5월 20일", "2026. 5. 20.(수)"),
        TEXT.replace("\n", "\r\n\r\n"),
        unicodedata.normalize("NFD", TEXT),
        TEXT.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"}),
        f"{TEXT}조회수 : 1,234\n",
        f"{TEXT}최종 수정일 : 2026.05.21 14:02\n",
    ],
)
def test_what_nobody_reads_differently_has_the_same_keys(same: str) -> None:
    assert _keys(same) == _keys(TEXT)


def test_days_sums_and_phones_are_tokens_of_their_own() -> None:
    tokens = [each for sentence in page(TEXT, NEAR).sentences for each in sentence.tokens]
    found = [(each.sort, each.key) for each in tokens if each.sort != "word"]

    assert found == [
        ("figure", "1000개사"),
        ("day", "2026-05-20 "),
        ("figure", "3억원"),
        ("phone", "044-000-0000"),
    ]


@pytest.mark.parametrize(
    "printed",
    ["044-000-0000", "044−000−0000", "044)000.0000", "+82 44 000 0000", "+82-(0)44-000-0000"],
)
def test_a_phone_is_the_same_however_it_is_printed(printed: str) -> None:
    tokens = [
        each for sentence in page(f"문의 {printed}", NEAR).sentences for each in sentence.tokens
    ]
    assert [(each.sort, each.key) for each in tokens[1:]] == [("phone", "044-000-0000")]


@pytest.mark.parametrize(
    ("printed", "key"),
    [
        ("1조 5천억 원", "1조5천억원"),
        ("△2.6%", "△2.6%"),
        ("6.5%↑", "6.5%↑"),
        ("'25년", "2025년"),
        ("14:30", "14:30"),
        ("05명", "5명"),
        ("2 기관", "2"),
    ],
)
def test_a_figure_is_read_with_its_sign_and_what_it_counts(printed: str, key: str) -> None:
    figures = page(f"올해 {printed}", NEAR).figures

    assert figures == {key}


def test_the_number_of_an_annex_is_a_word() -> None:
    assert page("상세 내용은 붙임 2 참고", NEAR).figures == frozenset()


def test_a_point_inside_of_a_number_is_more_than_typography() -> None:
    assert plain("약 1.5배") != plain("약 15배")
    assert plain("“가나” - 다라") == plain("가나·다라")
