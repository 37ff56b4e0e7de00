"""What the commands that look back need, opened and closed: the store, and tools to judge with."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from service import catalogue
from service.analyser import Analyser
from service.config import Settings
from service.parts import database_url
from service.preview import SOURCE_KINDS, Tools
from service.reading.publishers import Registry
from service.store.database import Database
from service.store.migrate import migrate


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[tuple[Database, Tools]]:
    """The store, its tables up to date; morphology is loaded when it is first asked."""
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(database_url(settings))
        await migrate(url)
        database = Database(url, size=1)
        stack.push_async_callback(database.close)
        analyser = Analyser()
        stack.push_async_callback(analyser.stop)
        every = catalogue.every(settings)
        kinds = {name: SOURCE_KINDS[source.kind] for name, source in every.items()}
        yield database, Tools(analyser.analyse, Registry.load(), kinds)
