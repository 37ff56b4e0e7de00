"""Who sees the metrics, and what is there still when the database is away."""

from __future__ import annotations

import httpx
import pytest

from service.store.database import Database
from service.store.gauges import GaugeReader
from service.store.overview import Overview
from service.web.metrics import Watched
from service.web.serve import serving

NOBODY = "postgresql+asyncpg://x@127.0.0.1:1/x"
TOKEN = "a-token-of-this-test"


def watched(token: str | None = None) -> Watched:
    database = Database(NOBODY, size=1)
    return Watched(Overview(database), GaugeReader(database), token=token)


def client(seen: Watched, address: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(seen.app(), client=(address, 1))
    return httpx.AsyncClient(transport=transport, base_url="http://pabal.test")


async def test_with_the_database_away_the_process_still_tells_of_itself() -> None:
    async with client(watched(), "127.0.0.1") as http:
        metrics, ready = await http.get("/metrics"), await http.get("/readyz")
        alive = await http.get("/healthz")

    assert "pabal_database_up 0.0" in metrics.text.splitlines()
    assert "process_resident_memory_bytes" in metrics.text
    assert "pabal_queue_depth" not in metrics.text
    assert (metrics.status_code, ready.status_code, alive.status_code) == (200, 503, 200)


@pytest.mark.parametrize(
    ("address", "status"),
    [("127.0.0.1", 200), ("10.1.2.3", 200), ("::1", 200), ("::ffff:192.168.0.9", 200),
     ("8.8.8.8", 401), ("2001:4860::1", 401), ("", 401)],
)  # fmt: skip
async def test_metrics_are_for_this_machine_and_private_networks(address: str, status: int) -> None:
    async with client(watched(TOKEN), address) as http:
        assert (await http.get("/metrics")).status_code == status


async def test_from_anywhere_else_the_token_is_asked_for() -> None:
    async def asked(seen: Watched, **headers: str) -> int:
        async with client(seen, "8.8.8.8") as http:
            return (await http.get("/metrics", headers=headers)).status_code

    assert await asked(watched(TOKEN), Authorization=f"Bearer {TOKEN}") == 200
    assert await asked(watched(TOKEN), Authorization="Bearer another") == 401
    assert await asked(watched(), Authorization="Bearer ") == 401


async def test_what_a_proxy_passes_on_is_not_taken_for_a_neighbour() -> None:
    async with client(watched(), "127.0.0.1") as http:
        answer = await http.get("/metrics", headers={"X-Forwarded-For": "8.8.8.8"})

    assert answer.status_code == 401


async def test_a_process_without_a_page_answers_on_a_port_of_its_own() -> None:
    async with serving(watched().app(), "127.0.0.1", 0) as base, httpx.AsyncClient() as http:
        assert (await http.get(f"{base}/healthz")).json() == {"status": "ok"}
        assert (await http.get(f"{base}/")).status_code == 404
