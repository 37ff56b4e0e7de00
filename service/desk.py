"""The web role put together: the pages over one store, served."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from service import catalogue
from service.analyser import Analyser
from service.bounces import Bounces
from service.config import Settings
from service.judging.fields import Values
from service.parts import signer, ways_to_tell
from service.preview import Tools, source_kinds
from service.reading.publishers import Registry
from service.store.bounces import Returns
from service.store.database import Database
from service.web.app import build
from service.web.means import Means
from service.web.metrics import Watched
from service.web.places import places_of
from service.web.serve import serving


@asynccontextmanager
async def pages(
    settings: Settings, database: Database, analyser: Analyser, seen: Watched
) -> AsyncIterator[str]:
    """The page's address while it is served."""
    heard = Bounces(Returns(database), None).heard
    async with AsyncExitStack() as stack:
        means = await _means(settings, analyser, stack)
        app = build(database, await signer(settings, database), settings.url, heard, means, seen)
        served = serving(app, settings.host, settings.port, settings.proxy)
        address = await stack.enter_async_context(served)
        stack.push_async_callback(app.state.stream.aclose)
        yield address


async def _means(settings: Settings, analyser: Analyser, stack: AsyncExitStack) -> Means:
    """What the pages judge with and reach; ``stack`` closes it."""
    registry, every = Registry.load(), catalogue.every(settings)
    ways_out, traits = ways_to_tell(settings, stack)
    return Means(
        Values(registry, sources=frozenset(every)),
        ways_out,
        traits,
        Tools(analyser.analyse, registry, source_kinds(every)),
        anonymous=settings.api_anonymous,
        places=places_of(every),
    )
