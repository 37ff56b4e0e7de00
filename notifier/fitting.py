"""A letter in rows of runs, and texts cut to the lengths that chat services take.

A channel says how a run is written in its markup. Whatever is cut is cut before it is written, or
between two rows: never in the middle of an escape. Of a digest whole entries are left out, and
counted; what stands around a letter, its links among it, is never cut for it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from notifier.letter import Entry, Letter

_MOST_LISTED = 10
_MORE = "…"
_TWINS = {ord(char): ord(char) + 0xFEE0 for char in "*~`[]<>@"}


@dataclass(frozen=True, slots=True)
class Run:
    """Some letters of a row. ``url``, where there is one, is where they lead: http(s) in ASCII.

    ``aside``: it is worth no more than its words, so that an address is not spelt out for it.
    """

    text: str
    bold: bool = False
    url: str = ""
    aside: bool = False


Row = tuple[Run, ...]


def rows(letter: Letter) -> list[Row]:
    """All that stands between title and footer, the weightiest first.

    An empty row parts two paragraphs.
    """
    labels = letter.labels
    badges = " ".join(f"[{each}]" for each in letter.badges)
    parts: list[list[Row]] = [
        [*_row(badges, bold=True), *_row(letter.byline)],
        [(Run(each),) for each in letter.lines],
        _listed(labels.changes, [(Run(each),) for each in letter.changes]),
        [*_row(letter.extract)],
        _few([(Run(f"{label}: ", bold=True), Run(value)) for label, value in letter.facts]),
        *(_entry(each, at, letter) for at, each in enumerate(letter.entries, 1)),
        [(Run(label, bold=True, url=url),) for label, url in filter(None, [letter.more])],
        [(Run(label, bold=True, url=url),) for label, url in filter(None, [letter.action])],
        _listed(labels.why, [tuple(Run(p.text, p.marked) for p in line) for line in letter.why]),
        _listed(labels.files, [(Run(f.name or f.url, url=f.url),) for f in letter.files]),
    ]
    parted = [row for part in parts if part for row in ((), *part)]
    return parted[1:]


def foot(letter: Letter) -> list[Row]:
    """The footer and, in a row each, where the reader gets on."""
    return [(), (Run(letter.footer),), *links(letter)]


def links(letter: Letter) -> list[Row]:
    """Where the reader gets on, in a row each."""
    return [(Run(label, url=url),) for label, url in letter.links]


def fit(
    letter: Letter,
    most: int,
    size: Callable[[Row], int],
    *,
    head: Sequence[Row] = (),
    foot: Sequence[Row] = (),
) -> list[Row]:
    """The letter's rows between ``head`` and ``foot``: those that go into ``most`` by ``size``.

    As few of a digest's entries are left out as may be.
    """
    left = most - sum(map(size, [*head, *foot]))

    def shown(count: int) -> list[Row]:
        return rows(replace(letter, entries=letter.entries[:count]))

    def too_long(count: int) -> bool:
        return sum(map(size, shown(count))) > left

    count = len(letter.entries)
    if count and too_long(count):
        count = max(0, bisect_left(range(count), True, key=too_long) - 1)
    return first([*head, *first(shown(count), left, size), *foot], most, size)


def first(rows: Sequence[Row], most: int, size: Callable[[Row], int]) -> list[Row]:
    """As many whole rows as go into ``most`` by ``size``; an ellipsis stands for the others."""
    sizes = [size(row) for row in rows]
    if sum(sizes) <= most:
        return list(rows)
    left = most - size((Run(_MORE),))
    kept = next(at for at, total in enumerate(accumulate(sizes)) if total > left)
    return [*rows[:kept], (Run(_MORE),)]


def written(
    letter: Letter,
    write: Callable[[Run], str],
    most: int,
    size: Callable[[str], int] = len,
    *,
    head: Sequence[Row] = (),
    foot: Sequence[Row] = (),
) -> str:
    """What ``fit`` gives in a markup, a line each, with ``size`` counting the markup."""

    def line(row: Row) -> str:
        return "".join(map(write, row))

    shown = fit(letter, most, lambda row: size(f"{line(row)}\n"), head=head, foot=foot)
    return "\n".join(map(line, shown))


def titled(letter: Letter) -> str:
    """The title; an ellipsis where it has nothing to show."""
    return letter.title or _MORE


def main(letter: Letter) -> tuple[str, str] | None:
    """The one thing to open, its label and address, for services that show one."""
    source = (letter.labels.source, letter.url) if letter.url else None
    rest = (letter.labels.rest, letter.rest) if letter.rest else None
    return letter.action or source or rest


def spelt(run: Run) -> str:
    """A run where nothing but text is shown."""
    if run.aside:
        return ""
    return f"{run.text} {run.url}" if run.url and run.url != run.text else run.text


def tame(text: str) -> str:
    """For markups that know no escape: what they would read is put in its full-width twin."""
    return text.translate(_TWINS)


def tamed(run: Run) -> str:
    """A run for such a markup, where nothing but text is shown."""
    return spelt(replace(run, text=tame(run.text)))


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


def _row(text: str, *, bold: bool = False) -> list[Row]:
    return [(Run(text, bold=bold),)] if text else []


def _entry(entry: Entry, at: int, letter: Letter) -> list[Row]:
    badges = "".join(f"[{each}] " for each in entry.badges)
    dismiss = letter.labels.dismiss
    aside = [Run(" · ", aside=True), Run(dismiss, url=entry.dismiss, aside=True)]
    return [
        (Run(f"{at}. {badges}", bold=True), Run(entry.title or _MORE, url=entry.url)),
        (Run(entry.byline), *(aside if entry.dismiss else [])),
        *_row(entry.deadline, bold=True),
        *([tuple(Run(piece.text, piece.marked) for piece in entry.why)] if entry.why else []),
    ]


def _listed(label: str, entries: Sequence[Row]) -> list[Row]:
    if not entries:
        return []
    return [(Run(label, bold=True),), *((Run("· "), *entry) for entry in _few(entries))]


def _few(entries: Iterable[Row]) -> list[Row]:
    shown = list(entries)
    return shown if len(shown) <= _MOST_LISTED else [*shown[:_MOST_LISTED], (Run(_MORE),)]
