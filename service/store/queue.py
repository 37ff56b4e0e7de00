"""PgQueuer's queue as the engine has it: what it hears of it, is refused, and finds due."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
from pgqueuer.core import listeners
from pgqueuer.db import AsyncpgDriver
from pgqueuer.models import Job, TableChangedEvent
from pgqueuer.queries import Queries
from pgqueuer.types import QueueEntrypoint


class _Notices(listeners.PGNoticeEventListener):
    """What the engine hears of its queue: one notice says as much as many, that it is to look.

    It takes one for each look, and under load more come than that: they would pile up.
    """

    def put_nowait(self, item: TableChangedEvent) -> None:
        if self.empty():
            super().put_nowait(item)


# The engine makes the queue itself, within its loop; a test holds that it is this one.
setattr(listeners, "PGNoticeEventListener", _Notices)  # noqa: B010 - a class is not assigned to


class Queue(Queries):
    """The queue as one manager has it. ``refused``: it hands nothing out any more, and ``why``.

    The manager itself says so only when the last task that it has begun is done.
    """

    def __init__(self, driver: AsyncpgDriver) -> None:
        """Over the manager's own connection."""
        super().__init__(driver)
        self.refused = asyncio.Event()
        self.why: Exception = ConnectionResetError("the connection was lost")

    async def dequeue(self, *args: Any, **options: Any) -> list[Job]:
        """What is to be done next. Raises what asyncpg raises."""
        try:
            return await super().dequeue(*args, **options)
        except asyncpg.PostgresError as error:
            self.why = error
            self.refused.set()
            raise


class Due(Queries):
    """The queue as draining sees it: a wake-up that is put off is no work yet."""

    async def queued_work(self, entrypoints: list[QueueEntrypoint]) -> int:
        """How many wake-ups of ``entrypoints`` are left."""
        return await self.eligible_queued_work(entrypoints)
