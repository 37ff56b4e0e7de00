"""Rules and texts that are drawn: what holds for every rule holds for them."""

import random
from collections.abc import Iterator

import pytest

from service.judging.facts import Facts
from service.judging.matcher import Matcher, plain
from service.judging.rules import Rule, RuleError, canonical, parse
from tests.unit.judging.reader import FACTS, TEXT, TITLE, Reader, judged

# Watched, these take three times as long: what they draw covers nothing that no example does.
pytestmark = pytest.mark.no_cover


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
