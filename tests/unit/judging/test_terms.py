from typing import Protocol

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.judging.morphemes import Morph, Morphs
from service.judging.terms import Open, fold, look, looks, occurrences, squeeze, stands, window


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
        *((f"소재{dot}부품", "소재·부품", [f"소재{dot}부품"]) for dot in "·ㆍ‧・･∙•․⋅"),
        ("소재·부품", "소재ㆍ부품", ["소재·부품"]),
        *((f"Wi{dash}Fi 6", "wi-fi", [f"Wi{dash}Fi"]) for dash in "-‐‑–−—―－"),
        ("ＦＴＡ와 Ｒ＆Ｄ", "fta", ["ＦＴＡ"]),
        ("ＦＴＡ와 Ｒ＆Ｄ", "r&d", ["Ｒ＆Ｄ"]),
        ("3∼5월", "3~5월", ["3∼5월"]),
    ],
)
def test_letters_are_found_however_they_are_spaced(text: str, term: str, hits: list[str]) -> None:
    assert found(text, term) == hits


def test_offsets_count_characters_of_the_text_as_given() -> None:
    assert occurrences("😀  수출 İ 수출", "수출") == [(3, 5), (8, 10)]


def test_the_window_is_the_run_of_letters_around_the_span() -> None:
    text = "정부(수출바우처사업을) 확대"

    assert text[slice(*window(text, (3, 5)))] == "수출바우처사업"


def test_a_point_that_is_typed_by_a_letter_ends_the_window() -> None:
    text = "소재ㆍ부품ㆍ장비"

    assert text[slice(*window(text, (3, 5)))] == "부품"


@pytest.mark.parametrize(
    ("text", "word"), [("ＡＳＥＡＮ", False), ("ＳＥＡ와", True), ("５SEA", False)]
)
def test_full_width_letters_make_words_as_others_do(reader: Reader, text: str, word: bool) -> None:
    (span,) = occurrences(text, "sea")

    assert stands(text, span, reader.one) is word


def test_the_window_of_an_endless_run_is_short() -> None:
    start, end = window("가" * 5_000, (2_000, 2_002))

    assert 2_000 - start == end - 2_002 == 60


@pytest.mark.parametrize(
    ("text", "term", "settled"),
    [
        ("올해 수출 목표", "수출", True),
        ("수출·수입", "수출", True),
        ("AI가", "ai", True),
        ("수출이 늘었다", "수출", True),
        ("FTAs를 맺었다", "fta", True),
        ("수출바우처를", "수출", False),
        ("총수출 목표", "수출", False),
    ],
)
def test_morphemes_are_asked_for_only_where_hangul_runs_on(
    text: str, term: str, settled: bool
) -> None:
    (span,) = occurrences(text, term)

    assert isinstance(look(text, span), bool) is settled


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
        ("FTAs와 통관", "fta", True),
        ("FTAS와 통관", "fta", False),
        ("AIIB 총회", "ai", False),
        ("AI반도체를 만든다", "ai", True),
        ("5G망을 놓는다", "5g", True),
        ("中企청은 밝혔다", "中企", True),
        ("中企廳은 밝혔다", "中企", False),
        ("조선소를 짓는다", "조선", True),
        ("항공기를 띄운다", "항공", True),
        ("인증서를 받는다", "인증", True),
        ("건강보험료를 낸다", "보험", True),
        ("새전시장을 연다", "전시", True),
        ("정부대전청사에서 연다", "대전", True),
        ("현대전에 쓰인다", "대전", False),
        ("기원전 유적이다", "원전", False),
        ("불법사금융을 막는다", "금융", True),
        ("제조업을 돕는다", "조업", False),
        ("생산성을 높인다", "산성", False),
        ("양성사업을 편다", "성사", False),
        ("전기차를 판다", "기차", False),
        ("도로 재정비를 한다", "재정", False),
        ("기업금융과장이 밝혔다", "금융", False),
        ("기계로봇항공과장이 밝혔다", "항공", False),
        ("무역협력과장이 밝혔다", "무역협력과", True),
        ("무역협력과와 논의했다", "무역협력과", True),
        ("수출지원담당관에게 보낸다", "수출", False),
        ("소비자정책위원회를 열었다", "소비자", False),
        ("광주지방고용노동청에서 연다", "광주", True),
        ("광주지방고용노동청에서 연다", "고용", False),
        ("바이오산업협회를 만났다", "바이오", True),
    ],
)
def test_a_term_stands_where_it_is_a_word(reader: Reader, text: str, term: str, word: bool) -> None:
    (span,) = occurrences(text, term)

    assert stands(text, span, reader.one) is word
    assert bool(reader.asked) is isinstance(look(text, span), Open)


@pytest.mark.parametrize(
    ("text", "term", "meant"),
    [
        ("조선 업계와 선박 기자재를 논의했다", "조선", True),
        ("조선 왕실의 의례를 되살린다", "조선", False),
        ("조선을 알린다", "조선", True),
        ("인도 뉴델리에서 만났다", "인도", True),
        ("초도함을 해군에 인도했다", "인도", False),
        ("보행자가 인도에서 다쳤다", "인도", False),
        ("대인도 수출이 늘었다", "인도", True),
        ("세종 정부청사에서 연다", "세종", True),
        ("세종대왕의 업적을 기린다", "세종", False),
        ("경주 레이스에서 이겼다", "경주", False),
        ("화성 탐사에 나선다", "화성", False),
        ("소방공무원 유가족을 돕는다", "유가", False),
        ("수산대전에서 싸게 판다", "대전", False),
        ("위원회는 통상 석 달이 걸린다", "통상", False),
    ],
)
def test_the_words_around_tell_which_of_two_words_is_meant(
    reader: Reader, text: str, term: str, meant: bool
) -> None:
    (span,) = occurrences(text, term)

    assert stands(text, span, reader.one) is meant


@pytest.mark.parametrize(
    ("text", "term", "word"),
    [
        ("성장률은 0.25%", "25%", False),
        ("관세 25%. 그리고", "25%", True),
        ("기준금리 25.5%", "25", False),
        ("2.50%p 올라", "50%", False),
        ("무역 1,301조 원", "301조", False),
        ("미국 301조 조사", "301조", True),
        ("예산 1,500억 원", "500억", False),
        ("예산 1,500억 원", "1,500억", True),
        ("예산 1,500억 원", "1", False),
        ("12.3조 원", "3조", False),
        ("1.5GW 규모", "5GW", False),
        ("2026.11.20까지", "2026", True),
        ("2026.11.20까지", "11.20", True),
        ("11.25일까지", "25일", True),
        ("11.20(금)", "20", True),
        ("제1,2차 모집", "2차", True),
        ("(2024,2025)", "2025", True),
        ("2026,500억", "2026", True),
    ],
)
def test_a_part_of_a_number_is_no_word_but_a_part_of_a_date_is(
    text: str, term: str, word: bool
) -> None:
    assert [look(text, span) is not False for span in occurrences(text, term)] == [word]


def test_what_another_paragraph_says_does_not_count(reader: Reader) -> None:
    text = "조선을 알린다\n\n왕실과 궁의 유물을 보인다"

    assert stands(text, (0, 2), reader.one)


def test_a_run_of_a_hundred_thousand_letters_is_searched_at_once() -> None:
    text = "조선" * 50_000
    spans = occurrences(text, "조선")

    assert len(spans) == 50_000
    seen = look(text, spans[25_000])
    assert isinstance(seen, Open)
    assert len(seen.stretch) <= 2 * 60 + 2


@settings(deadline=None, database=None)
@given(st.text(), st.text(min_size=1).filter(lambda term: bool(term.split())))
def test_any_text_can_be_searched_for_any_term(text: str, term: str) -> None:
    for start, end in occurrences(text + term + text, term):
        seen = look(text + term + text, (start, end))
        assert isinstance(seen, bool) or squeeze(seen.stretch[slice(*seen.within)]) == squeeze(term)


@settings(deadline=None, database=None)
@given(st.text("수출을에서조선왕실R&ai0.9%企𠀀\u0301·ㆍ \n😀", min_size=2), st.data())
def test_many_are_looked_at_as_one_is(text: str, data: st.DataObject) -> None:
    some = st.integers(0, len(text) - 2)
    starts = np.array(data.draw(st.lists(some, max_size=9)), np.intp)
    ends = np.minimum(starts + data.draw(st.integers(2, 70)), len(text))

    each = [look(text, span) for span in zip(starts.tolist(), ends.tolist(), strict=True)]
    assert looks(text, fold(text), starts, ends) == each


def test_a_long_run_is_looked_at_no_further_by_many() -> None:
    text = "수" * 200
    (seen,) = looks(text, fold(text), np.array([100]), np.array([102]))

    assert seen == look(text, (100, 102))


def test_a_particle_is_no_part_of_a_word() -> None:
    morphs = (Morph("할", "VV", 0, 1), Morph("수", "NNB", 1, 2), Morph("도", "JX", 2, 3))

    assert not stands("할수도", (1, 3), lambda _: morphs)
