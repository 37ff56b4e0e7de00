"""What commands at a terminal begin with: settings and log, the store, sources, wrapped lines."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from rich.cells import cell_len
from rich.text import Text

from scrapers.model import Source
from service import config, logs
from service.config import Settings
from service.errors import BadSetting, UserError

if TYPE_CHECKING:
    from service.store.database import Database

_Said = TypeVar("_Said")


def wrap_by_columns() -> None:
    """Let lines of Hangul keep their last letter where they are wrapped.

    rich 15 counts letters, not columns, when it drops the space that ends a full line; the space
    stays where letters are two columns wide, the line is too long, and its end becomes ``…``.
    """
    Text.rstrip_end = _rstrip_end  # type: ignore[method-assign]


def _rstrip_end(self: Text, size: int) -> None:
    spaces = len(self.plain) - len(self.plain.rstrip())
    excess = min(spaces, cell_len(self.plain) - size)
    if excess > 0:
        self.right_crop(excess)


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


def source_of(settings: Settings, source_id: str) -> Source:
    """A declared source by its id. Raises UserError."""
    from service import catalogue  # noqa: PLC0415

    every = catalogue.every(settings)
    if source_id not in every:
        said = source_id or "SOURCE"
        raise UserError(f"{said}: 그런 출처가 없습니다 (no such source); {', '.join(every)}")
    return every[source_id]


def page_url(settings: Settings) -> str:
    """The public address of the pages, for links. Raises BadSetting."""
    if settings.url is None:
        why = "주소를 만들려면 필요합니다: needed for an address (https://pabal.example.org)"
        raise BadSetting("PABAL_URL", why)
    return settings.url
