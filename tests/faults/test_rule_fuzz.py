"""Whatever is typed for a rule is one, or is refused in words, soon and in little memory."""

from __future__ import annotations

import random
import time
import tracemalloc
from collections.abc import Callable, Iterator

import pytest

from service.judging.logic import Rule
from service.judging.matcher import Matcher
from service.judging.names import spellings
from service.judging.rules import RuleError, canonical, parse
from service.reading.publishers import Registry

WORDS = (
    "수출",
    "바우처",
    "관세청",
    "ai",
    "K-푸드",
    "ㄱ",
    "가" * 40,
    "\u0301" * 20,
    "🙂",
    "１",
    "<b>",
)
FIELDS = (
    "제목:",
    "부처:",
    "부처:산업부",
    "종류:",
    "종류:공고",
    "마감:",
    "마감:3일",
    "정확히:",
    "분야:수출",
)
JOINTS = ("제외", "빼고", "또는", "그리고", "OR", "AND", "NOT", "NEAR/3", "NEAR", "근처/2")
MARKS = (*'<> ()"|-~=:&*?%{}[],\\', "  ", "~5", "，", "'", "\n", "\t")
STRANGE = ("\ud800", "\x00", "\u200b", "\u202e")
SIGNS = (*WORDS, *FIELDS, *JOINTS, *MARKS, *STRANGE)
HUNDRED_THOUSAND = 100_000


def inputs(count: int, seed: int) -> Iterator[str]:
    """Signs of the language in any order, letters of any plane, good rules that were hurt."""
    rng = random.Random(seed)
    good = '(수출 | "해외 진출" ~5 바우처) -부고 제목:공고 마감:7일'
    for number in range(count):
        kind = number % 10
        if kind < 7:
            yield "".join(rng.choices(SIGNS, k=rng.randrange(1, 14)))
        elif kind < 9:
            at, end = sorted(rng.choices(range(len(good)), k=2))
            yield good[:at] + rng.choice(SIGNS) + good[end:]
        else:
            yield "".join(chr(rng.randrange(1, 0x3000)) for _ in range(rng.randrange(1, 30)))


def _made(typed: str) -> Rule | RuleError:
    try:
        return parse(typed)
    except RuleError as refused:
        return refused


@pytest.mark.fault(20)
def test_any_input_is_a_rule_or_is_refused_in_words(measured: Callable[..., None]) -> None:
    tried, crashed = 0, []
    for typed in inputs(3_000, seed=1):
        tried += 1
        try:
            made = _made(typed)
        except Exception:  # noqa: BLE001 - what is counted
            crashed.append(typed)
            continue
        if isinstance(made, RuleError):
            assert 0 <= made.position <= len(typed)
            assert " / " in made.message
        else:
            assert parse(canonical(made)) == made, typed
    measured(inputs=tried, crashes=len(crashed))
    assert crashed == []


@pytest.mark.faults
@pytest.mark.alone
@pytest.mark.fault(20)
def test_a_million_inputs_are_read_within_ten_milliseconds_each(
    measured: Callable[..., None], scale: int
) -> None:
    """As many as two minutes allow; what was slow is read again, since others run here too."""
    begun, tried, crashes, slow = time.monotonic(), 0, 0, []
    for typed in inputs(1_000_000, seed=random.randrange(2**31)):
        since = time.thread_time()
        try:
            _made(typed)
        except Exception:  # noqa: BLE001 - what is counted
            crashes += 1
        if time.thread_time() - since > 0.005:
            slow.append(typed)
        tried += 1
        if time.monotonic() - begun > 120 * scale:
            break
    slowest = max((_took(each) for each in slow), default=0.005)
    measured(inputs=tried, crashes=crashes, slowest_ms=slowest * 1e3)
    assert crashes == 0
    assert slowest <= 0.01


def _took(typed: str) -> float:
    """Seconds, the least of five."""

    def once() -> float:
        since = time.thread_time()
        _made(typed)
        return time.thread_time() - since

    return min(once() for _ in range(5))


@pytest.mark.fault(20)
def test_no_input_takes_a_megabyte(measured: Callable[..., None]) -> None:
    most = 0
    tracemalloc.start()
    for typed in inputs(400, seed=3):
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        _made(typed)
        most = max(most, tracemalloc.get_traced_memory()[1] - before)
    tracemalloc.stop()

    measured(largest_mb=most / 2**20)
    assert most <= 2**20


@pytest.mark.fault(20)
@pytest.mark.parametrize(
    "typed",
    [
        "(" * HUNDRED_THOUSAND,
        "(" * HUNDRED_THOUSAND + "수출" + ")" * HUNDRED_THOUSAND,
        "-(" * HUNDRED_THOUSAND + "수출",
        '"' * HUNDRED_THOUSAND,
        " | ".join(f"낱말{number}" for number in range(HUNDRED_THOUSAND)),
        " ".join(f"(가{n} | 나{n})" for n in range(1_000)),
        "수출" * HUNDRED_THOUSAND,
    ],
    ids=["brackets", "closed brackets", "negated", "quotes", "or", "clauses", "one word"],
)
def test_a_hundred_thousand_of_anything_are_refused_in_words(
    measured: Callable[..., None], typed: str
) -> None:
    with pytest.raises(RuleError) as refused:
        parse(typed)

    measured(inputs=1)
    assert " / " in refused.value.message
    assert len(refused.value.message) < 500


@pytest.mark.fault(20)
def test_a_rule_of_two_to_the_twenty_clauses_is_matched_as_a_tree(
    measured: Callable[..., None],
) -> None:
    typed = " ".join(f"(가{n}나 | 다{n}라)" for n in range(20))
    registry = Registry.load()
    tracemalloc.start()
    rule = _made(typed)
    if not isinstance(rule, RuleError):  # refused is as good
        Matcher({1: rule}, lambda term: spellings(term, registry))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    measured(inputs=1)
    assert most < 50 * 2**20
