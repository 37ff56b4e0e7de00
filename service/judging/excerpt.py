"""The words around a hit, with the hits marked: what an alert and a preview show of a text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from service.model import Match, Reading, Span

_AROUND = 40  # characters shown before and after a hit


class Excerpt(NamedTuple):
    """Some words in one line. ``marks`` are the hits in it: offsets into ``text``, in order."""

    text: str
    marks: tuple[Span, ...] = ()


def marked(said: Reading, match: Match) -> Excerpt:
    """The words around the first hit, in the body before the title; empty where there is none."""
    if match.hits:
        return _around(said.text, match.hits)
    return _around(said.title, match.in_title) if match.in_title else Excerpt("")


def _around(text: str, hits: Sequence[Span]) -> Excerpt:
    start, end = max(0, hits[0][0] - _AROUND), hits[0][1] + _AROUND
    shown: list[str] = ["…"] if start else []
    at = []  # where each character of the stretch comes to stand
    begun = len(shown)
    for char in text[start:end]:
        at.append(len(shown))
        if not char.isspace():
            shown.append(char)
        elif len(shown) > begun and shown[-1] != " ":
            shown.append(" ")
    marks: list[Span] = []
    for first, last in (hit for hit in hits if hit[1] <= end):
        mark = at[first - start], at[last - 1 - start] + 1
        if marks and mark[0] < marks[-1][1]:  # 수출 in 수출바우처
            mark = marks[-1][0], max(mark[1], marks.pop()[1])
        marks.append(mark)
    line = "".join(shown).rstrip(" ")
    return Excerpt(line + ("…" if end < len(text) else ""), tuple(marks))
