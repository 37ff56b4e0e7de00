"""What the commands that look back need, opened and closed: the store, and tools to judge with."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from service import catalogue
from service.analyser import Analyser
from service.config import Settings
from service.parts import database_url
from service.preview import Tools, source_kinds
from service.reading.publishers import Registry
from service.store.database import Database
from service.store.migrate import migrate


@asynccontextmanager
async def store(settings: Settings, size: int = 1) -> AsyncIterator[Database]:
    """The store, its tables up to date; ``size`` connections to it at most."""
    async with database_url(settings) as url:
        await migrate(url)
        database = Database(url, size=size)
        try:
            yield database
        finally:
            await database.close()


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[tuple[Database, Tools]]:
    """The store and tools to judge with; morphology is loaded when it is first asked."""
    async with store(settings) as database:
        analyser = Analyser()
        kinds = source_kinds(catalogue.every(settings))
        try:
            yield database, Tools(analyser.analyse, Registry.load(), kinds)
        finally:
            await analyser.stop()
