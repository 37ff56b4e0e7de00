"""The whole service where its database can only be read for a while, by its ledger and its log."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from service.demo import invent
from service.demo.process import ServiceProcess
from service.demo.run import Demo, Plan
from service.model import SEOUL
from service.ops.cluster import prepare
from service.ops.embedded import Server, address
from tests.faults.unwritable import HARDSHIPS, Hardship, filled, stood_in, told_so

LONG = 20.0  # seconds
HOURS, SPEED, COUNT = 3.0, 180.0, 45  # more while it lasts, and they leave the feeds unseen
RULES = ("수출 (바우처 | 전시회 | 인증)", "지원 | 추진")


@dataclass(slots=True)
class Troubled(Demo):
    """A demo whose database is in trouble once, for a while. ``said``: what /readyz said then."""

    hardship: Hardship | None = None
    said: list[Any] = field(default_factory=list)

    async def _kill(self, service: ServiceProcess, began: float, within: float) -> None:
        assert self.hardship is not None
        data = self.plan.home / "data"
        await asyncio.sleep(began + within / 3 - time.monotonic())
        async with self.hardship(Server(address(data), prepare(data, None))):
            await asyncio.sleep(LONG)
            service.check()
            async with httpx.AsyncClient(timeout=20) as client:
                self.said.append((await client.get(f"{self._page()}/readyz")).json())

    def _page(self) -> str:
        said = re.search(r"page: (http://\S+)", _log(self.plan))
        assert said
        return said[1]


def _log(plan: Plan) -> str:
    """What the service said; lines may be torn, as there was no room for the rest."""
    return (plan.home / "service.log").read_text(errors="replace")


@pytest.mark.fault(3)
@pytest.mark.faults
@pytest.mark.parametrize("hardship", [told_so, stood_in, filled], ids=lambda each: each.__name__)
async def test_the_service_goes_on_by_itself_and_every_alert_comes_once(
    place: Path, hardship: Hardship, measured: Callable[..., None]
) -> None:
    start = datetime.now(SEOUL) - timedelta(hours=HOURS)
    releases = invent.releases(5, COUNT, start, HOURS)
    plan = Plan(releases, True, RULES, SPEED, 0, 0.0, 5, place.parent, None)
    demo = Troubled(plan, hardship=hardship)

    ledger = await demo.run()

    figure, _ = HARDSHIPS[hardship]
    lost = len(ledger.missed) + len(ledger.not_stored)
    measured(**{figure: 1}, lost=lost)
    assert lost == len(ledger.twice) == len(ledger.not_owed) == 0
    assert ledger.stored == ledger.appearances
    assert ledger.owed == ledger.sent > 0
    assert not {"task.failed", "page.failed"} & set(re.findall(r'"event": "([^"]+)"', _log(plan)))
    if figure == "read_only":
        assert demo.said == [{"status": "database read-only"}]
