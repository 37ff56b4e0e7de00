"""Rules that are drawn, long, deep or no rules at all."""

import random
import time
import unicodedata

import pytest

from service.judging.logic import And, Or, Term
from service.judging.rules import MAX_LENGTH, Rule, RuleError, canonical, parse

EXPORT = Term("수출")
ATOMS = ["수출", "관세", "AI", "제목:수출", "=수출", "종류:공고", "부처:산업부", "통관 ~3 상담"]


@pytest.mark.parametrize("opener", ["(", "-", "NOT ", '"', "=", "제목:", "~5 ", "제외 "])
def test_a_rule_of_openers_only_is_refused_without_deep_recursion(opener: str) -> None:
    with pytest.raises(RuleError):
        parse(opener * (MAX_LENGTH // len(opener)))


def test_a_long_chain_of_negations_is_one_or_none() -> None:
    assert parse("-" * 400 + "수출") == EXPORT
    assert parse("관세 " + "-" * 401 + "수출") == parse("관세 -수출")


@pytest.mark.parametrize("depth", [150, 400])
def test_a_long_row_of_prefixes_is_read_without_deep_recursion(depth: int) -> None:
    assert parse("=" * depth + "수출") == Term("수출", exact=True)


def _typed(chance: random.Random, depth: int) -> str:
    """A random rule of this depth at most, with blanks and brackets nobody needs."""
    if depth == 0 or chance.random() < 0.2:
        return chance.choice(ATOMS)
    parts = [_typed(chance, depth - 1) for _ in range(chance.choice([1, 2, 2, 3]))]
    sign = chance.choice([" ", "  ", " AND ", " 그리고 ", " OR ", " | ", " 또는 "])
    return chance.choice(["({})", "({})", "-({})", "NOT ({})", "( {} )"]).format(sign.join(parts))


def _made(typed: str) -> Rule | RuleError:
    try:
        return parse(typed)
    except RuleError as error:
        return error


def _random_rules(seed: int, count: int) -> list[tuple[str, Rule]]:
    chance = random.Random(seed)
    typed = [_typed(chance, 3) for _ in range(count)]
    made = [(each, _made(each)) for each in typed]  # some make no sense
    rules = [(each, rule) for each, rule in made if not isinstance(rule, RuleError)]
    assert len(rules) > count / 4
    return rules


def test_a_random_rule_and_its_canonical_text_are_one_rule() -> None:
    for typed, rule in _random_rules(1, 400):
        assert parse(canonical(rule)) == rule, typed


def test_shuffling_doubling_and_negating_twice_keep_the_canonical_text() -> None:
    chance = random.Random(2)
    for typed, rule in _random_rules(3, 300):
        parts = list(rule.parts) if isinstance(rule, And | Or) else [rule]
        chance.shuffle(parts)
        sign = " OR " if isinstance(rule, Or) else " "
        rewritten = sign.join(f"-(NOT ( {canonical(each)} ))" for each in [*parts, parts[0]])
        assert canonical(parse(rewritten)) == canonical(rule), typed


def test_any_text_is_a_rule_or_is_refused_with_a_place_in_it() -> None:
    chance = random.Random(4)
    signs = ["수출", "ai", " ", "(", ")", '"', "|", "-", "~5", "=", ":", "제목:", "부처:", "제외"]
    signs += ["「", "」", "#", "!", ";", "ㆍ", "–", "＂", "관세"]
    signs += ["NEAR/", "또는", "\ud800", "\x00", "\u200b", "🙂", "１", "，", "'", "&", "마감:3일"]
    for _ in range(3_000):
        typed = "".join(chance.choices(signs, k=chance.randrange(1, 12)))
        made = _made(typed)
        if isinstance(made, RuleError):
            assert 0 <= made.position <= len(typed), typed
        else:
            assert parse(canonical(made)) == made, typed


def test_a_rule_of_endless_marks_is_refused_at_once() -> None:
    begun = time.process_time()

    with pytest.raises(RuleError, match="500"):
        parse("a" + "\u0301\u0323" * 400_000)
    assert time.process_time() - begun < 10


def test_a_long_rule_in_decomposed_letters_is_taken() -> None:
    term = "가각" * 200

    assert parse(unicodedata.normalize("NFD", term)) == parse(term)
