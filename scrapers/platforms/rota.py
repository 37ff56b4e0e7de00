"""A list that is asked for one part after the other, a turn each: what one look misses shows."""

from __future__ import annotations

from dataclasses import dataclass

from scrapers.model import NOBODY_ASKS, Asking, Request
from scrapers.platforms.board import Board

_PART = "{part}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rota(Board):
    """A declared board whose ``url`` has ``{part}`` in place of the code of each of ``parts``.

    A turn reads the first page of one part, a round all of them. A round is slow, so it checks
    another route and does not take its place; it has to end within a day, or what a part still
    holds back counts as missed.
    """

    parts: tuple[str, ...]
    checks: bool = True
    max_pages: int = 1

    def first(self, asking: Asking = NOBODY_ASKS) -> Request:
        """The first page of the part whose turn it is."""
        part = self.parts[asking.turn % len(self.parts)]
        return Request(self.url.replace(_PART, part), self.form)
