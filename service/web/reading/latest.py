"""What came since a page was made: the database is looked at once for all who wait."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence

from service.store.browse import Browse, Face, Place, Wish, meets

_KEPT = 300  # stories; whoever waited for more than these is told of as many
_FRESH = 3.0  # seconds


class Latest:
    """The newest stories of all, a few seconds old at most."""

    def __init__(self, browse: Browse, *, held: bool = False) -> None:
        """Look by ``browse``; ``held``: also at what is under embargo."""
        self._browse, self._held = browse, held
        self._faces: Sequence[Face] = ()
        self._looked_at = -_FRESH
        self._looking = asyncio.Lock()

    async def beyond(self, wish: Wish, shown: Collection[int], last: Place | None) -> int:
        """How many stories a page lacks that shows ``shown``, down to ``last``."""
        return sum(
            face.id not in shown
            and (last is None or (face.came, face.id) > (last.came, last.id))
            and meets(wish, face)
            for face in await self._look()
        )

    async def _look(self) -> Sequence[Face]:
        async with self._looking:
            now = asyncio.get_running_loop().time()
            if now - self._looked_at >= _FRESH:
                self._faces = await self._browse.page(Wish(), _KEPT, held=self._held)
                self._looked_at = asyncio.get_running_loop().time()
            return self._faces
