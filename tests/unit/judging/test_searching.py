from datetime import UTC, datetime

import pytest

from service.judging import searching
from service.judging.conditions import as_typed
from service.judging.logic import negated
from service.judging.rules import parse


def spell(term: str) -> tuple[str, ...]:
    return ("산업부", "산업통상부") if term == "산업부" else (term,)


def found(text: str) -> str:
    return searching.query(parse(text), as_typed)


def test_a_word_is_looked_for_by_itself() -> None:
    assert found("수출") == "'수출'"


def test_a_word_of_two_is_looked_for_in_one_and_with_a_blank() -> None:
    assert found("수출지원") == "('수출지원' | ('수출' & '~출지' & '지원'))"
    assert found('"수출 지원"') == found("수출지원")


def test_signs_within_a_word_are_asked_for() -> None:
    assert found("R&D") == "'~r&d'"
    assert found("소재ㆍ부품") == found("소재·부품") == "('소재' & '부품' & '~재·부')"


def test_latin_letters_are_not_taken_apart() -> None:
    assert found("kotra") == "'kotra'"


def test_rules_keep_their_shape() -> None:
    assert found("관세 (수출 | 통상)") == "('관세' & ('수출' | '통상'))"
    assert found("수출 -관세") == "(!'관세' & '수출')"
    assert found("수출 ~3 지원") == "('수출' & '지원')"
    assert found("제목:수출") == "'^수출'"
    assert found("종류:공고 수출") == "('#kind:notice' & '수출')"
    assert found("마감:2일") == "('#deadline:0' | '#deadline:1' | '#deadline:2')"


def test_all_names_of_a_body_are_looked_for_unless_exact() -> None:
    assert "'산업통상부'" in searching.query(parse("산업부"), spell)
    assert searching.query(parse("=산업부"), spell) == "'산업부'"


def test_what_is_near_is_no_ground_to_leave_out() -> None:
    assert found("관세 -(수출 ~3 지원)") == "'관세'"


def test_a_word_that_may_stand_with_blanks_bars_only_where_it_has_none() -> None:
    assert searching.query(negated(parse("수출지원")), as_typed) == "!'수출지원'"


def test_in_the_title_all_words_are_asked_for_there() -> None:
    assert searching.in_title(parse("수출 -관세 종류:공고"), as_typed) == (
        "(!'관세' & '#kind:notice' & '^수출')"
    )
    assert searching.in_title(parse("종류:공고"), as_typed) is None


def test_stretches_of_time_grow_and_end_with_all() -> None:
    assert list(searching.stretches(datetime(2026, 3, 1, 4, tzinfo=UTC))) == [
        "('@2026-03-01' | '@2026-02-28')",
        "('@2026-03' | '@2026-02')",
        "('@2026' | '@2025' | '@2024')",
        "'@'",
    ]


def test_the_first_day_there_is_can_be_asked_for() -> None:
    assert list(searching.stretches(datetime(1, 1, 1, tzinfo=UTC)))[-1] == "'@'"


@pytest.mark.parametrize("word", ["o'neil", "a\\b", "'''"])
def test_quotes_stay_within_a_lexeme(word: str) -> None:
    inside = searching.lexeme(word)[1:-1].replace("''", "").replace("\\\\", "")
    assert "'" not in inside
    assert "\\" not in inside


def test_a_long_name_makes_no_huge_query() -> None:
    assert len(found("가나다라마바사아자차")) < 1_000
    assert len(found(f'"{"가나 " * 60}"')) < 20_000
