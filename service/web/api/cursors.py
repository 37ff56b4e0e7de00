"""Cursors: where a page ended, signed, so that nobody has to know what they are made of."""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

from service.links import Signer
from service.store.browse import Place
from service.web.api.asked import LARGEST
from service.web.api.problems import Problem

_LAST = 253_402_300_799_000_000  # microseconds: the end of the year 9999


@dataclass(frozen=True, slots=True)
class Cursors:
    """Writes and reads cursors. One counts for the list and the filters that it was made for."""

    signer: Signer

    def write(self, asked: object, place: Place) -> str:
        """The cursor behind ``place``; ``asked`` is what list with which filters, by its repr."""
        return self.signer.sign("place", _mark(asked), max(0, place.ticks), place.id)

    def read(self, asked: object, cursor: str | None) -> Place | None:
        """Where to go on; None: from the beginning. Raises Problem for one that does not count."""
        if cursor is None:
            return None
        said = self.signer.read("place", cursor)
        if said is None or len(said) != 3 or said[0] != _mark(asked):  # noqa: PLR2004 - as written
            raise Problem(
                "cursor",
                "이 목록과 조건의 커서가 아닙니다. 커서 없이 처음부터 (not a cursor of this list "
                "with these filters; begin without one)",
            )
        _, ticks, number = said
        return Place.at(min(ticks, _LAST), min(number, LARGEST))


def _mark(asked: object) -> int:
    return crc32(repr(asked).encode("utf-8", "replace"))
