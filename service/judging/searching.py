"""A rule as a query of the search index: it finds all for which the rule may hold, hardly more.

A query is a ``tsquery`` in PostgreSQL's own notation. What is found is judged again by the matcher.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import accumulate, pairwise

from service.judging.conditions import Spell, sought
from service.judging.lexemes import FACT, LONGEST, RUN, TIME, TITLE, border
from service.judging.logic import And, Field, Near, Not, Or, Rule, Term, terms, wanted
from service.judging.terms import squeeze

_SHORTEST = 2
_CUT_UP = 10  # letters; what is longer, typed in one, is looked for in one only

_YEAR = 366
_LATIN = re.compile("[0-9A-Za-z]{2}")

_EVERYTHING = ""
"""The query that asks for nothing."""

ALL = f"'{TIME}'"
"""The query that finds all; ``_EVERYTHING`` by itself finds none."""


def query(rule: Rule, spell: Spell) -> str:
    """Finds every article for which the rule holds. ``spell`` gives the spellings of a term."""
    return _query(rule, spell, in_title=False)


def in_title(rule: Rule, spell: Spell) -> str | None:
    """Finds those that have all that is looked for in the title; None: it looks for no word."""
    if not any(isinstance(each, Term | Near) for each in wanted(rule)) or not terms(rule):
        return None
    return _query(rule, spell, in_title=True)


def stretches(until: datetime) -> Iterator[str]:
    """Queries for two days up to a time, then two months, three years, and all time."""
    day = until.astimezone(UTC).date()
    before = day - timedelta(days=1) if day.toordinal() > 1 else day
    months = (day, day.replace(day=1) - timedelta(days=1) if day.toordinal() > _YEAR else day)
    yield _some(lexeme(f"{TIME}{each.isoformat()}") for each in (day, before))
    yield _some(lexeme(f"{TIME}{each.isoformat()[:7]}") for each in months)
    yield _some(lexeme(f"{TIME}{day.year - ago:04}") for ago in range(3))
    yield ALL


def every(queries: Iterable[str]) -> str:
    """All of them."""
    return _joined(" & ", [each for each in queries if each != _EVERYTHING])


def _some(queries: Iterable[str]) -> str:
    """At least one of them."""
    known = [*queries]
    return _EVERYTHING if _EVERYTHING in known else _joined(" | ", known)


def lexeme(word: str) -> str:
    """One lexeme, quoted."""
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


def _joined(sign: str, queries: list[str]) -> str:
    distinct = [*dict.fromkeys(queries)]
    return distinct[0] if len(distinct) == 1 else f"({sign.join(distinct)})" if distinct else ""


def _query(rule: Rule, spell: Spell, *, in_title: bool) -> str:
    match rule:
        case Term():
            return _term(rule, spell, in_title=in_title)
        case Near(first, second):
            return every(_term(each, spell, in_title=in_title) for each in (first, second))
        case Field(name, value):
            return _field(name, value)
        case Not(part):
            return _none(part, spell)
        case And(parts):
            return every(_query(each, spell, in_title=in_title) for each in parts)
        case Or(parts):
            return _some(_query(each, spell, in_title=in_title) for each in parts)


def _none(part: Term | Near | Field, spell: Spell) -> str:
    """What surely breaks the rule is not fetched: a word that stands as one run of letters."""
    match part:
        case Field(name, value):
            return f"!{_field(name, value)}"
        case Near():
            return _EVERYTHING
        case Term():
            mark = TITLE if part.title else ""
            words = [squeeze(each) for each in sought(part, spell)]
            known = [each for each in words if RUN.fullmatch(each) and len(each) <= LONGEST]
            return f"!{_some(lexeme(mark + each) for each in known)}" if known else _EVERYTHING


def _field(name: str, value: str) -> str:
    if name == "deadline" and value.isdecimal():
        return _some(lexeme(f"{FACT}{name}:{days}") for days in range(int(value) + 1))
    return lexeme(f"{FACT}{name}:{value}")


def _term(term: Term, spell: Spell, *, in_title: bool) -> str:
    mark = TITLE if term.title or in_title else ""
    return _some(_spelt(each, mark) for each in sought(term, spell))


@lru_cache(maxsize=4_096)
def _spelt(spelling: str, mark: str) -> str:
    """One spelling: its runs of letters, and between them the signs that part them."""
    letters = squeeze(spelling)
    typed = {*accumulate(map(len, spelling.split()[:-1]))}
    runs = [*RUN.finditer(letters)]
    found = [_run(each[0], {at - each.start() for at in typed}, mark) for each in runs]
    for one, other in pairwise(runs):
        sign = letters[one.end() : other.start()]
        if len(sign) == 1:
            found.append(lexeme(mark + border(one[0], sign, other[0])))
    return every(found)


def _run(letters: str, typed: set[int], mark: str) -> str:
    """Letters that a text may have in one, or with blanks between."""
    inner = sorted(at for at in typed if 0 < at < len(letters))
    whole = lexeme(mark + letters)
    if len(letters) < _SHORTEST:
        return _EVERYTHING
    if len(letters) <= _CUT_UP:
        return _some([whole, *_cut(letters, frozenset([0, *inner, len(letters)]), mark)])
    if not inner:
        return whole
    cuts = [0, *inner, len(letters)]
    pieces = [letters[a:b] for a, b in pairwise(cuts)]
    return _some([whole, every(_run(each, set(), mark) for each in pieces)])


def _cut(letters: str, typed: frozenset[int], mark: str) -> list[str]:
    """The ways to have a first blank in the letters, a query each; there may be more blanks."""
    cuts = [at for at in range(1, len(letters)) if _may_be_cut(letters, at, typed)]
    joints = [lexeme(mark + border(letters[:at], "", letters[at:])) for at in cuts]
    return [
        every(
            [
                _head(letters[:at], mark),
                joints[number],
                _some([_piece(letters[at:], mark), *joints[number + 1 :]]),
            ]
        )
        for number, at in enumerate(cuts)
        if _may_be(0, at, typed)
    ]


def _may_be_cut(letters: str, at: int, typed: frozenset[int]) -> bool:
    """Whether the matcher takes a blank there, if others are where they need be."""
    return at in typed or (
        _SHORTEST <= at <= len(letters) - _SHORTEST
        and not _LATIN.fullmatch(letters[at - 1 : at + 1])
    )


def _may_be(start: int, end: int, typed: frozenset[int]) -> bool:
    """A piece of one letter is one only where it was typed so."""
    return end - start >= _SHORTEST or {start, end} <= typed


def _head(piece: str, mark: str) -> str:
    """The first piece may be the end of a longer run, where a particle is not entered with it."""
    if len(piece) < _SHORTEST:
        return _EVERYTHING
    return _some(lexeme(mark + piece[:end]) for end in range(len(piece), _SHORTEST - 1, -1))


def _piece(piece: str, mark: str) -> str:
    return lexeme(mark + piece) if len(piece) >= _SHORTEST else _EVERYTHING
