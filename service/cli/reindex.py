"""``pabal reindex``: every judged article is entered in the search index again."""

from __future__ import annotations

import asyncio

import typer

from service import config, logs
from service.config import Settings


def add(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command()(reindex)


def reindex() -> None:
    """검색 색인을 다시 만듭니다. / Enter every article in the search index again.

    일꾼이 새 글부터 차례로 합니다. 그동안에도 예전 색인으로 찾습니다. / Workers do it, the newest
    first; until then everything is found as before.
    """
    settings = config.from_environment()
    logs.set_up(settings.log)
    owed = asyncio.run(_reindex(settings))
    typer.echo(f"{owed}건을 다시 넣습니다 / {owed} articles to be entered again")


async def _reindex(settings: Settings) -> int:
    from service.lookback import opened  # noqa: PLC0415 - help comes without the whole house
    from service.store.search import Searching  # noqa: PLC0415

    async with opened(settings) as (database, _):
        return await Searching(database).again()
