import random
from collections.abc import Collection, Iterator
from datetime import date
from typing import Protocol

import pytest

from service.judging.facts import NOTHING_KNOWN as NO_FACTS
from service.judging.facts import Facts
from service.judging.matcher import Matcher, plain
from service.judging.morphemes import Morphs
from service.judging.rules import Rule, RuleError, canonical, parse
from service.model import Call, Match


class Reader(Protocol):
    def one(self, window: str) -> Morphs: ...

    def all(self, windows: Collection[str]) -> dict[str, Morphs]: ...


TITLE = "수출바우처 참여기업 모집"
TEXT = """중소기업의 수출을 돕는 사업이다. 외국인도 신청할 수 있다.
관세청과 함께 통관 상담을 열고, AI 번역을 지원한다. 수출 상담은 따로 알린다."""


def judged(
    matcher: Matcher, reader: Reader, title: str = TITLE, text: str = TEXT, facts: Facts = NO_FACTS
) -> list[Match]:
    trial = matcher.trial(title, text, facts)
    return trial.decide(reader.all(trial.windows))


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


FACTS = Facts(
    publishers=("mss", "motir"),
    kind="notice",
    topics=("export", "sme"),
    call=Call(is_call=True, end=date(2026, 3, 20)),
    published=date(2026, 3, 10),
    source="mss_press",
    source_kind="government",
)


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


def _drawn(chance: random.Random, words: list[str], count: int) -> Iterator[Rule]:
    """Random rules that make sense, of words and filters, near and in titles."""
    filters = ["종류:공고", "종류:보도자료", "부처:중기부", "분야:export", "마감:14일", "출처:정부"]
    while count:
        terms = [*chance.choices(words, k=5), *chance.sample(filters, 2)]
        first, second, third, fourth, fifth = (
            chance.choice(["", "", "", "-", "제목:", "-제목:", "="]) + each
            for each in chance.sample(terms, 5)
        )
        form = chance.choice(FORMS).format(first, second, third, fourth, fifth, *words[:2])
        try:
            yield parse(form)
        except RuleError:  # it would match everything, or nothing
            continue
        count -= 1


FORMS = [
    "{0}",
    "{0} {1}",
    "{0} | {1}",
    "{0} -({1} | {2})",
    "({0} | {1}) ({2} | {3})",
    "({0} {1}) | -({2} | {3}) {4}",
    "{5} ~2 {6} {0}",
    "{0} -{6} ~3 {5}",
    "({0} | {1} | {2}) ({1} | {3} | {4}) ({0} | {4} | {3}) {5}",
    "{0} {1} {2} {3} {4}",
]
WORDS = [
    "수출",
    "관세",
    "인도",
    "통관",
    "상담",
    "ai",
    "반도체",
    "번역",
    "참여",
    "기업",
    "사업",
    "통관 상담",
]


def _texts(chance: random.Random, count: int) -> list[str]:
    said = TEXT.split()
    return [" ".join(chance.choices(said, k=chance.randrange(3, 15))) for _ in range(count)]


def _ids(matcher: Matcher, text: str, reader: Reader, facts: Facts) -> list[int]:
    return [match.rule_id for match in judged(matcher, reader, TITLE, text, facts)]


def test_the_matcher_agrees_with_the_naive_reading(reader: Reader) -> None:
    chance = random.Random(20261121)
    rules = dict(enumerate(_drawn(chance, WORDS, 250)))
    matcher = Matcher(rules)
    for text in _texts(chance, 12):
        facts = chance.choice([FACTS, Facts(), Facts(kind="release", topics=("export",))])
        expected = [n for n, rule in rules.items() if plain(rule, TITLE, text, reader.one, facts)]

        assert _ids(matcher, text, reader, facts) == expected


def test_a_rule_and_its_canonical_text_match_alike(reader: Reader) -> None:
    chance = random.Random(6)
    rules = list(_drawn(chance, WORDS, 150))
    typed, again = Matcher(dict(enumerate(rules))), [parse(canonical(each)) for each in rules]
    rewritten = Matcher(dict(enumerate(again)))
    for text in _texts(chance, 6):
        assert _ids(typed, text, reader, FACTS) == _ids(rewritten, text, reader, FACTS)


def test_more_text_never_loses_a_hit_of_a_rule_without_exclusions(reader: Reader) -> None:
    chance = random.Random(7)
    words = [each for each in WORDS if each != "인도"]
    rules = [each for each in _drawn(chance, words, 300) if "-" not in canonical(each)]
    matcher = Matcher(dict(enumerate(rules)))
    for text in _texts(chance, 6):
        more = f"{text}\n\n{TEXT}"
        assert set(_ids(matcher, text, reader, FACTS)) <= set(_ids(matcher, more, reader, FACTS))


def test_rules_added_and_removed_live_match_as_if_built_anew(reader: Reader) -> None:
    chance = random.Random(8)
    drawn = _drawn(chance, WORDS, 10_000)
    rules = {n: next(drawn) for n in range(60)}
    matcher = Matcher(rules)
    for text in _texts(chance, 40):
        added = {chance.randrange(120): next(drawn) for _ in range(chance.choice([0, 1, 2, 25]))}
        removed = chance.sample(range(120), chance.choice([0, 1, 5, 40]))
        removed = [each for each in removed if each not in added]
        matcher = matcher.with_changes(added, removed)
        rules = {n: rule for n, rule in {**rules, **added}.items() if n not in removed}

        rebuilt = Matcher(dict(sorted(rules.items())))

        assert _ids(matcher, text, reader, FACTS) == _ids(rebuilt, text, reader, FACTS)
        words = set(chance.sample(WORDS, 6))
        assert sorted(matcher.holding(words, FACTS)) == sorted(rebuilt.holding(words, FACTS))


def test_a_change_leaves_the_matcher_it_came_from_as_it_was(reader: Reader) -> None:
    before = Matcher({1: parse("수출"), 2: parse("통관")})

    after = before.with_changes({2: parse("반도체"), 3: parse("번역")}, [1])

    assert _ids(before, TEXT, reader, Facts()) == [1, 2]
    assert _ids(after, TEXT, reader, Facts()) == [3]


def test_hostile_text_is_matched_without_complaint(reader: Reader) -> None:
    matcher = Matcher({1: parse("수출"), 2: parse("가나 ~3 다라"), 3: parse("-수출 제목:ai")})

    for text in [
        "",
        "\x00\ud800",
        "가" * 5_000,
        "가나 다라 " * 2_000,
        "\u200b수\n\n출",
        "수 출" * 999,
    ]:
        assert len(judged(matcher, reader, text[:50], text)) <= 3
