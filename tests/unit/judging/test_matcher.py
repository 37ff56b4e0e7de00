import pytest

from service.judging.facts import Facts
from service.judging.matcher import Matcher, plain
from service.judging.rules import parse
from tests.unit.judging.reader import FACTS, TEXT, TITLE, Reader, judged


def matched(typed: str, reader: Reader, title: str = TITLE, text: str = TEXT) -> bool:
    matcher = Matcher({7: parse(typed)})
    return bool(judged(matcher, reader, title, text))


@pytest.mark.parametrize(
    ("typed", "holds"),
    [
        ("수출", True),
        ("수출 통관", True),
        ("모집 통관", True),
        ("수출 반도체", False),
        ("반도체 OR 통관", True),
        ("수출 -반도체", True),
        ("수출 -통관", False),
        ("인도", False),
        ("관세", False),
        ("수출 -인도", True),
        ("수출 -관세", True),
        ("(반도체 OR 번역) ai", True),
        ('"통관 상담"', True),
        ('"상담 통관"', False),
        ("수출 -(통관 번역)", False),
        ("수출 -(통관 반도체)", True),
    ],
)
def test_a_rule_holds_where_its_words_stand(reader: Reader, typed: str, holds: bool) -> None:
    assert matched(typed, reader) is holds
    assert plain(parse(typed), TITLE, TEXT, reader.one) is holds


def test_hits_are_the_places_of_wanted_words_in_body_and_title(reader: Reader) -> None:
    matcher = Matcher({3: parse("수출 통관 -반도체")})

    (match,) = judged(matcher, reader)

    assert match.rule_id == 3
    assert [TEXT[a:b] for a, b in match.hits] == ["수출", "통관", "수출"]
    assert match.in_title == ((0, 2),)


@pytest.mark.parametrize(
    ("title", "text", "typed", "holds"),
    [
        ("통관을 돕는 수출", "바우처 사업이다", '"수출 바우처"', False),
        ("바우처", "올해의 수출", '"수출 바우처"', False),
        ("왕실의 유물", "조선", "조선", True),
        ("관세는 3.", "25% 오른다", "25%", True),
    ],
)
def test_title_and_text_are_read_apart(
    reader: Reader, title: str, text: str, typed: str, *, holds: bool
) -> None:
    assert bool(judged(Matcher({1: parse(typed)}), reader, title, text)) is holds
    assert plain(parse(typed), title, text, reader.one) is holds


def test_rules_are_reported_once_each_and_in_order(reader: Reader) -> None:
    rules = {n: parse(t) for n, t in [(9, "수출 OR 통관"), (2, "수출"), (5, "반도체")]}
    matcher = Matcher(rules)

    matches = judged(matcher, reader)

    assert [match.rule_id for match in matches] == [2, 9]


def test_no_morphemes_are_wanted_where_no_rule_can_hold() -> None:
    matcher = Matcher({1: parse("수출 반도체"), 2: parse("(인도 OR 관세) 원전")})

    trial = matcher.trial(TITLE, TEXT)

    assert trial.windows == frozenset()
    assert trial.decide({}) == []


def test_windows_are_only_those_around_words_of_rules_that_may_hold() -> None:
    matcher = Matcher({1: parse("수출 통관"), 2: parse("인도 반도체")})

    windows = matcher.trial(TITLE, TEXT).windows

    assert "수출바우처" in windows
    assert "외국인도" not in windows


def test_without_rules_nothing_matches() -> None:
    trial = Matcher({}).trial(TITLE, TEXT)

    assert trial.windows == frozenset()
    assert trial.decide({}) == []


def test_hits_are_those_of_the_alternatives_that_hold(reader: Reader) -> None:
    matcher = Matcher({1: parse("(수출 반도체) | 통관")})

    (match,) = judged(matcher, reader)

    assert [TEXT[a:b] for a, b in match.hits] == ["통관"]
    assert match.in_title == ()


def test_a_term_of_the_title_is_hit_there_alone(reader: Reader) -> None:
    assert matched("제목:모집", reader)
    assert not matched("제목:통관", reader)
    matcher = Matcher({1: parse("제목:수출")})

    (match,) = judged(matcher, reader)

    assert (match.hits, match.in_title) == ((), ((0, 2),))


@pytest.mark.parametrize(
    ("typed", "holds"),
    [
        ("통관 ~1 상담", True),
        ("상담 ~1 통관", True),
        ("통관 ~2 열고", True),
        ("통관 ~1 열고", False),
        ("통관 ~3 번역", False),
        ("통관 ~4 번역", True),
        ("모집 ~5 통관", False),
        ("수출 ~3 (반도체 | 사업)", True),
        ("수출 -통관 ~1 상담", False),
        ("수출 -통관 ~1 열고", True),
        ("제목:수출 ~2 모집", True),
        ("제목:통관 ~1 상담", False),
    ],
)
def test_words_are_near_by_the_blanks_between_them(reader: Reader, typed: str, holds: bool) -> None:
    assert matched(typed, reader) is holds
    assert plain(parse(typed), TITLE, TEXT, reader.one) is holds


def test_hits_of_words_near_each_other_are_those_that_are_near(reader: Reader) -> None:
    matcher = Matcher({1: parse("수출 ~1 상담")})

    (match,) = judged(matcher, reader)

    assert [TEXT[a:b] for a, b in match.hits] == ["수출", "상담"]
    assert match.hits[0][0] == TEXT.rindex("수출")


@pytest.mark.parametrize(
    ("typed", "holds"),
    [
        ("부처:중기부", True),
        ("부처:산업부", True),
        ("부처:산업통상자원부", True),
        ("부처:외교부", False),
        ("부처:(중기부 산업부)", True),
        ("분야:export", True),
        ("분야:통상", False),
        ("종류:모집", True),
        ("종류:보도자료", False),
        ("마감:10일", True),
        ("마감:2주", True),
        ("마감:9일", False),
        ("마감:상시", False),
        ("출처:정부", True),
        ("출처:뉴스", False),
        ("출처:mss_press", True),
        ("출처:yna", False),
        ("수출 종류:공고", True),
        ("수출 -종류:공고", False),
        ("반도체 종류:공고", False),
        ("반도체 | 종류:공고", True),
    ],
)
def test_a_filter_asks_the_facts(reader: Reader, typed: str, holds: bool) -> None:
    matcher = Matcher({1: parse(typed)})

    assert bool(judged(matcher, reader, facts=FACTS)) is holds
    assert plain(parse(typed), TITLE, TEXT, reader.one, FACTS) is holds


def test_what_is_not_known_holds_nowhere(reader: Reader) -> None:
    assert not matched("종류:공고", reader)
    assert not matched("마감:14일", reader)
    assert matched("수출 -종류:인사", reader)


def test_a_name_is_found_in_all_its_spellings_unless_exactly_that_is_asked(reader: Reader) -> None:
    def spell(term: str) -> tuple[str, ...]:
        return (term, "산업통상부") if term == "산업부" else (term,)

    wide = parse("산업부 밝혔다 -가나 -다라 -마바")
    narrow = [parse("산업부"), parse("=산업부"), parse("=산업통상부")]
    matcher = Matcher(dict(enumerate([wide, *narrow])), spell)
    text = "산업통상부는 12일 밝혔다"

    matches = judged(matcher, reader, "", text)

    assert [each.rule_id for each in matches] == [0, 1, 3]
    assert {each.hits[0] for each in matches} == {(0, 5)}


def test_rules_written_alike_hold_alike_for_all_who_have_them(reader: Reader) -> None:
    rules = {n: parse(chosen) for n in range(30) for chosen in [["수출 AI", "ai 수출"][n % 2]]}
    matcher = Matcher(rules)

    matches = judged(matcher, reader)

    assert [each.rule_id for each in matches] == list(range(30))
    assert len({each.hits for each in matches}) == 1


def test_a_rule_of_very_many_alternatives_is_matched_all_the_same(reader: Reader) -> None:
    groups = [f"(낱말{n} | 말씨{n} | 글귀{n})" for n in range(5)]
    wide = " ".join(groups).replace("글귀2", "수출").replace("낱말4", "통관")

    assert not matched(wide, reader)
    assert not matched(f"수출 {wide}", reader)
    assert matched(f"수출 | {wide}", reader)
    assert matched(
        " ".join(f"({each} | 수출 | 통관)" for each in ["가나", "다라", "마바", "사아"]), reader
    )
    assert matched("수출 통관 번역 상담 지원 -반도체", reader)
    assert not matched("수출 통관 번역 상담 반도체 지원", reader)


def test_rules_hold_by_words_that_are_known_to_stand() -> None:
    matcher = Matcher({n: parse(t) for n, t in enumerate(RULES)})

    assert sorted(matcher.holding({"수출", "관세"}).tolist()) == [0, 1, 3]
    assert sorted(matcher.holding({"관세"}, Facts(kind="notice")).tolist()) == [1, 4]


RULES = [
    "수출",
    "수출 | 관세",
    "관세 -수출 -종류:공고 통관",
    "수출 관세",
    "관세 종류:공고",
    "제목:관세",
]
