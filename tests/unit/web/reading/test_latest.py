from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from service.store.browse import Browse, Face, Place, Wish
from service.web.reading.front import Latest

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def face(number: int, ministry: str = "mss") -> Face:
    came = NOON + timedelta(minutes=number)
    return Face(
        number, "a", "", "", None, (ministry,), came, "minute", "release", (), None, None,
        False, None, None, came, came, 0, 0,
    )  # fmt: skip


class Shelf(Browse):
    """Stories without a database, and how often they were looked at."""

    def __init__(self, faces: Sequence[Face]) -> None:
        self.faces, self.looks = faces, 0

    async def page(
        self, wish: Wish, limit: int, after: Place | None = None, *, held: bool = False
    ) -> Sequence[Face]:
        assert (wish, after, held) == (Wish(), None, False)
        self.looks += 1
        await asyncio.sleep(0)
        return self.faces[:limit]


async def test_two_hundred_readers_cost_one_look() -> None:
    shelf = Shelf([face(2), face(1)])
    latest = Latest(shelf)
    counts = await asyncio.gather(*(latest.beyond(Wish(), {1}, None) for _ in range(200)))
    assert (set(counts), shelf.looks) == ({1}, 1)


async def test_only_what_is_wanted_and_stands_before_the_last_is_counted() -> None:
    latest = Latest(Shelf([face(4), face(3, "moe"), face(2), face(1)]))
    assert await latest.beyond(Wish(("mss",)), {2}, face(2).place) == 1
    assert await latest.beyond(Wish(), {2}, face(2).place) == 2
    assert await latest.beyond(Wish(("mss",)), {2}, None) == 2
    assert await latest.beyond(Wish(("kcs",)), set(), None) == 0
