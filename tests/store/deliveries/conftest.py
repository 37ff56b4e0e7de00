from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from service.model import DueDelivery
from service.store.database import Database
from service.store.deliveries import Deliveries
from tests.store.deliveries.rows import CHANNEL

Add = Callable[..., Awaitable[int]]
Owe = Callable[..., Awaitable[int]]
Claim = Callable[..., Awaitable[list[DueDelivery]]]


@pytest.fixture
def deliveries(database: Database) -> Deliveries:
    return Deliveries(database)


@pytest.fixture
def claim(deliveries: Deliveries) -> Claim:
    """``await claim()``: what is due now; with ``flying`` beside what is under way."""

    async def claim(most: int = 10, flying: dict[int, int] | None = None) -> list[DueDelivery]:
        return list((await deliveries.claim(CHANNEL, most, flying or {})).due)

    return claim


@pytest.fixture
async def endpoints(add: Add) -> list[int]:
    """Three endpoints of one subscription."""
    subscription_id = await add("subscription")
    return [
        await add(
            "endpoint",
            subscription_id=subscription_id,
            channel=CHANNEL,
            address=f"https://b.example/{n}",
            secret=f"secret {n}",
        )
        for n in range(3)
    ]


@pytest.fixture
def owe(add: Add) -> Owe:
    """``await owe(endpoint)``: a new telling's delivery to it; ``told=`` is what differs of it."""

    async def owe(endpoint_id: int, told: dict[str, Any] | None = None, **values: Any) -> int:
        fields = {
            "telling_id": await add("telling", **(told or {})),
            "subscription_id": 1,
            "endpoint_id": endpoint_id,
            "channel": CHANNEL,
        }
        return await add("delivery", **fields | values)

    return owe
