"""Why a rule has brought nothing, in words: from what of it stands in the articles of a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from service.judging.fields import KINDS
from service.judging.logic import (
    And,
    Atom,
    Field,
    Near,
    Rule,
    Term,
    canonical,
    clauses,
    joined,
    wanted,
)
from service.judging.survey import Survey, asked, barred, loosened
from service.judging.taxonomy import called
from service.reading.publishers import Publisher, Registry

_YOUNG = timedelta(days=7)
_ALTERNATIVES = 3  # of a rule whose parts are never together
_REASONS = 8


class Reason(NamedTuple):
    """Why, for people: ``code`` is the same for what calls for the same answer."""

    code: str
    korean: str
    english: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known beside the articles.

    ``time`` names the time they are of, in Korean and English. ``publishing``: ids of the bodies
    whose releases a declared source has. ``troubles``: what is wrong with a source, in both
    languages; a source that is polled and answers has none. ``topical``: articles whose topics were
    judged.
    """

    time: tuple[str, str]
    registry: Registry
    publishing: frozenset[str]
    troubles: Mapping[str, tuple[str, str]]
    topical: int


def reasons(rule: Rule, age: timedelta, survey: Survey, around: Surroundings) -> tuple[Reason, ...]:
    """What explains that the rule, made ``age`` ago, has not held; the surest first, few."""
    told = _Told(survey, around)
    found = [*_young(age), *told.explain(rule)]
    return tuple(dict.fromkeys(found))[:_REASONS]


def _young(age: timedelta) -> Iterator[Reason]:
    if age < _YOUNG:
        yield Reason(
            "young",
            f"만든 지 {age.days + 1}일째입니다. 아직 이릅니다",
            f"this is its day {age.days + 1}: early yet",
        )


class _Told(NamedTuple):
    survey: Survey
    around: Surroundings

    def explain(self, rule: Rule) -> Iterator[Reason]:
        korean, english = self.around.time
        total = self.survey.articles
        if not total:
            yield Reason(
                "empty", f"{korean}에 저장된 글이 없습니다", f"nothing stored in {english}"
            )
        elif count := self.survey.holds(rule):
            yield Reason(
                "before",
                f"{korean} 글 {total:,}건 가운데 {count:,}건에 맞습니다. 규칙보다 먼저 왔거나 "
                "처음 본 목록에 있던 글이라 알리지 않았습니다",
                f"it holds for {count:,} of {total:,} articles of {english}, which came before the "
                "rule or at the first sight of their source",
            )
        else:
            atoms = sorted(wanted(rule), key=canonical)
            lacking = [each for each in atoms if not self.survey.holds(each)]
            for atom in lacking:
                yield self._missing(atom)
            if not lacking:
                yield from self._apart(rule)

    def _apart(self, rule: Rule) -> Iterator[Reason]:
        """Each part holds somewhere, the rule nowhere."""
        without = asked(rule)
        if without is not None and (count := self.survey.holds(without)):
            out = [f"-{canonical(one)} {self.survey.holds(both):,}" for one, both in barred(rule)]
            yield Reason(
                "barred",
                f"찾는 것은 {count:,}건에 있으나 모두 빼는 조건에 걸립니다: {', '.join(out)}",
                f"what is asked for is in {count:,} articles, all excluded: {', '.join(out)}",
            )
            return
        found = clauses(rule, _ALTERNATIVES)
        together = [wanted(joined(And, clause)) for clause in found] if found else [wanted(rule)]
        for some in together:
            each = [(one, f"{self.survey.holds(one):,}") for one in sorted(some, key=canonical)]
            parts = [f"{self._named(one)} {count}" for one, count in each]
            counts = [f"{canonical(one)} {count}" for one, count in each]
            yield Reason(
                "apart",
                f"따로는 있으나 한 글에 함께 있지 않습니다(건수): {', '.join(parts)}",
                f"each is there, never in one article: {', '.join(counts)}",
            )

    def _missing(self, atom: Atom) -> Reason:
        match atom:
            case Term():
                return self._no_word(atom)
            case Near(first, second):
                return self._not_near(atom, first, second)
            case Field("ministry", value):
                return self._no_body(value)
            case Field("source", value):
                return self._no_source(value)
            case Field():
                return self._no_such(atom)

    def _no_word(self, term: Term) -> Reason:
        korean, english = self.around.time
        total, name = f"{self.survey.articles:,}", f"‘{term.text}’"
        wider = loosened(term)
        if wider is not None and (count := self.survey.holds(wider)):
            if term.title:
                return Reason(
                    "title",
                    f"{name}: 제목에는 한 번도 없고 본문에는 {count:,}건에 있습니다",
                    f"never in a title; in the body of {count:,}",
                )
            return Reason(
                "exact",
                f"{name}: 쓴 그대로는 없고 같은 것을 뜻하는 다른 이름으로는 {count:,}건에 있습니다"
                + self._today(term.text),
                f"not as typed; by its other names in {count:,}",
            )
        if count := self.survey.letters(term):
            words = ", ".join(f"‘{each}’" for each in self.survey.within(term))
            return Reason(
                "letters",
                f"{name}: 글자는 {count:,}건에 있으나 낱말로는 한 번도 없습니다"
                f"(예: {words}의 일부)",
                f"its letters are in {count:,} articles, never as a word: {words}",
            )
        like = self.survey.like(term)
        meant = f". 혹시 ‘{like}’ 아닌가요?" if like else ""
        return Reason(
            "unseen",
            f"{name}: {korean} 글 {total}건에 한 번도 나오지 않았습니다{meant}",
            f"never in {total} articles of {english}" + (f"; did you mean {like}?" if like else ""),
        )

    def _not_near(self, pair: Near, first: Term, second: Term) -> Reason:
        for term in (first, second):
            if not self.survey.holds(term):
                return self._no_word(term)
        both = loosened(pair)
        count = self.survey.holds(both) if both is not None else 0
        return Reason(
            "far",
            f"‘{first.text}’, ‘{second.text}’: 한 글에 함께 있는 것은 {count:,}건이나 "
            f"{pair.words}낱말 안에는 없습니다",
            f"together in {count:,} articles, never within {pair.words} words",
        )

    def _no_body(self, body_id: str) -> Reason:
        korean, english = self.around.time
        body = self.around.registry.by_id(body_id)
        name = f"{body.name}{_once_called(body)}"
        if body_id not in self.around.publishing:
            return Reason(
                "ministry-unread",
                f"부처:{name}: 이 기관의 글을 싣는 출처가 없습니다",
                f"{body_id}: no declared source has its releases",
            )
        return Reason(
            "ministry-silent",
            f"부처:{name}: {korean}에 이 기관이 낸 글이 없습니다",
            f"{body_id}: it published nothing in {english}",
        )

    def _no_source(self, source_id: str) -> Reason:
        korean, english = self.around.time
        why, cause = self.around.troubles.get(
            source_id, (f"{korean}에 이 출처에서 온 글이 없습니다", f"nothing came in {english}")
        )
        return Reason("source", f"출처:{source_id}: {why}", f"{source_id}: {cause}")

    def _no_such(self, field: Field) -> Reason:
        korean, english = self.around.time
        name = self._named(field)
        if field.name == "topic" and not self.around.topical:
            return Reason(
                "topics-unknown",
                f"{name}: {korean} 글은 아직 분야를 가리지 않았습니다",
                f"{canonical(field)}: no article of {english} has topics yet",
            )
        return Reason(
            f"{field.name}-none",
            f"{name}: {korean} 글 {self.survey.articles:,}건 가운데 하나도 해당하지 않습니다",
            f"{canonical(field)}: holds for none of {self.survey.articles:,} of {english}",
        )

    def _named(self, atom: Atom) -> str:
        """A condition as a person would type it."""
        match atom:
            case Field("kind", value):
                return f"종류:{KINDS.get(value, (value,))[0]}"
            case Field("topic", value):
                return f"분야:{next(iter(called().get(value, ())), value)}"
            case Field("deadline", value):
                return "마감:상시" if value == "open" else f"마감:{value}일"
            case Field("source", value):
                return f"출처:{value}"
            case Field("ministry", value):
                return f"부처:{self.around.registry.by_id(value).name}"
            case _:
                return f"‘{canonical(atom)}’"

    def _today(self, name: str) -> str:
        """What the body is called today that went by this very name."""
        body = self.around.registry.find(name)
        if body is None or body.name == name or name not in body.names():
            return ""
        return f". 지금 이름은 ‘{body.name}’입니다"


def _once_called(body: Publisher) -> str:
    """Its last name before today's, and since when it has today's."""
    if not body.former:
        return ""
    since = f", {body.since:%Y-%m-%d}부터 지금 이름" if body.since else ""
    return f"(전 {body.former[0].name}{since})"
