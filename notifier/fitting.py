"""A letter in rows of runs, and texts cut to the lengths that chat services take.

A channel says how a run is written in its markup. Whatever is cut is cut before it is written, or
between two rows: never in the middle of an escape.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from notifier.letter import Letter

_MOST_LISTED = 10
_MORE = "…"
_TWINS = {ord(char): ord(char) + 0xFEE0 for char in "*~`[]<>@"}


@dataclass(frozen=True, slots=True)
class Run:
    """Some letters of a row. ``url``, where there is one, is where they lead: http(s) in ASCII."""

    text: str
    bold: bool = False
    url: str = ""


Row = tuple[Run, ...]


def rows(letter: Letter) -> list[Row]:
    """All that stands under the title, the weightiest first; an empty row parts two paragraphs.

    The footer is left to the channel.
    """
    labels = letter.labels
    badges = " ".join(f"[{each}]" for each in letter.badges)
    parts: list[list[Row]] = [
        [(Run(badges, bold=True),)] if badges else [],
        [(Run(letter.byline),)],
        _listed(labels.changes, [(Run(each),) for each in letter.changes]),
        [(Run(letter.extract),)] if letter.extract else [],
        _few([(Run(f"{label}: ", bold=True), Run(value)) for label, value in letter.facts]),
        _listed(labels.why, [tuple(Run(p.text, p.marked) for p in line) for line in letter.why]),
        _listed(labels.files, [(Run(f.name or f.url, url=f.url),) for f in letter.files]),
    ]
    parts[:2] = [[*parts[0], *parts[1]]]
    parted = [row for part in parts if part for row in ((), *part)]
    return parted[1:]


def first(rows: Sequence[Row], most: int, size: Callable[[Row], int]) -> list[Row]:
    """As many whole rows as go into ``most`` by ``size``; an ellipsis stands for the others."""
    left = most - size((Run(_MORE),))
    for at, row in enumerate(rows):
        left -= size(row)
        if left < 0:
            return [*rows[:at], (Run(_MORE),)]
    return list(rows)


def written(
    rows: Sequence[Row],
    write: Callable[[Run], str],
    most: int,
    size: Callable[[str], int] = len,
) -> str:
    """The rows in a markup, a line each, as many as go into ``most`` by ``size``."""

    def line(row: Row) -> str:
        return "".join(map(write, row))

    return "\n".join(map(line, first(rows, most, lambda row: size(f"{line(row)}\n"))))


def titled(letter: Letter) -> str:
    """The title; an ellipsis where it has nothing to show."""
    return letter.title or _MORE


def spelt(run: Run) -> str:
    """A run where nothing but text is shown."""
    return f"{run.text} {run.url}" if run.url and run.url != run.text else run.text


def tame(text: str) -> str:
    """For markups that know no escape: what they would read is put in its full-width twin."""
    return text.translate(_TWINS)


def cut(
    text: str,
    most: int,
    size: Callable[[str], int] = len,
    escape: Callable[[str], str] = str,
) -> str:
    """``text`` escaped; or its beginning that goes into ``most`` by ``size``, with an ellipsis.

    ``escape`` turns one character at a time, whatever stands beside it.
    """
    if len(text) <= most and size(whole := escape(text)) <= most:
        return whole
    kept: list[str] = []
    left = most - size(_MORE)
    for char in text:
        shown = escape(char)
        left -= size(shown)
        if left < 0:
            break
        kept.append(shown)
    return "".join([*kept, _MORE])


def units(text: str) -> int:
    """Length in UTF-16 units, by which most services count; an upper bound of characters."""
    return len(text) + sum(char > "\uffff" for char in text)


def octets(text: str) -> int:
    """Length in bytes of UTF-8."""
    return len(text.encode("utf-8", "replace"))


def _listed(label: str, entries: Sequence[Row]) -> list[Row]:
    if not entries:
        return []
    return [(Run(label, bold=True),), *((Run("· "), *entry) for entry in _few(entries))]


def _few(entries: Iterable[Row]) -> list[Row]:
    shown = list(entries)
    return shown if len(shown) <= _MOST_LISTED else [*shown[:_MOST_LISTED], (Run(_MORE),)]
