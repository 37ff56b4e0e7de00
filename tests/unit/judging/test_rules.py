import pytest

from service.judging.rules import (
    MAX_DEPTH,
    MAX_LENGTH,
    MAX_TERMS,
    And,
    Not,
    Or,
    RuleError,
    Term,
    canonical,
    parse,
    satisfied,
    terms,
)

A, B, C = Term("관세"), Term("반도체"), Term("수출")


@pytest.mark.parametrize(
    ("typed", "rule"),
    [
        ("수출", C),
        ("수출 관세", And((A, C))),
        ("수출 AND 관세", And((A, C))),
        ("수출 & 관세", And((A, C))),
        ("수출&관세", And((A, C))),
        ("수출 OR 관세", Or((A, C))),
        ("수출|관세", Or((A, C))),
        ("수출 NOT 관세", And((Not(A), C))),
        ("수출 -관세", And((Not(A), C))),
        ("수출 관세 OR 반도체", Or((And((A, C)), B))),
        ("수출 (관세 | 반도체)", And((Or((A, B)), C))),
        ("수출 -(관세 반도체)", And((Or((Not(A), Not(B))), C))),
        ("수출 -(관세 | 반도체)", And((Not(A), Not(B), C))),
        ("NOT NOT 수출", C),
        ("(수출 관세) 반도체", And((A, B, C))),
        ("수출 수출", C),
        ('"수출  바우처"', Term("수출 바우처")),
        ("“수출 바우처”", Term("수출 바우처")),
        ("R&D", Term("r&d")),
        ("M&A|R&D", Or((Term("m&a"), Term("r&d")))),
        ("K-뷰티", Term("k-뷰티")),
        ("ORBIT ANDROID", And((Term("android"), Term("orbit")))),
        ("\u1109\u116e\u110e\u116e\u11af", C),
    ],
)
def test_a_rule_means_what_it_says(typed: str, rule: object) -> None:
    # parts are sorted by their canonical text, which the literals above need not be
    assert _set(parse(typed)) == _set(rule)


def _set(rule: object) -> object:
    if isinstance(rule, And | Or):
        return type(rule), frozenset(map(_set, rule.parts))
    return rule


@pytest.mark.parametrize(
    "typed",
    [
        "수출",
        '"수출 바우처" (관세 OR R&D) -전시회',
        "b1 a1 OR (c1 OR d1 -e1)",
        '"-가격" OR "OR 게이트" OR "(주) 회사"',
        "-(수출 -관세) 반도체",
    ],
)
def test_the_canonical_text_parses_to_the_same_rule(typed: str) -> None:
    rule = parse(typed)

    assert parse(canonical(rule)) == rule
    assert canonical(parse(canonical(rule))) == canonical(rule)


def test_order_repetition_case_and_brackets_do_not_change_the_canonical_text() -> None:
    spellings = ["AI 수출 OR 관세", "관세 | (수출 & ai)", "((관세)) OR 수출 AI AI OR 관세"]

    assert {canonical(parse(typed)) for typed in spellings} == {"ai 수출 OR 관세"}


def test_terms_are_all_words_of_a_rule_negated_ones_too() -> None:
    assert terms(parse('수출 -("전시회 개최" | 관세)')) == {"수출", "전시회 개최", "관세"}


@pytest.mark.parametrize(
    ("present", "holds"),
    [({"수출"}, True), ({"수출", "관세"}, False), (set(), False), ({"관세", "반도체"}, True)],
)
def test_a_rule_holds_by_the_terms_that_stand(present: set[str], holds: bool) -> None:
    assert satisfied(parse("수출 -관세 OR 반도체 관세"), present.__contains__) is holds


@pytest.mark.parametrize(
    ("typed", "position", "words"),
    [
        ("", 0, "찾을 낱말을"),
        ("   ", 0, "찾을 낱말을"),
        ("수출 OR", 5, "끝에 낱말이"),
        ("수출 -", 4, "끝에 낱말이"),
        ("AND 수출", 0, "‘AND’ 앞에"),
        ("수출 OR OR 관세", 6, "‘OR’ 앞에"),
        ("수출 ()", 4, "‘)’ 앞에"),
        ("수출 (관세", 3, "괄호가 닫히지"),
        ("수출) 관세", 2, "여는 괄호가 없는"),
        ('수출 "관세', 3, "따옴표가 닫히지"),
        ("-수출", 0, "빼는 조건만으로는"),
        ("수출 OR -관세", 0, "빼는 조건만으로는"),
        ("-수출 -관세", 0, "빼는 조건만으로는"),
        ("수출 관", 3, "두 글자 이상"),
        ('수출 "&"', 4, "두 글자 이상"),
        ("(" * (MAX_DEPTH + 1) + "수출" + ")" * (MAX_DEPTH + 1), MAX_DEPTH, "32겹까지"),
        ("수" * (MAX_LENGTH + 1), MAX_LENGTH, "500자까지"),
        (" ".join(f"낱말{n}" for n in range(MAX_TERMS + 1)), 0, "64개까지"),
    ],
)
def test_a_bad_rule_is_refused_with_the_place_and_the_reason(
    typed: str, position: int, words: str
) -> None:
    with pytest.raises(RuleError) as caught:
        parse(typed)

    korean, _, english = caught.value.message.rpartition(" / ")
    assert caught.value.position == position
    assert words in korean
    assert english.isprintable()
    assert any(char.isascii() and char.isalpha() for char in english)


def test_rules_at_the_limits_are_accepted() -> None:
    nested = "(" * MAX_DEPTH + "수출" + ")" * MAX_DEPTH
    many = " ".join(f"낱{n}" for n in range(MAX_TERMS))

    assert parse(nested) == C
    assert len(terms(parse(many))) == MAX_TERMS


@pytest.mark.parametrize("opener", ["(", "-", "NOT ", '"'])
def test_a_rule_of_openers_only_is_refused_without_deep_recursion(opener: str) -> None:
    with pytest.raises(RuleError):
        parse(opener * (MAX_LENGTH // len(opener)))


def test_a_long_chain_of_negations_is_one_or_none() -> None:
    assert parse("-" * 400 + "수출") == C
    assert parse("관세 " + "-" * 401 + "수출") == parse("관세 -수출")
