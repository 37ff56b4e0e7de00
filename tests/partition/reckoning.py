"""The ledger of a run that was disturbed: when all is settled, and what came of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import chain

import asyncpg

from notifier.channels.webhook import new_secret
from service.demo.ledger import Ledger, draw_up
from service.demo.run import SOURCES_OF_SITE, _appearances, _plain_reader, release_of
from service.demo.world import Release, World
from service.judging import rules
from service.store.database import Database
from service.store.evidence import Evidence
from service.store.overview import Overview
from service.store.subscriptions import Endpoint, Subscriptions
from tests.replica import Moody

RULES = ("지원 | 추진 | 개최 | 정책", "수출 | 기업")
SOURCES = ",".join(chain.from_iterable(SOURCES_OF_SITE.values()))
_PATIENCE = 240.0
_UNKNOWN = """
    SELECT count(*) FROM attempt WHERE finished_at IS NULL OR EXISTS (
        SELECT FROM attempt AS next WHERE next.delivery_id = attempt.delivery_id
        AND next.number > attempt.number AND next.started_at < attempt.finished_at
    )
"""  # of which nobody knew what came of them when their lease ran out: ADR 0004


@dataclass(frozen=True, slots=True)
class Books:
    """What is published, and who is told of it."""

    sql: asyncpg.Connection
    database: Database
    world: World
    sink: Moody

    @property
    def _evidence(self) -> Evidence:
        return Evidence(self.database)

    async def open(self, address: str, secret: str, check: Callable[[], None]) -> None:
        """Wait for the silent baseline, then have everything told to ``address``."""
        await until(self._evidence.baselined, check)
        written = [(each, rules.canonical(rules.parse(each))) for each in RULES]
        await Subscriptions(self.database).subscribe(
            "reader", written, Endpoint("webhook", address, secret, agreed=True)
        )

    async def settle(
        self,
        published: Sequence[Release],
        check: Callable[[], None],
        patience: float = _PATIENCE,
    ) -> None:
        """Wait until all of it is stored and nothing is left to do, for so many seconds at most."""
        shown = _appearances(published, self.world)
        wanted = {(each.source_id, each.release_id) for each in shown}

        async def settled() -> bool:
            counts = await Overview(self.database).counts()
            if any(counts[each] for each in ("to_collect", "to_judge", "to_send", "held")):
                return False
            stored = await self._evidence.stored()
            return wanted <= {(row.source_id, release_of(row)) for row in stored}

        await until(settled, check, patience)

    async def reckon(self, published: Sequence[Release]) -> Ledger:
        """Hold what was published against what was stored, owed and received."""
        reads = await asyncio.to_thread(_plain_reader, RULES)
        return await asyncio.to_thread(
            draw_up,
            _appearances(published, self.world),
            await self._evidence.stored(),
            await self._evidence.owed(),
            self.sink.taken(),
            reads,
            release_of=release_of,
            distinct=True,
            in_flight_at_kills=await self.sql.fetchval(_UNKNOWN),
        )


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """A database to reckon with."""
    database = Database(url, size=3)
    try:
        yield database
    finally:
        await database.close()


def sink() -> tuple[Moody, str]:
    """A receiver with its secret."""
    secret = new_secret()
    return Moody(secret), secret


async def until(
    ready: Callable[[], Awaitable[bool]], check: Callable[[], None], patience: float = _PATIENCE
) -> None:
    """Wait for it; what is missing by the end is missing. ``check`` raises where it is no use."""
    end = time.monotonic() + patience
    while not await ready() and time.monotonic() < end:
        check()
        await asyncio.sleep(0.5)


def summary(ledger: Ledger) -> str:
    """Two lines for a person."""
    strange = len(ledger.not_owed) + len(ledger.strangers)
    return (
        f"published {ledger.published} ({ledger.appearances} appearances), "
        f"stored {ledger.stored}, owed {ledger.owed}, sent {ledger.sent}\n"
        f"lost {len(ledger.missed)}, not stored {len(ledger.not_stored)}, "
        f"twice {len(ledger.twice)}, not owed {strange}, hidden {len(ledger.merged)}; "
        f"came again with the same id {ledger.repeats} "
        f"(nobody knew what came of: {ledger.in_flight_at_kills})\n"
    )
