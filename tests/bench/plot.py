"""Growth as an SVG of a few lines: both axes by powers of ten, each line with a mark of its own."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import NamedTuple

WIDTH, LEFT, RIGHT, TOP, DECADE = 820, 90, 540, 90, 55
DASHES = ("", "9 4", "2 4", "12 4 2 4", "5 2", "1 3")
MARKS = (
    '<circle cx="{x:.0f}" cy="{y:.0f}" r="5"/>',
    '<rect x="{x:.0f}" y="{y:.0f}" width="9" height="9" transform="translate(-4.5 -4.5)"/>',
    '<path d="M{x:.0f} {y:.0f}m-6 5h12l-6 -11z"/>',
    '<path d="M{x:.0f} {y:.0f}m-6 0l6 -6l6 6l-6 6z"/>',
    '<path d="M{x:.0f} {y:.0f}m-5 -5l10 10m0 -10l-10 10" stroke="#222" stroke-width="2"/>',
    '<path d="M{x:.0f} {y:.0f}m0 -6v12m-6 -6h12" stroke="#222" stroke-width="2"/>',
)
UNITS = ("1 µs", "10 µs", "100 µs", "1 ms", "10 ms", "100 ms", "1 s", "10 s", "100 s", "1,000 s")
APART = 19  # of names in the list beside the plot
Line = Sequence[tuple[float, float]]  # sizes, ascending, and seconds


class Axes(NamedTuple):
    """Where a size and a time stand. Both begin and end at a power of ten."""

    sizes: tuple[int, int]
    times: tuple[int, int]

    @property
    def foot(self) -> int:
        """The height of the lowest time."""
        return TOP + DECADE * (self.times[1] - self.times[0])

    def x(self, size: float) -> float:
        """Of a size."""
        first, last = self.sizes
        return LEFT + (RIGHT - LEFT) * (math.log10(size) - first) / (last - first)

    def y(self, seconds: float) -> float:
        """Of a time."""
        return self.foot - DECADE * (math.log10(seconds) - self.times[0])


def drawn(title: str, sizes: str, seconds: Mapping[str, Line]) -> str:
    """Each of ``seconds`` by size; of ours, which is the first, at least three sizes.

    ``title`` and ``sizes`` are Korean and English, parted by ``/``. Raises ValueError.
    """
    lines = list(seconds.values())
    if len(lines[0]) < 3:
        raise ValueError(f"{title}: fewer than three sizes")
    axes = Axes(
        _decades([size for each in lines for size, _ in each]),
        _decades([time for each in lines for _, time in each]),
    )
    korean, _, english = map(str.strip, title.partition("/"))
    routes = "\n".join(_line(axes, each, at) for at, each in enumerate(lines))
    height = axes.foot + 60
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        'font-family="sans-serif" font-size="13" fill="#222" role="img">'
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>\n'
        f'<text x="{LEFT}" y="30" font-size="17">{escape(korean)}</text>'
        f'<text x="{LEFT}" y="52">{escape(english)}</text>\n'
        f"{_grid(axes)}\n{routes}\n{_names(axes, seconds)}\n"
        f'<text x="{(LEFT + RIGHT) / 2:.0f}" y="{axes.foot + 46}" text-anchor="middle">'
        f"{escape(sizes)}</text></svg>\n"
    )


def _decades(values: Sequence[float]) -> tuple[int, int]:
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)


def _grid(axes: Axes) -> str:
    wide = f'h{RIGHT - LEFT}" stroke="#ddd"/>'
    low, high = axes.times
    times = [
        f'<path d="M{LEFT} {axes.y(10.0**power):.0f}{wide}<text x="{LEFT - 10}" '
        f'y="{axes.y(10.0**power) + 4:.0f}" text-anchor="end">{UNITS[power + 6]}</text>'
        for power in range(low, high + 1)
    ]
    first, last = axes.sizes
    sizes = [
        f'<text x="{axes.x(10**power):.0f}" y="{axes.foot + 22}" text-anchor="middle">'
        f"{10**power:,}</text>"
        for power in range(first, last + 1)
    ]
    return "\n".join([*times, *sizes])


def _line(axes: Axes, line: Line, at: int) -> str:
    places = [(axes.x(size), axes.y(time)) for size, time in line]
    route = " ".join(f"{x:.0f},{y:.0f}" for x, y in places)
    drawn_as = f'stroke="#222" stroke-width="1.8" stroke-dasharray="{DASHES[at]}"'
    marks = "".join(MARKS[at].format(x=x, y=y) for x, y in places)
    return f'<polyline points="{route}" fill="none" {drawn_as}/>{marks}'


def _names(axes: Axes, seconds: Mapping[str, Line]) -> str:
    """Beside where the lines end, so far apart that each can be read."""
    ends = sorted(
        (axes.y(each[-1][1]), at, name) for at, (name, each) in enumerate(seconds.items())
    )
    written, free = [], float(TOP)
    for end, at, name in ends:
        y = max(end, free)
        free = y + APART
        mark = MARKS[at].format(x=RIGHT + 16, y=y)
        written.append(f'{mark}<text x="{RIGHT + 28}" y="{y + 4:.0f}">{escape(name)}</text>')
    return "\n".join(written)
