import time
import unicodedata

import pytest

from service.reading.clean import clean, clean_line


@pytest.mark.parametrize(
    ("dirty", "text"),
    [
        ("수\u200b출\ufeff \u00ad관세", "수출 관세"),
        ("수출\u00a0관세\u3000통관", "수출 관세 통관"),
        ("\uf09e수출", "수출"),
        ("수출\x00관세\ud800", "수출관세"),
        (unicodedata.normalize("NFD", "수출"), "수출"),
        ("가\r\n나\r다\u2028라", "가\n나\n다\n라"),
        ("가  \n \n\t\n\n나", "가\n\n나"),
        ("\n\n가\n", "가"),
        ("품목\t금액", "품목\t금액"),
        ("", ""),
    ],
)
def test_text_has_one_spelling(dirty: str, text: str) -> None:
    assert clean(dirty) == text


@pytest.mark.parametrize(
    "notice",
    [
        "이 자료는 관세청의 보도자료를 전재하여 제공함을 알려드립니다.",
        "이 자료는 과기정통부·환경부의 보도 자료를 전재하여 제공함을 알려드립니다",
    ],
)
def test_the_reprint_notice_of_the_portal_is_dropped(notice: str) -> None:
    assert clean(f"본문이다.\n\n{notice}\n\n붙임") == "본문이다.\n\n붙임"
    assert clean(f"본문이다. {notice}") == "본문이다."


def test_a_sentence_that_only_looks_like_the_notice_stays() -> None:
    sentence = "이 자료는 회의의 결과를 정리하여 제공한다."

    assert clean(sentence) == sentence


def test_a_title_is_one_line() -> None:
    assert clean_line(" 수출\u00a0 동향\r\n(3월) ") == "수출 동향 (3월)"


def test_clean_text_is_not_changed_again() -> None:
    once = clean("가 \u200b\n\n\n 나\u3000다")

    assert clean(once) == once


def test_a_pile_of_marks_on_a_letter_is_cut_and_costs_no_more_than_its_height() -> None:
    pile = "가" + "\u0301" * 80_000 + "\u0323" * 80_000 + "나"
    begun = time.process_time()

    assert [len(cleaned(pile)) for cleaned in (clean, clean_line)] == [32, 32]
    assert time.process_time() - begun < 10
