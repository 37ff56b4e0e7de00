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
        return self.pack(asked, max(0, place.ticks), place.id)

    def read(self, asked: object, cursor: str | None) -> Place | None:
        """Where to go on; None: from the beginning. Raises Problem for one that does not count."""
        said = self.unpack(asked, cursor, 2)
        return None if said is None else Place.at(min(said[0], _LAST), min(said[1], LARGEST))

    def pack(self, asked: object, *numbers: int) -> str:
        """The cursor of a list whose places are other ``numbers``, none negative."""
        return self.signer.sign("place", _mark(asked), *numbers)

    def unpack(self, asked: object, cursor: str | None, count: int) -> tuple[int, ...] | None:
        """So many numbers again; None: from the beginning. Raises Problem likewise."""
        if cursor is None:
            return None
        said = self.signer.read("place", cursor)
        if said is None or len(said) != 1 + count or said[0] != _mark(asked):
            raise Problem(
                "cursor",
                "이 목록과 조건의 커서가 아닙니다. 커서 없이 처음부터 (not a cursor of this list "
                "with these filters; begin without one)",
            )
        return said[1:]


def _mark(asked: object) -> int:
    return crc32(repr(asked).encode("utf-8", "replace"))
