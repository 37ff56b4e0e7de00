"""What stands on a page of a PDF: letters and rules with their places.

Lengths are points, the origin is the lower left corner of the page.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def area(self) -> float:
        """Square points."""
        return (self.right - self.left) * (self.top - self.bottom)

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies inside."""
        return self.left <= x <= self.right and self.bottom <= y <= self.top


@dataclass(frozen=True, slots=True)
class Glyph(Box):
    """One letter, as high as its font and as wide as it moves the pen.

    ``char`` has a blank before the letter where a gap was read as one.
    """

    char: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line along one axis, at ``at`` on the other."""

    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page. ``across`` are the rules that lie, ``upright`` those that stand.

    ``lacks`` says what of its letters is not among ``glyphs``.
    """

    width: float
    height: float
    glyphs: tuple[Glyph, ...]
    across: tuple[Rule, ...]
    upright: tuple[Rule, ...]
    lacks: str = ""

    def clockwise(self) -> Sheet:
        """The same page turned to the right by a quarter."""
        across = (Rule(self.width - rule.at, rule.start, rule.end) for rule in self.upright)
        upright = (
            Rule(rule.at, self.width - rule.end, self.width - rule.start) for rule in self.across
        )
        glyphs = (
            Glyph(box.bottom, self.width - box.right, box.top, self.width - box.left, box.char)
            for box in self.glyphs
        )
        turned = (tuple(glyphs), tuple(across), tuple(upright))
        return Sheet(self.height, self.width, *turned, self.lacks)
