"""One runner a subject: whoever comes second leaves the work to the first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

_Owed = TypeVar("_Owed")


class Turns:
    """Runs at most one piece of work a subject at a time, in this process."""

    def __init__(self) -> None:
        """Nobody is at work."""
        self._look_again: dict[str, bool] = {}

    async def take(self, subject: str, work: Callable[[], Awaitable[None]]) -> None:
        """Do ``work`` until nothing was asked meanwhile.

        A second call for the same subject returns at once, and the first then works once more: else
        every wake-up of a busy source would add a runner that waits for the same host.
        """
        if subject in self._look_again:
            self._look_again[subject] = True
            return
        self._look_again[subject] = True
        try:
            while self._look_again[subject]:
                self._look_again[subject] = False
                await work()
        finally:
            del self._look_again[subject]

    async def take_all(
        self,
        subject: str,
        claim: Callable[[str], Awaitable[_Owed | None]],
        work: Callable[[_Owed], Awaitable[None]],
    ) -> None:
        """Do so with all that ``claim`` gives, one after the other, until it gives nothing."""

        async def every() -> None:
            while (owed := await claim(subject)) is not None:
                await work(owed)

        await self.take(subject, every)
