import random
from collections.abc import Collection
from typing import Protocol

import pytest

from service.judging.matcher import Matcher, plain
from service.judging.morphemes import Morphs
from service.judging.rules import RuleError, parse


class Reader(Protocol):
    def one(self, window: str) -> Morphs: ...

    def all(self, windows: Collection[str]) -> dict[str, Morphs]: ...


TITLE = "수출바우처 참여기업 모집"
TEXT = """중소기업의 수출을 돕는 사업이다. 외국인도 신청할 수 있다.
관세청과 함께 통관 상담을 열고, AI 번역을 지원한다. 수출 상담은 따로 알린다."""


def matched(typed: str, reader: Reader, title: str = TITLE, text: str = TEXT) -> bool:
    matcher = Matcher({7: parse(typed)})
    return bool(matcher.match(title, text, reader.all(matcher.windows(title, text))))


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

    (match,) = matcher.match(TITLE, TEXT, reader.all(matcher.windows(TITLE, TEXT)))

    assert match.rule_id == 3
    assert [TEXT[a:b] for a, b in match.hits] == ["수출", "통관", "수출"]
    assert match.in_title == ((0, 2),)


def test_rules_are_reported_once_each_and_in_order(reader: Reader) -> None:
    rules = {n: parse(t) for n, t in [(9, "수출 OR 통관"), (2, "수출"), (5, "반도체")]}
    matcher = Matcher(rules)

    matches = matcher.match(TITLE, TEXT, reader.all(matcher.windows(TITLE, TEXT)))

    assert [match.rule_id for match in matches] == [2, 9]


def test_no_morphemes_are_wanted_where_no_rule_can_hold() -> None:
    matcher = Matcher({1: parse("수출 반도체"), 2: parse("(인도 OR 관세) 원전")})

    assert matcher.windows(TITLE, TEXT) == frozenset()
    assert matcher.match(TITLE, TEXT, {}) == []


def test_windows_are_only_those_around_words_of_rules_that_may_hold() -> None:
    matcher = Matcher({1: parse("수출 통관"), 2: parse("인도 반도체")})

    assert matcher.windows(TITLE, TEXT) == {"수출바우처", "수출을"}


def test_without_rules_nothing_matches() -> None:
    assert Matcher({}).windows(TITLE, TEXT) == frozenset()
    assert Matcher({}).match(TITLE, TEXT, {}) == []


def test_the_matcher_agrees_with_the_naive_reading(reader: Reader) -> None:
    chance = random.Random(20261121)
    words = ["수출", "관세", "인도", "통관", "상담", "ai", "반도체", "번역", "참여", "기업"]
    rules = {n: parse(_invented(chance, words)) for n in range(400)}
    matcher = Matcher(rules)
    texts = [" ".join(chance.sample(TEXT.split(), 9)) for _ in range(12)]

    for text in texts:
        got = matcher.match(TITLE, text, reader.all(matcher.windows(TITLE, text)))

        expected = [n for n, rule in rules.items() if plain(rule, TITLE, text, reader.one)]
        assert [match.rule_id for match in got] == expected


def _invented(chance: random.Random, words: list[str]) -> str:
    while True:
        parts = [chance.choice(["", "-"]) + word for word in chance.sample(words, 4)]
        first, second, third, fourth = parts
        join, other = chance.choice([" ", " OR "]), chance.choice([" ", " OR "])
        typed = f"({first}{join}{second}){other}-({third}{join}{fourth})"
        try:
            parse(typed)
        except RuleError:  # it would match everything
            continue
        return typed
