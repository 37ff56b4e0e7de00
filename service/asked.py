"""The words that readers' rules ask for, as sources that search want them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from service.judging.logic import Near, Rule, Term, wanted
from service.judging.rules import RuleError, parse
from service.store.sources import Sources

MOST = 300
"""Words asked for at most; those of the rules that most subscriptions have come first."""

_LETTER = re.compile("[A-Za-z가-힣]")


@dataclass(slots=True)
class Asked:
    """The words, kept until the rules change: every poll of such a source wants them."""

    _version: int = -1
    _words: tuple[str, ...] = field(default=())

    async def words(self, sources: Sources) -> tuple[str, ...]:
        """Each once, in the order of the alphabet."""
        book = await sources.rules(self._version)
        if book is not None:
            version, rules = book
            self._words = await asyncio.to_thread(words, rules)
            self._version = version
        return self._words


def words(rules: Iterable[str]) -> tuple[str, ...]:
    """What the rules look for in texts: Korean or Latin, at least two letters, at most ``MOST``.

    What a rule excludes is left out, and a rule that cannot be read (any more).
    """
    found: dict[str, None] = {}
    for text in rules:
        try:
            rule = parse(text)
        except RuleError:
            continue  # whoever judges by it says so
        found.update((word, None) for word in sorted(_words(rule)) if len(found) < MOST)
    return tuple(sorted(list(found)[:MOST]))


def _words(rule: Rule) -> Iterator[str]:
    for atom in wanted(rule):
        terms = (atom.first, atom.second) if isinstance(atom, Near) else (atom,)
        for term in terms:
            if isinstance(term, Term) and len(_LETTER.findall(term.text)) > 1:
                yield term.text
