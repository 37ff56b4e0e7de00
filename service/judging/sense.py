"""Whether a rule makes sense: what can never hold, and what a subscriber should be warned of."""

from __future__ import annotations

from functools import lru_cache, partial

from service.judging.conditions import sought
from service.judging.fields import usual
from service.judging.logic import Atom, Clause, Field, Near, Not, Rule, Term, clauses
from service.judging.names import spellings

_MAX_CLAUSES = 256
"""A rule with more alternatives than this is not examined; it is matched all the same."""

_SOURCE_KINDS = ("government", "news")


def never(rule: Rule) -> bool:
    """Whether no announcement can satisfy the rule."""
    found = clauses(rule, _MAX_CLAUSES)
    return found is not None and all(map(_contradicts, found))


def warnings(rule: Rule) -> tuple[str, ...]:
    """What is allowed and probably not meant, Korean first, then English; mostly empty."""
    found = clauses(rule, _MAX_CLAUSES) or ()
    said = []
    if any(map(_contradicts, found)):
        said.append(
            "‘또는’으로 이은 조건 가운데 함께 맞을 수 없는 것이 있습니다(예: 수출 -수출). / "
            "One of the alternatives can never hold (such as 수출 -수출)."
        )
    if any(not any(isinstance(each, Term | Near) for each in clause) for clause in found):
        said.append(
            "찾을 낱말 없이 거르기만 하는 조건이 있어, 거기에 드는 소식이 모두 옵니다. / "
            "Part of the rule is only filters: every announcement that passes them will be told."
        )
    return tuple(said)


def _contradicts(clause: Clause) -> bool:
    """Whether the conditions cannot hold together."""
    barred = {each.part for each in clause if isinstance(each, Not)}
    asked = {each for each in clause if not isinstance(each, Not)}
    implied = {more for each in asked for more in _implied(each)}
    shut = {word for each in barred for word in _spelt(each)}
    unsaid = bool(shut) and any(each <= shut for each in map(_spelt, implied) if each)
    return unsaid or not barred.isdisjoint(implied) or _two_of_one(asked)


@lru_cache(maxsize=1 << 12)
def _spelt(atom: Atom) -> frozenset[tuple[str, bool]]:
    """In what words a term may stand, and whether in the title: 산업부 stands for 산업통상부."""
    if not isinstance(atom, Term):
        return frozenset()
    words = sought(atom, partial(spellings, registry=usual().registry))
    return frozenset((each, atom.title) for each in words)


def _implied(atom: Atom) -> set[Atom]:
    """The condition and those that hold wherever it does."""
    match atom:
        case Near(first, second):
            return {atom, *_implied(first), *_implied(second)}
        case Term(text, _, exact):
            return {atom, Term(text, exact=exact)}
        case _:
            return {atom}


def _two_of_one(asked: set[Atom]) -> bool:
    """Whether two values are asked for of what has one."""
    fields = [each for each in asked if isinstance(each, Field)]
    kinds = {each.value for each in fields if each.name == "kind"}
    sources = {each.value for each in fields if each.name == "source"}
    ids = sources.difference(_SOURCE_KINDS)
    return max(len(kinds), len(ids), len(sources) - len(ids)) > 1
