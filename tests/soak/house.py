"""The service in its processes, as a run of half an hour has it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from service.demo.process import ServiceProcess, free_port
from tests.partition import reckoning

_MISHAP = 0.03  # of the run: what begins anew must be warm by the time memory is judged


@dataclass(slots=True)
class House:
    """The service in its processes, on ``url``."""

    url: str
    page: str
    home: Path
    roles: Mapping[str, ServiceProcess]

    def check(self) -> None:
        """Raise ServiceDied where one ended by itself."""
        for each in self.roles.values():
            each.check()

    async def worker_mishaps(self, minutes: float) -> None:
        """Stop a worker in order, later kill it, long enough before memory is looked at."""
        second = self.roles["worker 2"]
        await asyncio.sleep(minutes * 60 * _MISHAP)
        await second.stop()
        await second.start()
        await asyncio.sleep(minutes * 60 * _MISHAP)
        await second.kill()
        await second.start()


@asynccontextmanager
async def house(
    home: Path, url: str, replica: str, relay: str, pace: float
) -> AsyncIterator[House]:
    page = f"http://127.0.0.1:{free_port()}"
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PABAL_")} | {
        "PABAL_DATA": str(home),
        "PABAL_DATABASE_URL": url,
        "PABAL_REPLICA_URL": replica,
        "PABAL_SOURCES": reckoning.SOURCES,
        "PABAL_PACE": str(pace),
        "PABAL_PRIVATE_ADDRESSES": "true",
        "PABAL_LOOK_AGAIN": "",
        "PABAL_PORT": page.rpartition(":")[2],
        "PABAL_URL": page,
        "PABAL_MAIL_SERVER": relay,
        "PABAL_MAIL_FROM": "파발 <alerts@pabal.example>",
        "PABAL_LOG": "json",
    }
    roles = {
        name: ServiceProcess(environment, home / f"{name}.log", ("--only", name.partition(" ")[0]))
        for name in ("scheduler", "web", "worker 1", "worker 2")
    }
    try:
        for each in roles.values():
            await each.start()
        yield House(url, page, home, roles)
    finally:
        for each in roles.values():
            await each.stop()
