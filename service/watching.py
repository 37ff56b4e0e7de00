"""How the running service lets itself be watched: traces, bugs, a port for machines."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from importlib.metadata import version

from scrapers.model import Source
from service import observe, reporting
from service.config import Settings
from service.parts import secret
from service.store.database import Database
from service.store.gauges import GaugeReader
from service.store.overview import Overview
from service.traces import collector
from service.watch import facts
from service.web.metrics import Watched
from service.web.serve import serving


@asynccontextmanager
async def watched(
    settings: Settings, database: Database, sources: Mapping[str, Source]
) -> AsyncIterator[Watched]:
    """Send traces and bugs, and answer on the port for machines, where that was asked for.

    Yields what is to be seen of this process, for the pages. Raises BadSetting.
    """
    reporting.report_to(settings.sentry_dsn, version("pabal"))
    readings = GaugeReader(database, tuple(sources))
    known = facts(sources, settings.pace)
    seen = Watched(Overview(database), readings, settings.data, settings.metrics_token, known)
    async with _traced(settings, database), _answering(settings, seen):
        yield seen


@asynccontextmanager
async def _traced(settings: Settings, database: Database) -> AsyncIterator[None]:
    if settings.traces is None:
        yield
        return
    traces = collector(settings.traces, await secret(settings, database))
    observe.trace_to(traces)
    try:
        yield
    finally:
        observe.trace_to(None)
        await asyncio.to_thread(traces.close)


@asynccontextmanager
async def _answering(settings: Settings, seen: Watched) -> AsyncIterator[None]:
    if settings.ops_port is None:
        yield
        return
    host, port = settings.ops_host, settings.ops_port
    async with serving(seen.app(), host, port, what="OPS_"):
        yield
