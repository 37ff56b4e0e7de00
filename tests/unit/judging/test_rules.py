import pytest

from service.judging.logic import And, Near, Not, Or, Term, satisfied, terms
from service.judging.rules import (
    MAX_DEPTH,
    MAX_LENGTH,
    MAX_TERMS,
    RuleError,
    canonical,
    parse,
    warnings,
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
        ("수출 그리고 관세", And((A, C))),
        ("수출 또는 관세", Or((A, C))),
        ("수출 관세 제외", And((Not(A), C))),
        ("관세 빼고 수출", And((Not(A), C))),
        ("수출 (관세 | 반도체) 제외", And((Not(A), Not(B), C))),
        ("수출 관세 제외 | 반도체", Or((And((Not(A), C)), B))),
        ("수출 or 관세", Or((A, C))),
        ("수출 and not 관세", And((Not(A), C))),
        ('수출 "or"', And((Term("or"), C))),
        ("수출 ~5 관세", Near(A, C, 5)),
        ("관세 ~ 수출", Near(A, C, 5)),
        ("수출 NEAR/3 관세", Near(A, C, 3)),
        ("수출 near/3 관세", Near(A, C, 3)),
        ("수출 NEAR 관세", Near(A, C, 5)),
        ("수출 근처/3 관세", Near(A, C, 3)),
        ("수출 ~3 수출", C),
        ("(수출 | 관세) ~2 반도체", Or((Near(A, B, 2), Near(B, C, 2)))),
        ("수출 ~2 관세 ~4 반도체", And((Near(A, C, 2), Near(A, B, 4)))),
        ("반도체 -수출 ~2 관세", And((B, Not(Near(A, C, 2))))),
        ("=수출", Term("수출", exact=True)),
        ("정확히:수출", Term("수출", exact=True)),
        ("제목:수출", Term("수출", title=True)),
        ("제목：수출", Term("수출", title=True)),
        ("title: 수출", Term("수출", title=True)),
        ("제목:=수출", Term("수출", title=True, exact=True)),
        ("제목:(수출 -관세)", And((Not(Term("관세", title=True)), Term("수출", title=True)))),
        ("10:30 수출", And((Term("10:30"), C))),
        ("1,000억", Term("1,000억")),
        ("(수출 관세) 반도체", And((A, B, C))),
        ("수출 수출", C),
        ('"수출  바우처"', Term("수출 바우처")),
        ("“수출 바우처”", Term("수출 바우처")),
        ("R&D", Term("r&d")),
        ("M&A|R&D", Or((Term("m&a"), Term("r&d")))),
        ("K-뷰티", Term("k-뷰티")),
        ("Ｋ‑뷰티", Term("k-뷰티")),
        ("Ｒ＆Ｄ", Term("r&d")),
        ("소재ㆍ부품‧장비", Term("소재·부품·장비")),
        ("수출\u200b바우처\ufeff \u00ad관세", And((A, Term("수출바우처")))),
        ("수출 –관세", And((Not(A), C))),
        ("수출 —관세", And((Not(A), C))),
        ("−관세 수출", And((Not(A), C))),
        ("수출 ‐관세", And((Not(A), C))),
        ("#수출 +관세", And((A, C))),
        ("제목:#수출 -#관세", And((Not(A), Term("수출", title=True)))),
        ("수출! 관세?", And((A, C))),
        ("C++17", Term("c++17")),
        ("VC++ .NET", And((Term(".net"), Term("vc++")))),
        ("「수출 바우처」 관세", And((A, Term("수출 바우처")))),
        ("『관세』 ｢수출｣", And((A, C))),
        ('"「관세」 인하"', Term("「관세」 인하")),
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
        "(수출 | 통상) ~3 =산업부 -제목:전시회",
        '"수출!" "#관세" "+통관" "a;b" "「관세」" "!전시회" "VC++"',
        '"or" "near" "종류:공고" "1,000억" "제외" "근처/5" 수출',
        "부처:(산업부 | 기획재정부) 분야:수출 마감:2주 -출처:뉴스 종류:(공고 | 참고)",
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
    rule = parse('수출 -("전시회 개최" | 관세) 종류:공고 통관 ~3 상담')

    assert {term.text for term in terms(rule)} == {"수출", "전시회 개최", "관세", "통관", "상담"}


@pytest.mark.parametrize(
    ("present", "holds"),
    [({"수출"}, True), ({"수출", "관세"}, False), (set(), False), ({"관세", "반도체"}, True)],
)
def test_a_rule_holds_by_the_terms_that_stand(present: set[str], holds: bool) -> None:
    rule = parse("수출 -관세 OR 반도체 관세")

    assert satisfied(rule, {Term(each) for each in present}.__contains__) is holds


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
        ("-종류:인사", 0, "빼는 조건만으로는"),
        ("수출 -수출", 0, "어떤 글에도 맞지 않습니다"),
        ("제목:수출 -수출", 0, "어떤 글에도 맞지 않습니다"),
        ("=수출 -수출", 0, "어떤 글에도 맞지 않습니다"),
        ("제목:산업부 ~5 수출 -산업통상부", 0, "-=산업통상부처럼 써"),
        ("K푸드 -K-푸드", 0, "어떤 글에도 맞지 않습니다"),
        ("수출 ~5 관세 -관세", 0, "어떤 글에도 맞지 않습니다"),
        ("종류:공고 종류:인사", 0, "어떤 글에도 맞지 않습니다"),
        ("출처:뉴스 출처:정부", 0, "어떤 글에도 맞지 않습니다"),
        ("수출 제외 관세", 3, "조건의 끝에 씁니다"),
        ("제외 관세", 0, "조건의 끝에 씁니다"),
        ("수출, 관세", 2, "‘,’로는 잇지도 빼지도 못합니다"),
        ("수출,관세", 2, "‘,’로는 잇지도 빼지도 못합니다"),
        ("수출;관세", 2, "‘;’로는 잇지도 빼지도 못합니다"),
        ("수출 !전시회", 3, "‘!’로는 잇지도 빼지도 못합니다"),
        ("수출 #1", 3, "두 글자 이상"),
        ("「수출 바우처", 0, "따옴표가 닫히지"),
        ("수출" + "\u200b" * 4 * MAX_LENGTH + "관세", MAX_LENGTH, "500자까지"),
        ("'수출 관세'", 0, "큰따옴표로 묶어"),
        ("~10일 수출", 0, "큰따옴표로 묶어"),
        ("수출 ~5", 5, "끝에 낱말이"),
        ("~5 수출", 0, "‘~5’ 앞에"),
        ("수출 ~0 관세", 3, "1에서 50낱말"),
        ("수출 ~51 관세", 3, "1에서 50낱말"),
        ("수출 ~5 (관세 통상)", 3, "(낱말 | 낱말)"),
        ("수출 ~5 종류:공고", 3, "(낱말 | 낱말)"),
        ("재목:수출", 0, "혹시 ‘제목:’"),
        ("https://a.kr 수출", 0, "‘https:’: 그런 조건은 없습니다"),
        ("수출 부처:중소밴처기업부", 6, "혹시 ‘중소벤처기업부’"),
        ("수출 종류:공구", 6, "혹시 ‘공고’"),
        ("분야:수춘", 3, "혹시 ‘수출’"),
        ("마감:언제", 3, "마감:14일"),
        ("마감:0일", 3, "마감:14일"),
        ("마감:400일", 3, "마감:14일"),
        ("출처:뉴우스", 3, "혹시 ‘뉴스’"),
        ("부처:(산업부 종류:공고)", 8, "다른 조건 안에"),
        ("부처:", 3, "끝에 낱말이"),
        ("수출 =", 4, "끝에 낱말이"),
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


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("종류:공고", "거르기만"),
        ("수출 | 부처:산업부", "거르기만"),
        ("종류:공고 -수출", "거르기만"),
        ("관세 | 수출 -수출", "함께 맞을 수 없는"),
        ("관세 | 산업부 -산자부", "함께 맞을 수 없는"),
    ],
)
def test_a_rule_that_is_hardly_meant_is_warned_of(typed: str, words: str) -> None:
    (warning,) = warnings(parse(typed))

    korean, _, english = warning.rpartition(" / ")
    assert words in korean
    assert english.isascii() or "수출" in english


@pytest.mark.parametrize(
    "typed",
    [
        "수출",
        "수출 종류:공고",
        "수출 -관세",
        "수출 ~5 관세",
        "a1 | b1",
        "산업부 -=산업통상부",
        "산업부 -제목:산업통상부",
    ],
)
def test_a_rule_that_makes_sense_brings_no_warning(typed: str) -> None:
    assert warnings(parse(typed)) == ()
