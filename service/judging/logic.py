"""Rules as trees of conditions: what they are made of, when they hold, their one text.

Trees are made by ``joined`` and ``negated`` only, which keep them in one form: negation stands at
single conditions, nothing is nested in its own kind, parts are distinct and sorted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from itertools import product

_DOTS, _DASHES, _TILDES = "ㆍ‧・･∙•․⋅", "‐‑–−—―", "∼〜"  # as keyboards and Hangul have them
PLAIN = {
    **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)},  # full-width forms of ASCII
    **dict.fromkeys(map(ord, _DOTS), ord("·")),
    **dict.fromkeys(map(ord, _DASHES), ord("-")),
    **dict.fromkeys(map(ord, _TILDES), ord("~")),
}
"""Letters and signs that are typed for one another → the one that stands for all; same length."""

_OTHERWISE = re.compile(f"[A-Z！-～{_DOTS}{_DASHES}{_TILDES}]+")

WORD = r"""(?![-=~:'])(?:[^\s()|&"]|(?<=[A-Za-z0-9])&(?=[A-Za-z0-9]))+"""
"""What may be typed without quotes. An ``&`` between two Latin letters is a part: R&D, M&A."""

_BARE = re.compile(WORD)
_TAKEN = re.compile(
    r"(?:or|and|not|near|near/?\d*|또는|그리고|제외|빼고|근처/\d+|[A-Za-z가-힣]+\s*:.*|[+#].*|.*[,;!?'「」『』｢｣].*)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Term:
    """A word or a phrase to be found: NFC, ``lowered``, single blanks.

    ``title``: in the title only. ``exact``: no other names that mean the same (산업부, 산업통상부).
    """

    text: str
    title: bool = False
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Near:
    """Both terms, in either order, at most ``words`` words apart (1: neighbours)."""

    first: Term
    second: Term
    words: int


@dataclass(frozen=True, slots=True)
class Field:
    """A fact known beside the text, by its code: ``Field("kind", "notice")``."""

    name: str
    value: str


Atom = Term | Near | Field


@dataclass(frozen=True, slots=True)
class Not:
    """The condition does not hold. Negation is always driven down to single conditions."""

    part: Atom


@dataclass(frozen=True, slots=True)
class And:
    """All parts hold. Two or more, distinct, sorted by their canonical text; none is an And."""

    parts: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one part holds. Parts as in And; none is an Or."""

    parts: tuple[Rule, ...]


Literal = Atom | Not
Rule = Literal | And | Or
Clause = frozenset[Literal]


def lowered(text: str) -> str:
    """ASCII in lower case, one of all dots, dashes and widths: every offset stays what it was."""
    return _OTHERWISE.sub(lambda run: run[0].translate(PLAIN).lower(), text)


def canonical(rule: Rule) -> str:
    """The one text of all rules that mean the same up to order and repetition; it parses back."""
    match rule:
        case Term(text, title, exact):
            bare = _BARE.fullmatch(text) and not _TAKEN.fullmatch(text)
            word = text if bare else f'"{text}"'
            return f"{'title:' if title else ''}{'=' if exact else ''}{word}"
        case Near(first, second, words):
            return f"{canonical(first)} ~{words} {canonical(second)}"
        case Field(name, value):
            return f"{name}:{value}"
        case Not(part):
            return f"-{canonical(part)}"
        case And(parts):
            return " ".join(
                f"({canonical(p)})" if isinstance(p, Or) else canonical(p) for p in parts
            )
        case Or(parts):
            return " OR ".join(canonical(p) for p in parts)


def near(first: Term, second: Term, words: int) -> Near | Term:
    """Two terms near each other; a term is always near itself."""
    if first == second:
        return first
    one, other = sorted((first, second), key=canonical)
    return Near(one, other, words)


def joined(kind: type[And | Or], parts: Iterable[Rule]) -> Rule:
    """The parts under one And or Or, in the form every tree has. At least one part."""
    flat: dict[str, Rule] = {}
    for part in parts:
        inner = part.parts if isinstance(part, And | Or) and isinstance(part, kind) else (part,)
        flat.update((canonical(one), one) for one in inner)
    if len(flat) == 1:
        return next(iter(flat.values()))
    return kind(tuple(flat[text] for text in sorted(flat)))


def negated(rule: Rule) -> Rule:
    """The opposite rule, negation driven down to the conditions."""
    match rule:
        case Not(part):
            return part
        case And(parts):
            return joined(Or, map(negated, parts))
        case Or(parts):
            return joined(And, map(negated, parts))
        case _:
            return Not(rule)


def atoms(rule: Rule) -> frozenset[Atom]:
    """Every condition of the rule, negated ones too."""
    match rule:
        case Not(part):
            return frozenset({part})
        case And(parts) | Or(parts):
            return frozenset().union(*map(atoms, parts))
        case _:
            return frozenset({rule})


def terms(rule: Rule) -> frozenset[Term]:
    """Every term that is looked for in the text, also those near another and negated ones."""
    found: set[Term] = set()
    for atom in atoms(rule):
        match atom:
            case Term():
                found.add(atom)
            case Near(first, second):
                found |= {first, second}
    return frozenset(found)


def wanted(rule: Rule) -> frozenset[Atom]:
    """The conditions that a reader is shown as hits: those that are not negated."""
    match rule:
        case Not():
            return frozenset()
        case And(parts) | Or(parts):
            return frozenset().union(*map(wanted, parts))
        case _:
            return frozenset({rule})


def satisfied(rule: Rule, holds: Callable[[Atom], bool]) -> bool:
    """Whether the rule holds where ``holds`` says which conditions do."""
    match rule:
        case Not(part):
            return not holds(part)
        case And(parts):
            return all(satisfied(part, holds) for part in parts)
        case Or(parts):
            return any(satisfied(part, holds) for part in parts)
        case _:
            return holds(rule)


def possible(rule: Rule, may: Callable[[Atom], bool]) -> bool:
    """Whether the rule may hold, where all that is known is which conditions may."""
    match rule:
        case Not():
            return True
        case And(parts):
            return all(possible(part, may) for part in parts)
        case Or(parts):
            return any(possible(part, may) for part in parts)
        case _:
            return may(rule)


def by_letters(has: Callable[[Term], bool], known: Collection[Field]) -> Callable[[Atom], bool]:
    """Whether a condition may hold: a text ``has`` the letters of terms, facts are ``known``."""

    def may(atom: Atom) -> bool:
        match atom:
            case Term():
                return has(atom)
            case Near(first, second):
                return has(first) and has(second)
            case Field():
                return atom in known

    return may


def clauses(rule: Rule, most: int) -> tuple[Clause, ...] | None:
    """The alternatives of which one must hold whole; None where there are more than ``most``."""
    match rule:
        case Or(parts):
            each = [clauses(part, most) for part in parts]
            found = [clause for some in each if some is not None for clause in some]
            complete = None not in each
        case And(parts):
            found, complete = [frozenset()], True
            for part in parts:
                some = clauses(part, most) or ()
                complete &= 0 < len(some) * len(found) <= most
                if complete:
                    found = [one | other for one, other in product(found, some)]
        case _:
            found, complete = [frozenset({rule})], True
    distinct = tuple(dict.fromkeys(found))
    return distinct if complete and len(distinct) <= most else None
