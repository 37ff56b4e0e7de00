"""Which of two words that are written alike stands in a text: 조선 the industry or the dynasty.

What is known is data, ``senses.toml``. Only what stands in the same paragraph is asked, so that
text added elsewhere changes nothing; and where the words around say nothing, nothing is said.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from service.model import Span

_REACH = 60  # characters on either side in which a word speaks for a sense
_WIDEST = 20  # characters on either side that the longest pattern can cover, blanks included
_PARAGRAPH = "\n\n"
_VERBAL = tuple("하한할함합했해되된될됨됩됐돼받")  # how 하다, 되다 and 받다 may go on


class _Place(NamedTuple):
    """A longer string and the offset of the word in it."""

    pattern: str
    offset: int


class _Sense(NamedTuple):
    """What tells the sense that a subscriber means. Patterns are without blanks.

    ``always`` and ``never`` are longer strings in which the word has, has not, that sense;
    ``apart`` means that it loses it where letters run into it from the left. ``near`` and
    ``against`` are words around it that speak for it and for another sense.
    """

    always: tuple[_Place, ...]
    never: tuple[_Place, ...]
    apart: bool
    near: tuple[str, ...]
    against: tuple[str, ...]


def told(text: str, span: Span) -> bool | None:
    """Whether the word at the span has the meant sense; None where nothing speaks against it.

    True only where a longer string around it settles that it is a word at all.
    """
    start, end = span
    sense = _senses().get(text[start:end])
    if sense is None:
        return None
    letters, at = _around(text, span)
    if _within(sense.never, letters, at):
        return False
    if _within(sense.always, letters, at):
        return True
    if sense.apart and "가" <= text[max(0, span[0] - 1) : span[0]] <= "힣":
        return False
    around = _paragraph(text, span)
    for_it = sum(word in around for word in sense.near)
    return False if sum(word in around for word in sense.against) > for_it else None


def words() -> Iterable[str]:
    """The words of which senses are known."""
    return _senses().keys()


def _within(places: Iterable[_Place], letters: str, at: int) -> bool:
    return any(
        at >= place.offset and letters.startswith(place.pattern, at - place.offset)
        for place in places
    )


def _around(text: str, span: Span) -> tuple[str, int]:
    """The neighbourhood without blanks, and where in it the word begins."""
    before = "".join(text[max(0, span[0] - _WIDEST) : span[0]].split())
    return before + "".join(text[span[0] : span[1] + _WIDEST].split()), len(before)


def _paragraph(text: str, span: Span) -> str:
    before = text[max(0, span[0] - _REACH) : span[0]].rpartition(_PARAGRAPH)[2]
    after = text[span[1] : span[1] + _REACH].partition(_PARAGRAPH)[0]
    return before + text[slice(*span)] + after


@cache
def _senses() -> Mapping[str, _Sense]:
    text = files(__package__).joinpath("senses.toml").read_text(encoding="utf-8")
    words = tomllib.loads(text)["word"]
    return {word["term"]: _sense(word["term"], word) for word in words}


def _sense(term: str, entry: Mapping[str, Any]) -> _Sense:
    never = [*entry.get("never", ())]
    if entry.get("verb"):
        never += [term + ending for ending in _VERBAL]
    return _Sense(
        tuple(_places(term, entry.get("always", ()))),
        tuple(_places(term, never)),
        entry.get("apart", False),
        tuple(entry.get("near", ())),
        tuple(entry.get("against", ())),
    )


def _places(term: str, patterns: Iterable[str]) -> Iterator[_Place]:
    for pattern in patterns:
        yield _Place(pattern, pattern.index(term))
