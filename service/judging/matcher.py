"""Rules against an article: which of very many hold, and where.

Two passes, because morphology is dear: ``windows`` names the few stretches it is needed for, and
``match`` decides once they have been analysed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from service.judging.morphemes import Morphs
from service.judging.rules import And, Not, Or, Rule, Term, satisfied, terms
from service.judging.terms import Analyse, fold, occurrences, squeeze, stands, unsettled
from service.model import Match, Span

_HEAD = 2  # letters of a term by which it is looked up; no term is shorter


class Matcher:
    """A set of rules by id, made ready once and used for many articles. Immutable."""

    def __init__(self, rules: Mapping[int, Rule]) -> None:
        self._rules = dict(rules)
        self._by_anchor: dict[str, list[int]] = defaultdict(list)
        self._anchors_by_head: dict[str, set[str]] = defaultdict(set)
        for rule_id, rule in self._rules.items():
            for anchor in _anchors(rule) or ():
                self._by_anchor[anchor].append(rule_id)
                self._anchors_by_head[squeeze(anchor)[:_HEAD]].add(anchor)

    def windows(self, title: str, text: str) -> frozenset[str]:
        """The stretches to analyse before ``match``; empty where no rule can hold."""
        found = _Found(title, text)
        asked: set[str] = set()
        for _, rule in self._candidates(found):
            for term in terms(rule):
                asked.update(found.windows(term))
        return frozenset(asked)

    def match(self, title: str, text: str, morphs: Mapping[str, Morphs]) -> list[Match]:
        """All rules that hold, by id. ``morphs`` has the analysis of every one of ``windows``."""
        found = _Found(title, text)
        standing: dict[str, _Standing] = {}

        def there(term: str) -> bool:
            if term not in standing:
                standing[term] = found.standing(term, morphs.__getitem__)
            return bool(standing[term])

        matches = []
        for rule_id, rule in self._candidates(found):
            if satisfied(rule, there):
                hits = [standing[term] for term in sorted(_wanted(rule)) if there(term)]
                matches.append(
                    Match(
                        rule_id,
                        hits=_in_order(span for hit in hits for span in hit.in_text),
                        in_title=_in_order(span for hit in hits for span in hit.in_title),
                    )
                )
        return matches

    def _candidates(self, found: _Found) -> Iterator[tuple[int, Rule]]:
        """Rules that hold if every letter found is a word, by id."""
        ids = {i for anchor in self._anchors(found) for i in self._by_anchor[anchor]}
        for rule_id in sorted(ids):
            rule = self._rules[rule_id]
            if _possible(rule, found):
                yield rule_id, rule

    def _anchors(self, found: _Found) -> Iterator[str]:
        for head in found.heads():
            for anchor in self._anchors_by_head.get(head, ()):
                if found.contains(anchor):
                    yield anchor


def plain(rule: Rule, title: str, text: str, analyse: Analyse) -> bool:
    """Whether one rule holds, read naively: no index, nothing left out. The matcher's oracle."""

    def there(term: str) -> bool:
        return any(
            stands(part, span, analyse)
            for part in (title, text)
            for span in occurrences(part, term)
        )

    return satisfied(rule, there)


@dataclass(frozen=True, slots=True)
class _Standing:
    in_title: tuple[Span, ...]
    in_text: tuple[Span, ...]

    def __bool__(self) -> bool:
        return bool(self.in_title or self.in_text)


class _Found:
    """One article while it is being matched: each term is looked for once."""

    def __init__(self, title: str, text: str) -> None:
        self._parts = (title, text)
        self._spans: dict[str, tuple[list[Span], list[Span]]] = {}

    def heads(self) -> set[str]:
        letters = [fold(part).letters for part in self._parts]
        return {part[i : i + _HEAD] for part in letters for i in range(len(part) - 1)}

    def contains(self, term: str) -> bool:
        return any(self._occurrences(term))

    def windows(self, term: str) -> Iterator[str]:
        for part, spans in zip(self._parts, self._occurrences(term), strict=True):
            for span in spans:
                stretch = unsettled(part, span)
                if stretch is not None:
                    yield stretch

    def standing(self, term: str, analyse: Analyse) -> _Standing:
        in_title, in_text = (
            tuple(span for span in spans if stands(part, span, analyse))
            for part, spans in zip(self._parts, self._occurrences(term), strict=True)
        )
        return _Standing(in_title, in_text)

    def _occurrences(self, term: str) -> tuple[list[Span], list[Span]]:
        if term not in self._spans:
            title, text = self._parts
            self._spans[term] = occurrences(title, term), occurrences(text, term)
        return self._spans[term]


def _possible(rule: Rule, found: _Found) -> bool:
    """Whether the rule may hold: a term may be what its letters are, a negated one may not be."""
    match rule:
        case Term(text):
            return found.contains(text)
        case Not():
            return True
        case And(parts):
            return all(_possible(part, found) for part in parts)
        case Or(parts):
            return any(_possible(part, found) for part in parts)


def _anchors(rule: Rule) -> frozenset[str] | None:
    """Terms of which at least one is in every text the rule holds for; None: no such set."""
    match rule:
        case Term(text):
            return frozenset({text})
        case Not():
            return None
        case And(parts):
            choices = [anchors for part in parts if (anchors := _anchors(part)) is not None]
            return min(choices, key=_commonness, default=None)
        case Or(parts):
            each = [_anchors(part) for part in parts]
            known = [anchors for anchors in each if anchors is not None]
            return frozenset().union(*known) if len(known) == len(each) else None


def _commonness(anchors: frozenset[str]) -> tuple[int, int, list[str]]:
    """Fewer terms and longer ones are rarer; the words themselves only settle a tie."""
    return len(anchors), -min(map(len, anchors)), sorted(anchors)


def _wanted(rule: Rule) -> frozenset[str]:
    """The terms a reader is shown as hits: those that are not negated."""
    match rule:
        case Term(text):
            return frozenset({text})
        case Not():
            return frozenset()
        case And(parts) | Or(parts):
            return frozenset().union(*map(_wanted, parts))


def _in_order(spans: Iterable[Span]) -> tuple[Span, ...]:
    return tuple(sorted(set(spans)))
