"""Charts as SVG: drawn for the width of a phone, readable without colour, said in words. Pure.

Every chart is an image with a title and a description; what it shows is labelled where it stands,
and what is to stand out differs by its pattern too. Colours are the style sheet's.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate, takewhile
from unicodedata import east_asian_width

from markupsafe import Markup

_WIDTH = 320  # of every chart, in units of about a pixel on a phone

_TOP = 16  # a line of letters
_BAR = 12
_STRIP = 30
_COLUMNS = 96
_CELL = 12
_DIGITS = 3  # of a figure that fits over each column
_WIDE, _NARROW = 13.0, 7.6  # letters, about
_GAP = 8
_ROUND = 26  # the least room for a label at a dot


@dataclass(frozen=True, slots=True)
class Bar:
    """One of several lengths, 0..1; ``said`` stands at its end. ``marked``: it is hatched."""

    label: str
    length: float
    said: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Strip:
    """One of several rows of columns on one scale, one column for each block of time."""

    label: str
    values: Sequence[int]
    said: str


@dataclass(frozen=True, slots=True)
class Course:
    """When something happened again and again, each time with a label, which may be empty."""

    label: str
    said: str
    dots: Sequence[tuple[datetime, str]]


@dataclass(frozen=True, slots=True)
class Caption:
    """What a chart is called and what it says; ``ident`` is its own on the page."""

    ident: str
    title: str
    desc: str


def bars(caption: Caption, rows: Sequence[Bar]) -> Markup:
    """Lengths under each other, each on the outline of the whole."""
    pitch = _TOP + _BAR + 12
    drawn = []
    for turn, row in enumerate(rows):
        y = turn * pitch
        length = max(0.0, min(row.length, 1.0)) * _WIDTH
        fill = f"url(#{caption.ident}-hatch)" if row.marked else None
        drawn += [
            _text(0, y + 12, _beside(row.said, row.label), "strong" if row.marked else ""),
            _text(_WIDTH, y + 12, row.said, "strong" if row.marked else "", "end"),
            _rect(0, y + _TOP + 3, _WIDTH, _BAR, "track"),
            _rect(0, y + _TOP + 3, length, _BAR, "marked" if row.marked else "fill", fill),
        ]
    return _svg(caption, len(rows) * pitch, drawn)


def strips(caption: Caption, rows: Sequence[Strip], ends: tuple[str, str]) -> Markup:
    """Rows of columns on one scale; ``ends`` say the first and the last block below."""
    pitch = _TOP + _STRIP + 12
    most = max((value for row in rows for value in row.values), default=0) or 1
    drawn = []
    for turn, row in enumerate(rows):
        y = turn * pitch
        foot = y + _TOP + _STRIP + 4
        drawn += [
            _text(0, y + 12, _beside(row.said, row.label)),
            _text(_WIDTH, y + 12, row.said, "strong", "end"),
            *_stand(row.values, most, _STRIP, foot),
            _rect(0, foot, _WIDTH, 1, "axis"),
        ]
    height = len(rows) * pitch
    return _svg(caption, height + _TOP, [*drawn, *_ends(ends, height + 10)])


def columns(caption: Caption, values: Sequence[int], ends: tuple[str, str]) -> Markup:
    """One row of columns with their figures: all where they fit, else the greatest and the last."""
    most = max(values, default=0) or 1
    foot = _TOP + _COLUMNS
    drawn: list[Markup] = list(_stand(values, most, _COLUMNS, foot))
    step = _WIDTH / max(len(values), 1)
    fits = len(str(most)) <= _DIGITS
    for turn, value in enumerate(values):
        if not (fits or turn == len(values) - 1 or value == most):
            continue
        top = foot - value / most * _COLUMNS
        drawn.append(_text(turn * step + step / 2, top - 4, f"{value:,}", "small", "middle"))
    drawn.append(_rect(0, foot, _WIDTH, 1, "axis"))
    return _svg(caption, foot + 20, [*drawn, *_ends(ends, foot + 15)])


def hours(
    caption: Caption, counts: Mapping[tuple[int, int], int], days: Sequence[str], clocks: str
) -> Markup:
    """Dots by weekday (1..7) and hour (0..23), as large as there is much.

    ``days`` are the names of the seven, Monday first, ``clocks`` how an hour is said: ``"{}시"``.
    """
    left, most = _WIDTH - 24 * _CELL, max(counts.values(), default=0) or 1
    drawn = [
        _text(left + hour * _CELL + _CELL / 2, 12, clocks.format(hour), "small", "middle")
        for hour in (0, 6, 9, 12, 15, 18, 21)
    ]
    for weekday, name in enumerate(days, start=1):
        y = _TOP + 4 + (weekday - 1) * 20 + 10
        drawn.append(_text(0, y + 4, name))
        for hour in range(24):
            count = counts.get((weekday, hour), 0)
            radius = max(1.4, 7 * math.sqrt(count / most)) if count else 0.7
            drawn.append(_dot(left + hour * _CELL + _CELL / 2, y, radius, filled=count > 0))
    return _svg(caption, _TOP + 4 + 7 * 20, drawn)


def timeline(caption: Caption, rows: Sequence[Course], ends: tuple[str, str]) -> Markup:
    """Dots on a line for each course, from its first day of all to the last."""
    pitch = _TOP + 38
    times = [at for row in rows for at, _ in row.dots]
    first = min(times, default=None)
    span = (max(times) - first).total_seconds() or 1.0 if first is not None else 1.0
    drawn: list[Markup] = []
    for turn, row in enumerate(rows):
        y = turn * pitch
        drawn += [
            _text(0, y + 12, _beside(row.said, row.label)),
            _text(_WIDTH, y + 12, row.said, "", "end"),
            _rect(0, y + _TOP + 10, _WIDTH, 1, "axis"),
        ]
        free = 0.0
        for at, label in row.dots:
            x = 8 + (_WIDTH - 16) * ((at - first).total_seconds() / span if first else 0)
            drawn.append(_dot(x, y + _TOP + 10, 5, filled=True))
            if label and x >= free:
                drawn.append(
                    _text(min(max(x, 13), _WIDTH - 13), y + _TOP + 28, label, "small", "middle")
                )
                free = x + _ROUND
    height = len(rows) * pitch
    return _svg(caption, height + _TOP, [*drawn, *_ends(ends, height + 10)])


def _stand(values: Sequence[int], most: int, height: float, foot: float) -> Iterator[Markup]:
    """Columns on a foot."""
    step = _WIDTH / max(len(values), 1)
    for turn, value in enumerate(values):
        tall = value / most * height
        if value:
            tall = max(tall, 1)
            yield _rect(turn * step + 2, foot - tall, step - 4, tall, "fill")


def _ends(ends: tuple[str, str], y: float) -> Iterable[Markup]:
    return (_text(0, y, ends[0], "small"), _text(_WIDTH, y, ends[1], "small", "end"))


_HATCH = Markup(
    '<defs><pattern id="{0}-hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><rect width="6" height="6" class="track"/>'
    '<rect width="3.5" height="6" class="fill"/></pattern></defs>'
)
_RECT = Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"{}/>')
_DOT = Markup('<circle class="{}" cx="{}" cy="{}" r="{}"/>')
_TEXT = Markup('<text class="{}" x="{}" y="{}" text-anchor="{}">{}</text>')
_SVG = Markup(
    '<svg class="chart" role="img" viewBox="0 0 {width} {height}" aria-labelledby="{ident}-title" '
    'aria-describedby="{ident}-desc"><title id="{ident}-title">{title}</title>'
    '<desc id="{ident}-desc">{desc}</desc>{hatch}{drawn}</svg>'
)


def _svg(caption: Caption, height: float, drawn: Iterable[Markup]) -> Markup:
    return _SVG.format(
        width=_WIDTH,
        height=_n(height),
        ident=caption.ident,
        title=caption.title,
        desc=caption.desc,
        hatch=_HATCH.format(caption.ident),
        drawn=Markup().join(drawn),
    )


def _rect(
    x: float, y: float, width: float, height: float, kind: str, fill: str | None = None
) -> Markup:
    painted = Markup(' fill="{}"').format(fill) if fill else ""
    return _RECT.format(kind, _n(x), _n(y), _n(max(width, 0)), _n(height), painted)


def _dot(x: float, y: float, radius: float, *, filled: bool) -> Markup:
    return _DOT.format("fill" if filled else "axis", _n(x), _n(y), _n(radius))


def _text(x: float, y: float, said: str, kind: str = "", anchor: str = "start") -> Markup:
    return _TEXT.format(kind, _n(x), _n(y), anchor, said)


def _beside(said: str, label: str) -> str:
    """As much of a label as has room beside what stands at the other end of its line."""
    room = _WIDTH - _GAP - sum(map(_wide, said))
    if sum(map(_wide, label)) <= room:
        return label
    ends = takewhile(lambda end: end <= room - _WIDE, accumulate(map(_wide, label)))
    return label[: sum(1 for _ in ends)].rstrip() + "…"


def _wide(letter: str) -> float:
    """About how wide a letter is: a Korean one is a square."""
    return _WIDE if east_asian_width(letter) in "WF" else _NARROW


def _n(value: float) -> str:
    """A number as short as it can be written."""
    return f"{value:.1f}".removesuffix(".0")
