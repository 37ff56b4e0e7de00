"""The matcher beside a slow and obvious reading, on random rules and releases."""

import random
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache

import pytest

from service.judging.facts import Facts
from service.judging.logic import (
    And,
    Field,
    Or,
    Rule,
    Term,
    canonical,
    joined,
    near,
    negated,
    satisfied,
)
from service.judging.matcher import Matcher, plain
from service.judging.morphemes import Morph, Morphs
from service.judging.rules import RuleError, parse
from service.judging.terms import occurrences, stands
from service.model import Match, Span

# Watched, these take three times as long: what they draw covers nothing that no example does.
pytestmark = pytest.mark.no_cover

RULES, TEXTS = 1_000, 100
WORDS = [
    "수출",
    "관세",
    "인도",
    "통관",
    "AI",
    "반도체",
    "R&D",
    "관세청",
    "수출입",
    "중기부",
    "조선",
]
ASKED = [*(word.lower() for word in WORDS), "통관 상담", "수출 통관", "수출통관", "벤처부", "도인"]
BETWEEN = ["", "", " ", " ", " ", "\n", "\n\n", "을 ", "의 ", ", "]
OTHERS = ["상담", "외국인도", "한다", "밝혔다", "3월", "기업"]
FILTERS = [Field("kind", "notice"), Field("kind", "release"), Field("topic", "export")]
FACTS = [Facts(), Facts(kind="notice"), Facts(kind="release", topics=("export",))]
_PARTS = re.compile("|".join([*sorted(WORDS, key=len, reverse=True), "[을의은도]", "."]), re.DOTALL)


def spell(term: str) -> tuple[str, ...]:
    """Other names of what is asked for."""
    return {"중기부": (term, "벤처부", "중소벤처 부")}.get(term, (term,))


@cache
def analyse(window: str) -> Morphs:
    """Morphemes of a language in which every word that is asked for is a noun."""
    found = _PARTS.finditer(window)
    return tuple(Morph(m[0], "NNG" if len(m[0]) > 1 else "JX", *m.span()) for m in found)


def matches(matcher: Matcher, release: tuple[str, str, Facts]) -> list[Match]:
    trial = matcher.trial(*release)
    return trial.decide({window: analyse(window) for window in trial.windows})


class Drawn:
    """Random rules of every kind, and releases in which their words are frequent."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)

    def rules(self) -> Iterator[Rule]:
        """Without those that the language refuses since they ask for nothing."""
        while True:
            rule = self._rule(0)
            if not satisfied(rule, lambda _: False):
                yield rule

    def releases(self, count: int) -> list[tuple[str, str, Facts]]:
        return [(self._text(6), self._text(30), self._chance.choice(FACTS)) for _ in range(count)]

    def _rule(self, depth: int) -> Rule:
        roll = self._chance.random() + 0.15 * depth
        if roll < 0.3:
            return joined(And, self._rules(depth))
        if roll < 0.55:
            return joined(Or, self._rules(depth))
        if roll < 0.65:
            return negated(self._rule(depth + 1))
        if roll < 0.75:
            title = self._chance.random() < 0.2
            one, other = (Term(self._chance.choice(ASKED), title=title) for _ in range(2))
            return near(one, other, self._chance.randrange(1, 6))
        if roll < 0.8:
            return self._chance.choice(FILTERS)
        title, exact = (self._chance.random() < 0.15 for _ in range(2))
        return Term(self._chance.choice(ASKED), title, exact)

    def _rules(self, depth: int) -> list[Rule]:
        return [self._rule(depth + 1) for _ in range(self._chance.choice((2, 2, 3, 4)))]

    def _text(self, most: int) -> str:
        words = self._chance.choices([*WORDS, *OTHERS], k=self._chance.randrange(most))
        return "".join(word + self._chance.choice(BETWEEN) for word in words)


@pytest.mark.fault(8)
@pytest.mark.parametrize("seed", range(20))
def test_the_matcher_equals_a_slow_obvious_one_on_a_hundred_thousand_pairs(
    seed: int, measured: Callable[..., None]
) -> None:
    """Each seed has a twentieth of the pairs: as many rules, fewer releases."""
    drawn, compared, different = Drawn(seed), 0, 0
    rules = dict(zip(range(RULES), drawn.rules(), strict=False))
    matcher = Matcher(rules, spell)
    for release in drawn.releases(TEXTS // 20):
        title, text, facts = release

        found = [match.rule_id for match in matches(matcher, release)]

        plainly = [
            number
            for number, rule in rules.items()
            if plain(rule, title, text, analyse, facts, spell)
        ]
        different += len({*found} ^ {*plainly}) + (found != plainly)
        compared += len(rules)
    measured(pairs=compared, different=different)
    assert different == 0


def test_random_rules_hold_often_and_fail_often() -> None:
    drawn = Drawn(1)
    matcher = Matcher(dict(zip(range(RULES), drawn.rules(), strict=False)), spell)

    shares = [len(matches(matcher, each)) / RULES for each in drawn.releases(20)]

    assert 0.2 < sum(shares) / 20 < 0.8


def test_a_rule_and_its_canonical_text_match_alike() -> None:
    drawn = Drawn(2)
    typed, reread = {}, {}
    for number, rule in zip(range(300), drawn.rules(), strict=False):
        with suppress(RuleError):  # it can never hold
            reread[number] = parse(canonical(rule))
            typed[number] = rule
    one, other = Matcher(typed, spell), Matcher(reread, spell)

    assert len(typed) > 150
    for release in drawn.releases(20):
        assert matches(one, release) == matches(other, release)


def test_more_text_never_loses_a_hit_of_a_rule_without_exclusions() -> None:
    drawn = Drawn(3)
    positive = (rule for rule in drawn.rules() if "-" not in canonical(rule))
    matcher = Matcher(dict(zip(range(RULES), positive, strict=False)), spell)
    for title, text, facts in drawn.releases(20):
        ((_, more, _),) = drawn.releases(1)

        before = matches(matcher, (title, text, facts))
        after = matches(matcher, (title, f"{text}\n\n{more}", facts))

        known = {match.rule_id: match for match in after}
        for match in before:
            assert {*match.hits} <= {*known[match.rule_id].hits}
            assert {*match.in_title} <= {*known[match.rule_id].in_title}


@pytest.mark.fault(7)
@pytest.mark.parametrize(
    ("times", "every"),
    [(30, 1), pytest.param(1_600, 8, marks=pytest.mark.faults)],
    ids=["some", "many"],
)
def test_rules_added_and_removed_live_match_as_if_built_anew(
    measured: Callable[..., None], times: int, every: int
) -> None:
    """The many are compared at every eighth change only: to build anew is slow."""
    drawn, chance = Drawn(4), random.Random(5)
    new = drawn.rules()
    rules = {number: next(new) for number in range(200)}
    matcher, edits, compared, different = Matcher(rules, spell), 0, 0, 0
    for number, release in enumerate(drawn.releases(times)):
        removed = chance.sample(range(400), chance.choice((0, 1, 5, 60)))
        added = {chance.randrange(400): next(new) for _ in range(chance.choice((0, 1, 3, 90)))}
        matcher = matcher.with_changes(added, removed)
        rules = {n: rule for n, rule in rules.items() if n not in removed} | added

        edits += len(removed) + len(added)
        if number % every:
            continue

        rebuilt = Matcher(rules, spell)

        different += matches(matcher, release) != matches(rebuilt, release)
        compared += 1
    measured(edits=edits, releases=compared, different=different)
    assert different == 0


def test_hits_of_a_term_are_all_its_places() -> None:
    drawn = Drawn(6)
    terms = [Term(word, exact=exact) for word in ASKED for exact in (False, True)]
    matcher = Matcher(dict(enumerate(terms)), spell)
    for title, text, facts in drawn.releases(100):
        for match in matches(matcher, (title, text, facts)):
            term = terms[match.rule_id]

            assert match.in_title == places(term, title)
            assert match.hits == places(term, text)


def places(term: Term, part: str) -> tuple[Span, ...]:
    """Where a term stands, looked for plainly."""
    spellings = (term.text,) if term.exact else spell(term.text)
    found = {span for spelling in spellings for span in occurrences(part, spelling)}
    return tuple(sorted(span for span in found if stands(part, span, analyse)))
