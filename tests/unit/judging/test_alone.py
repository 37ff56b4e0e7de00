import random
from collections.abc import Collection, Iterator
from datetime import date
from itertools import product
from typing import Protocol

import pytest

from service.judging.alone import Alone
from service.judging.facts import Facts
from service.judging.matcher import Matcher
from service.judging.morphemes import Morphs
from service.judging.rules import parse
from service.model import Call, Match


class Reader(Protocol):
    def all(self, windows: Collection[str]) -> dict[str, Morphs]: ...


TITLE = "수출바우처 참여기업 모집"
TEXT = """중소기업의 수출을 돕는 사업이다. 외국인도 신청할 수 있다.
관세청과 함께 통관 상담을 열고, AI 번역을 지원한다. 수출 상담은 따로 알린다."""
FACTS = Facts(("motir",), "notice", ("export",), Call(is_call=True), date(2026, 3, 2), "one")
ATOMS = (
    "수출", "통관", "관세", "인도", "=수출바우처", "제목:모집", "제목:통관", '"통관 상담"', "ai",
    "수출 ~3 상담", "통관 ~1 번역", "부처:motir", "부처:mss", "종류:공고", "반도체",
)  # fmt: skip


def rules() -> Iterator[str]:
    yield from ATOMS
    drawn = random.Random(7)
    for shape, _ in product(
        ("{} {}", "{} | {}", "{} -{}", "({} | {}) {}", "{} ({} -{})"), range(40)
    ):
        yield shape.format(*(f"({each})" for each in drawn.sample(ATOMS, 3)))


def spell(term: str) -> tuple[str, ...]:
    return (term, "수출") if term == "반도체" else (term,)


def by_matcher(typed: str, reader: Reader) -> Match | None:
    trial = Matcher({0: parse(typed)}, spell).trial(TITLE, TEXT, FACTS)
    return next(iter(trial.decide(reader.all(trial.windows))), None)


def alone(typed: str, reader: Reader) -> Match | None:
    trial = Alone(parse(typed), spell).trial(TITLE, TEXT, FACTS)
    return trial.decide(reader.all(trial.windows))


def test_a_rule_alone_is_judged_as_among_others(reader: Reader) -> None:
    found = [(each, alone(each, reader), by_matcher(each, reader)) for each in rules()]
    assert [each for each in found if each[1] != each[2]] == []
    assert 0 < sum(each is not None for _, each, _ in found) < len(found)


def test_where_a_rule_cannot_hold_nothing_is_to_be_analysed() -> None:
    rule = Alone(parse("관세 반도체"))
    assert rule.trial(TITLE, TEXT).windows == frozenset()
    assert rule.trial(TITLE, TEXT).decide({}) is None


@pytest.mark.parametrize("typed", ["수출 (수출 ~3 상담)"])
def test_what_is_asked_for_near_another_is_shown_only_there(typed: str, reader: Reader) -> None:
    match = alone(typed, reader)
    assert match is not None
    assert [TEXT[a:b] for a, b in match.hits] == ["수출", "상담"]
