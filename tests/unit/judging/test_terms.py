from typing import Protocol

import pytest

from service.judging.morphemes import Morph, Morphs
from service.judging.terms import occurrences, stands, unsettled, window


class Reader(Protocol):
    asked: list[str]

    def one(self, window: str) -> Morphs: ...


def found(text: str, term: str) -> list[str]:
    return [text[start:end] for start, end in occurrences(text, term)]


@pytest.mark.parametrize(
    ("text", "term", "hits"),
    [
        ("수출과 수출입", "수출", ["수출", "수출"]),
        ("수출바우처, 수출 바우처", "수출 바우처", ["수출바우처", "수출 바우처"]),
        ("수출바우처, 수출 바우처", "수출바우처", ["수출바우처", "수출 바우처"]),
        ("수출\n바우처", "수출 바우처", ["수출\n바우처"]),
        ("수출\n\n바우처", "수출 바우처", []),
        ("사업도 입찰", "도입", []),
        ("도 입", "도 입", ["도 입"]),
        ("AI반도체와 ai 반도체", "ai 반도체", ["AI반도체", "ai 반도체"]),
        ("smart farm, smartfarm", "smart farm", ["smart farm"]),
        ("smart farm, smartfarm", "smartfarm", ["smartfarm"]),
        ("R&D 예산, r&d", "r&d", ["R&D", "r&d"]),
        ("바우처 수출", "수출 바우처", []),
        ("", "수출", []),
        ("하하하", "하하", ["하하"]),
    ],
)
def test_letters_are_found_however_they_are_spaced(text: str, term: str, hits: list[str]) -> None:
    assert found(text, term) == hits


def test_offsets_count_characters_of_the_text_as_given() -> None:
    assert occurrences("😀  수출 İ 수출", "수출") == [(3, 5), (8, 10)]


def test_the_window_is_the_run_of_letters_around_the_span() -> None:
    text = "정부(수출바우처사업을) 확대"

    assert text[slice(*window(text, (3, 5)))] == "수출바우처사업을"


def test_the_window_of_an_endless_run_is_short() -> None:
    start, end = window("가" * 5_000, (2_000, 2_002))

    assert 2_000 - start == end - 2_002 == 60


@pytest.mark.parametrize(
    ("text", "term", "settled"),
    [
        ("올해 수출 목표", "수출", True),
        ("수출·수입", "수출", True),
        ("AI가", "ai", True),
        ("수출이", "수출", False),
        ("총수출 목표", "수출", False),
    ],
)
def test_morphemes_are_asked_for_only_where_hangul_runs_on(
    text: str, term: str, settled: bool
) -> None:
    (span,) = occurrences(text, term)

    assert (unsettled(text, span) is None) is settled


@pytest.mark.parametrize(
    ("text", "term", "word"),
    [
        ("수출이 늘었다", "수출", True),
        ("수출바우처를 받는다", "수출", True),
        ("대출 요인도 있다", "인도", False),
        ("외국인도 참여한다", "인도", False),
        ("인도와 협력한다", "인도", True),
        ("인도네시아와 협력한다", "인도", False),
        ("휴대전화로 신청한다", "대전", False),
        ("정책을 발전시켜 간다", "전시", False),
        ("공공시설을 고친다", "공시", False),
        ("조선사가 모였다", "조선", True),
        ("부산광역시에서 연다", "부산", True),
        ("정책금융을 늘린다", "금융", True),
        ("상호관세를 매긴다", "관세", True),
        ("관세청은 밝혔다", "관세", False),
        ("관세청장이 밝혔다", "관세", False),
        ("관세청은 밝혔다", "관세청", True),
        ("중소벤처기업부는 밝혔다", "벤처기업", False),
        ("산업통상부는 밝혔다", "산업", False),
        ("교육부터 바꾼다", "교육", True),
        ("환경부담금을 낸다", "환경", True),
        ("이차전지를 만든다", "이차전지", True),
        ("이차전지를 만든다", "전지", True),
        ("소상공인에게 준다", "소상공인", True),
        ("과기정통부와 함께", "과기정통부", True),
        ("AI로 만든다", "ai", True),
        ("MAIN 화면", "ai", False),
        ("AI2 모형", "ai", False),
        ("R&D사업", "r&d", True),
        ("K-뷰티의 힘", "k-뷰티", True),
        ("수출 바우처로", "수출바우처", True),
    ],
)
def test_a_term_stands_where_it_is_a_word(reader: Reader, text: str, term: str, word: bool) -> None:
    (span,) = occurrences(text, term)

    assert stands(text, span, reader.one) is word
    assert bool(reader.asked) is (unsettled(text, span) is not None)


def test_a_particle_is_no_part_of_a_word() -> None:
    morphs = (Morph("할", "VV", 0, 1), Morph("수", "NNB", 1, 2), Morph("도", "JX", 2, 3))

    assert not stands("할수도", (1, 3), lambda _: morphs)
