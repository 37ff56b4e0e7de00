"""What machines ask for: /metrics, /healthz, /readyz; beside the page, and on a port of its own."""

from __future__ import annotations

import hmac
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from service.observe import REGISTRY
from service.store.database import Database
from service.store.gauges import GaugeReader, Gauges
from service.store.overview import Overview
from service.store.server import AWAY
from service.store.vitals import Known

_Read = Callable[[Gauges], Mapping[str, float] | float | None]

_UP = "pabal_database_up"
_DISK = {
    "pabal_data_disk_free_bytes": "Free where PABAL_DATA lies; absent where it does not exist.",
    "pabal_data_disk_size_bytes": "Size of the disk where PABAL_DATA lies.",
}
_FROM_ROWS: Mapping[str, tuple[str, str, _Read]] = {
    "pabal_queue_depth": (
        "Rows that wait for a step now.",
        "step",
        lambda now: {step: each.depth for step, each in now.queues.items()},
    ),
    "pabal_queue_oldest_seconds": (
        "How long the oldest of them has waited; 0 where none waits.",
        "step",
        lambda now: {step: each.oldest or 0 for step, each in now.queues.items()},
    ),
    "pabal_deliveries_put_off": (
        "Messages owed later: an embargo, a night, a snooze, a try that failed.",
        "",
        lambda now: now.put_off,
    ),
    "pabal_dead_letters": ("Messages that nobody took.", "", lambda now: now.dead),
    "pabal_digest_items_waiting": (
        "What waits for the end of a window.",
        "",
        lambda now: now.digests,
    ),
    "pabal_sources": ("Sources that are polled, by state.", "state", lambda now: now.states),
    "pabal_source_newest_age_seconds": (
        "Age of the newest item of a source, by its own date.",
        "source",
        lambda now: now.newest_of,
    ),
    "pabal_source_missed_ratio": (
        "Of what any route to the same posts showed in 30 days, how much this one never did.",
        "source",
        lambda now: now.missed_of,
    ),
    "pabal_newest_news_age_seconds": (
        "Since the last article was found that was news.",
        "",
        lambda now: now.newest,
    ),
    "pabal_ops_items": ("Open items that a person has to look at.", "kind", lambda now: now.items),
    "pabal_database_size_bytes": ("Size of the database.", "", lambda now: now.size),
    "pabal_database_writable": (
        "Whether the database can be written; 0 where it can only be read.",
        "",
        lambda now: float(now.writable),
    ),
    "pabal_table_dead_rows": (
        "Rows of a table that are dead and not yet cleared away.",
        "table",
        lambda now: now.dead_rows,
    ),
    "pabal_table_live_rows": (
        "Rows of a table, as PostgreSQL estimates them.",
        "table",
        lambda now: now.live_rows,
    ),
}
"""The gauges that are read from the database: help, the label if any, where each is found."""


@dataclass(frozen=True, slots=True)
class Disk:
    """The disk where the data lies, in bytes."""

    free: int
    total: int

    @property
    def left(self) -> float:
        """Free of all, 0..1."""
        return self.free / self.total if self.total else 0.0


@dataclass(frozen=True, slots=True)
class Watched:
    """What is to be seen of this process. ``token`` lets in who asks from anywhere else.

    ``data``: the directory whose disk is looked at. ``known``: what is declared of the sources that
    are polled; None: nothing.
    """

    overview: Overview
    readings: GaugeReader
    data: Path | None = None
    token: str | None = None
    known: Mapping[str, Known] | None = None

    @classmethod
    def of(cls, database: Database) -> Watched:
        """Of a process of which nothing is known but its database."""
        return cls(Overview(database), GaugeReader(database))

    def disk(self) -> Disk | None:
        """The disk where ``data`` lies, if that is on this machine."""
        if self.data is None or not self.data.exists():
            return None
        usage = shutil.disk_usage(self.data)
        return Disk(usage.free, usage.total)

    async def metrics(self, request: Request) -> Response:
        """Prometheus text. With the database away what the process itself knows is there still."""
        if not self._may(request):
            return PlainTextResponse("no\n", 401, {"WWW-Authenticate": "Bearer"})
        try:
            gauges = await self.readings.now()
        except AWAY:
            gauges = None
        more = CollectorRegistry()
        more.register(_Rows(gauges, self.disk()))
        text = generate_latest(REGISTRY) + generate_latest(more)
        return Response(text, headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def alive(self, _: Request) -> Response:
        """The process answers; nothing else is asked."""
        return JSONResponse({"status": "ok"})

    async def ready(self, _: Request) -> Response:
        """The database answers and has our tables; nothing is crawled for it.

        Where it can only be read the pages are worth having still: that is said, and no refusal.
        """
        try:
            writable = await self.overview.writable()
        except AWAY as error:
            why = type(error).__name__
            return JSONResponse({"status": "database away", "why": why}, 503)
        return JSONResponse({"status": "ok" if writable else "database read-only"})

    def routes(self) -> list[Route]:
        """The three of them."""
        return [
            Route("/metrics", self.metrics),
            Route("/healthz", self.alive),
            Route("/readyz", self.ready),
        ]

    def app(self) -> Starlette:
        """An application of nothing else, for a process without a page."""
        return Starlette(routes=self.routes())

    def _may(self, request: Request) -> bool:
        given = request.headers.get("authorization", "")
        if self.token is not None and given:
            said = f"Bearer {self.token}".encode()
            return hmac.compare_digest(given.encode(), said)
        # Whatever stands before us asks from a private address for the whole world.
        forwarded = {"x-forwarded-for", "forwarded", "x-real-ip"} & set(request.headers)
        return not forwarded and _near(request.client.host if request.client else "")


class _Rows(Collector):
    """The gauges as Prometheus takes them; None: the database is away."""

    def __init__(self, gauges: Gauges | None, disk: Disk | None) -> None:
        self._gauges, self._disk = gauges, disk

    def collect(self) -> Iterator[GaugeMetricFamily]:
        up = self._gauges is not None
        yield GaugeMetricFamily(_UP, "Whether the database answers.", value=float(up))
        if self._disk is not None:
            sizes = (self._disk.free, self._disk.total)
            for (name, meaning), size in zip(_DISK.items(), sizes, strict=True):
                yield GaugeMetricFamily(name, meaning, value=float(size))
        if self._gauges is None:
            return
        for name, (meaning, label, read) in _FROM_ROWS.items():
            family = GaugeMetricFamily(name, meaning, labels=[label] if label else [])
            found = read(self._gauges)
            if isinstance(found, Mapping):
                for each, value in found.items():
                    family.add_metric([each], value)
            elif found is not None:
                family.add_metric([], found)
            yield family


def _near(host: str) -> bool:
    """Whether an address is of this machine or of a private network."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_private or (mapped or address).is_loopback)
