"""What a rule could leave out."""

from __future__ import annotations

import random
import time
from functools import partial

import pytest

from service.excluding import Proposal, candidates, narrowed, proposals
from service.judging.names import spellings
from service.reading.publishers import Registry
from service.store.dismissals import Told


def told(title: str, excerpt: str = "", rule: str = "수출", text: str = "") -> Told:
    return Told(title, "", ((rule, excerpt),), text)


VAIN = told("참외 축제에서 수출 상담을 한다", "읍내 광장의 참외 축제, 수출 상담은 이틀")


def test_words_of_title_and_excerpt_are_proposed_but_not_those_of_the_rule() -> None:
    found = candidates("수출", VAIN)

    assert found == ["참외", "축제", "상담", "읍내", "광장의", "이틀"]


@pytest.mark.parametrize(
    ("rule", "title"),
    [
        ("산업부", "산업통상부, 참외 상담"),
        ("k푸드", "K-푸드 참외 상담"),
        ("=산업부", "산업부 참외 상담"),
    ],
)
def test_other_spellings_of_the_rule_s_words_are_not_proposed(rule: str, title: str) -> None:
    spell = partial(spellings, registry=Registry.load())

    assert candidates(rule, told(title, rule=rule), spell) == ["참외", "상담"]


def test_a_word_that_much_else_has_is_not_proposed() -> None:
    others = [told("수출 상담", text="상담 상담")] * 4 + [told("참외 수출")] + [told("수출")] * 5

    found = proposals("수출", VAIN, others)

    assert found[:2] == [Proposal("참외", 1), Proposal("축제", 0)]
    assert "상담" not in [each.word for each in found]


def test_what_other_rules_brought_does_not_count() -> None:
    others = [told("참외 축제 상담", rule="관세")] * 9

    assert {each.loses for each in proposals("수출", VAIN, others)} == {0}


@pytest.mark.parametrize(
    ("rule", "words", "text", "canonical"),
    [
        ("수출", ["축제"], "수출 -축제", "-축제 수출"),
        ("수출 | 관세", ["축제"], "(수출 | 관세) -축제", "-축제 (관세 OR 수출)"),
        ("수출 바우처 제외", ["축제"], "수출 바우처 제외 -축제", "-바우처 -축제 수출"),
        ("제목:(수출 | 통상)", ["축제"], "제목:(수출 | 통상) -축제", None),
        ("수출", ["축제", "참외"], "수출 -축제 -참외", "-참외 -축제 수출"),
        ("수출", ["not"], '수출 -"not"', '-"not" 수출'),
    ],
)
def test_a_rule_is_narrowed_in_the_words_of_its_author(
    rule: str, words: list[str], text: str, canonical: str | None
) -> None:
    found = narrowed(rule, words)

    assert found is not None
    assert found[0] == text
    assert canonical is None or found[1] == canonical


@pytest.mark.parametrize(
    ("rule", "word"),
    [("수출", "수출입"), ("수출", "출"), ("수출 |", "축제"), ("가" * 498, "축제회")],
)
def test_a_rule_that_cannot_be_narrowed_is_left(rule: str, word: str) -> None:
    assert narrowed(rule, [word]) is None


def test_hostile_titles_are_taken() -> None:
    rng = random.Random(3)
    started = time.process_time()
    for _ in range(30):
        noise = "".join(chr(rng.randrange(1, 0x11000)) for _ in range(200))
        proposals("수출", told(noise, noise), [told(noise, text=noise)])
    candidates("수출", told("가" * 100_000, "다나 " * 50_000))
    assert time.process_time() - started < 10
