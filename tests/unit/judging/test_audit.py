from __future__ import annotations

from datetime import timedelta

import pytest

from service.judging.audit import Surroundings, reasons
from service.judging.facts import Facts
from service.judging.matcher import Matcher
from service.judging.rules import parse
from service.judging.survey import Survey
from service.model import Call
from service.reading.publishers import Registry

REGISTRY = Registry.load()
OLD = timedelta(days=40)


def spell(term: str) -> tuple[str, ...]:
    return (term, "산업통상부") if term == "산업통상자원부" else (term,)


def told(
    typed: str, *articles: str | tuple[str, Facts], age: timedelta = OLD, topical: int = 1
) -> dict[str, str]:
    """Reasons by code for a rule after these texts, all of whose windows are no words."""
    rule = parse(typed)
    survey = Survey([rule], spell)
    matcher = Matcher(survey.questions, spell)
    for each in articles:
        text, facts = each if isinstance(each, tuple) else (each, Facts())
        trial = matcher.trial("", text, facts)
        found = trial.decide(dict.fromkeys(trial.windows, ()))
        survey.add("", text, (match.rule_id for match in found))
    around = Surroundings(
        ("지난 30일", "the last 30 days"),
        REGISTRY,
        frozenset({"mss", "motir", "moef"}),
        {"yna": ("이 서비스가 살피지 않는 출처입니다", "it is not polled here")},
        topical,
    )
    return {each.code: each.korean for each in reasons(rule, age, survey, around)}


def test_a_word_that_never_stands_is_told_with_what_was_meant() -> None:
    assert told("수출바우쳐", "수출바우처를 준다", "전시회") == {
        "unseen": "‘수출바우쳐’: 지난 30일 글 2건에 한 번도 나오지 않았습니다. "
        "혹시 ‘수출바우처’ 아닌가요?"
    }


def test_letters_that_are_no_word_are_told_with_where_they_stand() -> None:
    found = told("인도", "인도네시아에서 연다")
    assert found["letters"].startswith("‘인도’: 글자는 1건에 있으나 낱말로는 한 번도 없습니다")
    assert "‘인도네시아’" in found["letters"]


@pytest.mark.parametrize(
    ("typed", "text", "code", "says"),
    [
        ("제목:관세", "관세 인하", "title", "본문에는 1건"),
        ("=산업통상자원부", "산업통상부: 관세", "exact", "지금 이름은 ‘산업통상부’"),
        ("관세 ~1 통관", "관세 가운데 이 통관", "far", "1건이나 1낱말 안에는 없습니다"),
        ("관세 ~1 통관", "관세 인하", "unseen", "‘통관’"),
        ("관세 -통관", "관세 통관", "barred", "-통관 1"),
        ("관세 | 통관", "통관 상담", "before", "1건 가운데 1건에 맞습니다"),
    ],
)
def test_what_keeps_a_rule_from_holding_is_named(
    typed: str, text: str, code: str, says: str
) -> None:
    found = told(typed, text)
    assert list(found) == [code]
    assert says in found[code]


def test_parts_that_are_never_together_are_counted_each() -> None:
    found = told("관세 종류:공고", "관세", "관세 인하", ("통관", Facts(kind="notice")))
    assert found == {
        "apart": "따로는 있으나 한 글에 함께 있지 않습니다(건수): 종류:공고 1, ‘관세’ 2"
    }


def test_filters_are_named_as_a_person_types_them() -> None:
    call = Call(is_call=True, open_ended=True)
    known = (
        Facts(kind="notice", topics=("export",), source="mk"),
        Facts(call=call, publishers=("motir",)),
    )
    typed = "종류:공고 분야:수출 출처:mk 마감:상시 부처:산업통상자원부"

    found = told(typed, *(("", each) for each in known))["apart"]

    for name in ("종류:공고", "분야:수출", "출처:mk", "마감:상시", "부처:산업통상부"):
        assert f"{name} 1" in found


def test_alternatives_that_are_never_together_are_told_one_by_one() -> None:
    rule = parse("(관세 통관) | (관세 전시회)")
    survey = Survey([rule], spell)
    matcher = Matcher(survey.questions, spell)
    for text in ("관세", "통관", "전시회"):
        held = matcher.trial("", text).decide({})
        survey.add("", text, (match.rule_id for match in held))
    around = Surroundings(("지난 30일", "30 days"), REGISTRY, frozenset(), {}, 0)

    assert [each.code for each in reasons(rule, OLD, survey, around)] == ["apart", "apart"]


@pytest.mark.parametrize(
    ("typed", "code", "says"),
    [
        ("부처:산업통상자원부", "ministry-silent", "산업통상부(전 산업통상자원부, 2025-"),
        ("부처:외교부", "ministry-unread", "외교부"),
        ("출처:yna", "source", "출처:yna: 이 서비스가 살피지 않는"),
        ("출처:mk", "source", "출처:mk: 지난 30일에 이 출처에서 온 글이 없습니다"),
        ("종류:인사", "kind-none", "종류:인사: 지난 30일 글 1건 가운데 하나도"),
        ("마감:14일", "deadline-none", "마감:14일"),
        ("마감:상시", "deadline-none", "마감:상시"),
        ("분야:수출", "topic-none", "분야:수출"),
    ],
)
def test_a_filter_that_nothing_passes_is_explained(typed: str, code: str, says: str) -> None:
    found = told(f"관세 {typed}", "관세")
    assert list(found) == [code]
    assert says in found[code]


def test_both_bodies_of_a_divided_one_are_named_as_they_are_called_today() -> None:
    rule = "관세 부처:기획재정부"
    names = [body.name for body in REGISTRY.find_all("기획재정부")[0]]
    survey_said = told(rule, "관세")
    assert len(names) > 1
    assert any(name in each for name in names for each in survey_said.values())


def test_topics_that_were_not_judged_yet_are_no_fault_of_the_rule() -> None:
    assert list(told("분야:수출", "관세", topical=0)) == ["topics-unknown"]


def test_a_young_rule_is_told_to_be_early_beside_what_is_wrong_with_it() -> None:
    found = told("관세 통관", "관세", age=timedelta(days=2, hours=5))
    assert list(found) == ["young", "unseen"]
    assert "3일째" in found["young"]


def test_where_nothing_is_stored_nothing_else_is_told() -> None:
    assert list(told("관세 통관")) == ["empty"]


def test_a_rule_of_many_missing_words_has_few_reasons() -> None:
    many = " ".join(f"낱말{number}" for number in range(20))
    survey = Survey([parse(many)], spell)
    survey.add("", "관세", ())
    around = Surroundings(("지난 30일", "30 days"), REGISTRY, frozenset(), {}, 0)

    assert len(reasons(parse(many), OLD, survey, around)) == 8
