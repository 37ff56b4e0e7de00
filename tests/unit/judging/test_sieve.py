from __future__ import annotations

import pytest

from service.judging.facts import NOTHING_KNOWN, Facts
from service.judging.rules import parse
from service.judging.sieve import Sieve


def spell(term: str) -> tuple[str, ...]:
    return (term, "중기부") if term == "중소벤처기업부" else (term,)


@pytest.mark.parametrize(
    ("typed", "text", "lets"),
    [
        ("수출", "수출을 돕는다", True),
        ("수출", "수 출", True),  # whether that is the word, the matcher says
        ("수출 바우처", "수출을 돕는다", False),
        ("수출 | 바우처", "수출을 돕는다", True),
        ("수출 -바우처", "수출 바우처", True),
        ('"수출 바우처"', "수출바우처", True),
        ("수출 ~5 바우처", "수출을 돕는다", False),
        ("AI", "ai로 만든다", True),
        ("중소벤처기업부", "중기부는", True),
        ("=중소벤처기업부", "중기부는", False),
        ("수출 종류:공고", "수출을 돕는다", False),
    ],
)
def test_a_text_is_let_through_where_its_letters_may_satisfy_the_rule(
    typed: str, text: str, lets: bool
) -> None:
    assert Sieve([parse(typed)], spell).lets("", text, NOTHING_KNOWN) is lets
    assert Sieve([parse("없는말"), parse(typed)], spell).lets(text, "", NOTHING_KNOWN) is lets


def test_a_filter_is_asked_of_the_facts() -> None:
    sieve = Sieve([parse("종류:공고")], spell)

    assert sieve.lets("", "", Facts(kind="notice"))
    assert not sieve.lets("", "", Facts(kind="news"))
