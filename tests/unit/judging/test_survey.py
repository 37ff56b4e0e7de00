from __future__ import annotations

import random
import sys
import time

import pytest

from service.judging.logic import Rule, Term
from service.judging.matcher import Matcher
from service.judging.rules import parse
from service.judging.survey import Survey, asked, barred, loosened


def spell(term: str) -> tuple[str, ...]:
    return (term, "옛이름부") if term == "새이름부" else (term,)


def surveyed(rule: Rule, *articles: tuple[str, str]) -> Survey:
    """Counted over articles whose every window is a word of its own."""
    survey = Survey([rule], spell)
    matcher = Matcher(survey.questions, spell)
    for title, text in articles:
        trial = matcher.trial(title, text)
        survey.add(
            title, text, (each.rule_id for each in trial.decide(dict.fromkeys(trial.windows, ())))
        )
    return survey


def test_every_part_is_counted_and_the_whole() -> None:
    rule = parse("관세 통관")
    survey = surveyed(rule, ("관세 인하", ""), ("", "통관 상담"), ("관세", "통관"), ("", "전시회"))

    assert survey.articles == 4
    assert survey.holds(Term("관세")) == 2
    assert survey.holds(Term("통관")) == 2
    assert survey.holds(rule) == 1


def test_what_is_asked_too_narrowly_is_counted_as_asked_widely() -> None:
    for typed in ("제목:관세", "=새이름부", "관세 ~1 통관"):
        rule = parse(typed)
        survey = surveyed(rule, ("제목", "옛이름부: 관세 가운데 이 통관"))
        wider = loosened(rule)  # type: ignore[arg-type]
        assert wider is not None
        assert (survey.holds(rule), survey.holds(wider)) == (0, 1), typed


def test_what_is_barred_is_counted_with_what_is_asked_for() -> None:
    rule = parse("관세 -통관 -전시회")
    survey = surveyed(rule, ("", "관세 통관"), ("", "관세 통관 전시회"))
    ((_, with_show), (_, with_customs)) = barred(rule)

    assert survey.holds(rule) == 0
    assert survey.holds(asked(rule) or rule) == 2
    assert {survey.holds(with_show), survey.holds(with_customs)} == {1, 2}


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("수출 -관세", "수출"),
        ("수출 (관세 | 통관)", "수출 (관세 | 통관)"),
        ("수출 (관세 | -통관)", "수출"),
    ],
)
def test_what_a_rule_asks_for_is_left_when_what_it_bars_is_not(typed: str, left: str) -> None:
    assert asked(parse(typed)) == parse(left)


def test_letters_that_are_never_a_word_are_told_with_the_words_they_stand_in() -> None:
    rule = parse("인도")
    survey = surveyed(rule, ("", "인도네시아와"), ("", "인도네시아, 외국인도 온다"), ("", "전시회"))

    assert survey.holds(rule) == 0
    assert survey.letters(Term("인도")) == 2
    assert survey.within(Term("인도"))[0].startswith("인도네시아")
    assert survey.like(Term("인도")) is None


def test_a_term_that_never_stands_has_what_is_written_one_stroke_from_it() -> None:
    rule = parse("수출바우쳐 | 인디안 | 컨텐츠산업")
    survey = surveyed(
        rule, ("", "수출바우처를 준다"), ("", "확인 대안 콘텐츠산업"), ("", "수출바우처")
    )

    assert survey.like(Term("수출바우쳐")) == "수출바우처"
    assert survey.like(Term("컨텐츠산업")) == "콘텐츠산업"
    assert survey.like(Term("인디안")) is None  # 확인 대안 holds no such word
    assert survey.letters(Term("수출바우쳐")) == 0


def test_any_text_is_counted_in_time() -> None:
    dice = random.Random(7)
    survey = Survey([parse("바우처처처처처처 | 가가가 | (관세 ~3 통관) -전시회")], spell)
    began = time.process_time()
    survey.add("", "처" * 100_000, ())
    survey.add("", "가나" * 100_000, ())
    survey.add("", "".join(map(chr, dice.sample(range(sys.maxunicode), 5_000))), ())

    assert time.process_time() - began < 10
    assert survey.articles == 3
