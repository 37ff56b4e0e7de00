"""What a command at a terminal begins with: the settings, the log, and the store it works in."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from service import config, logs
from service.config import Settings

if TYPE_CHECKING:
    from service.store.database import Database

_Said = TypeVar("_Said")


def begin() -> Settings:
    """The settings, with the log set up as they have it."""
    settings = config.from_environment()
    logs.set_up(settings.log)
    return settings


def in_store(settings: Settings, act: Callable[[Database], Awaitable[_Said]]) -> _Said:
    """What ``act`` gives, done in the store with its tables up to date."""

    async def run() -> _Said:
        from service.lookback import store  # noqa: PLC0415 - help comes without the whole house

        async with store(settings) as database:
            return await act(database)

    return asyncio.run(run())
