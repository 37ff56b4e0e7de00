"""A step's handler that notes what it is called with."""

from __future__ import annotations

import asyncio


class Handler:
    """Notes what it is called with; ``hang`` and ``fail`` name subjects it does so on."""

    def __init__(self, *, hang: str = "", fail: str = "") -> None:
        self.hang, self.fail = hang, fail
        self.called: list[str] = []
        self.begun = asyncio.Event()
        self.go_on = asyncio.Event()
        self.ended: list[str] = []

    async def __call__(self, subject: str) -> None:
        self.called.append(subject)
        self.begun.set()
        if subject == self.fail:
            raise ZeroDivisionError
        try:
            if subject == self.hang:
                await self.go_on.wait()
        except asyncio.CancelledError:
            self.ended.append("cut off")
            raise
        self.ended.append(subject)
