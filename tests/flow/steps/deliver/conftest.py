from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict

import asyncpg
import pytest

from notifier.model import Channel, Traits
from service.deliver import Deliver
from service.links import Signer
from service.store.database import Database
from service.store.deliveries import Deliveries
from service.worded import Words
from tests.flow.steps.deliver.ways import ALERT, AT_ONCE, Way

Owe = Callable[..., Awaitable[int]]


@pytest.fixture
def way() -> Way:
    return Way()


@pytest.fixture
def other() -> Way:
    return Way()


@pytest.fixture
def deliver(database: Database, way: Way, other: Way) -> Deliver:
    ways: dict[str, Channel] = {"way": way, "other": other}
    traits = {each: Traits(at_once=AT_ONCE) for each in ways}
    words = Words(Signer(bytes(32)), None)
    return Deliver(Deliveries(database), ways, traits, words, pace=1.0)


@pytest.fixture
def owe(sql: asyncpg.Connection) -> Owe:
    """``await owe("x")``: a new delivery to the address ``x``; its id."""

    async def owe(
        address: str, channel: str = "way", attempts: int = 0, confirmed: bool = True
    ) -> int:
        facts = asdict(ALERT)
        hits = [facts.pop("hits")[0]]
        del facts["subscription"]
        made = await sql.fetchval(
            """
            WITH t AS (INSERT INTO telling (reason, key, facts)
                       SELECT 'alert', 'story ' || count(*), $3 FROM telling RETURNING id),
            u AS (INSERT INTO subscription (name) VALUES ('무역')
                  ON CONFLICT (name) DO UPDATE SET name = '무역' RETURNING id),
            e AS (INSERT INTO endpoint (subscription_id, channel, address, confirmed_at)
                  SELECT id, $2, $1, CASE WHEN $6 THEN now() END FROM u
                  ON CONFLICT (subscription_id, channel, address) DO UPDATE SET address = $1
                  RETURNING id, subscription_id)
            INSERT INTO delivery (telling_id, subscription_id, endpoint_id, channel, hits, attempts)
            SELECT t.id, e.subscription_id, e.id, $2, $4, $5 FROM t, e RETURNING id
            """,
            address,
            channel,
            json.dumps(facts),
            json.dumps(hits),
            attempts,
            confirmed,
        )
        return int(made)

    return owe
