"""What a later version says otherwise, side by side: figures and days first. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from markupsafe import Markup

from service.model import Change, Span
from service.web.markup import marked
from service.web.phrases import either

_ENGLISH = re.compile(r"(?P<ko>.*) \((?P<en>[a-z ]{1,40})\)")
_WORD = re.compile(r"\d+(?:[.,:-]\d+)*|[^\W\d]+|\S")
_LONGEST = 200  # characters that are compared word by word


@dataclass(frozen=True, slots=True)
class Row:
    """One change. ``before`` and ``after`` are None where there was or is nothing."""

    what: str
    before: Markup | None
    after: Markup | None


def rows(changes: Sequence[Change], language: str) -> list[Row]:
    """The changes: weighty ones with figures, other weighty ones, the rest."""
    return [_row(each, language) for each in sorted(changes, key=_rank)]


def _rank(change: Change) -> tuple[bool, bool]:
    said = change.before + change.after
    return not change.weighty, not any(each.isdecimal() for each in said)


def _row(change: Change, language: str) -> Row:
    said = _ENGLISH.fullmatch(change.what)
    what = either(language, said["ko"], said["en"]) if said else change.what
    before, after = list(_words(change.before)), list(_words(change.after))
    gone: list[Span] = []
    come: list[Span] = []
    if before and after:
        was, now = ([word for word, _ in each] for each in (before, after))
        told = SequenceMatcher(None, was, now, autojunk=False)
        for kind, one, end, other, stop in told.get_opcodes():
            if kind != "equal":
                gone += _stretch(before[one:end])
                come += _stretch(after[other:stop])
    return Row(
        what,
        marked(change.before, gone) if change.before else None,
        marked(change.after, come) if change.after else None,
    )


def _stretch(words: Sequence[tuple[str, Span]]) -> list[Span]:
    """From the first of the words to the last."""
    return [(words[0][1][0], words[-1][1][1])] if words else []


def _words(text: str) -> Iterator[tuple[str, Span]]:
    for found in _WORD.finditer(text[:_LONGEST]):
        yield found.group(), found.span()
